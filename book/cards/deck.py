"""The Anki package: one note for each question and each term.

A note's id comes from the question's id or the term's anchor, never from its text, and it carries the time of the
book's last commit: a reader who imports a newer deck gets the changed texts and keeps the schedule.
"""

from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

import genanki

from ..terms.parse import Term
from .questions import Question
from .text import to_html

TITLE = "Machine Learning Encyclopedia"

STYLE = """
.card { font: 18px/1.45 sans-serif; text-align: left; max-width: 40em; margin: auto; padding: 0 1em; }
.front { font-weight: 600; }
.small { font-size: 14px; opacity: .75; }
"""


def _id(name: str) -> int:
    """A number for Anki that is the same in every build."""
    return 1 << 30 | crc32(f"{TITLE}/{name}".encode()) >> 2


def _model(name: str, fields: list[str], front: str, back: str) -> genanki.Model:
    template = {
        "name": "Card",
        "qfmt": front,
        "afmt": "{{FrontSide}}<hr id=answer>" + back,
    }
    return genanki.Model(
        _id(name),
        f"{TITLE}: {name}",
        fields=[{"name": field} for field in fields],
        templates=[template],
        css=STYLE,
    )


QUESTION = _model(
    "question",
    ["Id", "Question", "Answer", "Wrong", "Proof", "Link"],
    "<div class=small>{{Id}}</div><div class=front>{{Question}}</div>",
    "{{Answer}}<p><b>Common wrong answer.</b></p>{{Wrong}}"
    "{{#Proof}}<p class=small>{{Proof}}</p>{{/Proof}}<div class=small>{{Link}}</div>",
)
TERM = _model(
    "term",
    ["Id", "Term", "Definition", "Also", "Link"],
    "<div class=front>{{Term}}</div>",
    "{{Definition}}{{#Also}}<p class=small>Also: {{Also}}</p>{{/Also}}<div class=small>{{Link}}</div>",
)


def _question_note(question: Question, site: str | None) -> genanki.Note:
    return genanki.Note(
        QUESTION,
        [
            question.id,
            to_html(question.question, site),
            to_html(question.answer, site),
            to_html(question.wrong, site),
            escape(question.proved),
            to_html(question.see, site),
        ],
        guid=genanki.guid_for(TITLE, question.id),
        tags=[f"level::{question.level}", *(f"topic::{t}" for t in question.topics)],
    )


def _term_note(term: Term, site: str | None) -> genanki.Note:
    return genanki.Note(
        TERM,
        [
            term.anchor,
            escape(term.name),
            to_html(term.definition, site),
            escape(", ".join(term.also)),
            to_html(f"[{term.chapter}]({term.home})", site),
        ],
        guid=genanki.guid_for(TITLE, "term", term.anchor),
        tags=["glossary"],
    )


def _without_times(package: Path) -> None:
    """Write a zip file again, with no time of writing in it: the same content, the same bytes."""
    with ZipFile(package) as old:
        files = {name: old.read(name) for name in sorted(old.namelist())}
    with ZipFile(package, "w") as new:
        for name, content in files.items():
            new.writestr(ZipInfo(name), content, ZIP_DEFLATED)


def write_deck(
    path: Path,
    questions: list[Question],
    terms: list[Term],
    site: str | None,
    written: int,
) -> None:
    """Write the package to `path`: a sub-deck for each first topic of a question, and one for the glossary.

    `site` is the website's address, with a slash at its end; without it cards have no links. `written` is when the
    texts were last changed, in seconds from 1970: Anki lets a newer note replace an older one.
    """
    decks: dict[str, genanki.Deck] = {}

    def add(name: str, note: genanki.Note) -> None:
        full = f"{TITLE}::{name}"
        decks.setdefault(name, genanki.Deck(_id(full), full)).add_note(note)

    for question in questions:
        add(f"Questions::{question.topics[0]}", _question_note(question, site))
    for term in terms:
        add("Glossary", _term_note(term, site))
    genanki.Package(list(decks.values())).write_to_file(path, timestamp=float(written))
    _without_times(path)
