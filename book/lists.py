"""The three chapters that are lists, and that other parts of the builder read: their documents' names."""

QUESTIONS, GLOSSARY, CHEAT_SHEET = (
    f"chapters/{slug}" for slug in ("interview_questions", "glossary", "cheat_sheet")
)
