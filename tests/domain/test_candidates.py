"""A scraped issue is work, or has exactly one reason why not."""

from typing import Any

import pytest

from tasks.domain.acceptance import Acceptance
from tasks.domain.candidates import Work, begun, fixes_by_issue, named_fixes, refuse, screen
from tasks.domain.instances import REASONS, Rejection
from tasks.domain.issues import IssueHistory, PullRequest
from tests.domain.builders import (
    ISSUE,
    URL,
    assigned,
    comment,
    day,
    issue,
    ledger,
    pull,
    rung,
    title,
)

PRICED = ledger(title(0, "[$250] Boats leak", at_creation=True), title(7, "[$500] Boats leak"))


def reason(history: IssueHistory, *fixes: PullRequest) -> str | None:
    found = screen(history, "ic_swe", fixes, PRICED)
    return found.reason if isinstance(found, Rejection) else None


def fate(
    history: IssueHistory, *fixes: PullRequest, events: Any = PRICED
) -> tuple[str, str] | Work:
    found = screen(history, "ic_swe", fixes, events)
    return (found.reason, found.detail) if isinstance(found, Rejection) else found


def named(text: str) -> IssueHistory:
    return issue(titles=(title(0, text, at_creation=True),))


def test_a_priced_and_fixed_issue_is_work_from_the_first_parent_to_the_merge() -> None:
    history = issue(assignments=(assigned(1, "triage"), assigned(4, "ann")))
    assert fate(history, pull()) == Work(
        fix=pull(),
        base="b" * 40,
        fix_commit="f" * 40,
        started=day(4),
        ladder=(rung(0, 25000), rung(7, 50000).model_copy(update={"kind": "raised"})),
        prices={
            "initial": 25000,
            "final": 50000,
            "peak": 50000,
            "at_assignment": 25000,
            "at_merge": 50000,
            "as_of": 25000,
            "time_weighted": 28125,  # 7 days of $250 and one of $500
            "paid": None,
        },
    )


@pytest.mark.parametrize(
    "text",
    [
        "[$1250] Payment for #36362",
        "Payment - #41816",
        "[$250] Payment #41816",
        "[PAID] [$500] Issue for payment for #19349",
        "[HOLD for payment 2024-05-02] Reporting bonus for @x",
    ],
)
def test_an_issue_that_only_pays_is_a_payment_vehicle(text: str) -> None:
    assert reason(named(text), pull()) == "payment_vehicle"


@pytest.mark.parametrize(
    "text",
    ["[$250] Test Upwork automation", "Testing the automation", "Automation test: ignore me"],
)
def test_an_issue_that_tests_the_automation_is_none(text: str) -> None:
    assert reason(named(text), pull()) == "automation_test"


@pytest.mark.parametrize(
    "text", ["[$250] Payment fails on the boat page", "[$250] Automate the test run"]
)
def test_a_task_about_payments_or_tests_is_still_a_task(text: str) -> None:
    assert isinstance(fate(named(text), pull()), Work)


UNMERGED = pull(state="CLOSED", merged_at=None, merge_commit=None, parents=())
REVERT = pull(number=13, title='Revert "Caulk the boats"', merged_at=day(10))


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        ((), ("no_fix", "no pull request names this issue as fixed")),
        ((UNMERGED,), ("fix_unmerged", "ours/app#9 was closed without a merge")),
        ((pull(), REVERT), ("reverted", "ours/app#13 reverted ours/app#9")),
        (
            (pull(merge_commit=None),),
            ("missing_commit", "ours/app#9 has no merge commit with a parent"),
        ),
        ((pull(parents=()),), ("missing_commit", "ours/app#9 has no merge commit with a parent")),
    ],
)
def test_without_a_standing_fix_there_is_one_reason(
    fixes: tuple[PullRequest, ...], expected: tuple[str, str]
) -> None:
    assert fate(issue(), *fixes) == expected
    assert fate(issue(), *reversed(fixes)) == expected
    assert expected[0] in REASONS


def test_a_pull_request_whose_title_repeats_a_price_is_no_candidate() -> None:
    found = fate(issue(url="https://github.com/ours/app/pull/7"), pull())
    assert found == (
        "unsupported",
        "a pull request is no task, though its title may repeat a price",
    )
    assert "unsupported" in REASONS


