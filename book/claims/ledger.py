"""Anchors and colours for claims in the chapters, and the ledger: a table of all of them."""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from .parse import KINDS, Claim, ClaimError, parse_claims

HEADINGS = {
    "wrong": "Wrong as it is usually said",
    "conditional": "Holds under a condition",
    "holds": "Holds",
}


def _check(app, env, docnames) -> None:
    """Before a chapter is read: its claims are complete, or the build stops."""
    for docname in docnames:
        if docname.startswith("chapters/"):
            _read(env, docname)


def _read(env, docname: str) -> list[Claim]:
    path = Path(env.doc2path(docname))
    try:
        return parse_claims(nbformat.read(path, as_version=4), path.name)
    except ClaimError as error:
        raise ExtensionError(str(error)) from None


def _style(app, doctree) -> None:
    """Class and anchor for each claim, class for each verdict."""
    number = 0
    for quote in doctree.findall(nodes.block_quote):
        strong = next(iter(quote.findall(nodes.strong)), None)
        label = strong.astext() if strong is not None else ""
        if label == "Claim.":
            number += 1
            quote["classes"].append("claim")
            quote["ids"].append(f"claim-{number}")
        elif label.startswith("Verdict: "):
            kind = KINDS[label.removeprefix("Verdict: ").rstrip(".,")]
            quote["classes"] += ["verdict", f"verdict-{kind}"]


class Ledger(SphinxDirective):
    """`{claims-ledger}`: how many claims by verdict, then all of them, grouped by verdict and chapter."""

    def run(self):
        chapters = [
            name
            for name in sorted(self.env.found_docs, key=self._order)
            if name.startswith("chapters/")
        ]
        for source in map(self.env.doc2path, chapters):
            self.env.note_dependency(source)
        # A chapter that is new changes the order, at least.
        self.env.note_dependency(str(self.env.srcdir / self.config.external_toc_path))
        claims = {docname: _read(self.env, docname) for docname in chapters}
        result = [self._summary(claims)]
        for kind, heading in HEADINGS.items():
            section = nodes.section(ids=[f"claims-{kind}"])
            section += nodes.title("", heading)
            for docname in chapters:
                chosen = [claim for claim in claims[docname] if claim.kind == kind]
                if chosen:
                    section += self._table(docname, chosen)
            if len(section) > 1:
                result.append(section)
        return result

    def _order(self, docname: str) -> int:
        order = list(self.env.external_site_map)
        return order.index(docname) if docname in order else len(order)

    def _summary(self, claims) -> nodes.paragraph:
        everything = [claim for chapter in claims.values() for claim in chapter]
        counts = {
            kind: sum(claim.kind == kind for claim in everything) for kind in HEADINGS
        }
        return nodes.paragraph(
            "",
            f"{len(everything)} claims in {len(claims)} chapters: {counts['wrong']} wrong as usually said, "
            f"{counts['conditional']} with a condition, {counts['holds']} hold.",
        )

    def _table(self, docname: str, claims: list[Claim]) -> nodes.table:
        title = self._chapter_title(docname)
        table = nodes.table(classes=["ledger"])
        table += nodes.title("", title)
        group = nodes.tgroup(cols=2)
        table += group
        group += [nodes.colspec(colwidth=45), nodes.colspec(colwidth=55)]
        head = nodes.thead(
            "",
            nodes.row(
                "",
                *(
                    nodes.entry("", nodes.paragraph("", t))
                    for t in ("What people say", "What the cells found")
                ),
            ),
        )
        body = nodes.tbody()
        group += [head, body]
        for claim in claims:
            address = f"../{docname}.html#claim-{claim.number}"
            said = self._markdown(claim.text, docname)
            said[-1] += [
                nodes.Text(" "),
                nodes.reference("", "see the test", refuri=address, internal=True),
            ]
            body += nodes.row(
                "",
                nodes.entry("", *said),
                nodes.entry("", *self._markdown(claim.verdict, docname)),
            )
        return table

    def _chapter_title(self, docname: str) -> str:
        first = nbformat.read(self.env.doc2path(docname), as_version=4).cells[0].source
        return first.partition("\n")[0].removeprefix("# ").strip()

    def _markdown(self, text: str, docname: str) -> list[nodes.Node]:
        # Links as seen from book/, also those within the chapter.
        text = re.sub(r"\]\((?=\w+\.ipynb)", "](../chapters/", text)
        text = text.replace("](#", f"](../{docname}.ipynb#")
        container = nodes.container()
        self.state.nested_parse(StringList(text.splitlines(), "claims"), 0, container)
        return container.children


def setup(app):
    app.connect("env-before-read-docs", _check, priority=100)
    app.connect("doctree-read", _style)
    app.add_directive("claims-ledger", Ledger)
    return {"parallel_read_safe": True}
