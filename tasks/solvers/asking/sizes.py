"""How many tokens a request can have at most, before anybody has counted them."""

import json
from typing import Any, Final

from pydantic_ai import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestParameters

# Roles, separators and what a provider puts around a message and a tool.
_AROUND: Final = 16
_SENT: Final = ("content", "args", "tool_name", "tool_call_id")


def most_tokens_in(messages: list[ModelMessage], parameters: ModelRequestParameters) -> int:
    """An upper bound: no tokeniser of bytes makes more tokens than there are bytes.

    What an answer's usage has counted already is taken from there, and bytes are counted for what
    came after it.
    """
    counted, start = 0, 0
    for number, message in enumerate(messages):
        if isinstance(message, ModelResponse) and message.usage.total_tokens:
            counted = message.usage.total_tokens
            start = number + 1
    later = messages[start:]
    size = sum(map(_size, ModelMessagesTypeAdapter.dump_python(later, mode="json")))
    if not start:
        tools = [
            [tool.name, tool.description, tool.parameters_json_schema]
            for tool in (*parameters.function_tools, *parameters.output_tools)
        ]
        size += len(json.dumps(tools, default=str).encode()) + _AROUND * len(tools)
    return counted + size + _AROUND


def _size(message: dict[str, Any]) -> int:
    """Bytes of what is sent of a message."""
    said = [
        part[key] for part in message["parts"] for key in _SENT if part.get(key) is not None
    ] + [message.get("instructions") or ""]
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in said]
    return sum(len(text.encode("utf-8", "replace")) + _AROUND for text in texts)
