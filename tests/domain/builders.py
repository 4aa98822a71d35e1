"""Invented domain objects with everything a test does not care about filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasks.domain.bounties import BountyEvent, Rung, TitleAt
from tasks.domain.instances import Proposal, TaskInstance
from tasks.domain.issues import Assignment, Comment, IssueHistory, PullRequest, TextVersion
from tasks.domain.ledger import read_ledger

REPOSITORY = "ours/app"
ISSUE = "ours/app#7"
URL = "https://github.com/ours/app/issues/7"
START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def day(number: float) -> datetime:
    """`number` days after the start of the invented history."""
    return START + timedelta(days=number)


def title(since: float, text: str, *, at_creation: bool = False) -> TitleAt:
    return TitleAt(
        since=day(since), title=text, document_id=f"title-{since}", at_creation=at_creation
    )


def ledger(*titles: TitleAt) -> tuple[BountyEvent, ...]:
    """What these titles alone give."""
    return read_ledger("github", issue(titles=titles)).events


def rung(number: float | None, cents: int) -> Rung:
    at = None if number is None else day(number)
    return Rung(occurred_at=at, kind="posted", amount_cents=cents)


def comment(number: int, at: float, text: str, *, author: str = "ann", **kept: Any) -> Comment:
    """A comment; `later` maps a day to the text an edit of that day left."""
    later: dict[float, str] = kept.get("later", {})
    versions = [(at, text), *sorted(later.items())]
    return Comment(
        comment_id=number,
        url=f"{URL}#issuecomment-{number}",
        author=author,
        created_at=day(at),
        versions=tuple(TextVersion(since=day(since), text=words) for since, words in versions),
    )


def issue(**changes: Any) -> IssueHistory:
    plain: dict[str, Any] = {
        "repository": REPOSITORY,
        "number": 7,
        "url": URL,
        "author": "rae",
        "state": "CLOSED",
        "created_at": START,
        "titles": (title(0, "[$250] Boats leak", at_creation=True),),
        "bodies": (TextVersion(since=START, text="Water comes in."),),
        "document_id": ISSUE,
    }
    return IssueHistory(**(plain | changes))


def assigned(at: float, login: str) -> Assignment:
    return Assignment(assigned_at=day(at), login=login)


def pull(**changes: Any) -> PullRequest:
    plain: dict[str, Any] = {
        "repository": REPOSITORY,
        "number": 9,
        "title": "Caulk the boats",
        "body": f"### Fixed Issues\n$ {URL}\n",
        "url": "https://github.com/ours/app/pull/9",
        "author": "ann",
        "state": "MERGED",
        "created_at": day(6),
        "merged_at": day(8),
        "merge_commit": "f" * 40,
        "parents": ("b" * 40, "a" * 40),
    }
    return PullRequest(**(plain | changes))


def proposal(number: int, text: str = "Caulk it.", **changes: Any) -> Proposal:
    return Proposal(proposal_id=number, text=text, **changes)


def instance(**changes: Any) -> TaskInstance:
    plain: dict[str, Any] = {
        "instance_id": "ours__app-7-swe_manager",
        "variant": "swe_manager",
        "repository": REPOSITORY,
        "key": "7",
        "issue": ISSUE,
        "title": "Boats leak",
        "statement": "Water comes in.",
        "prices": {"final": 25000, "initial": None},
    }
    return TaskInstance(**(plain | changes))
