"""Which proposal won, best evidence first, and the moment that each piece of evidence gives."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.acceptance import (
    Acceptance,
    accepted_proposal,
    author_assigned,
    work_started,
)
from tasks.domain.issues import IssueEvent, IssueHistory, PullRequest
from tests.domain.builders import ISSUE, URL, assigned, comment, day, issue, pull

RIBBON = "🎀 👀 🎀 C+ reviewed"
COMMENTS = (
    comment(51, 1, "## Proposal\nCaulk the seams.", author="bea"),
    comment(52, 1.5, "## Proposal\nTar the deck.", author="ann"),
    comment(53, 2, "## Proposal\nPaint the cabin.", author="ann"),
)


def history(*said: Any, given: tuple[tuple[float, str], ...] = (), **changes: Any) -> IssueHistory:
    return issue(
        comments=(*COMMENTS, *said),
        assignments=tuple(assigned(at, login) for at, login in given),
        **changes,
    )


def ribbon(words: str, at: float = 3, author: str = "rae") -> Any:
    return comment(90, at, f"{words}\n\n{RIBBON}", author=author)


def linking(number: int | None, **changes: Any) -> PullRequest:
    line = f"PROPOSAL: {URL}#issuecomment-{number}" if number else "PROPOSAL: N/A"
    return pull(body=f"### Fixed Issues\n$ {URL}\n{line}\n", **changes)


def brief(found: Acceptance | None) -> tuple[int, str, datetime] | None:
    return (found.comment_id, found.evidence, found.accepted_at) if found else None


@pytest.mark.parametrize(
    ("link", "given", "words", "accepted"),
    [
        # The link tells which; the assignment of its author tells when.
        (51, [(4, "bea")], "", (51, "pull_link", 4)),
        (52, [(4, "ann")], "", (52, "pull_link", 4)),
        (53, [(4, "Ann")], "", (53, "pull_link", 4)),
        (51, [(4, "ann")], "", (51, "pull_link", 4)),
        (51, [(5, "bea"), (4, "ann")], "", (51, "pull_link", 5)),
        (51, [(0.5, "bea"), (5, "bea")], "", (51, "pull_link", 5)),
        # Else a ribbon that names it, else the opening of the fix.
        (51, [], "@bea", (51, "pull_link", 3)),
        (51, [(7, "bea")], "@bea", (51, "pull_link", 3)),
        (51, [], "", (51, "pull_link", 6)),
        (51, [(7, "bea")], "", (51, "pull_link", 6)),
        (51, [(4, "triage")], "", (51, "pull_link", 6)),
        # A link to what does not stand says nothing.
        (99, [(4, "ann")], "", (53, "assignment", 4)),
        (99, [], "", None),
        # The assignment of the fix's author: his newest proposal of then.
        (None, [(4, "ann")], "", (53, "assignment", 4)),
        (None, [(1.75, "ann"), (4, "ann")], "", (52, "assignment", 1.75)),
        (None, [(1, "ann"), (4, "ann")], "", (53, "assignment", 4)),
        (None, [(7, "ann")], "", (53, "assignment", 6)),
        (None, [(1, "ann")], "", None),
        (None, [(4, "triage")], "", None),
        (None, [], "", None),
        # The ribbon is last.
        (None, [(4, "ann")], "@bea", (53, "assignment", 4)),
    ],
)
def test_the_best_evidence_wins_and_tells_the_moment(
    link: int | None,
    given: list[tuple[float, str]],
    words: str,
    accepted: tuple[int, str, float] | None,
) -> None:
    said = [ribbon(words)] if words else []
    subject = history(*said, given=tuple(given))
    expected = accepted and (*accepted[:2], day(accepted[2]))
    assert brief(accepted_proposal(subject, linking(link))) == expected


def by_dot(**changes: Any) -> PullRequest:
    """A fix by somebody who proposed nothing."""
    return linking(None, author="dot", **changes)


@pytest.mark.parametrize(
    ("said", "fix", "accepted"),
    [
        ([ribbon("@bea")], by_dot(), (51, 3)),
        ([ribbon(f"{URL}#issuecomment-52")], by_dot(), (52, 3)),
        ([ribbon("> Paint the cabin.\n\nYes.")], by_dot(), (53, 3)),
        ([ribbon("@bea")], linking(None, author="bea"), (51, 3)),
        # The last that names one counts.
        ([ribbon("@bea"), comment(91, 4, f"{URL}#issuecomment-53 {RIBBON}")], by_dot(), (53, 4)),
        ([ribbon("@bea"), comment(91, 4, RIBBON, author="rae")], by_dot(), (51, 3)),
        # None, several, too late, or not a judgement of somebody else.
        ([ribbon("All good.")], by_dot(), None),
        ([ribbon("@ann")], by_dot(), None),
        ([ribbon("@bea or @ann")], by_dot(), None),
        ([ribbon("@bea", at=6.5)], by_dot(), None),
        ([ribbon("@bea", author="dot")], by_dot(), None),
        ([ribbon("@bea", author="bea")], by_dot(), None),
        ([ribbon("@bea", at=0.5)], by_dot(), None),
        # The fix is by somebody with another proposal.
        ([ribbon("@bea")], linking(None), None),
    ],
)
def test_a_ribbon_only_recommends(
    said: list[Any], fix: PullRequest, accepted: tuple[int, float] | None
) -> None:
    if len(said) > 1 and said[1].author == "ann":
        said[1] = comment(91, 4, said[1].versions[0].text, author="sam")
    expected = accepted and (accepted[0], "ribbon", day(accepted[1]))
    assert brief(accepted_proposal(history(*said), fix)) == expected


def test_a_reviewer_who_wrote_the_fix_accepted_nobody() -> None:
    subject = history(ribbon("@bea, mine is ready", author="rae"), given=((4, "rae"),))
    assert accepted_proposal(subject, linking(None, author="rae")) is None


def test_evidence_keeps_its_words_its_address_and_what_else_there_is() -> None:
    subject = history(ribbon("@bea"), given=((4, "ann"),))
    fix = linking(52)
    assert accepted_proposal(subject, fix) == Acceptance(
        comment_id=52,
        evidence="pull_link",
        accepted_at=day(4),
        words=f"PROPOSAL: {URL}#issuecomment-52",
        url=fix.url,
        also=(
            f"assignment names comment 53: @ann was assigned on 2024-03-05 ({URL})",
            f"ribbon names comment 51: @bea {RIBBON} ({URL}#issuecomment-90)",
        ),
    )
    agreeing = accepted_proposal(subject, linking(53))
    assert agreeing is not None
    assert agreeing.also[0] == f"assignment agrees: @ann was assigned on 2024-03-05 ({URL})"


def test_a_link_to_a_pointer_accepts_what_it_points_at() -> None:
    pointer = comment(60, 2.5, f"## Proposal\n[Updated]({URL}#issuecomment-51)", author="bea")
    found = accepted_proposal(history(pointer), linking(60))
    assert brief(found) == (51, "pull_link", day(6))
    circle = comment(61, 2.5, f"## Proposal\n[Updated]({URL}#issuecomment-61)", author="bea")
    assert accepted_proposal(history(circle), linking(61)) is None


def test_a_proposal_is_accepted_only_while_it_stands() -> None:
    gone = comment(54, 2, "## Proposal\nGlue it.", author="cyd", later={2.5: "Withdrawn."})
    kept = comment(55, 2, "## Proposal\nNail it.", author="cyd", later={8: "Withdrawn."})
    assert accepted_proposal(history(gone), linking(54)) is None
    assert brief(accepted_proposal(history(kept), linking(55))) == (55, "pull_link", day(6))


def test_a_proposal_posted_after_the_opening_is_accepted_by_a_later_assignment_alone() -> None:
    late = comment(56, 6.5, "## Proposal\nAs in the fix.", author="ann")
    assert accepted_proposal(history(late), linking(56)) is None
    found = accepted_proposal(history(late, given=((7, "ann"),)), linking(56))
    assert brief(found) == (56, "pull_link", day(7))


@pytest.mark.parametrize(
    ("given", "started", "own"),
    [
        ([], 6, None),
        ([(1, "triage")], 6, None),
        ([(1, "triage"), (4, "ann")], 4, 4),
        ([(5, "ann"), (3, "ann")], 3, 3),
        ([(7, "ann")], 6, 7),
        ([(4, "Ann")], 4, 4),
    ],
)
def test_only_the_authors_assignment_or_the_opening_of_the_fix_starts_work(
    given: list[tuple[float, str]], started: float, own: float | None
) -> None:
    subject = issue(assignments=tuple(assigned(at, login) for at, login in given))
    assert work_started(subject, pull()) == day(started)
    assert author_assigned(subject, pull()) == (None if own is None else day(own))
    assert author_assigned(subject, pull(author=None)) is None


def test_an_earlier_acceptance_starts_work() -> None:
    found = Acceptance(comment_id=51, evidence="ribbon", accepted_at=day(3))
    assert work_started(issue(), pull(), found) == day(3)


@pytest.mark.parametrize("actor", ["melvin-bot", "melvin-bot[bot]", "OSBotify", "MelvinBot"])
def test_what_an_automation_assigned_never_counts(actor: str) -> None:
    def event(at: float, by: str) -> IssueEvent:
        return IssueEvent(
            event_type="assigned", occurred_at=day(at), actor=by, detail="ann", document_id=ISSUE
        )

    subject = history(
        given=((3, "ann"), (4, "ann")), events=(event(3, actor), event(4, "engineer"))
    )
    assert author_assigned(subject, pull()) == day(4)
    assert brief(accepted_proposal(subject, linking(None))) == (53, "assignment", day(4))
    alone = history(given=((3, "ann"),), events=(event(3, actor),))
    assert accepted_proposal(alone, linking(None)) is None


@pytest.mark.parametrize("actor", ["ann", "Ann"])
def test_who_assigned_himself_began_and_was_not_accepted(actor: str) -> None:
    def event(at: float, by: str) -> IssueEvent:
        return IssueEvent(
            event_type="assigned", occurred_at=day(at), actor=by, detail="ann", document_id=ISSUE
        )

    alone = history(given=((3, "ann"),), events=(event(3, actor),))
    assert accepted_proposal(alone, linking(None)) is None
    assert brief(accepted_proposal(alone, linking(53))) == (53, "pull_link", day(6))
    assert (work_started(alone, pull()), author_assigned(alone, pull())) == (day(3), day(3))
    both = history(given=((3, "ann"), (5, "ann")), events=(event(3, actor), event(5, "engineer")))
    assert brief(accepted_proposal(both, linking(None))) == (53, "assignment", day(5))


WORDS = st.sampled_from(
    [
        "## Proposal\nCaulk.",
        "**Proposal**: tar",
        f"## Proposal\n[Updated]({URL}#issuecomment-1)",
        f"{URL}#issuecomment-2 {RIBBON}",
        f"@ann {RIBBON}",
        f"@bea {RIBBON}",
        "I withdraw my proposal",
        "Nice.",
    ]
)
PEOPLE = st.sampled_from(["ann", "bea", "rae"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[IssueHistory, PullRequest]:
    said = [
        comment(n, draw(st.integers(0, 8)), draw(WORDS), author=draw(PEOPLE))
        for n in range(1, draw(st.integers(1, 6)))
    ]
    given = [
        assigned(draw(st.integers(0, 8)), draw(PEOPLE)) for _ in range(draw(st.integers(0, 3)))
    ]
    link = draw(st.sampled_from([None, 1, 2, 3]))
    subject = issue(comments=tuple(said), assignments=tuple(given))
    return subject, linking(link, author=draw(PEOPLE))


@given(cases(), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(
    case: tuple[IssueHistory, PullRequest], chance: Any
) -> None:
    subject, fix = case
    said, given = [*subject.comments, *subject.comments[::2]], [*subject.assignments] * 2
    chance.shuffle(said)
    chance.shuffle(given)
    mixed = subject.model_copy(update={"comments": tuple(said), "assignments": tuple(given)})
    assert accepted_proposal(mixed, fix) == accepted_proposal(subject, fix)


@given(cases())
def test_an_accepted_proposal_was_posted_before_and_nothing_later_changes_that(
    case: tuple[IssueHistory, PullRequest],
) -> None:
    subject, fix = case
    found = accepted_proposal(subject, fix)
    posted = {c.comment_id: c.created_at for c in subject.comments}
    if found is None:
        return
    assert posted[found.comment_id] < found.accepted_at
    end = max(fix.created_at, found.accepted_at)
    later = subject.model_copy(
        update={
            "comments": (
                *subject.comments,
                comment(70, 20, "## Proposal\nLater.", author="ann"),
                comment(71, 21, f"@bea {RIBBON}", author="sam"),
            ),
            "assignments": (*subject.assignments, assigned(20, "ann"), assigned(22, "bea")),
        }
    )
    assert end < day(20)
    assert accepted_proposal(later, fix) == found
