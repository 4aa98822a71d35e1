"""Whatever happens while it is collected, what is staged in the end is the world."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tasks.domain.collecting import CollectRequest
from tasks.sources.github import backfill, collection
from tests.sources.github_collection.changing import LOUD, SILENT
from tests.sources.github_collection.comparing import gone, stored_documents, world_documents
from tests.sources.github_collection.playing import (
    assert_all_is_there,
    collected,
    refresh_until_nothing_is_new,
)
from tests.sources.github_collection.schedules import ASKED, FULL, PLAIN, Schedule, schedules

PLAINLY = CollectRequest()
FULLY = CollectRequest(full=True)
LABELS = ("Bug", "Daily")
on_any = settings(
    max_examples=8,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def tiny_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a dozen issues are a crowd, and cut up."""
    monkeypatch.setattr(collection, "WORTH_WINDOWS", 5)
    monkeypatch.setattr(backfill, "ISSUES_PER_WINDOW", 3)


@pytest.mark.exhaustive
@on_any
@given(schedule=schedules(PLAIN))
def test_what_is_staged_is_the_world(empty_home: Path, schedule: Schedule) -> None:
    with collected(empty_home, schedule) as (home, world):
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, world.repository)


@pytest.mark.exhaustive
@on_any
@given(schedule=schedules(ASKED))
def test_no_request_leaves_a_hole(empty_home: Path, schedule: Schedule) -> None:
    with collected(empty_home, schedule) as (home, world):
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, world.repository)


@pytest.mark.exhaustive
@pytest.mark.usefixtures("tiny_windows")
@on_any
@given(schedule=schedules(ASKED, most_issues=16))
def test_no_window_leaves_a_hole(empty_home: Path, schedule: Schedule) -> None:
    with collected(empty_home, schedule) as (home, world):
        refresh_until_nothing_is_new(home, PLAINLY)
        assert_all_is_there(home, world, world.repository)


@pytest.mark.exhaustive
@on_any
@given(schedule=schedules(PLAIN | FULL, (*LOUD, *SILENT), most_acts=3))
def test_a_sweep_of_everything_finds_what_happened_silently(
    empty_home: Path, schedule: Schedule
) -> None:
    name = schedule.world().repository
    with collected(empty_home, schedule) as (home, world):
        # The first ends a sweep that an act may have begun, before the last silent change.
        assert home.refresh(FULLY) is None
        refresh_until_nothing_is_new(home, FULLY)
        assert_all_is_there(home, world, name)
        said = gone(home.warehouse)
        assert said == {n: "deleted" if n in world.deleted else "transferred" for n in said}
        assert said.keys() <= world.deleted | world.transferred.keys()


@pytest.mark.exhaustive
@on_any
@given(schedule=schedules(PLAIN))
def test_of_labels_each_issue_that_has_one_is_there(empty_home: Path, schedule: Schedule) -> None:
    with collected(empty_home, schedule, labels=LABELS) as (home, world):
        refresh_until_nothing_is_new(home, PLAINLY)
        stored = stored_documents(home.warehouse, world.repository, world)
        wanted = world_documents(world.repository, world)
        for number, issue in world.issues.items():
            if not set(LABELS) & set(issue.labels):
                del wanted["github.issue", f"{world.repository}#{number}"]
                for comment in issue.comments:
                    wanted.pop(("github.comment_edits", comment.id), None)
        assert {key: stored.get(key) for key in wanted} == wanted
