"""Acts of a schedule, one after the other, and what must be there in the end."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tasks.domain.collecting import CollectRequest
from tasks.warehouse.documents import newest_documents
from tests.github_server.server import GithubServer
from tests.github_server.world import World
from tests.sources.github_collection.comparing import (
    staged,
    stored_documents,
    world_documents,
    world_staged,
)
from tests.sources.github_collection.refreshing import Home, access_to
from tests.sources.github_collection.schedules import Schedule

TOKENS = {"token-a": 5_000, "token-b": 5_000}


@contextmanager
def served(schedule: Schedule) -> Iterator[tuple[World, GithubServer]]:
    """The world of a schedule, by a server whose clock is the world's."""
    world = schedule.world()
    began = time.monotonic()

    def clock() -> float:
        # GitHub dates its answers by the clock that it dates updates by; it runs between them.
        return world.now.timestamp() + time.monotonic() - began

    with GithubServer(
        world,
        tokens=TOKENS,
        max_page=schedule.page,
        cursor_style=schedule.style,
        reset_seconds=1,
        clock=clock,
    ) as server:
        yield world, server


@contextmanager
def own_home(empty: Path, server: GithubServer, **options: Any) -> Iterator[Home]:
    """A copy of an empty home, from which the server is collected."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        shutil.copytree(empty, folder, dirs_exist_ok=True)
        yield Home(Path(folder), access_to(server.url, *TOKENS), options)


@contextmanager
def collected(empty: Path, schedule: Schedule, **options: Any) -> Iterator[tuple[Home, World]]:
    """A home of its own to which all acts of the schedule have happened."""
    with served(schedule) as (world, server):
        options = {"repositories": [world.repository]} | options
        with own_home(empty, server, **options) as home:
            for act in schedule.acts:
                for change in act.earlier:
                    change.apply(world)
                server.forget()
                server.faults = act.faults(world)
                home.clock_is_off = act.clock_is_off
                home.refresh(act.request, dies_at=act.dies_at, durable=act.durable)
            server.faults, home.clock_is_off = {}, timedelta()
            yield home, world


def refresh_until_nothing_is_new(home: Home, request: CollectRequest) -> None:
    for _ in range(4):
        before = newest_documents(home.warehouse, "github")
        ended = home.refresh(request)
        if ended is not None:
            raise ended
        if newest_documents(home.warehouse, "github") == before:
            return
    raise AssertionError("four refreshes of a still world all found something new")


def assert_all_is_there(home: Home, world: World, name: str) -> None:
    """`name` is what the repository was called when its collection began."""
    assert stored_documents(home.warehouse, name, world) == world_documents(name, world)
    assert staged(home.warehouse) == world_staged(world)
