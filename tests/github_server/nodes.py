"""Records as the plain dictionaries that GitHub's types are resolved from.

Connections are not in them: a node carries its record and its world, and the resolvers page
through those.
"""

from datetime import UTC, datetime
from typing import Any

from tests.github_server.records import Actor, Comment, Commit, Edit, Event, Foreign, Issue, Pull
from tests.github_server.world import World

Node = dict[str, Any]
TYPES = {
    "RENAMED_TITLE": "RenamedTitleEvent",
    "CROSS_REFERENCED": "CrossReferencedEvent",
    "LABELED": "LabeledEvent",
    "UNLABELED": "UnlabeledEvent",
    "ASSIGNED": "AssignedEvent",
    "UNASSIGNED": "UnassignedEvent",
    "CLOSED": "ClosedEvent",
    "REOPENED": "ReopenedEvent",
    "CONNECTED": "ConnectedEvent",
    "DISCONNECTED": "DisconnectedEvent",
    "TRANSFERRED": "TransferredEvent",
    "MARKED_AS_DUPLICATE": "MarkedAsDuplicateEvent",
    "COMMENT_DELETED": "CommentDeletedEvent",
}


def stamp(moment: datetime | None) -> str | None:
    """A time as GitHub writes it: whole seconds and a Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def actor(who: Actor | None) -> Node | None:
    if who is None:
        return None
    return {"__typename": who.typename, "login": who.login, "id": f"U_kw{who.login}"}


def repository(world: World) -> Node:
    owner, _, name = world.repository.partition("/")
    return {
        "__typename": "Repository",
        "id": f"R_kw{world.key}",
        "databaseId": world.database_id,
        "name": name,
        "owner": {"__typename": "Organization", "login": owner, "id": f"O_kw{owner}"},
        "nameWithOwner": world.repository,
        "url": world.url,
        "createdAt": stamp(world.created_at),
        "updatedAt": stamp(world.now),
        "_world": world,
    }


def issue(world: World, record: Issue) -> Node:
    return {
        "__typename": "Issue",
        "id": record.id,
        "databaseId": record.serial,
        "fullDatabaseId": str(record.serial),
        "number": record.number,
        "title": record.title,
        "body": record.text.now,
        "url": f"{world.url}/issues/{record.number}",
        "state": record.state,
        "closed": record.state == "CLOSED",
        "stateReason": record.state_reason,
        "createdAt": stamp(record.at),
        "updatedAt": stamp(record.updated_at),
        "closedAt": stamp(record.closed_at),
        "lastEditedAt": stamp(record.text.last_edited_at),
        "author": actor(record.by),
        "locked": False,
        "_world": world,
        "_record": record,
    }


def comment(world: World, holder: Issue, record: Comment) -> Node:
    return {
        "__typename": "IssueComment",
        "id": record.id,
        "databaseId": record.serial,
        "fullDatabaseId": str(record.serial),
        "url": f"{world.url}/issues/{holder.number}#issuecomment-{record.serial}",
        "body": record.text.now,
        "createdAt": stamp(record.at),
        "updatedAt": stamp(record.updated_at),
        "lastEditedAt": stamp(record.text.last_edited_at),
        "isMinimized": record.minimized is not None,
        "minimizedReason": record.minimized,
        "authorAssociation": record.association,
        "author": actor(record.by),
        "_world": world,
        "_record": record,
        "_issue": holder,
    }


def edit(record: Edit) -> Node:
    moment = stamp(record.at)
    return {
        "__typename": "UserContentEdit",
        "id": record.id,
        "createdAt": moment,
        "editedAt": moment,
        "updatedAt": moment,
        "deletedAt": None,
        "deletedBy": None,
        "diff": record.text,
        "editor": actor(record.by),
    }


def commit(record: Commit) -> Node:
    return {
        "__typename": "Commit",
        "id": f"C_kw{record.oid}",
        "oid": record.oid,
        "committedDate": stamp(record.at),
        "_record": record,
    }


def bare_commit(oid: str) -> Node:
    return {"__typename": "Commit", "id": f"C_kw{oid}", "oid": oid}


def pull(world: World, record: Pull) -> Node:
    merged = record.state == "MERGED"
    return {
        "__typename": "PullRequest",
        "id": record.id,
        "databaseId": record.serial,
        "fullDatabaseId": str(record.serial),
        "number": record.number,
        "title": record.title,
        "body": record.body,
        "url": f"{world.url}/pull/{record.number}",
        "state": record.state,
        "closed": record.ended_at is not None,
        "merged": merged,
        "mergedAt": stamp(record.ended_at) if merged else None,
        "createdAt": stamp(record.at),
        "updatedAt": stamp(record.updated_at),
        "closedAt": stamp(record.ended_at),
        "baseRefName": record.base_ref,
        "baseRefOid": record.base_oid,
        "headRefName": record.head_ref,
        "headRefOid": record.head_oid,
        "author": actor(record.by),
        "changedFiles": record.changed_files,
        "additions": record.additions,
        "deletions": record.deletions,
        "mergeCommit": commit(record.merge) if record.merge else None,
        "repository": repository(world),
        "_world": world,
        "_record": record,
    }


def event(world: World, holder: Issue, record: Event) -> Node:
    node: Node = {
        "__typename": TYPES[record.kind],
        "id": record.id,
        "createdAt": stamp(record.at),
        "actor": actor(record.by),
    }
    extra = _EXTRAS.get(record.kind)
    return node if extra is None else node | extra(world, holder, record.data)


def _renamed(world: World, holder: Issue, data: Node) -> Node:
    return {"previousTitle": data["previous"], "currentTitle": data["current"]}


def _labeled(world: World, holder: Issue, data: Node) -> Node:
    return {"label": {"__typename": "Label", "name": data["label"]}}


def _assigned(world: World, holder: Issue, data: Node) -> Node:
    return {"assignee": actor(data["assignee"])}


def _closed(world: World, holder: Issue, data: Node) -> Node:
    closer: Node | None = None
    if data["closer"] == "commit":
        oid = f"{holder.serial:040x}"
        closer = bare_commit(oid) | {"url": f"{world.url}/commit/{oid}"}
    elif data["closer"] is not None:
        closer = pull(world, world.pulls[data["closer"]])
    return {"closer": closer, "stateReason": data["reason"]}


def _referenced(world: World, holder: Issue, data: Node) -> Node:
    return {
        "isCrossRepository": isinstance(data["source"], Foreign),
        "willCloseTarget": False,
        "source": _source(world, data["source"]),
        "target": issue(world, holder),
    }


def _connected(world: World, holder: Issue, data: Node) -> Node:
    return {
        "isCrossRepository": isinstance(data["subject"], Foreign),
        "source": issue(world, holder),
        "subject": _source(world, data["subject"]),
    }


def _source(world: World, source: "int | Foreign") -> Node:
    if not isinstance(source, Foreign):
        return pull(world, world.pulls[source])
    kind, path = ("Issue", "issues") if source.is_issue else ("PullRequest", "pull")
    base = f"https://github.com/{source.repository}"
    return {
        "__typename": kind,
        "id": f"X_kw{source.repository}{source.number}",
        "number": source.number,
        "url": f"{base}/{path}/{source.number}",
        "merged": source.merged,
        "repository": {"__typename": "Repository", "nameWithOwner": source.repository, "url": base},
    }


def _transferred(world: World, holder: Issue, data: Node) -> Node:
    name = data["from_repository"]
    return {
        "fromRepository": {"__typename": "Repository", "nameWithOwner": name},
        "issue": issue(world, holder),
    }


def _duplicate(world: World, holder: Issue, data: Node) -> Node:
    canonical = world.issues.get(data["canonical"])  # None once it is deleted or transferred
    return {
        "isCrossRepository": False,
        "canonical": issue(world, canonical) if canonical else None,
        "duplicate": issue(world, holder),
    }


def _comment_deleted(world: World, holder: Issue, data: Node) -> Node:
    return {"deletedCommentAuthor": actor(data["author"])}


_EXTRAS = {
    "RENAMED_TITLE": _renamed,
    "CROSS_REFERENCED": _referenced,
    "LABELED": _labeled,
    "UNLABELED": _labeled,
    "ASSIGNED": _assigned,
    "UNASSIGNED": _assigned,
    "CLOSED": _closed,
    "CONNECTED": _connected,
    "DISCONNECTED": _connected,
    "TRANSFERRED": _transferred,
    "MARKED_AS_DUPLICATE": _duplicate,
    "COMMENT_DELETED": _comment_deleted,
}
