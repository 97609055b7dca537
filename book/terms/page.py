"""Links to terms on the website: quiet ones, with the definition where the mouse rests."""

import re
from functools import lru_cache
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.errors import ExtensionError

from ..lists import GLOSSARY
from .parse import TermError, parse_terms

TARGET = re.compile(r"glossary\.html#(?P<anchor>[^#]+)$")


@lru_cache
def _definitions(path: str, changed: float) -> dict[str, str]:
    """By anchor, as plain text; none where the definition needs a formula."""
    terms = parse_terms(nbformat.read(path, as_version=4), Path(path).name)
    return {
        term.anchor: "" if "$" in term.definition else term.definition for term in terms
    }


def _style(app, doctree, docname) -> None:
    if GLOSSARY not in app.env.found_docs or docname == GLOSSARY:
        return
    path = Path(app.env.doc2path(GLOSSARY))
    try:
        definitions = _definitions(str(path), path.stat().st_mtime)
    except TermError as error:
        raise ExtensionError(str(error)) from None
    for reference in doctree.findall(nodes.reference):
        match = TARGET.search(reference.get("refuri", ""))
        if match and match["anchor"] in definitions:
            reference["classes"].append("term")
            if definition := definitions[match["anchor"]]:
                reference["reftitle"] = definition


def setup(app):
    app.connect("doctree-resolved", _style)
    return {"parallel_read_safe": True}
