"""Flash cards: the interview questions and the glossary as a deck for Anki.

questions.py   interview_questions.ipynb → questions
text.py        a card's Markdown → the HTML that Anki shows
deck.py        questions and terms → the package, offered for download
"""
