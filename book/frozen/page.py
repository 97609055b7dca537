"""The Sphinx side: labels static figures, moves payloads into files of their own, adds the player to the page."""

import hashlib
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

HERE = Path(__file__).parent
FOLDER = "_frozen"  # beside _static: Jupyter Book would load every script of that folder on every page
PAYLOAD = re.compile(r'<script type="application/x-frozen">([^<]*)</script>')
UNLABELLED = '<svg class="figure" width='

logger = logging.getLogger(__name__)


def _html_outputs(node):
    """The HTML that cells below `node` put out."""
    return (raw for raw in node.findall(nodes.raw) if raw.get("format") == "html")


def label_figures(app, doctree) -> None:
    """Give each static figure the text alternative of its cell's metadata (`alt`); one without fails the build."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        alt = cell["cell_metadata"].get("alt")
        for raw in _html_outputs(cell):
            if UNLABELLED not in (html := raw.astext()):
                continue
            if not alt:
                logger.error(
                    'a figure has no text alternative: add "alt" to the cell\'s metadata',
                    location=cell,
                )
            label = f'<svg class="figure" role="img" aria-label="{escape(alt or "")}" width='
            raw.children = [nodes.Text(html.replace(UNLABELLED, label))]


def extract_payloads(app, doctree, docname) -> None:
    """Write each payload to `_frozen/<digest>.js` and leave its address in the widget's markup."""
    folder = Path(app.outdir) / FOLDER
    up = "../" * docname.count("/")

    def move(match: re.Match) -> str:
        blob = match[1]
        name = hashlib.sha256(blob.encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        # A script, because fetch() refuses to read from file://.
        (folder / f"{name}.js").write_text(f'frozenPayload("{name}","{blob}")')
        return f'<link class="frozen-payload" href="{up}{FOLDER}/{name}.js" data-name="{name}">'

    for raw in _html_outputs(doctree):
        html, count = PAYLOAD.subn(move, raw.astext())
        if count:
            raw.children = [nodes.Text(html)]
            doctree["frozen"] = True


def add_player(app, pagename, templatename, context, doctree) -> None:
    if doctree is not None and doctree.get("frozen"):
        app.add_js_file("frozen/player.js", loading_method="defer")


def copy_player(app) -> None:
    target = Path(app.outdir) / "_static/frozen"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("player.js", "player.css"):
        (target / name).write_text((HERE / name).read_text())


def setup(app):
    app.connect("builder-inited", copy_player)
    app.connect("doctree-read", label_figures)
    app.connect("doctree-resolved", extract_payloads)
    app.connect("html-page-context", add_player)
    return {"parallel_read_safe": True}
