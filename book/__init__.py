"""What turns the notebooks of chapters/ into the website. Nothing in chapters/ imports it.

As a Sphinx extension (named in _config.yml) it loads the others, one job each.
"""

import hashlib
from pathlib import Path

EXTENSIONS = [
    "book.execute",
    "book.describe",
    "book.claims.ledger",
    "book.frozen.page",
    "book.math",
    "book.search.page",
    "book.terms.page",
    "book.downloads",
    "book.theme",
    "book.theme.sheet",
]


def digest(*suffixes: str) -> str:
    """Changes when any file of the builder with one of these suffixes changes."""
    paths = Path(__file__).parent.rglob("*.*")
    files = sorted(path for path in paths if path.suffix in suffixes)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def setup(app):
    # Changed code makes Sphinx read all pages again, changed looks make it write them again.
    app.add_config_value("book_code", digest(".py"), "env")
    app.add_config_value(
        "book_look", digest(".html", ".css", ".js", ".mjs", ".json"), "html"
    )
    for extension in EXTENSIONS:
        app.setup_extension(extension)
    return {"parallel_read_safe": True}
