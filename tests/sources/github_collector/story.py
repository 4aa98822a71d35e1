"""The first load of a world, a refresh of nothing new and one of twenty changes: what they cost."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from tasks.scrape import ScrapeResult
from tests.github_server.server import CallRecord, GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World
from tests.sources.github_collector.home import Documents, Home, hurry, point_at


@dataclass(frozen=True)
class Chapter:
    """One refresh: what it told, what the server saw, what is in raw and what should be.

    Comments that were deleted keep the documents of their edits, so `stored` may hold more.
    """

    result: ScrapeResult
    calls: tuple[CallRecord, ...]
    stored: Documents
    true: Documents

    def made(self, *operations: str) -> int:
        return sum(call.operation in operations for call in self.calls)

    def points(self, *operations: str) -> int:
        return sum(call.points for call in self.calls if call.operation in operations)


@dataclass(frozen=True)
class Story:
    first: Chapter
    unchanged: Chapter
    changed: Chapter
    recorded: tuple[int, int]


ISSUES = ("Issues", "ThreadPages")


def told(folder: Path, issues: int, pulls: int) -> Story:
    world = World.generate(7, issues=issues, pulls=pulls)
    home = Home(folder / "home")
    with GithubServer(world) as server, pytest.MonkeyPatch.context() as monkeypatch:
        hurry(monkeypatch)
        point_at(server, monkeypatch)

        def chapter() -> Chapter:
            server.forget()
            result = home.refresh()
            calls = tuple(server.calls)
            return Chapter(result, calls, home.documents(), expected_documents(world))

        first, unchanged = chapter(), chapter()
        world.update_random(20, Random(1))
        changed = chapter()
        (row,) = home.rows("SELECT sum(calls) AS calls, sum(points) AS points FROM raw.fetches")
    return Story(first, unchanged, changed, (row["calls"], row["points"]))
