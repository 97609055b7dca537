"""Where the book lives: its repository and its website, as far as anybody knows, and when it was written.

Nothing here is needed to build the book. Without an address there is no sitemap and no button to Colab.
"""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


class AddressError(Exception):
    """An address that is none; the message names the variable."""


def git(*arguments: str) -> str:
    """What git prints; nothing where there is no git or no repository."""
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return ""


def repository() -> str | None:
    """ "https://github.com/owner/name" from CI's environment or the checkout's remote; None where neither knows."""
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        return f"https://github.com/{slug}"
    match = re.fullmatch(
        r"(?:https://|git@|ssh://git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?",
        git("remote", "get-url", "origin"),
    )
    return f"https://github.com/{match[1]}" if match else None


def site() -> str | None:
    """The website's address with a slash at its end: $BOOK_SITE, or GitHub Pages of the repository that CI builds.

    Raises `AddressError` where $BOOK_SITE is not a web address.
    """
    if address := os.environ.get("BOOK_SITE"):
        if not re.match(r"https?://[\w.-]+", address):
            raise AddressError(f"BOOK_SITE={address!r} does not start with https://")
        return f"{address.rstrip('/')}/"
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        owner, name = slug.split("/")
        host = f"{owner.lower()}.github.io"
        return f"https://{host}/" + ("" if name.lower() == host else f"{name}/")
    return None


def written() -> int:
    """Seconds from 1970 to $SOURCE_DATE_EPOCH or the last commit; a copy without git counts as the oldest."""
    known = os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")
    return int(known or 1_700_000_000)
