"""Links and mentions of one pull request are taken out; all others stay."""

import time

import pytest

from tasks.domain.links_out import Unwanted

FIX = Unwanted(("ours/app", "ours/old-app"), 123)
URL = "https://github.com/ours/app/pull/123"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"It sank after {URL} came.", "It sank after  came."),
        (f"See {URL}/files#r1, it sank.", "See  it sank."),
        ("It sank, see https://github.com/ours/old-app/pull/123", "It sank, see"),
        ("It sank, see https://github.com/ours/app/issues/123", "It sank, see"),
        (f"It sank [in this change]({URL}).", "It sank ."),
        (f"It sank <a href='{URL}' rel=x>there</a>.", "It sank ."),
        (f"It sank <{URL}>.", "It sank ."),
        ("It sank in #123.", "It sank in ."),
        ("It sank in ours/app#123 and GH-123", "It sank in  and"),
        ("It sank in PR 123 and in PR #123 again", "It sank in  and in  again"),
        ("It sank in pull request: #123", "It sank in"),
        ("It sank in pull/123, wet", "It sank in , wet"),
        ("It sank in /ours/app/pull/123/files.", "It sank in"),
        ("It sank in ours/old-app/pull/123 and ../pull/123", "It sank in  and"),
        ("It sank in github.com/ours/app/issues/123 again", "It sank in  again"),
        ("It sank in refs/pull/123/head", "It sank in"),
    ],
)
def test_every_way_to_name_the_fix_goes(text: str, left: str) -> None:
    assert FIX.take_from(text) == left


@pytest.mark.parametrize(
    "line", [f"PR: {URL}", "- Fixed in #123", f"* [PR]({URL})", "**Pull request:** #123"]
)
def test_a_line_that_only_named_the_fix_goes_whole(line: str) -> None:
    assert FIX.take_from(f"It sank.\n{line}\nWet.") == "It sank.\n\nWet."


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/ours/app/pull/1234",
        "theirs/app/pull/123, src/pull/123.py, pull/123.md, pull/1234",
        "github.com/theirs/pull/123",
        "http://boats.test/pull/123 and boats.test/issues/123",
        "https://github.com/theirs/app/pull/123",
        "#1234 and theirs/app#123 and page.html#123 and &#123;",
        "1. PR 1,123 boats, PR 123.5",
        "Found while testing https://github.com/ours/app/pull/122",
        "`#123` stays",
        f"```\n{URL}\n```",
        "[View our profile](https://www.upwork.com/freelancers/~0101ab)",
        "Slack conversation: https://ours.slack.com/archives/C1/p2",
        "![boat](https://github.com/ours/app/assets/123/boat.png)",
    ],
)  # fmt: skip
def test_nothing_else_goes(text: str) -> None:
    assert FIX.take_from(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Upwork job: https://www.upwork.com/jobs/~0101ab",
        "[View all open jobs on Upwork](https://www.upwork.com/ab/jobs/search/?q=boats)",
        "Job posting: https://ours.slack.com/archives/C1/p2",
        "Offer sent https://www.upwork.com/nx/wm/offer/12",
    ],
)
def test_links_to_the_job_go_where_there_is_no_fix(line: str) -> None:
    assert "http" not in Unwanted().take_from(line)


HOSTILE = {
    "anchors": "<a href=" * 12_000,
    "unclosed": f"<a href='{URL}'>" * 2500,
    "markdown": "[](" * 33_000,
    "brackets": "[" * 100_000,
    "numbers": "#123" * 25_000,
    "links": f"[x]({URL} " * 2500,
    "labels": f"{URL} " + "pr " * 33_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    begun = time.process_time()
    FIX.take_from(text)
    assert time.process_time() - begun < 3
