"""The question bank, and the deck: opened as Anki would open it."""

import json
import re
import sqlite3
import time
import zipfile
from dataclasses import replace

import nbformat
import pytest
from conftest import ROOT, SITE
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book.cards.deck import write_deck
from book.cards.questions import LEVELS, QuestionError, parse_questions
from book.cards.text import to_html
from book.downloads import DECK, FOLDER, POSTER
from book.terms.parse import parse_terms


def chapter(slug):
    path = ROOT / f"chapters/{slug}.ipynb"
    return nbformat.read(path, as_version=4), path.name


@pytest.fixture(scope="module")
def questions():
    return parse_questions(*chapter("interview_questions"))


@pytest.fixture(scope="module")
def terms():
    return parse_terms(*chapter("glossary"))


def select(path, columns: str) -> list[tuple]:
    """These columns of each note of the package at `path`."""
    with zipfile.ZipFile(path) as package:
        database = package.read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    return connection.execute(f"select {columns} from notes").fetchall()


def notes(path) -> dict[str, tuple[list[str], list[str]]]:
    """guid → fields, tags of each note."""
    rows = select(path, "guid, flds, tags")
    return {guid: (fields.split("\x1f"), tags.split()) for guid, fields, tags in rows}


def when(path) -> set[int]:
    """The times at which notes were last changed."""
    return {time for (time,) in select(path, "mod")}


# ----------------------------------------------------------------- the bank


def test_the_bank_is_large_and_mostly_proved(questions):
    assert len(questions) >= 150
    proved = [question for question in questions if question.proof]
    assert len(proved) >= 100
    assert all("assert" in question.proof for question in proved)
    for level in LEVELS:
        assert any(question.level == level for question in questions)


def test_each_question_links_a_chapter(questions):
    for question in questions:
        assert re.search(r"\]\(\w+\.ipynb", question.see), question.id


QUESTION = """### Q001 · mid · metrics

**Is it?**

<details><summary>Answer</summary>

It is, for $p<q$.

**Common wrong answer.** "No."

**See also.** [Glossary](glossary.ipynb#a)

</details>"""
PROOF = '@prove("Q001")\ndef proof(rng):\n    assert True'


def bank(*cells):
    make = {True: new_markdown_cell, False: new_code_cell}
    return new_notebook(cells=[make[c.startswith("#")](c) for c in cells])


def test_a_question_is_read_whole():
    (question,) = parse_questions(bank(QUESTION, PROOF), "x")
    assert (question.id, question.level, question.topics) == (
        "Q001",
        "mid",
        ("metrics",),
    )
    assert question.question == "Is it?"
    assert question.answer == "It is, for $p<q$."
    assert question.wrong == '"No."'
    assert question.proof == PROOF


@pytest.mark.parametrize(
    "cells",
    [
        (QUESTION.replace("mid", "middle"),),
        (QUESTION.replace("**Is it?**", "Is it?"),),
        (QUESTION.replace("**Common wrong answer.**", "Wrong:"),),
        (QUESTION.replace("[Glossary](glossary.ipynb#a)", "Glossary"),),
        (QUESTION.replace("$p<q$", "$p<q"),),
        (QUESTION, QUESTION),
        (QUESTION, PROOF.replace("Q001", "Q002")),
        (QUESTION, PROOF, PROOF),
    ],
)
def test_a_bad_question_is_named(cells):
    with pytest.raises(QuestionError, match=r"bank\.ipynb.*Q00"):
        parse_questions(bank(*cells), "bank.ipynb")


# ----------------------------------------------------------------- the deck


def test_text():
    assert to_html("if $p<0.1$", None) == r"<p>if \(p&lt;0.1\)</p>"
    assert to_html("$$\na<b\n$$", None) == "<div>\\[\na&lt;b\n\\]</div>"
    link = "see [A](attention.ipynb#b)"
    assert to_html(link, None) == "<p>see A</p>"
    assert 'href="https://x.org/chapters/attention.html#b"' in to_html(
        link, "https://x.org/"
    )


def test_a_new_build_updates_notes_and_doubles_none(tmp_path, questions, terms):
    write_deck(tmp_path / "old", questions, terms, None, 1_700_000_000)
    changed = [replace(questions[0], answer="Something else."), *questions[1:]]
    write_deck(tmp_path / "new", changed, terms, None, 1_700_000_001)
    assert when(tmp_path / "old") == {1_700_000_000}
    assert when(tmp_path / "new") == {1_700_000_001}  # newer: Anki takes it
    old, new = notes(tmp_path / "old"), notes(tmp_path / "new")
    assert old.keys() == new.keys()
    assert [guid for guid in old if old[guid] != new[guid]] == [
        next(guid for guid in old if old[guid][0][0] == questions[0].id)
    ]


def test_the_same_texts_give_the_same_bytes(tmp_path, questions, terms):
    write_deck(tmp_path / "one", questions, terms, None, 1_700_000_000)
    time.sleep(2.1)  # a zip file counts time in steps of two seconds
    write_deck(tmp_path / "two", questions, terms, None, 1_700_000_000)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_sites_deck_has_every_question_and_term(questions, terms):
    found = notes(SITE / FOLDER / DECK)
    assert len(found) == len(questions) + len(terms)
    by_id = {fields[0]: (fields, tags) for fields, tags in found.values()}
    for question in questions:
        fields, tags = by_id[question.id]
        assert f"level::{question.level}" in tags
        if question.proof:  # what the executed cell printed
            assert fields[4].startswith(f"{question.id} proved:")
    for term in terms:
        assert term.anchor in by_id
    for fields, _ in found.values():
        for field in fields:
            assert "$" not in field, field
            assert "ipynb" not in field, field
            assert field.count(r"\(") == field.count(r"\)"), field


def test_the_package_is_complete():
    with zipfile.ZipFile(SITE / FOLDER / DECK) as package:
        assert package.testzip() is None
        assert json.loads(package.read("media")) == {}


def test_the_poster_is_one_vector_page():
    data = (SITE / FOLDER / POSTER).read_bytes()
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert b"/Subtype /Image" not in data
    assert len(data) < 1_000_000
