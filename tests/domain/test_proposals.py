"""Which comments are plans of their own, and what was on offer at a moment."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.instances import Proposal
from tasks.domain.issues import Comment, TextVersion
from tasks.domain.proposals import (
    distinct,
    is_proposal,
    pointed_comment,
    proposals_at,
    text_known_at,
)
from tests.domain.builders import URL, comment, day

PLAN = "### What is the root cause?\nNo caulk."
LINK = f"{URL}#issuecomment-5"


def ids(comments: Any, moment: float | None) -> list[int]:
    at = None if moment is None else day(moment)
    return [p.proposal_id for p in proposals_at(comments, at)]


@pytest.mark.parametrize(
    "text",
    [
        f"## Proposal\n{PLAN}",
        "Proposal: caulk the seams",
        "## Proposal\nUpdate the regex of seams.",
        "## Proposal\nEdited files must be saved twice, so save them once.",
        f"## Proposal\nAs [here]({LINK}), but caulk the deck and the cabin, too, and after "
        "that put tar on every seam of the hull, let it dry for a day, and then paint it all.",
        "## Proposal\n[The docs](https://docs.test/a) say to caulk.",
        f"## Proposal\n[Updated]({LINK})\n### What is the problem?\nLeaks.\n"
        "### Root cause\nSeams.\n### What should change?\nAll.",
        "## Proposal\n~~Caulk it.~~ Tar it.",
        "## Proposal\nI withdraw my previous proposal; tar it.",
    ],
)
def test_a_plan_is_a_proposal(text: str) -> None:
    assert is_proposal(text)
    assert pointed_comment(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"## Proposal\n[Updated]({LINK})",
        f"## Proposal\n\n[Update]({LINK}), please look again",
        f"## Proposal\n[Updated proposal]({LINK})\n\nMore about seams, as asked.",
        f"## Proposal [Updated]({LINK})",
        f"## Proposal\nUpdated: {LINK}",
        f"## Proposal updated\n{LINK}",
        f"## Updated proposal\n[here]({LINK})",
        f"## Proposal\n{LINK}",
        f"## Proposal\nI've updated [my proposal]({LINK}) to cover decks.",
    ],
)
def test_a_pointer_is_no_proposal_and_says_where_the_plan_is(text: str) -> None:
    assert not is_proposal(text)
    assert pointed_comment(text) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## Proposal",
        "## Proposal\n\n",
        "## Proposal\n---\n",
        "Proposal\n---",
        "## Proposal\n<!-- to do -->",
        "## Proposal\nUpdated",
        "## Proposal\nUpdated my proposal above",
        "## Proposal\n[Updated](https://docs.test/a)",
        "## Proposal\n⚠️ Your proposal has been withdrawn, it repeats another one.",
        "## Proposal (withdrawn)\nCaulk it.",
        "## Proposal\n~~Caulk it.~~",
        "Proposal looks good to me",
        "🎀 👀 🎀 C+ reviewed",
    ],
)
def test_headings_alone_withdrawn_texts_and_talk_are_neither(text: str) -> None:
    assert not is_proposal(text)
    assert pointed_comment(text) is None


def test_proposals_are_read_as_of_the_moment_in_posting_order() -> None:
    comments = [
        comment(4, 4, f"## Proposal\n{PLAN}"),
        comment(3, 2, "Me too!", later={3: f"## Proposal\nlate but in time\n{PLAN}"}),
        comment(2, 1, f"## Proposal\n{PLAN}", later={2: "## Proposal\nbetter", 9: "hindsight"}),
        comment(1, 1, f"## Proposal\n{PLAN}", later={2: "This proposal was withdrawn."}),
        comment(5, 5, f"## Proposal\n{PLAN}"),
    ]
    found = proposals_at(comments, day(5))
    assert [(p.proposal_id, p.text) for p in found] == [
        (2, "## Proposal\nbetter"),
        (3, f"## Proposal\nlate but in time\n{PLAN}"),
        (4, f"## Proposal\n{PLAN}"),
    ]
    assert found[0] == Proposal(
        proposal_id=2,
        text="## Proposal\nbetter",
        author="ann",
        url=f"{URL}#issuecomment-2",
        posted_at=day(1),
    )
    assert proposals_at(reversed(comments), day(5)) == found
    assert ids(comments, None) == [3, 4, 5]


def test_a_text_that_only_later_versions_tell_of_is_not_on_offer() -> None:
    lost = Comment(
        comment_id=1,
        url=f"{URL}#issuecomment-1",
        author="ann",
        created_at=day(1),
        versions=(TextVersion(since=day(8), text="## Proposal\nMerged as planned."),),
    )
    assert text_known_at(lost, day(5)) is None
    assert ids([lost], 5) == []
    assert ids([lost], 8.5) == [1]


def test_two_comments_of_one_author_are_two_proposals_unless_one_points_at_the_other() -> None:
    first = comment(1, 1, "## Proposal\nCaulk.", later={2: "## Proposal\nTar."})
    pointer = comment(2, 2, f"## Proposal\n[Updated]({URL}#issuecomment-1)")
    second = comment(3, 3, "## Proposal 2\nBoth.")
    found = proposals_at([first, pointer, second], day(4))
    assert [(p.proposal_id, p.text) for p in found] == [
        (1, "## Proposal\nTar."),
        (3, "## Proposal 2\nBoth."),
    ]


@pytest.mark.parametrize(
    ("text", "author", "left"),
    [
        ("I withdraw my proposal.", "ann", [1, 2]),
        ("I withdraw my proposals.", "ann", [2]),
        ("I withdraw my first proposal.", "ann", [2, 3]),
        (f"I withdraw my proposal {URL}#issuecomment-1", "ann", [2, 3]),
        ("## Proposal\nI withdraw my earlier proposal. Paint it.", "ann", [1, 2, 4]),
        ("I withdraw my proposal.", "cyd", [1, 2, 3]),
        ("> I withdraw my proposal.\n\nPlease do not!", "ann", [1, 2, 3]),
    ],
)
def test_an_author_may_withdraw_in_a_comment_of_its_own(
    text: str, author: str, left: list[int]
) -> None:
    comments = [
        comment(1, 1, "## Proposal\nCaulk."),
        comment(2, 1.5, "## Proposal\nTar.", author="bea"),
        comment(3, 2, "## Proposal\nPaint."),
        comment(4, 3, text, author=author),
    ]
    assert ids(comments, 4) == left
    assert ids(comments, 3) == [1, 2, 3]


def test_apps_propose_nothing_and_minimized_or_orphaned_comments_do() -> None:
    plan = "## Proposal\nCaulk."
    app = comment(1, 1, plan, author="melvin-bot[bot]")
    versions = (TextVersion(since=day(2), text=plan),)
    hidden = Comment(
        comment_id=2, url="u", author=None, created_at=day(2), versions=versions, minimized=True
    )
    assert ids([app, hidden, comment(3, 3, plan, author="MelvinBot")], 4) == [2, 3]


def test_what_was_hidden_as_spam_or_abuse_proposes_nothing() -> None:
    plan = comment(1, 1, "## Proposal\nCaulk.")
    assert ids([replace(plan, minimized=True, unwanted=True)], 4) == []
    assert ids([replace(plan, minimized=True)], 4) == [1]


def test_of_several_copies_of_a_comment_the_one_that_knows_most_counts() -> None:
    short = comment(1, 1, "## Proposal\nCaulk.")
    long = comment(1, 1, "## Proposal\nCaulk.", later={2: "## Proposal\nTar."})
    assert distinct([short, long, short]) == distinct([long, short]) == [long]


TEXTS = st.sampled_from(
    [
        "## Proposal\nCaulk.",
        "**Proposal**: tar",
        "Proposal\n---\nPaint.",
        f"## Proposal\n[Updated]({URL}#issuecomment-1)",
        "I withdraw my proposal",
        "## Proposal\nI withdraw my earlier proposal. Glue.",
        "## Proposal\n~~Caulk.~~",
        "Looks good",
        "🎀 👀 🎀 C+ reviewed",
        "",
    ]
)


@st.composite
def threads(draw: st.DrawFn) -> list[Comment]:
    return [
        comment(
            number,
            draw(st.integers(0, 8)),
            draw(TEXTS),
            author=draw(st.sampled_from(["ann", "bea"])),
            later={
                8.5 + draw(st.integers(0, 3)): draw(TEXTS) for _ in range(draw(st.integers(0, 2)))
            },
        )
        for number in range(draw(st.integers(0, 7)))
    ]


def as_known_at(said: Comment, moment: float) -> Comment:
    versions = tuple(v for v in said.versions if v.since <= day(moment))
    return comment(said.comment_id, 0, "") if not versions else _with(said, versions)


def _with(said: Comment, versions: tuple[TextVersion, ...]) -> Comment:
    return Comment(
        comment_id=said.comment_id,
        url=said.url,
        author=said.author,
        created_at=said.created_at,
        versions=versions,
    )


@given(threads(), st.integers(0, 13))
def test_what_is_dated_after_the_moment_changes_nothing(thread: list[Comment], moment: int) -> None:
    known = [as_known_at(c, moment) for c in thread if c.created_at <= day(moment)]
    assert proposals_at(thread, day(moment)) == proposals_at(known, day(moment))


@given(threads(), st.integers(0, 13), st.randoms(use_true_random=False))
def test_order_and_repetition_of_comments_do_not_matter(
    thread: list[Comment], moment: int, chance: Any
) -> None:
    mixed = [*thread, *thread[::2]]
    chance.shuffle(mixed)
    assert proposals_at(mixed, day(moment)) == proposals_at(thread, day(moment))


@pytest.mark.parametrize("filler", ["[", "](", "#issuecomment-1 ", "https://", "~~", "> ", "\n#"])
def test_hostile_texts_take_no_time(filler: str) -> None:
    text = "## Proposal\n" + filler * (100_000 // len(filler))
    started = time.perf_counter()
    is_proposal(text)
    pointed_comment(text)
    assert time.perf_counter() - started < 1
