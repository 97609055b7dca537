"""What turns the notebooks of chapters/ into the website. Nothing in chapters/ imports it.

As a Sphinx extension (named in _config.yml) it loads the others, one job each.
"""

import hashlib
from pathlib import Path

EXTENSIONS = [
    "book.address",
    "book.claims.ledger",
    "book.execute",
    "book.frozen.page",
    "book.math",
    "book.terms.page",
    "book.downloads",
    "book.theme",
]


def digest() -> str:
    """Changes when any file of the builder changes."""
    files = sorted(
        path
        for path in Path(__file__).parent.rglob("*.*")
        if path.suffix in (".py", ".html", ".css", ".js")
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def setup(app):
    app.add_config_value(
        "book_digest", digest(), "html"
    )  # makes Sphinx write all pages again
    for extension in EXTENSIONS:
        app.setup_extension(extension)
    return {"parallel_read_safe": True}