BRANCHED = pull(
    base_branch="main", body=f"### Fixed Issues\n$ {URL}\nPROPOSAL: {URL}#issuecomment-1"
)


def test_work_keeps_the_accepted_proposal_and_the_branch() -> None:
    history = issue(
        comments=(comment(1, 1, "## Proposal\nCaulk."),), assignments=(assigned(4, "ann"),)
    )
    found = fate(history, BRANCHED)
    assert isinstance(found, Work)
    assert found.branch == "main"
    assert found.acceptance == Acceptance(
        comment_id=1,
        evidence="pull_link",
        accepted_at=day(4),
        words=f"PROPOSAL: {URL}#issuecomment-1",
        url=BRANCHED.url,
        also=(f"assignment agrees: @ann was assigned on 2024-03-05 ({URL})",),
    )


def test_work_begun_at_another_moment_has_the_price_of_then() -> None:
    history = issue(
        titles=(title(0, "[$250] Boats leak", at_creation=True), title(7, "[$500] Boats leak"))
    )
    found = fate(history, pull())
    assert isinstance(found, Work)
    assert (found.started, found.prices["as_of"]) == (day(6), 25000)
    later = begun(found, history, day(7.5), PRICED)
    assert later == found.model_copy(
        update={"started": day(7.5), "prices": found.prices | {"as_of": 50000}}
    )
    assert begun(found, history, day(6), PRICED) is found


@pytest.mark.parametrize(
    ("gone", "detail"),
    [
        ("deleted", "the issue was deleted"),
        ("transferred", "the issue was moved to another repository"),
        ("unavailable", "the issue can no longer be read"),
    ],
)
@pytest.mark.parametrize("text", ["[$250] Boats leak", "[$1250] Payment for #36362"])
def test_an_issue_that_is_gone_is_no_work_whatever_else_it_was(
    text: str, gone: str, detail: str
) -> None:
    left = named(text).model_copy(update={"gone": gone})
    assert fate(left, pull()) == ("gone", detail)
    assert fate(left, events=()) == ("gone", detail)
    assert "gone" in REASONS


def test_no_price_ever_is_a_reason_of_its_own_and_comes_before_the_fix() -> None:
    assert fate(issue(), events=()) == ("no_price", "no bounty was ever advertised")


def test_a_rejection_keeps_the_last_price_and_where_it_came_from() -> None:
    assert screen(issue(), "ic_swe", (), PRICED) == Rejection(
        candidate_id=ISSUE,
        variant="ic_swe",
        reason="no_fix",
        detail="no pull request names this issue as fixed",
        price_cents=50000,
        origin="ours/app",
    )
    assert refuse(issue(), "v", None, "no_price", "d").price_cents is None


def test_pulls_by_issue_is_issues_by_pull_turned_around() -> None:
    named_by = {"p2": frozenset({"i1", "i2"}), "p1": frozenset({"i2"}), "p3": frozenset[str]()}
    assert fixes_by_issue(named_by) == {"i1": ["p2"], "i2": ["p1", "p2"]}


def test_a_name_in_other_letter_case_is_the_known_issue() -> None:
    named_by = {"p1": frozenset({"OURS/App#7", "x/y#1"}), "p2": frozenset({"ours/app#7"})}
    assert fixes_by_issue(named_by, [ISSUE]) == {ISSUE: ["p1", "p2"], "x/y#1": ["p1"]}


def test_a_revert_concerns_the_issues_of_what_it_takes_back() -> None:
    made = pull(number=13, title='Revert "Caulk the boats"', body="Reverts ours/app#9")
    other = pull(number=14, title='Revert "Tar"', body="Reverts ours/app#4")
    assert named_fixes([made, pull(), other], [ISSUE]) == {ISSUE: ["ours/app#13", "ours/app#9"]}
    again = pull(number=15, title='Revert "Revert "Caulk the boats""', body="Reverts ours/app#13")
    circle = pull(number=4, title='Revert "Glue"', body="Reverts ours/app#14")
    for pulls in ([again, made, pull(), other, circle], [circle, other, pull(), made, again]):
        assert named_fixes(pulls, [ISSUE]) == {ISSUE: ["ours/app#13", "ours/app#15", "ours/app#9"]}
