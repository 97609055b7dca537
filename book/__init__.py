"""What turns the notebooks of chapters/ into the website. Nothing in chapters/ imports it.

As a Sphinx extension (named in _config.yml) it loads the others, one job each.
"""

EXTENSIONS = [
    "book.claims.ledger",
    "book.execute",
    "book.frozen.page",
    "book.math",
    "book.theme",
]


def setup(app):
    for extension in EXTENSIONS:
        app.setup_extension(extension)
    return {"parallel_read_safe": True}
