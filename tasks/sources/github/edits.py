"""Which comments' edits are worth their points."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tasks.domain.collecting import Store
from tasks.sources.github.desk import Repository
from tasks.sources.github.shapes import Node, comments_of

# Wider than the rules of the ledger: what is never fetched can never be read. A withdrawn plan
# still names itself a proposal; money shows as a sign, a currency, a thousand or a change.
_WORTH_READING: Final = re.compile(
    r"propos|[$€£]|\d\s*(?:k\b|usd|dollars?\b|%)|\busd\b|\b(?:bount|pric|payment|paid|doubl|tripl)"
    r"|\bx\s?\d\b|\b(?:rais|increas|lower|bump)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EditRule:
    """`settled`: edits up to this time were fetched by earlier sweeps, where any were (None: none).

    Times are GitHub's own.
    """

    settled: str | None = None


def looks_relevant(body: str) -> bool:
    """Whether a comment looks like a proposal or speaks of money."""
    return bool(_WORTH_READING.search(body))


async def wanted_edits(
    issues: Sequence[Node], rule: EditRule, repository: Repository, store: Store
) -> list[str]:
    """Ids of the edited comments of these issues whose edits are to be fetched, in their order."""
    edited = [
        (issue, comment)
        for issue in issues
        for comment in comments_of(issue)
        if comment.get("lastEditedAt") and not _by_bot(comment, repository)
    ]
    if not edited:
        return []
    ids = [comment["id"] for _, comment in edited]
    known = await asyncio.to_thread(store.known, "github.comment_edits", ids)
    wanted = [
        (issue, c)
        for issue, c in edited
        if not (c["id"] in known and rule.settled and c["lastEditedAt"] < rule.settled)
    ]
    relevant = {
        c["id"]
        for _, c in wanted
        if repository.conventions is None or c["id"] in known or looks_relevant(c["body"])
    }
    # Also where everything is fetched anew: the copy that is replaced may be the last to show it.
    doubtful = [(issue, c) for issue, c in wanted if c["id"] not in relevant]
    relevant |= await _once_relevant(doubtful, repository, store)
    return [c["id"] for _, c in wanted if c["id"] in relevant]


def _by_bot(comment: Node, repository: Repository) -> bool:
    """Whether a named bot wrote it; REST and people write `name[bot]` where GraphQL has `name`."""
    author = comment.get("author") or {}
    login = author.get("login")
    return login in repository.bots or (
        author.get("__typename") == "Bot" and f"{login}[bot]" in repository.bots
    )


async def _once_relevant(
    doubtful: Sequence[tuple[Node, Node]], repository: Repository, store: Store
) -> set[str]:
    """Those comments whose text looked relevant in the copy of their issue that is stored."""
    if not doubtful:
        return set()
    names = [f"{repository.name}#{issue['number']}" for issue, _ in doubtful]
    stored = await asyncio.to_thread(store.newest, "github.issue", names)
    former = {c["id"]: c["body"] for issue in stored.values() for c in comments_of(issue)}
    return {c["id"] for _, c in doubtful if looks_relevant(former.get(c["id"]) or "")}
