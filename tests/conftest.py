"""What the tests share: the chapters as files, and the site as `make book` built it."""

import gzip
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build/html"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    assert (SITE / "index.html").exists(), "build the site first: make book"
    return SITE


def launch_chromium(playwright):
    """The system's Chromium where there is one, else Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return playwright.chromium.launch(executable_path=path, args=arguments)


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = launch_chromium(playwright)
        yield chromium
        chromium.close()


def compressed(response) -> int:
    """Bytes of a response as a server would send it; 0 for a redirect or an aborted request, which have no body."""
    from playwright.sync_api import Error

    try:
        body = response.body()
    except Error:
        return 0
    packed = response.url.partition("?")[0].endswith((".woff2", ".png", ".woff"))
    return len(body) if packed else len(gzip.compress(body, 6))
