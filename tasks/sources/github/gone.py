"""Issues that are not there any more: deleted, or moved to another repository."""

from collections.abc import Iterable

from tasks.domain.collecting import Call
from tasks.domain.documents import Document
from tasks.sources.github.desk import Desk, Repository
from tasks.sources.github.shapes import document

# What GitHub's REST interface answers: "Get an issue", docs.github.com/rest/issues/issues.
_REASONS = {301: "transferred", 410: "deleted", 404: "unavailable"}


async def look_for(
    desk: Desk, repository: Repository, numbers: Iterable[int], calls: list[Call]
) -> list[Document]:
    """Ask what became of issues; a `github.gone` document for each that is really gone."""
    found = []
    # Under a former name, every issue would seem to have moved.
    name_now = desk.names.get(repository.name, repository.name)
    for number in sorted(set(numbers)):
        reply = await desk.client.get("issue", f"/repos/{name_now}/issues/{number}")
        calls += reply.calls
        reason = _REASONS.get(reply.status)
        if reason is not None:
            payload = {
                "number": number,
                "reason": reason,
                "status": reply.status,
                "location": reply.location,
            }
            name = f"{repository.name}#{number}"
            found.append(document("github.gone", name, payload, desk.now()))
    return found
