"""The golden histories, histories/*.toml: one issue each, in the form of the sample's threads.

Beyond that form: `edit` rows may hold a whole text, an event may say `as` whom its author speaks
(GitHub's author association), an empty login is a deleted account, `gone` tells what became of the
issue, `repository` moves the history elsewhere, and a pull request may lie in a repository of its
own (`repository`), name the paths it changes (`paths`) and change comments only (`source`).
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.domain.documents import Document
from tests.authoring import nodes
from tests.authoring.threads import (
    REPOSITORY,
    TEMPLATE,
    Pull,
    Thread,
    body_edits_of,
    event_of,
    linked,
)

HISTORIES = Path(__file__).parent / "histories"
FETCHED = datetime(2026, 11, 1, 6, tzinfo=UTC)
_EXAMPLE = "https://github.com/tally-works/tally/issues/10#issuecomment-1700000010"
_SIZE = (2, 12, 3)
_PATHS = ("tally/core.py", "tests/test_core.py")
Row = dict[str, Any]


def oid(*parts: object) -> str:
    """An invented commit or blob id."""
    return hashlib.sha1("/".join(map(str, parts)).encode()).hexdigest()


@dataclass(frozen=True)
class GoldenPull:
    """A pull request and what its merge changes."""

    pull: Pull
    repository: str
    paths: tuple[str, ...]
    only_comments: bool

    @property
    def name(self) -> str:
        return f"{self.repository}#{self.pull.number}"

    @property
    def commit(self) -> str:
        return oid("commit", self.name)

    @property
    def base(self) -> str:
        """First parent of the merge commit."""
        return oid("base", self.name)


@dataclass(frozen=True)
class History:
    """`associations` maps a comment's number to whom its author speaks as, where that is said."""

    name: str
    about: str
    traps: tuple[str, ...]
    repository: str
    thread: Thread
    pulls: tuple[GoldenPull, ...]
    associations: Mapping[int, str]
    gone: str | None

    @property
    def issue(self) -> str:
        return f"{self.repository}#{self.thread.number}"

    @property
    def expected(self) -> Mapping[str, Any]:
        return self.thread.expected


def load() -> dict[str, History]:
    """File name without its ending → history."""
    return {path.stem: _history(path) for path in sorted(HISTORIES.glob("*.toml"))}


def _history(path: Path) -> History:
    row = tomllib.loads(path.read_text(encoding="utf-8"))
    home = row.get("repository", REPOSITORY)
    body = row["body"].strip("\n")
    events = sorted(
        ((event_of(e), e.get("as")) for e in row.get("event", ())), key=lambda p: p[0].at
    )
    pulls = tuple(_pull(pull, home) for pull in row.get("pull", ()))
    thread = Thread(
        number=row["number"],
        title=row["title"],
        by=row["by"],
        at=row["at"],
        body=body,
        edits=body_edits_of(body, row.get("edit", [])),
        events=tuple(event for event, _ in events),
        pulls=tuple(p.pull for p in pulls if p.repository == home),
        fetched=(FETCHED,),
        expected=row["expected"],
    )
    return History(
        name=path.stem,
        about=row["about"],
        traps=tuple(row["traps"]),
        repository=home,
        thread=thread,
        pulls=pulls,
        associations={event.comment_id: role for event, role in events if role},
        gone=row.get("gone"),
    )


def _pull(row: Row, home: str) -> GoldenPull:
    parts = {name: row.get(name, "").strip("\n") for name in ("details", "fixed", "tests")}
    text = row["raw"] if "raw" in row else TEMPLATE.format(**parts).replace("{{10.a}}", _EXAMPLE)
    pull = Pull(
        number=row["number"],
        by=row["by"],
        at=row["at"],
        title=row["title"],
        body=text.strip("\n"),
        base="",
        commit="merged" if "merged" in row else "",
        ended=row["merged"] if "merged" in row else row["closed"],
        closes=(),
        size=_SIZE,
    )
    only_comments = row.get("source") == "comments"
    return GoldenPull(
        pull, row.get("repository", home), tuple(row.get("paths", _PATHS)), only_comments
    )


def documents(history: History) -> Iterator[Document]:
    """Everything GitHub would have said about the history."""
    thread, threads = history.thread, (history.thread,)
    node = nodes.issue(thread, threads, FETCHED)
    for comment in node["comments"]["nodes"]:
        spoken_as = history.associations.get(comment["databaseId"])
        comment["authorAssociation"] = spoken_as or comment["authorAssociation"]
    yield _document(history, "github.issue", history.issue, node)
    for event in thread.events:
        if event.edits:
            edits = nodes.comment_edits(event, threads)
            yield _document(history, "github.comment_edits", nodes.comment_id(event), edits)
    for pull in history.pulls:
        yield _document(history, "github.pull", pull.name, _pull_node(pull, threads))
    if history.gone is not None:
        told = {"number": thread.number, "reason": history.gone, "status": 410, "location": None}
        yield _document(history, "github.gone", history.issue, told, late=True)


def _document(
    history: History, kind: str, external_id: str, node: Row, *, late: bool = False
) -> Document:
    """The sample's addresses become those of the history's own repository."""
    text = json.dumps(node).replace(REPOSITORY + "/", history.repository + "/")
    at = FETCHED + timedelta(days=1) if late else FETCHED
    return Document("github", kind, external_id, at, json.loads(text))


def _pull_node(golden: GoldenPull, threads: tuple[Thread, ...]) -> Row:
    pull = golden.pull
    merge = None
    if pull.merged:
        merge = {
            "oid": golden.commit,
            "committedDate": nodes.stamp(pull.ended),
            "parents": {"nodes": [{"oid": golden.base}]},
        }
    return {
        "id": nodes.node_id("PR", golden.name),
        "databaseId": 1_900_000_000 + pull.number,
        "number": pull.number,
        "title": pull.title,
        "body": linked(pull.body, threads),
        "url": f"https://github.com/{golden.repository}/pull/{pull.number}",
        "state": "MERGED" if pull.merged else "CLOSED",
        "merged": pull.merged,
        "mergedAt": nodes.stamp(pull.ended) if pull.merged else None,
        "createdAt": nodes.stamp(pull.at),
        "updatedAt": nodes.stamp(pull.ended),
        "closedAt": nodes.stamp(pull.ended),
        "baseRefName": "main",
        # Not the base of the fix: where the branch began, long before.
        "baseRefOid": oid("branched", golden.name),
        "headRefOid": oid("head", golden.name),
        "author": nodes.actor(pull.by),
        "changedFiles": len(golden.paths),
        "additions": 12,
        "deletions": 3,
        "mergeCommit": merge,
        "closingIssuesReferences": {"nodes": []},
    }
