"""Which comments' edits are worth their points."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tasks.domain.collecting import Store
from tasks.sources.github.desk import Repository
from tasks.sources.github.shapes import Node, comments_of

# Wider than the rules of the ledger: what is never fetched can never be read. A withdrawn plan
# still names itself a proposal; money shows as a sign, a currency, a thousand or a change. Plain
# words first: every edited comment is searched, and they are ten times as quick as a pattern.
_WORDS: Final = (
    *("propos", "$", "€", "£", "usd", "dollar", "bount", "price", "pricing", "payment", "paid"),
    *("doubl", "tripl", "raise", "raising", "increas", "lower", "bump"),
)
_NUMBERS: Final = re.compile(r"\d\s*(?:k\b|%)|\bx\s?\d\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EditRule:
    """`settled`: the seconds before this time (GitHub's own) were over when earlier sweeps fetched
    edits of them. None: there were no such sweeps."""

    settled: str | None = None


def looks_relevant(body: str) -> bool:
    """Whether a comment looks like a proposal or speaks of money."""
    text = body.casefold()
    return any(word in text for word in _WORDS) or bool(_NUMBERS.search(body))


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
    known = store.known("github.comment_edits", ids)
    wanted = edited
    if rule.settled is not None and known:
        stored = await asyncio.to_thread(store.newest, "github.comment_edits", sorted(known))
        wanted = [(issue, c) for issue, c in edited if not _has_all(stored.get(c["id"]), c, rule)]
    relevant = {
        c["id"]
        for _, c in wanted
        if repository.conventions is None or c["id"] in known or looks_relevant(c["body"])
    }
    # Also where everything is fetched anew: the copy that is replaced may be the last to show it.
    doubtful = [(issue, c) for issue, c in wanted if c["id"] not in relevant]
    relevant |= await _once_relevant(doubtful, repository, store)
    return [c["id"] for _, c in wanted if c["id"] in relevant]


def _has_all(stored: Mapping[str, Any] | None, comment: Node, rule: EditRule) -> bool:
    """Whether the stored edits are all there are. What else was fetched, by number or in another
    order, may have left older ones."""
    if stored is None or rule.settled is None or comment["lastEditedAt"] >= rule.settled:
        return False
    edits = (stored.get("userContentEdits") or {}).get("nodes") or []
    return any(e and (e.get("editedAt") or "") >= comment["lastEditedAt"] for e in edits)


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
