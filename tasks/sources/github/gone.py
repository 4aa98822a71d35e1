"""Issues that are not there any more: deleted, or moved to another repository."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from tasks.domain.collecting import Call
from tasks.domain.documents import Document
from tasks.sources.github import queries
from tasks.sources.github.client import RestReply
from tasks.sources.github.desk import Desk, Portion, Repository
from tasks.sources.github.shapes import document

# What GitHub's REST interface answers: "Get an issue", docs.github.com/rest/issues/issues.
_REASONS: Final = {410: "deleted", 404: "unavailable"}
_REDIRECTS: Final = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS: Final = 5


async def look_for(
    desk: Desk, repository: Repository, numbers: Iterable[int], calls: list[Call]
) -> list[Document]:
    """Ask what became of issues; a `github.gone` document for each that is really gone."""
    wanted = sorted(set(numbers))
    if not wanted:
        return []
    # Under a former name, every issue would seem to have moved.
    home = await _present_name(desk, repository, wanted[0], calls)
    found = []
    for number in wanted:
        payload = await _departure(desk, home, number, calls)
        if payload is not None:
            name = f"{repository.name}#{number}"
            found.append(document("github.gone", name, payload, desk.now()))
    return found


def returns(desk: Desk, external_ids: Sequence[str]) -> list[Document]:
    """A document for each of these issues that was recorded as gone and is there after all.

    The issue itself may be as it was, and a copy that equals the one before it is not stored.
    """
    known = desk.store.known("github.gone", external_ids)
    return [
        document(
            "github.gone",
            external_id,
            {
                "number": int(external_id.rpartition("#")[2]),
                "reason": "returned",
                "status": 200,
                "location": None,
            },
            desk.now(),
        )
        for external_id in sorted(known)
    ]


async def _present_name(desk: Desk, repository: Repository, number: int, calls: list[Call]) -> str:
    if repository.name not in desk.names:
        variables = repository.variables() | {"n0": number}
        question = queries.issue_ids(1), variables, 1
        reply = await desk.ask("issue ids", Portion(1, 1), lambda: question, calls)
        desk.heard_name(repository, reply.data["repository"]["nameWithOwner"])
    return desk.names[repository.name]


async def _departure(
    desk: Desk, home: str, number: int, calls: list[Call]
) -> dict[str, Any] | None:
    """The payload that tells of it; None where the issue is still there.

    A redirection proves nothing by itself: its end says whether the issue lies elsewhere.
    """
    first = last = await _get(desk, f"/repos/{home}/issues/{number}", calls)
    for _ in range(_MOST_REDIRECTS):
        if last.status not in _REDIRECTS or last.location is None:
            break
        last = await _get(desk, last.location, calls)
    moved = first.status in _REDIRECTS and last.status != 410 and not _is_at(last, home, number)
    reason = "transferred" if moved else _REASONS.get(last.status)
    if reason is None:
        return None
    told = first if moved else last
    return {"number": number, "reason": reason, "status": told.status, "location": told.location}


async def _get(desk: Desk, path: str, calls: list[Call]) -> RestReply:
    reply = await desk.client.get("issue", path)
    calls += reply.calls
    return reply


def _is_at(reply: RestReply, home: str, number: int) -> bool:
    body = reply.body if isinstance(reply.body, dict) else {}
    address = str(body.get("repository_url", "")).casefold()
    return body.get("number") == number and address.endswith(f"/repos/{home}".casefold())
