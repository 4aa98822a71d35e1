"""Submissions, logs and conversations as they stand in a page."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from markupsafe import Markup, escape

from tasks.reporting.texts import plain, shortened

_LONGEST_PATCH: Final = 60_000
_LONGEST_LOG: Final = 12_000
_LONGEST_TURN: Final = 8_000
_MOST_TURNS: Final = 120
_DIFF_CLASSES: Final = {"+": "gi", "-": "gd", "@": "gu"}
_SPEAKERS: Final = {
    "system-prompt": "system",
    "user-prompt": "user",
    "text": "model",
    "thinking": "model, thinking",
    "tool-return": "tool",
    "retry-prompt": "to the model, again",
}


class Turn(NamedTuple):
    """Who said what."""

    who: str
    words: str


def highlighted(text: str, language: str) -> Markup:
    """A `diff` or a `python` program with its parts marked; the middle of a long one is cut."""
    kept, cut = shortened(plain(text), _LONGEST_PATCH)
    marked = _program(kept) if language == "python" else _diff(kept)
    return marked + _left_out(cut)


def _diff(text: str) -> Markup:
    """The lines of a patch by what they begin with. A report has tens of thousands of patches: a
    grammar takes 100 times as long and marks the same."""
    lines = str(escape(text)).split("\n")
    return Markup("\n".join(map(_marked, lines)))  # noqa: S704 - escaped before


def _marked(text: str) -> str:
    kind = _DIFF_CLASSES.get(text[:1])
    if kind is None and text.startswith(("diff ", "index ")):
        kind = "gh"
    return text if kind is None else f'<span class="{kind}">{text}</span>'


@lru_cache(maxsize=64)
def _program(text: str) -> Markup:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return Markup(highlight(text, lexer, HtmlFormatter(nowrap=True)))  # noqa: S704 - it escapes


def log_text(text: str) -> Markup:
    """A log, its middle cut where it is long."""
    kept, cut = shortened(plain(text), _LONGEST_LOG)
    return escape(kept) + _left_out(cut)


def _left_out(characters: int) -> Markup:
    return Markup(f"\n… {characters:,} characters are left out") if characters else Markup("")  # noqa: S704


def turns_of(transcript: Mapping[str, Any]) -> list[Turn]:
    """The conversation of a rollout, in order; what is too long for a page is cut and said."""
    turns = list(_turns(transcript))
    if len(turns) > _MOST_TURNS:
        half = _MOST_TURNS // 2
        missing = Turn("", f"… {len(turns) - 2 * half} more parts; see paydag show rollout")
        turns = [*turns[:half], missing, *turns[-half:]]
    return turns


def _turns(transcript: Mapping[str, Any]) -> Iterator[Turn]:
    for message in transcript.get("messages") or ():
        for part in message.get("parts") or ():
            yield _turn(part)
    for failure in transcript.get("failures") or ():
        yield Turn("no answer", _kept(f"{failure.get('kind')}: {failure.get('says')}"))


def _turn(part: Mapping[str, Any]) -> Turn:
    kind = str(part.get("part_kind"))
    if kind.endswith("-call"):
        return Turn(f"model calls {part.get('tool_name', kind)}", _kept(part.get("args") or ""))
    tool = f" {part['tool_name']}" if part.get("tool_name") else ""
    return Turn(f"{_SPEAKERS.get(kind, kind)}{tool}", _kept(_words(part.get("content"))))


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(_words(one) for one in content)
    if isinstance(content, Mapping):
        return str(content.get("text", content.get("content", content)))
    return "" if content is None else str(content)


def _kept(text: object) -> str:
    kept, cut = shortened(plain(text), _LONGEST_TURN)
    return kept + (f"\n… {cut:,} characters are left out" if cut else "")
