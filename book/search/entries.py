"""What can be found by its name, and where it stands."""

import re
from dataclasses import dataclass

import nbformat

from ..cards.questions import parse_questions
from ..claims.parse import parse_claims
from ..lists import CHEAT_SHEET, GLOSSARY, QUESTIONS
from ..terms.parse import parse_terms

# Headings that every chapter has.
SAME_EVERYWHERE = {"Interview questions", "Exercises", "References"}

# A line of the cheat sheet's tables: name, condition, formula.
ROW = re.compile(
    r"^\| (?P<name>[^|$]+?)(?:<br><small>° (?P<condition>.+?)</small>)? \| \$(?P<tex>.+?)\$ \| `",
    re.M,
)


@dataclass(frozen=True)
class Entry:
    """`title` and `text` are Markdown; `also` are other names; `address` is seen from the site's root."""

    kind: str  # section, term, formula, claim or question
    title: str
    address: str
    page: str  # the title of the page
    text: str = ""
    also: tuple[str, ...] = ()
    verdict: str = ""


def _slugs(env, docname: str) -> dict[str, tuple[str, str]]:
    """Of each heading of a page, by its slug: its id in the HTML, its text."""
    slugs = env.metadata[docname].get("myst_slugs", {})
    return {slug: (id_, text) for slug, (_, id_, text) in slugs.items()}


def _sections(env, docname: str, page: str, taken: set[str]):
    """The headings of a page, without those that are an entry of another kind: their addresses are `taken`."""
    for id_, text in _slugs(env, docname).values():
        address = f"{docname}.html#{id_}"
        if text not in SAME_EVERYWHERE and len(text) > 1 and address not in taken:
            yield Entry("section", text, address, page)


def _notebook(env, docname: str):
    return nbformat.read(env.doc2path(docname), as_version=4)


def _terms(env, page: str):
    slugs = _slugs(env, GLOSSARY)
    for term in parse_terms(_notebook(env, GLOSSARY), "glossary.ipynb"):
        address = f"{GLOSSARY}.html#{slugs[term.anchor][0]}"
        yield Entry("term", term.name, address, page, term.definition, term.also)


def _questions(env, page: str):
    ids = {text[:4]: id_ for id_, text in _slugs(env, QUESTIONS).values()}
    for q in parse_questions(_notebook(env, QUESTIONS), "interview_questions.ipynb"):
        address = f"{QUESTIONS}.html#{ids[q.id]}"
        yield Entry("question", q.question, address, page, also=(q.id,))


def _claims(env, docname: str, page: str):
    for claim in parse_claims(_notebook(env, docname), docname):
        address = f"{docname}.html#claim-{claim.number}"
        yield Entry(
            "claim", claim.text, address, page, claim.verdict, verdict=claim.kind
        )


def formulas(notebook, address_of: dict[str, str], page: str):
    """The rows of the executed cheat sheet; `address_of` has the address of each section by its heading."""
    address = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for heading in re.findall(r"^## (.+)", cell.source, re.M):
                address = address_of[heading]
        for output in cell.get("outputs", []):
            for row in ROW.finditer(output.get("data", {}).get("text/markdown", "")):
                text = f"${row['tex']}$" + (
                    f", if {row['condition']}" if row["condition"] else ""
                )
                yield Entry("formula", row["name"], address, page, text)


def collect(env, docnames: list[str], cheat_sheet) -> list[Entry]:
    """All entries of the pages `docnames`, in their order. `cheat_sheet` is the executed notebook, or None."""
    entries: list[Entry] = []
    for docname in docnames:
        page = env.titles[docname].astext()
        headed: list[Entry] = []  # entries that have a heading of their own
        if docname == GLOSSARY:
            headed += _terms(env, page)
        if docname == QUESTIONS:
            headed += _questions(env, page)
        entries += _sections(env, docname, page, {e.address for e in headed})
        if docname.startswith("chapters/"):
            entries += _claims(env, docname, page)
        entries += headed
        if docname == CHEAT_SHEET and cheat_sheet is not None:
            addresses = {
                text: f"{docname}.html#{id_}"
                for id_, text in _slugs(env, docname).values()
            }
            entries += formulas(cheat_sheet, addresses, page)
    return entries
