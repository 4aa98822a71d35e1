"""Markdown and HTML from outside as markup that is safe to show: no scripts, no pictures loaded."""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from tasks.reporting.texts import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST: Final = 100_000
_TAGS: Final = frozenset(
    (
        *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p"),
        *("pre", "s", "samp", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th"),
        *("thead", "tr", "tt", "ul"),
    )
)
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "details": {"open"}}
_WEB: Final = ("https://", "http://")
# As the sanitiser writes it: names in small letters, values in double quotes that hold none.
_PICTURE: Final = re.compile(r'<img((?: [a-z]+="[^"]*")*)\s*/?>')
_VALUE: Final = re.compile(r' ([a-z]+)="([^"]*)"')


def sanitised(text: str) -> Markup:
    """The statement of a task as markup. What is longer than LONGEST characters is cut."""
    import nh3

    cleaned = nh3.clean(
        _markdown().render(plain(text[:LONGEST])),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https"},
    )
    # What comes out of the sanitiser is markup; a picture becomes the link it would have loaded.
    shown = _PICTURE.sub(lambda found: _link_of(found.group(1)), cleaned)
    if len(text) > LONGEST:
        shown += f"<p>… ({len(text) - LONGEST:,} more characters)</p>"
    return Markup(shown)  # noqa: S704


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _filtered(_tag: str, name: str, value: str) -> str | None:
    """Addresses lead to the web or nowhere: a relative one would be a file beside the page."""
    if name in ("href", "src") and not web_address(value):
        return None
    return value


def web_address(value: str) -> bool:
    return value.strip().lower().startswith(_WEB)


def _link_of(attributes: str) -> str:
    values = {name: unescape(value) for name, value in _VALUE.findall(attributes)}
    name = escape(f"[picture: {values.get('alt') or 'without a description'}]")
    if not values.get("src"):
        return str(name)
    return f'<a href="{escape(values["src"])}" rel="noopener noreferrer nofollow">{name}</a>'
