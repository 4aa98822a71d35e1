"""A client says what had been written before the work began, and nothing that tells the end."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.domain.instances import Reference, TaskInstance
from tasks.domain.issues import Comment
from tasks.domain.telling import remarks_of
from tests.domain.builders import comment, day, instance, issue, proposal, pull

PLAN = "## Proposal\n\nCaulk the boats."
WORK: dict[str, Any] = {
    "instance_id": "ours__app-7-ic_swe",
    "variant": "ic_swe",
    "as_of": day(5),
    "reference": Reference(
        accepted_proposal_id=11, fix_commit="f" * 40, gold_patch="--- a/x\n+++ b/x\n"
    ),
}
CODING = instance(**WORK)
CHOOSING = instance(
    **WORK
    | {
        "instance_id": "ours__app-7-swe_manager",
        "variant": "swe_manager",
        "proposals": (proposal(11, PLAN, author="ann"), proposal(12, PLAN, author="bo")),
    }
)
PLANS = (comment(11, 1, PLAN, author="ann"), comment(12, 2, PLAN, author="bo"))


def said(
    text: str, at: float = 3, author: str = "mo", role: str | None = "MEMBER", **kept: Any
) -> Comment:
    return replace(comment(50, at, text, author=author, **kept), association=role)


def told(*comments: Comment, of: TaskInstance = CODING, **changes: Any) -> list[str]:
    thread = issue(comments=(*PLANS, *comments), **changes)
    return [remark.text for remark in remarks_of(of, thread, pull(author="ann"))]


def test_what_the_clients_side_wrote_is_told_with_who_and_when() -> None:
    thread = issue(comments=(*PLANS, said("Bilge pumps stay.")))
    (found,) = remarks_of(CODING, thread, pull(author="ann"))
    assert (found.comment_id, found.author, found.role, found.written_at) == (
        50,
        "mo",
        "MEMBER",
        day(3),
    )


@pytest.mark.parametrize("role", ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"])
def test_those_with_a_part_in_the_repository_speak_for_the_client(role: str) -> None:
    assert told(said("Pumps stay.", role=role)) == ["Pumps stay."]


def test_strangers_do_not_and_whoever_opened_the_issue_does() -> None:
    assert told(said("Pumps stay.", role="NONE")) == []
    assert told(said("Pumps stay.", role="NONE", author="Rae")) == ["Pumps stay."]


@pytest.mark.parametrize("author", ["ann", "BO", "tidy[bot]", "MelvinBot"])
def test_freelancers_of_the_thread_and_automation_are_never_quoted(author: str) -> None:
    assert told(said("Pumps stay.", author=author)) == []


def test_nothing_written_at_the_moment_or_later_is_told() -> None:
    assert told(said("Pumps stay.", at=5)) == []
    assert told(said("Pumps stay.", at=6)) == []
    assert told(said("Pumps stay.", later={4.5: "Pumps go.", 7: "No pumps."})) == ["Pumps go."]


def test_what_was_edited_later_without_a_history_is_unknown_and_not_told() -> None:
    edited = said("Pumps stay.")
    later = replace(edited.versions[0], since=day(8))
    assert told(replace(edited, versions=(later,))) == []


def test_what_was_hidden_is_not_told() -> None:
    assert told(replace(said("Pumps stay."), minimized=True)) == []


def test_without_a_moment_nothing_is_told() -> None:
    assert told(said("Pumps stay."), of=CODING.model_copy(update={"as_of": None})) == []


@pytest.mark.parametrize(
    "text",
    [
        "Raising to $1,000.",
        "We will not go to $3,000.",
        "The bounty is doubled.",
        "Payment summary:\n- Contributor: @mo $250, paid",
        "Right. 🎀 👀 🎀 C+ reviewed",
        "I like what Ann wrote.",
        "See https://github.com/ours/app/pull/9.",
        "It is #9 that does it.",
        "https://github.com/ours/app/issues/7#issuecomment-11 is sound.",
        "ffffffff has it.",
        "See https://www.upwork.com/jobs/~01ab.",
        PLAN,
    ],
)
def test_what_would_tell_the_price_or_the_end_is_kept_back(text: str) -> None:
    assert told(said(text)) == []


@pytest.mark.parametrize(
    "text", ["@bo, pumps stay.", "The second proposal leaks.", "No plan holds water yet."]
)
def test_whoever_chooses_hears_nothing_of_proposals_and_a_coder_may(text: str) -> None:
    assert told(said(text), of=CHOOSING) == []
    assert told(said(text)) == [text]


def test_later_history_changes_nothing() -> None:
    early = said("Pumps stay.")
    later = [
        replace(comment(90 + n, 6 + n, text, author="mo"), association="OWNER")
        for n, text in enumerate(("Pumps go.", "Paid @ann $250.", PLAN))
    ]
    assert told(early, *later) == told(early)
