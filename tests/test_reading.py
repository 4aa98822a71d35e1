"""What a reader passes on to the domain is enough: narrowing changes no ledger and no proposal."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.bounties import TitleAt
from tasks.domain.issues import Comment, IssueHistory, TextVersion
from tasks.domain.ledger import read_ledger
from tasks.domain.money_words import speaks_of_money
from tasks.reading import with_spoken
from tasks.staging import comment_columns

START = datetime(2025, 1, 1, tzinfo=UTC)
_PIECES = st.sampled_from(
    (
        *("The price was raised to", "lowered to", "doubled", "is now", "could we make it", "x2"),
        *("$500", "$1k", "2500$", "250 USD", "€200", "INR 5000", "US$ 250", "half", "by 50 %"),
        *("Upwork job price has been updated to $1000", "bounty", "payment", "paid", "due"),
        *("Payment summary:", "- Contributor: @ann $500", "- Reviewer: @bob $250 - paid"),
        *("| Contributor | @ann | $500 |", "> $250 is too little", "`$id`", "```\n$5\n```"),
        *("## Proposal", "root cause", "the boat leaks", "see #41", "v1.2.3", "\n", ". ", "K", "ſ"),
    )
)
_WORDS = st.lists(_PIECES | st.text(max_size=6), max_size=9).map(" ".join)
_TEXTS = _WORDS | _WORDS.map(str.upper)


def _comment(number: int, texts: list[str], association: str, author: str) -> Comment:
    at = START + timedelta(hours=number)
    return Comment(
        comment_id=number,
        url=f"https://github.com/ours/app/issues/7#issuecomment-{number}",
        author=author,
        association=association,
        created_at=at,
        versions=tuple(
            TextVersion(at + timedelta(minutes=n), text) for n, text in enumerate(texts)
        ),
    )


_COMMENTS = st.lists(
    st.tuples(
        st.lists(_TEXTS, min_size=1, max_size=3),
        st.sampled_from(("NONE", "MEMBER")),
        st.sampled_from(("ann", "bob", "melvin-bot[bot]")),
    ),
    max_size=6,
).map(lambda listed: tuple(_comment(n, *given) for n, given in enumerate(listed, start=1)))


def _issue(number: int, comments: tuple[Comment, ...]) -> IssueHistory:
    title = TitleAt(since=START, title="[$250] Boats leak", document_id="d", at_creation=True)
    return IssueHistory(
        repository="ours/app",
        number=number,
        url=f"https://github.com/ours/app/issues/{number}",
        author="rae",
        state="OPEN",
        created_at=START,
        titles=(title,),
        bodies=(TextVersion(START, "Water comes in."),),
        comments=comments,
        document_id=f"ours/app#{number}",
    )


@given(st.lists(_COMMENTS, max_size=3))
def test_the_ledger_of_a_narrowed_thread_is_that_of_the_whole(
    threads: list[tuple[Comment, ...]],
) -> None:
    issues = [_issue(number, comments) for number, comments in enumerate(threads, start=1)]
    kept = list(with_spoken(issues, comment_columns(issues)))
    whole = [issue.model_copy(update={"spoken": _ids(issue)}) for issue in issues]
    assert [read_ledger("github", i) for i in kept] == [read_ledger("github", i) for i in whole]
    assert [read_ledger("github", i) for i in issues] == [read_ledger("github", i) for i in whole]


def _ids(issue: IssueHistory) -> frozenset[int]:
    return frozenset(comment.comment_id for comment in issue.comments)


@given(_TEXTS)
def test_narrowing_keeps_every_comment_in_which_the_domain_sees_money(text: str) -> None:
    issue = _issue(1, (_comment(1, [text], "NONE", "ann"),))
    (kept,) = with_spoken([issue], comment_columns([issue]))
    assert kept.spoken or not speaks_of_money(text)
