"""A card's Markdown as the HTML that Anki shows: formulas between \\( \\), links to the website or none."""

import re
from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
_parser.use(dollarmath_plugin)
# Inside a formula, too, "p < 0.1" must not start an HTML element.
_parser.add_render_rule(
    "math_inline", lambda self, tokens, i, *_: rf"\({escape(tokens[i].content)}\)"
)
_parser.add_render_rule(
    "math_block",
    lambda self, tokens, i, *_: rf"<div>\[{escape(tokens[i].content)}\]</div>",
)

LINK = re.compile(r"\[([^\[\]\n]+)\]\((\w+)\.ipynb(#[^)\s]*)?\)")


def to_html(markdown: str, site: str | None) -> str:
    """HTML of a card's side. `site` is the website's address, with a slash at its end, where it is known."""

    def link(match: re.Match) -> str:
        text, chapter, anchor = match[1], match[2], match[3] or ""
        return f"[{text}]({site}chapters/{chapter}.html{anchor})" if site else text

    return _parser.render(LINK.sub(link, markdown)).strip()
