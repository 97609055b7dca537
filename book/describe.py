"""What search engines and link previews are told: a description of each page, its address, a sitemap."""

import re
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from .address import ROOT, AddressError, site

PICTURE = ROOT / "book/picture.png"
LENGTH = 200  # characters of a description
WITHOUT_CONTENT = ("search", "genindex")

SENTENCE = re.compile(r"[^.!?]+[.!?]+(?=\s|$)")


def description(doctree: nodes.document) -> str:
    """The first sentences of a page, without those that need a formula. Empty where none is left."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = "".join(
            "\0" if isinstance(node, nodes.math) else node.astext()
            for node in paragraph.findall(
                lambda n: isinstance(n, (nodes.Text, nodes.math))
            )
            if not isinstance(node.parent, nodes.math)
        )
        chosen = ""
        for sentence in SENTENCE.findall(" ".join(text.split())):
            sentence = re.sub(r": \0\.$", ".", sentence)  # "… one sum: formula."
            if "\0" in sentence:
                continue
            if chosen and len(chosen) + len(sentence) > LENGTH:
                break
            chosen += sentence
        if chosen:
            return chosen.strip()
    return ""


def _tags(title: str, text: str, url: str | None, image: str | None) -> str:
    """<meta> elements; those without a value are left out."""
    named = {"description": text}
    properties = {"og:type": "article", "og:title": title, "og:description": text}
    if url:
        properties |= {"og:url": url, "og:image": image}
        named["twitter:card"] = "summary_large_image"
    lines = [
        f'<meta {kind}="{name}" content="{escape(value)}">'
        for kind, values in (("name", named), ("property", properties))
        for name, value in values.items()
        if value
    ]
    return "\n".join(lines) + "\n"


def _describe(app, pagename, templatename, context, doctree) -> None:
    if doctree is None:
        context["pageurl"] = None  # no canonical address
        if pagename in WITHOUT_CONTENT:
            context["metatags"] = '<meta name="robots" content="noindex">\n'
        return
    address = app.config.html_baseurl
    title = unescape(re.sub("<[^>]*>", "", context["title"]))
    page = f"{address}{pagename}.html" if address else None
    image = f"{address}_static/{PICTURE.name}"
    tags = _tags(title, description(doctree), page, image)
    context["metatags"] = context.get("metatags", "") + tags


def _write_sitemap(app, exception) -> None:
    if exception is not None or not app.config.html_baseurl:
        return
    pages = "\n".join(
        f"<url><loc>{escape(app.config.html_baseurl + name)}.html</loc></url>"
        for name in sorted(app.env.found_docs)
    )
    (Path(app.outdir) / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}\n</urlset>\n'
    )


def _configure(app, config) -> None:
    try:
        config.html_baseurl = site() or ""
    except AddressError as error:
        raise ExtensionError(str(error)) from None
    if config.html_baseurl:
        config.html_static_path.append(str(PICTURE))


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _describe)
    app.connect("build-finished", _write_sitemap)
    return {"parallel_read_safe": True}
