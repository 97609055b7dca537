"""Terms as the glossary writes them: under a letter (`## B`), a heading, a sentence, and where it is treated.

### Batch normalisation

Standardising each feature with the statistics of the mini-batch, then scale and shift.

[Regularization](regularization.ipynb#batch-normalisation) · also: batch norm, batch normalization
"""

import re
from dataclasses import dataclass

from myst_parser.mdit_to_docutils.base import default_slugify

ENTRY = re.compile(
    r"### (?P<name>[^\n]+)\n\n(?P<definition>[^\n]+)\n\n"
    r"\[(?P<chapter>[^\]\n]+)\]\((?P<home>[^)\s]+)\)(?: · also: (?P<also>[^\n]+))?\s*"
)
MAX_DEFINITION = 240  # characters; a definition is a sentence


class TermError(Exception):
    """An entry that is not as it should be; the message says which and why."""


@dataclass(frozen=True)
class Term:
    """One entry. `definition` is Markdown; `chapter` and `home` are title and link of where it is treated."""

    name: str
    definition: str
    chapter: str
    home: str
    also: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The heading's anchor: what follows `glossary.ipynb#` in a link."""
        return default_slugify(self.name)

    @property
    def forms(self) -> tuple[str, ...]:
        """How chapters write it. A name with a bracket, "Margin (SVM)", is an everyday word without it."""
        return self.also if "(" in self.name else (self.name, *self.also)


def _entries(notebook):
    """The text of each `###` block under a `##` heading of one letter."""
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    for section in re.split(r"^(?=## )", text, flags=re.M):
        if re.match(r"## [A-Z]\n", section):
            yield from re.split(r"^(?=### )", section, flags=re.M)[1:]


def _entry(text: str, name: str) -> Term:
    heading = text.partition("\n")[0]
    match = ENTRY.fullmatch(text)
    if match is None:
        raise TermError(
            f"{name}, {heading!r}: not heading, definition, '[Chapter](…) · also: …'"
        )
    also = [form.strip() for form in (match["also"] or "").split(",")]
    fields = (match[field] for field in ("name", "definition", "chapter", "home"))
    term = Term(*fields, tuple(filter(None, also)))
    if len(term.definition) > MAX_DEFINITION or not term.definition.endswith("."):
        raise TermError(
            f"{name}, {heading!r}: not a sentence of at most {MAX_DEFINITION} characters"
        )
    if (
        any("$" in form for form in (term.name, *term.also))
        or term.definition.count("$") % 2
    ):
        raise TermError(f"{name}, {heading!r}: a torn formula, or one in a name")
    return term


def parse_terms(notebook, name: str) -> list[Term]:
    """All terms of the glossary in their order.

    Raises `TermError`, which names the notebook and the entry: one that is not of the form above, or that takes an
    anchor or a form that another one has.
    """
    terms = [_entry(text, name) for text in _entries(notebook)]
    owners: dict[str, Term] = {}
    for term in terms:
        for key in {f"#{term.anchor}", *(form.casefold() for form in term.forms)}:
            if (owner := owners.setdefault(key, term)) is not term:
                raise TermError(
                    f"{name}: {key!r} stands for {owner.name!r} and for {term.name!r}"
                )
    return terms
