"""A rollout's conversation on a terminal. Its words come from outside and may be hostile."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from tasks.domain.digests import short

_KEPT: Final = "\n\t"


def harmless(text: object) -> str:
    """Text as it is but for what steers a terminal or its direction, which is written out."""
    lines = str(text).replace("\r\n", "\n")  # as the web's forms end them
    shown = "".join(c if c.isprintable() or c in _KEPT else _written_out(c) for c in lines)
    return escape(shown)


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def show_rollout(console: Console, found: Mapping[str, Any]) -> None:
    """Who said what, which tools were called, tokens and cents of each answer, and how it ended."""

    def say(text: str = "") -> None:
        console.print(text, soft_wrap=True)

    say(
        f"rollout {short(found['rollout_id'])} of run {found['run_id']}: {found['solver']} on "
        f"{harmless(found['instance_id'])}, attempt {found['attempt']}, take {found['take']}"
    )
    transcript = found["transcript"]
    if transcript is None:
        say("it asked no model")
    else:
        for line in _conversation(transcript):
            say(line)
    say()
    for line in _summary(found):
        say(line)


def _conversation(transcript: Mapping[str, Any]) -> Iterator[str]:
    yield f"model {harmless(transcript['model'])}"
    requests = iter(transcript["requests"])
    for message in transcript["messages"]:
        request = next(requests, None) if message["kind"] == "response" else None
        if request is not None and request["failures"]:
            yield ""
            for failure in request["failures"]:
                yield _failure(failure)
        for part in message["parts"]:
            yield ""
            yield from _part(part)
        if request is not None:
            yield f"[dim]{_took(request)}[/dim]"
    for failure in transcript["failures"]:
        yield _failure(failure)


_NAMES: Final = {
    "system-prompt": "system",
    "user-prompt": "user",
    "text": "model",
    "thinking": "model, thinking",
    "tool-return": "tool",
    "retry-prompt": "to the model, again",
}


def _part(part: Mapping[str, Any]) -> Iterator[str]:
    kind = str(part["part_kind"])
    if "tool-call" in kind or kind.endswith("-call"):
        yield f"[bold]model calls {harmless(part.get('tool_name', kind))}[/bold]"
        yield harmless(part.get("args") or "")
        return
    name = _NAMES.get(kind, kind)
    tool = f" {part['tool_name']}" if part.get("tool_name") else ""
    yield f"[bold]{harmless(name + tool)}[/bold]"
    yield harmless(_words(part.get("content")))


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(_words(one) for one in content)
    if isinstance(content, dict):
        return str(content.get("text", content.get("content", content)))
    return "" if content is None else str(content)


def _failure(failure: Mapping[str, Any]) -> str:
    return f"[dim]no answer ({harmless(failure['kind'])}): {harmless(failure['says'])}[/dim]"


def _took(request: Mapping[str, Any]) -> str:
    cached = f", {request['tokens_cached']:,} of them cached" if request["tokens_cached"] else ""
    thought = f", {request['tokens_reasoning']:,} reasoning" if request["tokens_reasoning"] else ""
    where = "from the cache" if request["saved"] else f"{request['latency_s']:.1f} s"
    return (
        f"{request['tokens_in']:,} tokens in{cached}, {request['tokens_out']:,} out{thought}; "
        f"{_dollars(request['cost_cents'])}; {where}"
    )


def _summary(found: Mapping[str, Any]) -> Iterator[str]:
    if found["status"] == "fault":
        yield f"fault: {harmless(found['fault'])}"
    elif found["declined"] is not None:
        yield f"declined: {harmless(found['declined'])}"
    elif found["submission"]:
        name, value = next(iter(found["submission"].items()))
        yield f"submitted {name}: {harmless(value)}"
    else:
        yield "submitted nothing"
    if found["questions"]:
        asked = len(found["questions"])
        yield f"asked the client {asked} question{'' if asked == 1 else 's'}"
    if found["finish_reason"] is not None and found["price_snapshot"] is None:
        yield f"ended with {harmless(found['finish_reason'])}; what it asks a model is not counted"
    elif found["finish_reason"] is not None:
        cost = _dollars(found["cost_cents"])
        yield (
            f"ended with {harmless(found['finish_reason'])} after {found['answers'] or 0} answers "
            f"to {found['requests'] or 0} requests; {found['tokens_in'] or 0:,} tokens in, "
            f"{found['tokens_out'] or 0:,} out; {cost} by {harmless(found['price_snapshot'])}"
        )
    if found["state"] is not None:
        yield f"{harmless(found['state'])}: {harmless(found['reason'])}"


def _dollars(cents: Any) -> str:
    return "price unknown" if cents is None else f"${float(cents) / 100:.6f}"
