"""From `--model` and where it is asked to a pydantic-ai model."""

import inspect
from functools import cache
from typing import Any, Final

from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, infer_model, known_model_names
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers import Provider, infer_provider_class
from pydantic_ai.providers.openai import OpenAIProvider

from tasks.domain.errors import UsageError
from tasks.domain.solver_options import ModelDoor
from tasks.solvers.asking import loop
from tasks.solvers.provider import OPENAI_URL, key_variables, split_model

_CHAT: Final = ("openai", "openai-chat")
# The SDK wants something; a server of one's own may want no key.
_NO_KEY: Final = "no-key-is-set"


def model_of(model: str, door: ModelDoor) -> Model:
    """The model, one a process for each door. `openai:` speaks Chat Completions, as every
    compatible endpoint does; `openai-responses:` speaks Responses.

    Raises UsageError for an unknown provider, a missing key, or a place it cannot be asked at.
    """
    key = door.key.get_secret_value() if door.key is not None else None
    return _kept(model, door.base_url, key)


@cache
def _kept(model: str, base_url: str | None, key: str | None) -> Model:
    made = _made(model, base_url, key)

    async def close() -> None:
        _kept.cache_clear()
        # Leaving a model closes the client that its provider has opened.
        async with made:
            pass

    loop.at_close(close)
    return made


def _made(model: str, base_url: str | None, key: str | None) -> Model:
    provider, name = split_model(model)
    if provider in (*_CHAT, "openai-responses"):
        if key is None and base_url is None:
            raise _no_key(provider)
        reached = OpenAIProvider(base_url=base_url or OPENAI_URL, api_key=key or _NO_KEY)
        if provider in _CHAT:
            return OpenAIChatModel(name, provider=reached)
        return OpenAIResponsesModel(name, provider=reached)
    made = _provider(provider, base_url, key)
    try:
        return infer_model(model, provider_factory=lambda _: made)
    except (UserError, ImportError) as error:
        raise UsageError(f"--model {model!r} cannot be asked: {_one_line(error)}") from None


def _provider(name: str, base_url: str | None, key: str | None) -> Provider[Any]:
    try:
        kind = infer_provider_class(name)
    except ValueError:
        known = ", ".join(sorted({m.partition(":")[0] for m in known_model_names()} - {"test"}))
        raise UsageError(
            f"unknown provider {name!r}; known: {known}; an OpenAI-compatible endpoint is "
            "openai:NAME with --base-url"
        ) from None
    except ImportError as error:
        raise UsageError(f"the provider {name} lacks a library: {_one_line(error)}") from None
    takes = inspect.signature(kind.__init__).parameters
    given: dict[str, Any] = {}
    if base_url is not None:
        if "base_url" not in takes:
            raise UsageError(f"the provider {name} takes no --base-url; leave it out")
        given["base_url"] = base_url
    if "api_key" in takes and key is not None:
        given["api_key"] = key
    try:
        return kind(**given)
    except UserError as error:
        if "api_key" in takes and key is None:
            raise _no_key(name) from None
        raise UsageError(f"the provider {name} cannot be used: {_one_line(error)}") from None


def _no_key(provider: str) -> UsageError:
    return UsageError(f"the provider {provider} has no key; set {key_variables(provider)[0]}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
