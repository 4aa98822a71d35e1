"""Removes what processes that are gone left in the engine: containers, networks, volumes."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from docker.errors import APIError, NotFound

from tasks.sandbox.client import lent
from tasks.sandbox.faults import as_faults
from tasks.sandbox.owners import MARK, OWNER, is_gone

_OURS: Final = {"label": f"{MARK}=1"}
_once: Final = threading.Lock()
_done = threading.Event()
# Containers of this process that the engine would not remove when it was asked to.
_owed: Final[set[str]] = set()


def clean() -> tuple[str, ...]:
    """Remove what belongs to owners that are gone; the names of what went, sorted.

    Raises SystemFault where no engine answers.
    """
    with lent() as client:
        return reap(client)


def left_behind() -> tuple[str, ...]:
    """What `clean` would remove. Raises SystemFault where no engine answers."""
    with lent() as client, as_faults("list what earlier runs left behind"):
        api = client.api
        found = [c["Names"][0].lstrip("/") for c in _lost(api.containers(all=True, filters=_OURS))]
        found += [network["Name"] for network in _lost(api.networks(filters=_OURS))]
        volumes = api.volumes(filters=_OURS)["Volumes"] or ()
        return tuple(sorted([*found, *(volume["Name"] for volume in _lost(volumes))]))


def reap_once(client: Any) -> None:
    """Clean up, once in the life of this process, and try again what could not be removed."""
    with _once:
        if not _done.is_set():
            reap(client)
            _done.set()
    for container in list(_owed):
        remove(client, container)


def reap(client: Any) -> tuple[str, ...]:
    """Containers go first: networks and volumes cannot go while one uses them."""
    with as_faults("list what earlier runs left behind"):
        return tuple(sorted(_reaped(client.api)))


def _reaped(api: Any) -> Iterator[str]:
    for container in _lost(api.containers(all=True, filters=_OURS)):
        if _went(lambda: api.remove_container(container["Id"], force=True, v=True)):  # noqa: B023
            yield f"container {container['Names'][0].lstrip('/')}"
    for network in _lost(api.networks(filters=_OURS)):
        if _went(lambda: api.remove_network(network["Id"])):  # noqa: B023
            yield f"network {network['Name']}"
    for volume in _lost(api.volumes(filters=_OURS)["Volumes"] or ()):
        if _went(lambda: api.remove_volume(volume["Name"], force=True)):  # noqa: B023
            yield f"volume {volume['Name']}"


def _lost(found: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for thing in found:
        if is_gone((thing.get("Labels") or {}).get(OWNER, "")):
            yield thing


def _went(removal: Callable[[], object]) -> bool:
    """Another process may be removing the same things: what is gone or in its hands is fine."""
    try:
        removal()
    except NotFound:
        return False
    except APIError as error:
        if error.status_code != 409:
            raise
        return False
    return True


def owe(container: str) -> None:
    """Note that a container of this process has to go: the next start tries again."""
    _owed.add(container)


def remove(client: Any, container: str) -> None:
    """Remove a container of this process and its volumes; one that will not go is tried again at
    the next start, and is for the reaper once this process is gone."""
    try:
        _went(lambda: client.api.remove_container(container, force=True, v=True))
    except BaseException as error:
        owe(container)
        # Whatever was collected in the box is good, also where the engine is ill afterwards.
        if not isinstance(error, (APIError, OSError)):
            raise
    else:
        _owed.discard(container)
