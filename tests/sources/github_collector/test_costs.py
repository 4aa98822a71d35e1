"""What collecting costs: the bounds it was built for, on a world with long threads."""

from pathlib import Path

import pytest

from tests.sources.github_collector.story import ISSUES, Chapter, Story, told


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return told(tmp_path_factory.mktemp("story"), issues=240, pulls=60)


def assert_edits_cost_a_point_for_a_hundred(chapter: Chapter) -> None:
    fetched = sum(kind == "github.comment_edits" for kind, _ in chapter.stored)
    assert fetched > 100
    assert chapter.points("CommentEdits") == chapter.made("CommentEdits") <= -(-fetched // 100)


@pytest.mark.exhaustive
def test_a_whole_load_is_the_world(story: Story) -> None:
    assert story.first.stored == story.first.true
    assert story.first.result.landed == story.first.result.read == len(story.first.true)


def test_an_issue_costs_a_thirteenth_of_a_call(story: Story) -> None:
    # 150 calls and 250 points for 2,000 issues
    assert story.first.made(*ISSUES) <= 240 * 150 // 2_000
    assert story.first.points(*ISSUES) <= 240 * 250 // 2_000


def test_comment_edits_cost_a_point_for_a_hundred_comments(story: Story) -> None:
    assert_edits_cost_a_point_for_a_hundred(story.first)


def test_a_page_of_pull_requests_costs_two_points(story: Story) -> None:
    assert (story.first.made("Pulls"), story.first.points("Pulls")) == (1, 2)


def test_a_refresh_of_nothing_new_is_a_call_for_issues_and_one_for_pull_requests(
    story: Story,
) -> None:
    assert sorted(str(call.operation) for call in story.unchanged.calls) == ["Issues", "Pulls"]
    assert story.unchanged.result.landed == 0
    assert story.unchanged.stored == story.first.stored


def test_twenty_changes_cost_five_calls_at_most(story: Story) -> None:
    assert len(story.changed.calls) <= 5
    assert {key: story.changed.stored[key] for key in story.changed.true} == story.changed.true


def test_the_points_of_the_record_are_those_that_were_charged(story: Story) -> None:
    calls = [*story.first.calls, *story.unchanged.calls, *story.changed.calls]
    assert story.recorded == (len(calls), sum(call.points for call in calls))
    for chapter in (story.first, story.unchanged, story.changed):
        charged = sum(call.points for call in chapter.calls)
        assert (chapter.result.calls, chapter.result.points) == (len(chapter.calls), charged)


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.timeout(600)  # the server executes every answer, 60 s of work for two cores
def test_two_thousand_issues_stay_within_the_bounds(tmp_path: Path) -> None:
    story = told(tmp_path, issues=2_000, pulls=500)
    assert story.first.stored == story.first.true
    assert story.first.made(*ISSUES) <= 150
    assert story.first.points(*ISSUES) <= 250
    assert_edits_cost_a_point_for_a_hundred(story.first)
    assert len(story.unchanged.calls) <= 3
    assert len(story.changed.calls) <= 5
    assert {key: story.changed.stored[key] for key in story.changed.true} == story.changed.true
