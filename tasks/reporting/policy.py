"""What a page may load and run: nothing but its own script and style, named by their digests."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

_FILES: Final = Path(__file__).parent / "templates"
# Between a page and the `paydag browse` that serves it there is one request: whether it changed.
NOT_LIVE: Final = '<meta name="paydag-live" content="no">'
LIVE: Final = '<meta name="paydag-live" content="yes">'
NO_REQUESTS: Final = "connect-src 'none'"
OWN_REQUESTS: Final = "connect-src 'self'"


@cache
def asset(name: str) -> str:
    """The text of a script or style, as it stands in the page."""
    return (_FILES / name).read_text(encoding="utf-8")


def _named(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def policy() -> str:
    """The Content-Security-Policy of every page."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_named(asset('report.js'))}",
            f"style-src {_named(asset('style.css'))}",
            NO_REQUESTS,
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def made_live(page: bytes) -> bytes:
    """A page that asks its own server whether it changed."""
    pairs = ((NOT_LIVE, LIVE), (NO_REQUESTS, OWN_REQUESTS))
    for before, after in pairs:
        page = page.replace(before.encode(), after.encode(), 1)
    return page
