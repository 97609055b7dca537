"""Where the book lives: its repository and its website, as far as anybody knows; and what search engines are told.

Nothing here is needed to build the book. Without an address there is no sitemap and no button to Colab.
"""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def repository() -> str | None:
    """ "https://github.com/owner/name" from CI's environment or the checkout's remote; None where neither knows."""
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        return f"https://github.com/{slug}"
    command = ["git", "-C", str(ROOT), "remote", "get-url", "origin"]
    try:
        remote = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:  # no git
        return None
    match = re.fullmatch(
        r"(?:https://|git@|ssh://git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?",
        remote,
    )
    return f"https://github.com/{match[1]}" if match else None


def site() -> str | None:
    """The website's address with a slash at its end: $BOOK_SITE, or GitHub Pages of the repository that CI builds."""
    if address := os.environ.get("BOOK_SITE"):
        return f"{address.rstrip('/')}/"
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        owner, name = slug.split("/")
        return f"https://{owner.lower()}.github.io/{name}/"
    return None


def _configure(app, config) -> None:
    address = site()
    config.html_baseurl = config.ogp_site_url = address or ""
    config.ogp_site_name = config.html_title
    config.ogp_social_cards = {"enable": False}
    if address:
        config.html_static_path.append(str(ROOT / "book/picture.png"))
        config.ogp_image = f"{address}_static/picture.png"
        config.sitemap_url_scheme = "{link}"
        app.setup_extension("sphinx_sitemap")


def setup(app):
    app.setup_extension("sphinxext.opengraph")  # titles and descriptions
    app.connect("config-inited", _configure)
    return {"parallel_read_safe": True}
