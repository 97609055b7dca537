"""Links from the first use of each term in a chapter to its entry in the glossary.

They are plain Markdown in the notebook, so they work in Jupyter, too. `make tidy` takes out what there is and puts in
what belongs there: nobody writes or mends them by hand.
"""

import re

from .parse import Term

GLOSSARY = "glossary.ipynb"

# Where a term is no prose, or could not be a link.
NOT_PROSE = re.compile(
    r"""
      ```.*?```  |  `[^`\n]*`                       # code
    | \$\$.*?\$\$  |  \$[^$\n]*\$                   # formulas
    | !?\[[^\[\]\n]*\]\([^)\n]*\)                   # links
    | <summary>.*?</summary>  |  <[^>\n]*>          # HTML
    | ^\#+\ [^\n]*                                  # headings
    | ^\*\*What\ you\ need\ first:\*\*[^\n]*
    """,
    re.S | re.M | re.X,
)
LINK = re.compile(r"\[([^\[\]\n]+)\]\(glossary\.ipynb#([^)\s]+)\)")


def _is_exact(form: str) -> bool:
    """Whether a form counts only as it is written: ReLU, LSTM; "Dropout" may be "dropout"."""
    return any(letter.isupper() for letter in form[1:])


class Linker:
    """Puts links to `terms` into chapters."""

    def __init__(self, terms: list[Term]):
        self.anchors = {term.anchor for term in terms}
        self.terms = {form.casefold(): term for term in terms for form in term.forms}
        self.exact = {
            form.casefold(): form
            for term in terms
            for form in term.forms
            if _is_exact(form)
        }
        longest_first = sorted(self.terms, key=len, reverse=True)
        forms = "|".join(re.escape(form) for form in longest_first)
        self.pattern = re.compile(rf"(?<![\w/-])({forms})(?:e?s)?(?![\w-])", re.I)

    def link(self, notebook) -> None:
        """Change `notebook` so that the first use of each term in its prose, and no other, is a link to the term."""
        linked: set[str] = set()
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                text = LINK.sub(self._unlink, cell.source)
                prose, heading, references = text.partition("## References")
                cell.source = self._link_text(prose, linked) + heading + references
                if heading:
                    return

    def _unlink(self, match: re.Match) -> str:
        return match[1] if match[2] in self.anchors else match[0]

    def _link_text(self, text: str, linked: set[str]) -> str:
        def replace(match: re.Match) -> str:
            form = match[1].casefold()
            anchor = self.terms[form].anchor
            if anchor in linked or self.exact.get(form, match[1]) != match[1]:
                return match[0]
            linked.add(anchor)
            return f"[{match[0]}]({GLOSSARY}#{anchor})"

        parts, end = [], 0
        for skipped in NOT_PROSE.finditer(text):
            parts += [
                self.pattern.sub(replace, text[end : skipped.start()]),
                skipped[0],
            ]
            end = skipped.end()
        return "".join([*parts, self.pattern.sub(replace, text[end:])])
