"""Texts as of a moment, and statements without what was written after the offer."""

from typing import get_args

import pytest
from pydantic import ValidationError

from tasks.domain.issues import (
    Gone,
    IssueEvent,
    PullRequest,
    TextVersion,
    text_at,
)
from tasks.domain.statements import clean_body, clean_title
from tests.domain.builders import comment, day, issue, pull, title

VERSIONS = [TextVersion(since=day(n), text=f"text of day {n}") for n in (0, 2, 5)]


@pytest.mark.parametrize(
    ("moment", "then"), [(-1, 0), (0, 0), (1.9, 0), (2, 2), (4.9, 2), (5, 5), (99, 5), (None, 5)]
)
def test_a_text_is_the_newest_that_existed_then(moment: float | None, then: int) -> None:
    assert text_at(VERSIONS, None if moment is None else day(moment)) == f"text of day {then}"


def test_titles_and_comments_are_read_as_of_the_moment() -> None:
    history = issue(titles=(title(0, "Boats leak", at_creation=True), title(3, "Ships leak")))
    said = comment(1, 1, "first", later={4: "second"})
    assert (history.title_at(day(2)), history.title_at(None)) == ("Boats leak", "Ships leak")
    assert (said.text_at(day(2)), said.text_at(None)) == ("first", "second")


@pytest.mark.parametrize(
    "tag",
    [
        "[$250]",
        "[$1,000]",
        "[$187.50]",
        "[HOLD for payment 2024-05-02]",
        "[HOLD for payment 5/02]",
        "[Hold for Payment June 19]",
        "[Due for payment 2025-03-04]",
        "[PAID]",
        "[Paid]",
        "[Awaiting Payment]",
        "[WAITING ON CHECKLIST]",
        "[HOLD #123]",
        "[HOLD on #123]",
        "[HOLD #1/#2]",
        "[BONUS PAYMENT]",
        "[HOLD for payment 2024-05-02] [HOLD for payment 2024-04-20][$500]",
        "HIGH:",
        "CRITICAL:",
        "[$500] HIGH:",
        "[HOLD #1] [$500] CRITICAL:",
    ],
)
@pytest.mark.parametrize("blank", ["", " "])
def test_no_price_state_or_severity_tag_stays_in_a_title(tag: str, blank: str) -> None:
    assert clean_title(f"{tag}{blank}Boats leak") == "Boats leak"


@pytest.mark.parametrize("tag", ["[$250]", "[PAID]", "[HOLD #123]", "[Awaiting Payment]"])
def test_a_tag_goes_wherever_it_stands(tag: str) -> None:
    assert clean_title(f"Boats {tag} leak") == "Boats leak"
    assert clean_title(f"Boats leak {tag}") == "Boats leak"


@pytest.mark.parametrize(
    "title",
    ["Boats leak", "[Wave 6: Tags] Boats leak", "Total of $80.60 is wrong", "Highlights: gone"],
)
def test_what_describes_the_task_stays(title: str) -> None:
    assert clean_title(title) == title


LISTED = """### Upwork Automation - Do Not Edit
- Job URL: https://jobs.test/~0101
- Job ID: ~0101
- Last Price Increase: 2022-11-30"""
DETAILS = """<details><summary>Upwork Automation - Do Not Edit</summary>
<ul>
<li>Upwork Job URL: https://jobs.test/~0102</li>
<li>Last Price Increase: 2024-03-01</li>
<li>Automatic offers:
<ul><li>ann | Contributor | 0</li><li> |  | 0</li></ul></li>
</ul>
</details>"""
LINKED = DETAILS.replace("https://jobs.test/~0102", '<a href="https://jobs.test/~02">here</a>')
BARE_DATE = """<details>
  <summary>  Upwork Automation - Do Not Edit</summary>
<ul><li>2023-05-01</li></ul>
</details>"""
OWNER = """<details><summary>Issue Owner</summary>
Current Issue Owner: @rae</details>"""
CUT = DETAILS.removesuffix("</details>")


@pytest.mark.parametrize(
    "block",
    [LISTED, DETAILS, LINKED, BARE_DATE, f"{DETAILS}\n{DETAILS}", f"{DETAILS}\n\n{OWNER}", CUT],
    ids=["list", "details", "link", "bare date", "twice", "owner", "cut off"],
)
def test_the_automations_block_is_no_part_of_the_statement(block: str) -> None:
    assert clean_body(f"## Steps\nOpen a boat.\n\n{block}") == "## Steps\nOpen a boat."


def test_what_people_wrote_around_the_block_stays() -> None:
    own = "<details><summary>Log</summary>\ndrip\n</details>"
    assert clean_body(f"{own}\n{DETAILS}\n### Notes\nWet.") == f"{own}\n\n### Notes\nWet."
    assert clean_body(f"Leak.\n\n{LISTED}\n\n### Notes\nWet.") == "Leak.\n\n### Notes\nWet."


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_the_warehouse_cannot_hold_is_refused(number: int) -> None:
    assert issue(number=2**63 - 1).number == 2**63 - 1
    with pytest.raises(ValidationError):
        issue(number=number)
    with pytest.raises(ValidationError):
        pull(additions=number)


def test_an_event_has_a_type_and_an_issue_goes_in_known_ways_only() -> None:
    assert {issue(gone=how).gone for how in get_args(Gone)} == set(get_args(Gone))
    with pytest.raises(ValidationError):
        issue(gone="vanished")
    with pytest.raises(ValidationError):
        IssueEvent(event_type="", occurred_at=day(0), document_id="ours/app#7/E")


def test_what_a_source_does_not_say_of_a_pull_request_stays_unknown() -> None:
    plain = PullRequest(
        repository="ours/app",
        number=9,
        title="Caulk",
        body="",
        url="u",
        author=None,
        state="OPEN",
        created_at=day(0),
    )
    unknown = {"closed_at", "base_branch", "head_commit", "changed_files", "additions", "deletions"}
    assert {getattr(plain, field) for field in unknown} == {None}
    assert plain.closes == ()
