"""Third-party JavaScript: npm puts them into the virtual environment at the versions of package.json."""

import sys
from pathlib import Path

from sphinx.errors import ExtensionError

FOLDER = Path(sys.prefix) / "vendor/node_modules"


def vendored(name: str) -> Path:
    """The path of an asset such as "katex/dist/katex.min.css"; raises `ExtensionError` where it is not installed."""
    path = FOLDER / name
    if not path.exists():
        raise ExtensionError(f"{name} is not installed in {FOLDER}: run `make install`")
    return path
