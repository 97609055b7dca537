"""What pages offer beside themselves, made of executed chapters: flash cards, and the cheat sheet as a
poster; and the question bank's filter.
"""

from base64 import b64decode
from pathlib import Path

import nbformat
from sphinx.errors import ExtensionError

from .address import site, written
from .cards.deck import write_deck
from .cards.questions import QuestionError, parse_questions
from .execute import PREVIEWED, executed
from .lists import CHEAT_SHEET, GLOSSARY, QUESTIONS
from .terms.parse import TermError, parse_terms

FOLDER = "downloads"
DECK = "machine_learning_encyclopedia.apkg"
POSTER = "cheat_sheet.pdf"
FILTER = Path(__file__).parent / "cards/filter.js"

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


def _source(env, docname: str):
    return nbformat.read(env.doc2path(docname), as_version=4)


def _questions(notebook):
    try:
        return parse_questions(notebook, "interview_questions.ipynb")
    except QuestionError as error:
        raise ExtensionError(str(error)) from None


def _terms(notebook):
    try:
        return parse_terms(notebook, "glossary.ipynb")
    except TermError as error:
        raise ExtensionError(str(error)) from None


def _check(app, env, docnames) -> None:
    """A question or a term that is not as it should be stops the build before chapters are executed."""
    if QUESTIONS in docnames:
        _questions(_source(env, QUESTIONS))
    if GLOSSARY in docnames:
        _terms(_source(env, GLOSSARY))


def _write(app, exception) -> None:
    if exception is not None or app.builder.name != "html":
        return
    if PREVIEWED:
        return  # a preview executes one chapter; downloads are made of three
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    if CHEAT_SHEET in app.env.found_docs:
        (folder / POSTER).write_bytes(poster(executed(app.env, CHEAT_SHEET)))
    if QUESTIONS in app.env.found_docs and GLOSSARY in app.env.found_docs:
        questions = _questions(executed(app.env, QUESTIONS))
        terms = _terms(_source(app.env, GLOSSARY))
        write_deck(folder / DECK, questions, terms, site(), written())


def _offer(app, pagename, templatename, context, doctree) -> None:
    """A line under the title."""
    if pagename in OFFERS:
        file, text = OFFERS[pagename]
        line = f'<p class="offer"><a href="../{FOLDER}/{file}" download>{text}</a></p>'
        context["body"] = context["body"].replace("</h1>", f"</h1>{line}", 1)
    if pagename == QUESTIONS:
        app.add_js_file(FILTER.name, loading_method="defer")


def _configure(app, config) -> None:
    config.html_static_path.append(str(FILTER))


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("env-before-read-docs", _check, priority=100)
    app.connect("build-finished", _write)
    app.connect("html-page-context", _offer)
    return {"parallel_read_safe": True}
