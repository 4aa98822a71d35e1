"""Which provider a model is asked at, and by which key.

pydantic-ai takes seconds to import, so everything that needs it lies in `asking`, which is
imported where a model is asked.
"""

import importlib.util
import sys
from typing import Final
from urllib.parse import urlsplit

from tasks.domain.errors import UsageError

OPENAI_URL: Final = "https://api.openai.com/v1"
_KEYS: Final = {
    "alibaba": ("ALIBABA_API_KEY", "DASHSCOPE_API_KEY"),
    "azure": ("AZURE_OPENAI_API_KEY",),
    "cohere": ("CO_API_KEY",),
    "gateway": ("PYDANTIC_AI_GATEWAY_API_KEY", "PAIG_API_KEY"),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "heroku": ("HEROKU_INFERENCE_KEY",),
    "huggingface": ("HF_TOKEN",),
    "vercel": ("VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"),
    "voyageai": ("VOYAGE_API_KEY",),
}
_FAMILIES: Final = {
    "openai-chat": "openai",
    "openai-responses": "openai",
    "azure-responses": "azure",
    "google-cloud": "google",
}


def split_model(model: str) -> tuple[str, str]:
    """`openai:gpt-x` → (openai, gpt-x). Raises UsageError for another form."""
    provider, _, name = model.partition(":")
    if not provider or not name or any(c.isspace() for c in model):
        raise UsageError(f"{model!r} is no model; write PROVIDER:NAME, as openai:gpt-5")
    return provider, name


def key_variables(provider: str) -> tuple[str, ...]:
    """The environment variables that may hold a provider's key; the first is its own."""
    provider = provider.partition("/")[0]  # gateway/openai is asked with the gateway's key
    family = _FAMILIES.get(provider, provider)
    return _KEYS.get(family, (f"{family.replace('-', '_').upper()}_API_KEY",))


def check_base_url(url: str) -> str:
    """`url`, or a UsageError where it is no address that requests can go to."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        parts, named = urlsplit(""), False
    if not named or parts.query or parts.fragment:
        raise UsageError("--base-url is no address; write it like http://127.0.0.1:8000/v1")
    if parts.username or parts.password:
        raise UsageError(
            "--base-url holds a name or password; put the key into the provider's variable instead"
        )
    return url.rstrip("/")


def stop_asking() -> None:
    """End every request that is on its way; each rollout is left pending."""
    loop = sys.modules.get("tasks.solvers.asking.loop")
    if loop is not None:
        loop.stop()


def require_models() -> None:
    """Raise UsageError where the extra is not installed that asking models needs."""
    for library in ("pydantic_ai", "genai_prices", "openai"):
        if importlib.util.find_spec(library) is None:
            raise UsageError(
                "asking a model needs the extra `models`; install it with "
                "`pip install 'paydag[models]'`"
            )
