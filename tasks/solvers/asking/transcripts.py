"""What was said in a rollout, as JSON that people and programs can read later."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

from pydantic_ai import ModelMessage, ModelMessagesTypeAdapter, ModelResponse

from tasks.domain.limits import Spent

_LIBRARIES: Final = ("pydantic-ai-slim", "genai-prices", "openai")


class Recorder:
    """Collects the messages of one take, and its requests with what each took and cost."""

    def __init__(self, model: str, prompts: Mapping[str, str]) -> None:
        self._head = {
            "model": model,
            "prompts": dict(prompts),
            "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        }
        self._messages: Sequence[ModelMessage] = []
        self._requests: list[dict[str, Any]] = []
        self._failures: list[dict[str, str]] = []
        self._notes: dict[str, Any] = {}

    def said(self, messages: Sequence[ModelMessage]) -> None:
        """What is to be asked: the whole conversation until then."""
        self._messages = list(messages)

    def failed(self, kind: str, says: str) -> None:
        """A request that brought no answer."""
        self._failures.append({"at": _now(), "kind": kind, "says": says})

    def answered(
        self,
        messages: Sequence[ModelMessage],
        answer: ModelResponse,
        spent: Spent,
        settings: Mapping[str, Any],
    ) -> None:
        self._messages = [*messages, answer]
        self._requests.append(
            {
                "at": _now(),
                "settings": dict(settings),
                **spent.model_dump(mode="json", exclude={"requests", "answers", "saved"}),
                "saved": bool(spent.saved),
                "finish_reason": answer.finish_reason,
                "failures": self._failures,
            }
        )
        self._failures = []

    def note(self, name: str, value: Any) -> None:
        """Something beside the conversation, as JSON: what was submitted, which tools there are."""
        self._notes[name] = value

    def transcript(self, finish_reason: str) -> str:
        """The JSON text."""
        messages = json.loads(ModelMessagesTypeAdapter.dump_json(list(self._messages)))
        told = {
            **self._head,
            "finish_reason": finish_reason,
            "messages": messages,
            "requests": self._requests,
            "failures": self._failures,  # those that no answer came after
            **({"notes": self._notes} if self._notes else {}),
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def whole_letters(answer: ModelResponse) -> ModelResponse:
    """The answer without halves of characters, which JSON can say and no file can hold."""
    parts: list[Any] = []
    for part in answer.parts:
        texts: dict[str, Any] = {
            field.name: whole
            for field in dataclasses.fields(part)
            if isinstance(text := getattr(part, field.name), str)
            and (whole := text.encode("utf-8", "replace").decode()) != text
        }
        mended: Any = part
        parts.append(dataclasses.replace(mended, **texts) if texts else part)
    return dataclasses.replace(answer, parts=parts)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
