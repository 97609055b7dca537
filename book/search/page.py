"""The search page's own index and script."""

import json
import re
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from sphinx.errors import ExtensionError

from ..execute import PREVIEWED, executed
from ..lists import CHEAT_SHEET
from ..math import FormulaError, typeset
from .entries import Entry, collect

INDEX = "search_entries.js"
LINK = re.compile(r"\[([^\[\]]+)\]\([^)\s]+\)")
MATHML = re.compile(r"<math.*</math>", re.S)
ANNOTATION = re.compile(r"<annotation.*?</annotation>", re.S)


def _formula(self, tokens, i, *_) -> str:
    # Browsers draw MathML by themselves; KaTeX's HTML would make the index ten times as large.
    return ANNOTATION.sub("", MATHML.search(typeset(tokens[i].content, False))[0])


_markdown = MarkdownIt("commonmark", {"html": False}).use(dollarmath_plugin)
_markdown.add_render_rule("math_inline", _formula)


def html(text: str) -> str:
    """Markdown as HTML without links: an entry is one link."""
    return _markdown.renderInline(LINK.sub(r"\1", text))


def words(text: str) -> str:
    """What a query is compared with: the text without markup; TeX's commands count as words."""
    return re.sub(r"[$\\{}*`]+", " ", LINK.sub(r"\1", text)).strip()


def record(entry: Entry) -> dict:
    """An entry as search.js reads it; fields without a value are left out, and words that the HTML spells out."""
    fields = {
        "kind": entry.kind,
        "title": html(entry.title),
        "text": html(entry.text),
        "words": words(entry.title) if "$" in entry.title else "",
        "body": words(entry.text) if "$" in entry.text else "",
        "also": list(entry.also),
        "page": entry.page,
        "address": entry.address,
        "verdict": entry.verdict,
    }
    return {key: value for key, value in fields.items() if value}


def _add_index(app, pagename, templatename, context, doctree) -> None:
    if pagename != "search":
        return
    order = list(app.env.external_site_map)
    docnames = sorted(app.env.found_docs, key=order.index)
    # A preview executes one chapter: its search page has no formulas of the cheat sheet.
    whole = CHEAT_SHEET in docnames and not PREVIEWED
    cheat_sheet = executed(app.env, CHEAT_SHEET) if whole else None
    entries = []
    for entry in collect(app.env, docnames, cheat_sheet):
        try:
            entries.append(record(entry))
        except FormulaError as error:
            raise ExtensionError(f"{entry.address}, {entry.title!r}: {error}") from None
    index = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    path = Path(app.outdir) / "_static" / INDEX
    path.write_text(f"const searchEntries = {index};\n")
    app.add_js_file(INDEX, loading_method="defer")
    app.add_js_file("search.js", loading_method="defer")


def _configure(app, config) -> None:
    here = Path(__file__).parent
    config.html_static_path += [
        str(here / name) for name in ("search.js", "search.css")
    ]
    # Sphinx's own excerpts would load every page that is found, up to 2 MB each.
    config.html_show_search_summary = False


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _add_index)
    return {"parallel_read_safe": True}
