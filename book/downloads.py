"""What pages offer beside themselves, made of executed chapters: flash cards, and the cheat sheet as a poster."""

import os
from base64 import b64decode
from pathlib import Path

import nbformat
from sphinx.errors import ExtensionError

from .address import site
from .cards.deck import write_deck
from .cards.questions import QuestionError, parse_questions
from .execute import executed
from .terms.parse import TermError, parse_terms

FOLDER = "downloads"
DECK = "machine_learning_encyclopedia.apkg"
POSTER = "cheat_sheet.pdf"

QUESTIONS, GLOSSARY, CHEAT_SHEET = (
    f"chapters/{slug}" for slug in ("interview_questions", "glossary", "cheat_sheet")
)
OFFERS = {
    QUESTIONS: (DECK, "These questions as flash cards for Anki"),
    GLOSSARY: (DECK, "These terms as flash cards for Anki"),
    CHEAT_SHEET: (POSTER, "This sheet as a poster (PDF, one A3 page)"),
}


def poster(notebook) -> bytes:
    """The PDF among the outputs of the cheat sheet. Raises `ExtensionError` where there is not exactly one."""
    found = [
        output.data["application/pdf"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "application/pdf" in output.get("data", {})
    ]
    if len(found) != 1:
        raise ExtensionError(
            f"cheat_sheet.ipynb: {len(found)} outputs of type application/pdf, not 1"
        )
    return b64decode(found[0])


def _write(app, exception) -> None:
    if exception is not None or app.builder.name != "html":
        return
    if os.environ.get("BOOK_CHAPTER"):
        return  # make chapter executes one chapter: downloads stay as they were built last
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    found = app.env.found_docs
    if CHEAT_SHEET in found:
        (folder / POSTER).write_bytes(poster(executed(app.env, CHEAT_SHEET)))
    if QUESTIONS in found and GLOSSARY in found:
        glossary = nbformat.read(app.env.doc2path(GLOSSARY), as_version=4)
        try:
            questions = parse_questions(
                executed(app.env, QUESTIONS), "interview_questions.ipynb"
            )
            terms = parse_terms(glossary, "glossary.ipynb")
        except (QuestionError, TermError) as error:
            raise ExtensionError(str(error)) from None
        write_deck(folder / DECK, questions, terms, site())


def _offer(app, pagename, templatename, context, doctree) -> None:
    """A line under the title."""
    if pagename in OFFERS:
        file, text = OFFERS[pagename]
        line = f'<p class="offer"><a href="../{FOLDER}/{file}" download>{text}</a></p>'
        context["body"] = context["body"].replace("</h1>", f"</h1>{line}", 1)


def setup(app):
    app.connect("build-finished", _write)
    app.connect("html-page-context", _offer)
    return {"parallel_read_safe": True}
