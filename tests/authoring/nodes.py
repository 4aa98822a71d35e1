"""Threads as the nodes that GitHub's GraphQL interface returns."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.authoring.history import BY_KEY, commit_ids, head_of
from tests.authoring.threads import (
    REPOSITORY,
    URL,
    Edit,
    Event,
    Pull,
    Thread,
    comment_url,
    linked,
)

BOT = "tally-bot"
MEMBERS = ("ottoline-k", "brambleworth", "sefa-mnr")
REVIEWERS = ("quillfeather", "ndidi-ok")
Node = dict[str, Any]
Threads = tuple[Thread, ...]


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def node_id(prefix: str, *parts: object) -> str:
    digest = hashlib.sha1("/".join(map(str, parts)).encode()).hexdigest()
    return f"{prefix}_kwTALLY{digest[:14]}"


def actor(login: str) -> Node | None:
    """None, as GitHub has it, for an account that no longer exists: an empty login."""
    if not login:
        return None
    return {"__typename": "Bot" if login == BOT else "User", "login": login}


def association(login: str, threads: Threads) -> str:
    if login in MEMBERS:
        return "MEMBER"
    merged = {pull.by for thread in threads for pull in thread.pulls if pull.merged}
    return "CONTRIBUTOR" if login in merged or login in REVIEWERS else "NONE"


def content_edits(original: Edit, edits: Iterable[Edit]) -> Node:
    """All versions, newest first; nothing at all if there was never an edit."""
    versions = [original, *edits]
    if len(versions) == 1:
        return {"nodes": []}
    return {
        "nodes": [
            {
                "createdAt": stamp(edit.at),
                "editedAt": stamp(edit.at),
                "deletedAt": None,
                "diff": edit.text,
                "editor": actor(edit.by),
            }
            for edit in reversed(versions)
        ]
    }


def comment_id(event: Event) -> str:
    return node_id("IC", event.comment_id)


def comment(thread: Thread, event: Event, threads: Threads) -> Node:
    last = event.edits[-1] if event.edits else None
    return {
        "id": comment_id(event),
        "databaseId": event.comment_id,
        "url": comment_url(thread.number, event),
        "body": linked(last.text if last else event.value, threads),
        "createdAt": stamp(event.at),
        "updatedAt": stamp(last.at if last else event.at),
        "lastEditedAt": stamp(last.at) if last else None,
        "isMinimized": False,
        "minimizedReason": None,
        "authorAssociation": association(event.by, threads),
        "author": actor(event.by),
    }


def comment_edits(event: Event, threads: Threads) -> Node:
    edits = [Edit(e.at, e.by, linked(e.text, threads)) for e in event.edits]
    original = Edit(event.at, event.by, linked(event.value, threads))
    return {"id": comment_id(event), "userContentEdits": content_edits(original, edits)}


def _timeline_items(thread: Thread, events: list[Event]) -> Iterable[Node]:
    title = thread.title
    for event in events:
        typed: list[Node] = []
        if event.kind == "rename":
            typed = [
                {
                    "__typename": "RenamedTitleEvent",
                    "previousTitle": title,
                    "currentTitle": event.value,
                }
            ]
            title = event.value
        elif event.kind == "label":
            typed = [
                {"__typename": "LabeledEvent", "label": {"name": name}} for name in event.value
            ]
        elif event.kind == "assign":
            typed = [{"__typename": "AssignedEvent", "assignee": actor(event.value)}]
        elif event.kind == "close":
            typed = [{"__typename": "ClosedEvent", "closer": _closer(event.closer)}]
        elif event.kind == "xref":
            typed = [_cross_reference(**event.value)]
        for place, item in enumerate(typed):
            name = node_id("EV", thread.number, stamp(event.at), event.kind, place)
            yield item | {"id": name, "createdAt": stamp(event.at), "actor": actor(event.by)}


def _closer(number: int | None) -> Node | None:
    if number is None:
        return None
    return {"__typename": "PullRequest", "number": number, "url": f"{URL}/pull/{number}"}


def _cross_reference(
    repository: str = REPOSITORY, number: int = 0, merged: bool = False, issue: bool = False
) -> Node:
    source: Node = {"__typename": "Issue"}
    if not issue:
        source = {
            "__typename": "PullRequest",
            "number": number,
            "url": f"https://github.com/{repository}/pull/{number}",
            "merged": merged,
            "repository": {"nameWithOwner": repository},
        }
    return {
        "__typename": "CrossReferencedEvent",
        "isCrossRepository": repository != REPOSITORY,
        "source": source,
    }


def _mentions(pull: Pull, number: int, threads: Threads) -> bool:
    """Whether the body names the issue where GitHub looks: not inside an HTML comment."""
    body = re.sub(r"<!--.*?-->", "", linked(pull.body, threads), flags=re.DOTALL)
    return bool(re.search(rf"(/issues/|\s#){number}\b", body))


def _cross_references(thread: Thread, threads: Threads) -> Iterable[Event]:
    for other in threads:
        for pull in other.pulls:
            if _mentions(pull, thread.number, threads):
                value = {"number": pull.number, "merged": pull.merged}
                yield Event(pull.at, pull.by, "xref", value, "", None, ())


def issue(thread: Thread, threads: Threads, fetched: datetime) -> Node:
    """The issue as it stood when it was fetched."""
    events = [*thread.events, *_cross_references(thread, threads)]
    events = sorted((e for e in events if e.at <= fetched), key=lambda event: event.at)
    edits = [edit for edit in thread.edits if edit.at <= fetched]
    moments = [thread.at, *(e.at for e in events), *(e.at for e in edits)]
    moments += [edit.at for event in events for edit in event.edits]
    renames = [event.value for event in events if event.kind == "rename"]
    labels = [name for event in events if event.kind == "label" for name in event.value]
    assignees = [event.value for event in events if event.kind == "assign"]
    closed = next((event for event in events if event.kind == "close"), None)
    said = [event for event in events if event.kind == "say"]
    original = Edit(thread.at, thread.by, thread.body)
    return {
        "id": node_id("I", thread.number),
        "databaseId": 2_200_000_000 + thread.number * 7919,
        "number": thread.number,
        "title": renames[-1] if renames else thread.title,
        "body": edits[-1].text if edits else thread.body,
        "url": f"{URL}/issues/{thread.number}",
        "state": "CLOSED" if closed else "OPEN",
        "stateReason": closed.value.upper() if closed else None,
        "createdAt": stamp(thread.at),
        "updatedAt": stamp(max(moments)),
        "closedAt": stamp(closed.at) if closed else None,
        "lastEditedAt": stamp(edits[-1].at) if edits else None,
        "author": actor(thread.by),
        "assignees": {"nodes": [{"login": login} for login in assignees if login]},
        "labels": {"nodes": [{"name": name} for name in labels]},
        "userContentEdits": content_edits(original, edits),
        "comments": {"nodes": [comment(thread, event, threads) for event in said]},
        "timelineItems": {"nodes": list(_timeline_items(thread, events))},
    }


def pull_request(pull: Pull, threads: Threads) -> Node:
    ids = commit_ids()
    merge = None
    if pull.merged:
        parents = BY_KEY[pull.commit].parents
        merge = {
            "oid": ids[pull.commit],
            "committedDate": stamp(pull.ended),
            "parents": {"nodes": [{"oid": ids[parent]} for parent in parents]},
        }
    files, added, deleted = pull.size
    return {
        "id": node_id("PR", pull.number),
        "databaseId": 1_800_000_000 + pull.number * 6841,
        "number": pull.number,
        "title": pull.title,
        "body": linked(pull.body, threads),
        "url": f"{URL}/pull/{pull.number}",
        "state": "MERGED" if pull.merged else "CLOSED",
        "merged": pull.merged,
        "mergedAt": stamp(pull.ended) if pull.merged else None,
        "createdAt": stamp(pull.at),
        "updatedAt": stamp(pull.ended),
        "closedAt": stamp(pull.ended),
        "baseRefName": "main",
        "baseRefOid": ids[pull.base],
        "headRefOid": head_of(pull.number),
        "author": actor(pull.by),
        "changedFiles": files,
        "additions": added,
        "deletions": deleted,
        "mergeCommit": merge,
        "closingIssuesReferences": {
            "nodes": [{"number": number, "url": f"{URL}/issues/{number}"} for number in pull.closes]
        },
    }
