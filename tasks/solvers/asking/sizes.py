"""How many tokens a request can have at most, before anybody has counted them."""

import json
from typing import Final

from pydantic_ai import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestParameters

# Roles, separators and what a provider puts around a message and a tool.
_AROUND: Final = 16


def most_tokens_in(messages: list[ModelMessage], parameters: ModelRequestParameters) -> int:
    """An upper bound: no tokeniser of bytes makes more tokens than there are bytes.

    What an answer's usage has counted already is taken from there, and bytes are counted for what
    came after it.
    """
    counted, start = 0, 0
    for number, message in enumerate(messages):
        if isinstance(message, ModelResponse) and message.usage.input_tokens:
            counted = message.usage.input_tokens + message.usage.output_tokens
            start = number + 1
    later = messages[start:]
    size = len(ModelMessagesTypeAdapter.dump_json(later)) if later else 0
    if not start:
        tools = [
            [tool.name, tool.description, tool.parameters_json_schema]
            for tool in (*parameters.function_tools, *parameters.output_tools)
        ]
        size += len(json.dumps(tools, default=str).encode()) + _AROUND * len(tools)
    return counted + size + _AROUND * (len(later) + 1)
