"""Answers that were had before, by what was asked: files below the home."""

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_ai import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestParameters

from tasks.domain.digests import digest
from tasks.domain.redaction import Redactor

# What differs from one time to the next though the same is asked.
_FLEETING: Final = {
    "timestamp",
    "run_id",
    "conversation_id",
    "usage",
    "metadata",
    "provider_details",
    "provider_response_id",
    "provider_url",
}


class AnswerCache:
    """Keeps each answer under the digest of its request. Secrets never get in."""

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        self._folder = folder
        self._redactor = redactor

    def get(self, wanted: str) -> ModelResponse | None:
        """The answer; None where there is none, or its file is damaged."""
        try:
            found = ModelMessagesTypeAdapter.validate_json(self._file(wanted).read_bytes())
        except (OSError, ValidationError):
            return None
        return found[0] if found and isinstance(found[0], ModelResponse) else None

    def put(self, wanted: str, answer: ModelResponse) -> None:
        file = self._file(wanted)
        text = ModelMessagesTypeAdapter.dump_json([answer]).decode()
        # A cache that cannot be written is no reason to lose the answer.
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            # One name for all: what a killed process left is written over.
            part = file.with_suffix(".part")
            with part.open("a", encoding="utf-8") as written:
                # Whoever else holds it is about to keep an answer to the same question.
                fcntl.flock(written, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not os.path.samestat(os.fstat(written.fileno()), part.stat()):
                    return
                written.truncate(0)
                written.write(self._redactor.clean(text))
                written.flush()
                part.replace(file)

    def _file(self, wanted: str) -> Path:
        return self._folder / wanted[:2] / f"{wanted}.json"


def request_digest(
    model: str,
    base_url: str | None,
    attempt: int,
    messages: list[ModelMessage],
    settings: Mapping[str, Any],
    parameters: ModelRequestParameters,
) -> str:
    """Names a request: model, place, attempt, messages, settings and tools."""
    said = json.loads(ModelMessagesTypeAdapter.dump_json(messages))
    tools = [
        [tool.name, tool.description, tool.parameters_json_schema]
        for tool in (*parameters.function_tools, *parameters.output_tools)
    ]
    asked = [model, base_url, attempt, _lasting(said), dict(settings), tools]
    return digest(json.loads(json.dumps(asked, default=str)))


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lasting(v) for k, v in value.items() if k not in _FLEETING}
    return [_lasting(one) for one in value] if isinstance(value, list) else value
