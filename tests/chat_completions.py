"""The bodies of Chat Completions: what was asked, and what an answer looks like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request. `nth` is how often the same messages had come before it, plus one."""

    number: int
    nth: int
    key: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    path: str

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    @property
    def prompt(self) -> str:
        """The first message of the user."""
        return next(text_of(m) for m in self.messages if m["role"] == "user")

    @property
    def last(self) -> str:
        """The newest message, whoever's it is."""
        return text_of(self.messages[-1])

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]

    def results(self) -> list[str]:
        """What tools have answered until now."""
        return [text_of(m) for m in self.messages if m["role"] == "tool"]


def text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")


@dataclass(frozen=True)
class Say:
    """An answer. `calls` are tools by name with their arguments; `usage` is tokens in, out, and of
    them cached and reasoning; None tells none."""

    text: str | None = None
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    usage: tuple[int, int, int, int] | None = (1000, 100, 0, 0)
    finish: str | None = None
    refusal: str | None = None


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {
        "id": f"answer-{asked.number}",
        "object": kind,
        "created": 1_700_000_000,
        "model": asked.body["model"],
    }


def _calls(said: Say, asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call-{asked.number}-{index}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given),
            },
        }
        for index, (name, given) in enumerate(said.calls)
    ]


def _finish(said: Say) -> str:
    return said.finish or ("tool_calls" if said.calls else "stop")


def _usage(said: Say) -> dict[str, Any] | None:
    if said.usage is None:
        return None
    tokens_in, tokens_out, cached, reasoning = said.usage
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def completion(said: Say, asked: Asked) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": said.refusal}
    if said.calls:
        message["tool_calls"] = _calls(said, asked)
    choice = {"index": 0, "message": message, "finish_reason": _finish(said), "logprobs": None}
    usage = _usage(said)
    return {
        **_head(asked, "chat.completion"),
        "choices": [choice],
        **({} if usage is None else {"usage": usage}),
    }


def chunks(said: Say, asked: Asked) -> Iterator[dict[str, Any]]:
    head = _head(asked, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for word in (said.text or "").splitlines(keepends=True):
        yield chunk({"content": word})
    for index, call in enumerate(_calls(said, asked)):
        yield chunk({"tool_calls": [{"index": index, **call}]})
    yield chunk({}, _finish(said))
    usage = _usage(said)
    if usage is not None and (asked.body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": usage}
