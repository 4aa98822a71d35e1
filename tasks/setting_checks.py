"""The doctor's line about the environment: settings that contradict themselves or lead nowhere."""

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from tasks.checks import Check, broken, ok
from tasks.domain.errors import PaydagError
from tasks.settings import Settings, github_access, kaggle_access, machine_limit, upwork_access
from tasks.stores.addresses import read_address

_ADDRESSES = (
    *("PREFECT_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_API_URL", "GITHUB_GIT_URL"),
    *("UPWORK_GRAPHQL_URL", "UPWORK_TOKEN_URL", "OPENAI_BASE_URL", "PAYDAG_REPORTS_URL"),
)


_LIMITS = ("PAYDAG_MODEL_REQUESTS", "PAYDAG_CONTAINERS")


def settings() -> Check:
    """Every mistake in one line; secrets are named, never shown."""
    wrong = list(_mistakes())
    if wrong:
        return broken("settings", "; ".join(wrong), "correct these variables, or unset them")
    return ok("settings", "nothing that contradicts itself")


def _mistakes() -> Iterator[str]:
    held = Settings()
    for name in _ADDRESSES:
        value = getattr(held, name.lower())
        if value is not None and not _is_address(value):
            yield f"{name} is no address (https://host...)"
    if held.paydag_log_format not in (None, "json", "text"):
        yield f"PAYDAG_LOG_FORMAT is {held.paydag_log_format!r}; known: json, text"
    home = held.paydag_home
    if home is not None and home.exists() and not home.is_dir():
        yield f"PAYDAG_HOME is {home}, which is a file"
    datasets = held.paydag_datasets
    if datasets is not None and not datasets.is_dir():
        yield f"PAYDAG_DATASETS is {datasets}, which is no folder"
    if (held.kaggle_username is None) != (held.kaggle_key is None):
        yield "of KAGGLE_USERNAME and KAGGLE_KEY only one is set"
    readings: list[Callable[[], object]] = [github_access, kaggle_access, upwork_access]
    readings += [partial(machine_limit, name) for name in _LIMITS]
    if held.paydag_store is not None:
        readings.append(partial(read_address, held.paydag_store))
    for reading in readings:
        try:
            reading()
        except (PaydagError, ValueError) as error:
            yield str(error).splitlines()[0]


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
