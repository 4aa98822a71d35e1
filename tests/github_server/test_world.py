"""A generated world is the same for a seed, as varied as promised, and changes as GitHub does."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from tests.github_server.records import Issue
from tests.github_server.texts import FREELANCERS
from tests.github_server.truth import expected_documents, truth
from tests.github_server.world import World


@pytest.fixture(scope="module")
def world() -> World:
    """To be read only."""
    return World.generate(7, issues=300, pulls=80)


def test_a_seed_determines_the_world() -> None:
    assert truth(World.small(3)) == truth(World.small(3))
    assert truth(World.small(3)) != truth(World.small(4))


def test_changes_by_chance_follow_their_seed() -> None:
    one, other = World.small(3), World.small(3)
    assert one.update_random(5, Random(1)) == other.update_random(5, Random(1))
    assert expected_documents(one) == expected_documents(other)


def test_a_share_of_the_issues_is_busy(world: World) -> None:
    issues = world.issues.values()
    assert 90 <= sum(len(issue.events) > 100 for issue in issues) <= 95
    assert sum(len(issue.events) > 200 for issue in issues) >= 5
    assert sum(len(issue.comments) > 100 for issue in issues) == 24
    assert 1 <= sum(len(issue.text.versions) > 100 for issue in issues) <= 3


def test_numbers_are_shared_and_have_gaps(world: World) -> None:
    assert not set(world.issues) & set(world.pulls)
    assert world.last_number > len(world.issues) + len(world.pulls)


def test_many_issues_were_updated_in_one_second(world: World) -> None:
    [(_, most)] = Counter(issue.updated_at for issue in world.issues.values()).most_common(1)
    assert most >= 35


def test_times_are_whole_seconds_over_years_and_never_after_now(world: World) -> None:
    times = [issue.updated_at for issue in world.issues.values()]
    assert all(time.microsecond == 0 and time <= world.now for time in times)
    assert max(times) - min(times) > timedelta(days=3 * 365)


def test_every_kind_of_timeline_item_occurs(world: World) -> None:
    kinds = {event.kind for issue in world.issues.values() for event in issue.events}
    assert len(kinds) == 13


def test_timelines_and_comments_are_in_order(world: World) -> None:
    for issue in world.issues.values():
        assert issue.events == sorted(issue.events, key=lambda event: (event.at, event.serial))
        assert issue.comments == sorted(issue.comments, key=lambda each: (each.at, each.serial))


def test_a_rename_starts_where_the_one_before_ended(world: World) -> None:
    for issue in world.issues.values():
        titles = [event.data for event in issue.events if event.kind == "RENAMED_TITLE"]
        currents = [data["current"] for data in titles]
        assert [data["previous"] for data in titles][1:] == currents[:-1]
        assert currents[-1:] in ([], [issue.title])


def test_the_last_version_of_a_text_is_the_text(world: World) -> None:
    texts = [issue.text for issue in world.issues.values()]
    texts += [comment.text for issue in world.issues.values() for comment in issue.comments]
    assert any(text.versions for text in texts)
    assert all(len(text.versions) != 1 for text in texts)
    assert all(text.versions[-1].text == text.now for text in texts if text.versions)


def test_some_accounts_are_gone_and_some_are_bots(world: World) -> None:
    authors = [comment.by for issue in world.issues.values() for comment in issue.comments]
    assert None in authors
    assert {who.typename for who in authors if who} == {"User", "Bot"}


def _changed(act: str) -> tuple[Issue, bool]:
    """The issue after an act, and whether its updatedAt moved."""
    world = World()
    issue = world.open_issue("Title", "body")
    comment = world.comment(issue.number, "said")
    before = issue.updated_at
    n = issue.number
    acts: dict[str, Callable[[], object]] = {
        "rename": lambda: world.rename(n, "Other"),
        "comment": lambda: world.comment(n, "more"),
        "edit_comment": lambda: world.edit_comment(n, comment, "unsaid"),
        "silent_edit_comment": lambda: world.edit_comment(n, comment, "unsaid", silently=True),
        "edit_body": lambda: world.edit_body(n, "new"),
        "silent_edit_body": lambda: world.edit_body(n, "new", silently=True),
        "label": lambda: world.label(n, "Bug"),
        "assign": lambda: world.assign(n, FREELANCERS[0]),
        "close": lambda: world.close(n),
        "delete_comment": lambda: world.delete_comment(n, comment),
        "minimize": lambda: world.minimize_comment(n, comment),
    }
    acts[act]()
    return issue, issue.updated_at > before


LOUD = ("rename", "comment", "edit_comment", "edit_body", "label", "assign", "close")


@pytest.mark.parametrize("act", [*LOUD, "delete_comment"])
def test_a_change_bumps_the_issue(act: str) -> None:
    assert _changed(act)[1]


@pytest.mark.parametrize("act", ["silent_edit_comment", "silent_edit_body", "minimize"])
def test_a_silent_change_does_not_bump_the_issue(act: str) -> None:
    issue, bumped = _changed(act)
    assert not bumped
    assert issue.text.versions or issue.comments[0].text.versions or issue.comments[0].minimized


def test_random_changes_change_every_named_issue_and_bump_it() -> None:
    world = World.small(2)
    before = {number: issue.updated_at for number, issue in world.issues.items()}
    for seed in range(30):
        moved = world.update_random(3, Random(seed))
        after = {number: issue.updated_at for number, issue in world.issues.items()}
        assert [number for number in before if before[number] != after[number]] == moved
        before = after


def test_a_merge_bumps_the_issues_that_show_it() -> None:
    world = World.small(1)
    number = next(iter(world.pulls))
    issue = world.open_issue("Shown", "body")
    world.cross_reference(issue.number, number)
    before = issue.updated_at
    world.update_pull(number, merge=world.pulls[number].merge, title="silent", silently=True)
    assert issue.updated_at == before
    merges = [pull.merge for pull in world.pulls.values() if pull.merge]
    world.update_pull(number, merge=merges[0])
    assert issue.updated_at > before


def test_without_a_tick_changes_share_a_second() -> None:
    world = World(tick=timedelta(0))
    one, other = world.open_issue("a", ""), world.open_issue("b", "")
    assert one.updated_at == other.updated_at == world.now
