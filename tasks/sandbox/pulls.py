"""Fetching published images: few at once, patient with registries, clear about what is missing."""

import json
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from docker import auth
from docker.errors import ImageNotFound
from docker.utils import parse_repository_tag

from tasks.domain.errors import SystemFault
from tasks.sandbox import disk
from tasks.sandbox.faults import as_faults
from tasks.sandbox.turns import slot, turn

AT_ONCE: Final = 2
# Seconds before each further try, where a registry asks for patience or is not well.
WAITS_S: Final = (5.0, 20.0, 60.0, 120.0)
# The engine speaks while it fetches and unpacks; silence this long is a connection that hangs.
SILENCE_S: Final = 120.0
_QUEUE_S: Final = 4 * 3600.0
# Layers travel compressed; text and programs take about this much more on the disk.
_UNPACKED: Final = 2.5
# An image that this project fetched carries this name too, so that `prune` knows it.
PULLED: Final = "paydag/pulled"

_LIMIT: Final = re.compile(r"toomanyrequests|too many requests|rate limit|\b429\b", re.IGNORECASE)
_DISK: Final = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_PLATFORM: Final = re.compile(
    r"no matching manifest|no match for platform|does not match the (?:specified|detected) platform"
    r"|cannot be used on this platform",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(r"access denied|unauthorized|authentication required|\bdenied\b", re.I)
_MISSING: Final = re.compile(r"manifest unknown|not found|does not exist|unknown: name", re.I)
_UNWELL: Final = re.compile(
    r"\b50[0234]\b|unexpected http status: 5|\beof\b|connection reset|broken pipe",
    re.IGNORECASE,
)
# Nobody is there: waiting for minutes would only keep an offline machine from saying so.
_AWAY: Final = re.compile(
    r"connection refused|no such host|temporary failure in name resolution|unreachable|timed? ?out"
    r"|timeout|request canceled|says nothing",
    re.IGNORECASE,
)


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The engine's own words about a failed pull."""


def pull(
    client: Any,
    reference: str,
    home: Path | None,
    *,
    estimate_bytes: int,
    waits_s: Sequence[float] = WAITS_S,
    silence_s: float = SILENCE_S,
) -> None:
    """Have the image in the engine, once however many ask for it at the same time.

    Raises SystemFault, which names the image: retryable where the registry may answer later.
    """
    with turn(f"pull-{_file_name(reference)}", _QUEUE_S), slot("pulls", AT_ONCE, _QUEUE_S):
        if _is_there(client, reference):
            return
        disk.ensure_room(client, estimate_bytes, f"the image {reference}", home)
        _with_patience(client, reference, home, waits_s, silence_s)
        with as_faults(f"note that {reference} was pulled"):
            image = client.images.get(reference)
            image.tag(PULLED, image.id.partition(":")[2][:16])


def _with_patience(
    client: Any, reference: str, home: Path | None, waits_s: Sequence[float], silence_s: float
) -> None:
    for wait_s in (*waits_s, None):
        try:
            return _pull_once(client, reference, home, silence_s)
        except _Refused as error:
            if wait_s is None or not _may_pass(str(error)):
                raise explain(reference, str(error)) from error
        # Workers that were refused together must not come back together.
        time.sleep(wait_s * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
    return None


def _may_pass(said: str) -> bool:
    return _LIMIT.search(said) is not None or (
        _UNWELL.search(said) is not None and _AWAY.search(said) is None
    )


def _pull_once(client: Any, reference: str, home: Path | None, silence_s: float) -> None:
    layers: dict[str, int] = {}
    free, place = disk.free_space(client, home)
    for event in _events(client.api, reference, silence_s):
        if "error" in event:
            raise _Refused(str(event["error"]))
        total = (event.get("progressDetail") or {}).get("total")
        if event.get("status") == "Downloading" and total:
            layers[event["id"]] = int(total)
            needed = int(sum(layers.values()) * _UNPACKED)
            if needed + disk.RESERVE_BYTES > free:
                raise disk.no_room(f"the image {reference}", needed, free, place)


def _events(api: Any, reference: str, silence_s: float) -> Iterator[Mapping[str, Any]]:
    """What the engine says while it pulls; leaving early stops it.

    Asked for by hand because the SDK's own pull waits for ever where a registry falls silent.
    """
    repository, tag = parse_repository_tag(reference)
    registry, _ = auth.resolve_repository_name(repository)
    credentials = auth.get_config_header(api, registry)
    try:
        with api.post(
            f"{api.base_url}/v{api.api_version}/images/create",
            params={"fromImage": repository, "tag": tag or "latest"},
            headers={"X-Registry-Auth": credentials} if credentials else {},
            stream=True,
            timeout=(10, silence_s),
        ) as response:
            if response.status_code >= 400:
                raise _Refused(_message(response.text))
            for line in response.iter_lines():
                if line:
                    yield json.loads(line)
    except OSError as error:  # what the HTTP library's failures are
        raise _Refused(
            f"the registry or the engine says nothing ({type(error).__name__})"
        ) from error


def _message(body: str) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body


def explain(reference: str, said: str) -> SystemFault:
    """What the engine's words about a failed pull mean, in one sentence."""
    words = said.strip().splitlines()[0][:300] if said.strip() else "no reason given"
    if _DISK.search(said):
        return SystemFault(
            f"the disk is full: the image {reference} cannot be pulled; make room, or remove "
            "images after use with --prune",
            retryable=False,
        )
    if _LIMIT.search(said):
        return SystemFault(
            f"the registry's limit is reached: the image {reference} cannot be pulled now; try "
            f"later, or `docker login` ({words})"
        )
    if _PLATFORM.search(said):
        return SystemFault(
            f"the image {reference} is not published for this machine's architecture ({words})",
            retryable=False,
        )
    # A registry that hides what one may not see says "denied" and "does not exist" in one.
    if not _AWAY.search(said) and (_DENIED.search(said) or _MISSING.search(said)):
        return SystemFault(
            f"the image {reference} cannot be had: there is none of this name and tag, or it needs "
            f"`docker login` ({words})",
            retryable=False,
        )
    if _AWAY.search(said):
        return SystemFault(
            f"the image {reference} is not here and its registry does not answer: connect to the "
            f"network, or load the image into the engine ({words})"
        )
    return SystemFault(f"the image {reference} cannot be pulled: {words}")


def _is_there(client: Any, reference: str) -> bool:
    with as_faults(f"look up the image {reference}"):
        try:
            client.images.get(reference)
        except ImageNotFound:
            return False
    return True


def _file_name(reference: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "_", reference)[-150:]
