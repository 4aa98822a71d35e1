"""What the invented documents say, written by hand."""

from tasks.domain.bounties import TitleAt
from tasks.domain.issues import (
    Assignment,
    Comment,
    IssueEvent,
    IssueHistory,
    PullRequest,
    TextVersion,
)
from tests.sources.parse_nodes import NAME, URL, at


def said(
    kind: str, hours: float, detail: str, *, actor: str | None = None, item: str | None = "EV"
) -> IssueEvent:
    return IssueEvent(
        event_type=kind,
        occurred_at=at(hours),
        actor=actor,
        detail=detail,
        document_id=f"{NAME}/{item}{hours}" if item else NAME,
    )


HISTORY = IssueHistory(
    repository="ours/app",
    number=7,
    url=URL,
    author="rae",
    state="CLOSED",
    state_reason="COMPLETED",
    created_at=at(0),
    closed_at=at(50),
    titles=(
        TitleAt(
            since=at(0),
            title="Boats leak",
            actor="rae",
            document_id="ours/app#7",
            at_creation=True,
        ),
        TitleAt(since=at(1), title="[$250] Boats leak", document_id="ours/app#7/EV1"),
        TitleAt(since=at(8), title="[$500] Boats leak", actor="mel", document_id="ours/app#7/EV8"),
    ),
    bodies=(
        TextVersion(since=at(0), text="Water comes in."),
        TextVersion(since=at(3), text="Water comes in fast."),
    ),
    comments=(
        Comment(
            comment_id=51,
            node_id="IC_1",
            url=f"{URL}#issuecomment-51",
            author="ann",
            association="NONE",
            created_at=at(4),
            versions=(
                TextVersion(since=at(4), text="## Proposal\nfirst"),
                TextVersion(since=at(6), text="## Proposal\nbetter"),
            ),
            minimized=True,
        ),
        Comment(
            comment_id=52,
            node_id="IC_2",
            url=f"{URL}#issuecomment-52",
            author=None,
            created_at=at(5),
            versions=(TextVersion(since=at(5), text=""),),
        ),
    ),
    assignments=(Assignment(assigned_at=at(9), login="ann"),),
    labels=("Bug", "External"),
    linked_pulls=("ours/web#9",),
    events=(
        said("title_at_creation", 0, "Boats leak", actor="rae", item=None),
        said("title_rename", 1, "[$250] Boats leak"),
        IssueEvent(
            event_type="edit_deleted",
            occurred_at=at(2),
            detail="the body as of 2025-01-01T02:00:00+00:00",
            document_id=NAME,
        ),
        said("title_rename", 8, "[$500] Boats leak", actor="mel"),
        said("assigned", 9, "ann"),
        said("assigned", 10, ""),
        said("cross_referenced", 11, "ours/web#9 merged"),
        said("cross_referenced", 12, "ours/web#8"),
        said("cross_referenced", 13, "issue"),
        said("something_new", 14, ""),
    ),
    document_id="ours/app#7",
)
MERGED = PullRequest(
    repository="ours/app",
    number=9,
    title="Caulk the boats",
    body="",
    url="https://github.com/ours/app/pull/9",
    author="ann",
    state="MERGED",
    created_at=at(20),
    merged_at=at(30),
    merge_commit="f" * 40,
    parents=("b" * 40, "a" * 40),
)
