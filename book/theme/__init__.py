"""One look for all pages: styles and icons, nothing loaded that is not used, and the repository's address."""

import re
from pathlib import Path

from sphinx.errors import ExtensionError

from ..address import repository

HERE = Path(__file__).parent

# Extensions that Jupyter Book always loads and this book does not use; their scripts and styles stay out.
UNUSED = (
    "togglebutton",
    "togglehint",
    "toggleopenonprint",
    "thebe",
    "sphinx-design",
    "design-tabs",
)


def _configure(app, config) -> None:
    config.html_static_path.append(str(HERE / "static"))
    config.templates_path.insert(0, str(HERE / "templates"))  # before the theme's own
    config.html_context["default_mode"] = "auto"
    if address := repository():
        # Colab opens what is in the repository: no address, no button.
        config.html_theme_options.update(
            repository_url=address,
            repository_branch="main",
            use_repository_button=True,
            launch_buttons={"colab_url": "https://colab.research.google.com"},
        )


def _used(asset) -> bool:
    text = f"{getattr(asset, 'filename', asset) or ''}{getattr(asset, 'attributes', {}).get('body', '')}".lower()
    return not any(name in text for name in UNUSED)


# Pygments wraps names, punctuation and spaces, too, though they look like plain code: half of its elements.
PLAIN_CODE = re.compile(r'<span class="(?:n|p|w|nn)">([^<]*)</span>')

# MyST-NB's name for every folded cell, which hides from screen readers the text that is shown.
FOLD_LABEL = ' aria-label="Toggle hidden content"'


# A folded cell that proves an answer says so.
PROOF = re.compile(
    r'(<div class="cell [^"]*\btag_prove\b[^"]*">\s*<details[^>]*>\s*<summary[^>]*>\s*<p[^>]*>)Show the code'
    r"(</p>\s*<p[^>]*>)Hide the code"
)


def _lighten(app, pagename, templatename, context, doctree) -> None:
    if "body" in context:
        body = PLAIN_CODE.sub(r"\1", context["body"]).replace(FOLD_LABEL, "")
        context["body"] = PROOF.sub(r"\1Show the proof\2Hide the proof", body)


# Scripts that the theme loads before it shows anything, and that have nothing to do before it has.
LATER = ("clipboard", "copybutton", "sphinx-book-theme", "doctools", "sphinx_highlight")


def _drop_unused(app, pagename, templatename, context, doctree) -> None:
    context["script_files"] = [
        script for script in context["script_files"] if _used(script)
    ]
    for script in context["script_files"]:
        if any(name in (script.filename or "") for name in LATER):
            # The object is the same for all pages. Sphinx's search does not wait for what comes later.
            script.attributes.pop("defer", None)
            if pagename != "search":
                script.attributes["defer"] = "defer"
    context["css_files"] = [sheet for sheet in context["css_files"] if _used(sheet)]


def _sort_exclusions(app, config) -> None:
    """Jupyter Book lists them in the order of a set: another each time, for which Sphinx would read all pages."""
    config.exclude_patterns = sorted(set(config.exclude_patterns))


ROOT_PAGE = """<!doctype html>
<html lang="en">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={target}">
<link rel="icon" href="data:,">
<a href="{target}">{title}</a>
</html>
"""


def _write_root_page(app, exception) -> None:
    """The site's address leads to the landing page. Jupyter Book's page would ask for an icon in vain."""
    if exception is None:
        page = ROOT_PAGE.format(
            title=app.config.html_title, target=f"{app.config.root_doc}.html"
        )
        (Path(app.outdir) / "index.html").write_text(page)


# The theme measures every block of code and every output, again whenever a picture changes: the browser must lay out
# all that page.css lets it skip. page.js does the same for what comes into sight.
MEASURING = (
    "document.querySelectorAll("
    '"pre, .nboutput > .output_area, .cell_output > .output, .jp-RenderedHTMLCommon")'
)


def _measure_nothing(app, exception) -> None:
    if exception is not None:
        return
    script = Path(app.outdir) / "_static/scripts/pydata-sphinx-theme.js"
    text = script.read_text()
    if MEASURING not in text and "[].forEach(" not in text:
        raise ExtensionError(f"{script.name} is not the one that book/theme knows")
    script.write_text(text.replace(MEASURING, "[]"))


def _launch_notebooks_only(app, pagename, templatename, context, doctree) -> None:
    """Colab opens notebooks; the landing page is written in Markdown."""
    if "header_buttons" in context and not app.env.doc2path(pagename).endswith(
        ".ipynb"
    ):
        context["header_buttons"] = [
            b for b in context["header_buttons"] if b.get("label") != "launch-buttons"
        ]


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("config-inited", _sort_exclusions, priority=999)
    app.connect("html-page-context", _drop_unused, priority=900)
    app.connect("html-page-context", _lighten)
    app.connect("html-page-context", _launch_notebooks_only, priority=900)
    app.connect("build-finished", _write_root_page, priority=100)
    app.connect("build-finished", _measure_nothing)
    app.add_js_file("page.js", loading_method="defer")
    return {"parallel_read_safe": True}
