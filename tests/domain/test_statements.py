"""The statement is the text of its moment, without what tells how the issue ended."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.issues import TextVersion
from tasks.domain.statements import clean_body, clean_title, statement_at, title_at
from tests.domain.bodies import BLOCKS, BOLD, DETAILS, LISTED, OWNER, RENDERED, STRAY
from tests.domain.builders import URL, day, issue, pull, title

STEPS = "## Steps\nOpen a boat."
FIX = pull(number=123, url="https://github.com/ours/app/pull/123")


def test_title_and_body_are_those_of_the_moment() -> None:
    history = issue(
        titles=(
            title(0, "Boats leak", at_creation=True),
            title(1, "[$250] HIGH: Old boats leak"),
            title(9, "[HOLD for payment 2024-03-20] [$250] Hull cracks"),
        ),
        bodies=(
            TextVersion(day(0), "Water comes in."),
            TextVersion(day(2), f"Water comes in fast.\n\n{DETAILS}\n\n{OWNER}"),
            TextVersion(day(9), f"Caulked in #123.\n\n{DETAILS}"),
        ),
    )
    told = [(title_at(history, m, FIX), statement_at(history, m, FIX)) for m in (day(0), day(5))]
    assert told == [
        ("Boats leak", "Water comes in."),
        ("Old boats leak", "Water comes in fast."),
    ]


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_no_block_and_no_job_link_stays(block: str) -> None:
    assert clean_body(f"{STEPS}\n\n{block}\n\nJob: https://www.upwork.com/jobs/~01") == STEPS


def test_the_fix_is_not_named_and_other_pull_requests_are() -> None:
    body = f"{STEPS}\nFound while testing ours/app#99.\n\nPR: {FIX.url}\nSee #123, #124."
    assert (
        clean_body(body, fix=FIX) == f"{STEPS}\nFound while testing ours/app#99.\n\n\nSee , #124."
    )
    assert clean_body(body) == body
    assert (
        clean_title("Boats leak since #99 [PAID] (PR #123)", fix=FIX) == "Boats leak since #99 ()"
    )


def test_a_body_may_be_nothing_but_the_block() -> None:
    assert (clean_body(DETAILS), clean_body(""), clean_title("[$250]")) == ("", "", "")


PARTS = [
    *(DETAILS, LISTED, OWNER, BOLD, STRAY, RENDERED, DETAILS.removesuffix("</details>")),
    *("```", "```js", "~~~", "`", "<details>", "<summary>", "</details>", "</summary>", "<ul>"),
    *("#123", "PR #123", FIX.url, f"[a]({FIX.url})", "https://www.upwork.com/jobs/~01", "Job ID:"),
    *("Upwork Automation - Do Not Edit", "Issue Owner:", "Current Issue Owner: @rae", "boats leak"),
    *("\n", "\n\n", " ", "- ", "## ", "#12", "3", "[", "](", ")"),
]


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_cleaning_twice_changes_nothing_more(body: str) -> None:
    once = clean_body(body, fix=FIX)
    assert clean_body(once, fix=FIX) == once


@given(
    code=st.sampled_from([DETAILS, "#123", FIX.url, "Issue Owner: @rae", "https://www.upwork.com/jobs/~01"]),
    fence=st.sampled_from(["```", "~~~", "````"]),
    around=st.sampled_from([DETAILS, OWNER, LISTED, STRAY]),
)  # fmt: skip
def test_code_blocks_are_left_as_they_are(code: str, fence: str, around: str) -> None:
    block = f"{fence}\n{code}\n{fence}"
    cleaned = clean_body(f"{STEPS}\n{block}\n\n{around}\n\nWet #123 boat.", fix=FIX)
    assert block in cleaned
    assert "#123" not in cleaned.replace(block, "")


HOSTILE = {
    "details": "<details><summary>Upwork Automation</summary>" * 2000,
    "owners": "Issue Owner: @rae\n" * 5000,
    "mentions": "PR #123 " * 12_000,
    "links": f"[a]({URL})" * 2000,
    "lines": "- Last Price Increase: 2023-01-02\n\n" * 2500,
    "blank": "\n" * 100_000,
    "jobs": "https://www.upwork.com/jobs/~01 " * 3000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_length(body: str) -> None:
    begun = time.process_time()
    clean_body(body, fix=FIX)
    assert time.process_time() - begun < 3
