"""All styles in one sheet, without the rules that no page uses: a phone waits for one file, not for a dozen.

Bootstrap alone has 200 kB of them.
"""

import subprocess
from pathlib import Path

from sphinx.errors import ExtensionError

from ..math import NODE
from ..vendor import vendored

SHEET = "book.css"

# What is in it, in this order; the book's own sheets are named nowhere else. One that an extension adds and that is not
# here is an error: nothing is dropped silently.
PARTS = (
    "basic.css",
    "styles/bootstrap.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "mystnb.*.css",
    "katex/katex.min.css",
    "page.css",
    "figures.css",
    "icons.css",
    "frozen/player.css",
    "search.css",
)


def _take_out(app, pagename, templatename, context, doctree) -> None:
    """Pages link the one sheet (templates/static/webpack-macros.html) and none of its parts."""
    for sheet in context["css_files"]:
        name = Path(str(sheet.filename))
        if not any(name.match(part) for part in PARTS):
            raise ExtensionError(f"{name} is in no part of {SHEET}: add it to PARTS")
    context["css_files"] = []
    context["book_sheet"] = f"{SHEET}?v={app.config.book_look[:8]}"


def _write(app, exception) -> None:
    if exception is not None:
        return
    static = Path(app.outdir) / "_static"
    parts = []
    for part in PARTS:
        (path,) = static.glob(part)  # exactly one
        parts.append(path.read_text().replace("url(fonts/", "url(katex/fonts/"))
    whole = static / SHEET
    whole.write_text("\n".join(parts))
    purge = Path(__file__).with_name("purge.mjs")
    command = [NODE, purge, vendored("purgecss"), app.outdir, whole]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise ExtensionError(f"purge.mjs: {result.stderr}")
    whole.write_text(result.stdout)


def setup(app):
    app.connect("html-page-context", _take_out, priority=950)
    app.connect("build-finished", _write, priority=900)
    return {"parallel_read_safe": True}
