"""What a perfect collection holds: from the records alone, not by way of the server's rendering."""

from datetime import UTC, datetime
from typing import Any

from tests.github_server.records import Actor, Comment, Event, Foreign, Issue, Pull, Text
from tests.github_server.world import World

Json = dict[str, Any]


def truth(world: World) -> Json:
    """Plain sorted data: repository, issues by number, pulls by number, deleted, transferred."""
    with world.lock:
        return {
            "repository": world.repository,
            "issues": {
                number: plain_issue(world.issues[number]) for number in sorted(world.issues)
            },
            "pulls": {
                number: expected_pull(world, world.pulls[number]) for number in sorted(world.pulls)
            },
            "deleted": sorted(world.deleted),
            "transferred": dict(sorted(world.transferred.items())),
        }


def plain_issue(issue: Issue) -> Json:
    """Title, body, renames, timeline, comments with all versions; times as ISO text."""
    return {
        "number": issue.number,
        "title": issue.title,
        "body": issue.text.now,
        "state": issue.state,
        "author": _login(issue.by),
        "updatedAt": _time(issue.updated_at),
        "labels": sorted(issue.labels),
        "assignees": sorted(who.login for who in issue.assignees),
        "renames": [
            (
                event.id,
                event.data["previous"],
                event.data["current"],
                _time(event.at),
                _login(event.by),
            )
            for event in issue.events
            if event.kind == "RENAMED_TITLE"
        ],
        "timeline": [(event.id, event.kind, _time(event.at)) for event in issue.events],
        "body_versions": _versions(issue.text),
        "comments": {
            comment.serial: {
                "id": comment.id,
                "author": _login(comment.by),
                "body": comment.text.now,
                "createdAt": _time(comment.at),
                "versions": _versions(comment.text),
            }
            for comment in issue.comments
        },
    }


def _versions(text: Text) -> list[tuple[str, str | None, str]]:
    """(time, editor, whole text), oldest first; none for a text that was never edited."""
    return [(_time(edit.at), _login(edit.by), edit.text) for edit in text.versions]


def expected_documents(world: World) -> dict[tuple[str, str], Json]:
    """(kind, external id) → payload of every document that a full collection lands.

    Comment edits are there for every edited comment; a collection that only fetches some kinds of
    comments has fewer of these, never others.
    """
    with world.lock:
        name = world.repository
        found: dict[tuple[str, str], Json] = {}
        for number, issue in world.issues.items():
            found["github.issue", f"{name}#{number}"] = expected_payload(world, issue)
            for comment in issue.comments:
                if comment.text.versions:
                    found["github.comment_edits", comment.id] = expected_comment_edits(comment)
        for number, pull in world.pulls.items():
            found["github.pull", f"{name}#{number}"] = expected_pull(world, pull)
        return found


def expected_payload(world: World, issue: Issue) -> Json:
    """The payload of a github.issue document, inner connections whole."""
    return {
        "id": issue.id,
        "databaseId": issue.serial,
        "number": issue.number,
        "title": issue.title,
        "body": issue.text.now,
        "url": f"https://github.com/{world.repository}/issues/{issue.number}",
        "state": issue.state,
        "stateReason": issue.state_reason,
        "createdAt": _time(issue.at),
        "updatedAt": _time(issue.updated_at),
        "closedAt": _maybe_time(issue.closed_at),
        "lastEditedAt": _maybe_time(issue.text.last_edited_at),
        "author": _actor(issue.by),
        "assignees": {"nodes": [{"login": who.login} for who in issue.assignees]},
        "labels": {"nodes": [{"name": name} for name in issue.labels]},
        "userContentEdits": _edits(issue.text),
        "comments": {"nodes": [_comment(world, issue, each) for each in issue.comments]},
        "timelineItems": {"nodes": [_item(world, issue, each) for each in issue.events]},
    }


def expected_comment_edits(comment: Comment) -> Json:
    """The payload of a github.comment_edits document."""
    return {"id": comment.id, "userContentEdits": _edits(comment.text)}


def _comment(world: World, issue: Issue, comment: Comment) -> Json:
    base = f"https://github.com/{world.repository}/issues/{issue.number}"
    return {
        "id": comment.id,
        "databaseId": comment.serial,
        "url": f"{base}#issuecomment-{comment.serial}",
        "body": comment.text.now,
        "createdAt": _time(comment.at),
        "updatedAt": _time(comment.updated_at),
        "lastEditedAt": _maybe_time(comment.text.last_edited_at),
        "isMinimized": bool(comment.minimized),
        "minimizedReason": comment.minimized,
        "authorAssociation": comment.association,
        "author": _actor(comment.by),
    }


def _edits(text: Text) -> Json:
    """Newest first, the original text last."""
    return {
        "nodes": [
            {
                "createdAt": _time(edit.at),
                "editedAt": _time(edit.at),
                "deletedAt": None,
                "diff": edit.text,
                "editor": _actor(edit.by),
            }
            for edit in reversed(text.versions)
        ]
    }


def _item(world: World, issue: Issue, event: Event) -> Json:
    """A timeline item with the fields that its type carries."""
    words = [word.capitalize() for word in event.kind.split("_")]
    name = {"MARKED_AS_DUPLICATE": "MarkedAsDuplicate"}.get(event.kind, "".join(words))
    return {
        "__typename": f"{name}Event",
        "id": event.id,
        "createdAt": _time(event.at),
        "actor": _actor(event.by),
        **_carried(world, issue, event),
    }


def _carried(world: World, issue: Issue, event: Event) -> Json:
    data = event.data
    match event.kind:
        case "RENAMED_TITLE":
            return {"previousTitle": data["previous"], "currentTitle": data["current"]}
        case "LABELED" | "UNLABELED":
            return {"label": {"name": data["label"]}}
        case "ASSIGNED" | "UNASSIGNED":
            return {"assignee": _actor(data["assignee"])}
        case "CLOSED":
            return {"closer": _closer(world, issue, data["closer"])}
        case "CROSS_REFERENCED":
            foreign = isinstance(data["source"], Foreign)
            return {"isCrossRepository": foreign, "source": _source(world, data["source"])}
        case "CONNECTED" | "DISCONNECTED":
            subject = _source(world, data["subject"])
            return {"subject": {key: subject[key] for key in subject if key != "merged"}}
        case "TRANSFERRED":
            return {"fromRepository": {"nameWithOwner": data["from_repository"]}}
        case "MARKED_AS_DUPLICATE":
            return {"canonical": _canonical(world, data["canonical"])}
        case "COMMENT_DELETED":
            return {"deletedCommentAuthor": _actor(data["author"])}
        case _:
            return {}


def _canonical(world: World, number: int) -> Json | None:
    """Null once the issue is deleted or transferred."""
    if number not in world.issues:
        return None
    url = f"https://github.com/{world.repository}/issues/{number}"
    return {"__typename": "Issue", "number": number, "url": url}


def _closer(world: World, issue: Issue, closer: "int | str | None") -> Json | None:
    if closer is None:
        return None
    if closer == "commit":
        return {"__typename": "Commit", "oid": f"{issue.serial:040x}"}
    return _pull_named(world.repository, int(closer))


def _pull_named(repository: str, number: int) -> Json:
    return {
        "__typename": "PullRequest",
        "number": number,
        "url": f"https://github.com/{repository}/pull/{number}",
        "repository": {"nameWithOwner": repository},
    }


def _source(world: World, source: "int | Foreign") -> Json:
    if isinstance(source, Foreign):
        if source.is_issue:
            return {"__typename": "Issue"}
        repository, number, merged = source.repository, source.number, source.merged
    else:
        repository, number = world.repository, source
        merged = world.pulls[source].state == "MERGED"
    return _pull_named(repository, number) | {"merged": merged}


def expected_pull(world: World, pull: Pull) -> Json:
    """The payload of a github.pull document."""
    home = f"https://github.com/{world.repository}"
    merge = None
    if pull.merge is not None:
        merge = {
            "oid": pull.merge.oid,
            "committedDate": _time(pull.merge.at),
            "parents": {"nodes": [{"oid": oid} for oid in pull.merge.parents]},
        }
    return {
        "id": pull.id,
        "databaseId": pull.serial,
        "number": pull.number,
        "title": pull.title,
        "body": pull.body,
        "url": f"{home}/pull/{pull.number}",
        "state": pull.state,
        "merged": pull.merge is not None,
        "mergedAt": _maybe_time(pull.ended_at) if pull.merge is not None else None,
        "createdAt": _time(pull.at),
        "updatedAt": _time(pull.updated_at),
        "closedAt": _maybe_time(pull.ended_at),
        "baseRefName": pull.base_ref,
        "baseRefOid": pull.base_oid,
        "headRefName": pull.head_ref,
        "headRefOid": pull.head_oid,
        "author": _actor(pull.by),
        "changedFiles": pull.changed_files,
        "additions": pull.additions,
        "deletions": pull.deletions,
        "mergeCommit": merge,
        "closingIssuesReferences": {
            "nodes": [
                {"number": number, "url": f"{home}/issues/{number}"}
                for number in pull.closes
                if number in world.issues
            ]
        },
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _maybe_time(moment: datetime | None) -> str | None:
    return None if moment is None else _time(moment)


def _login(who: Actor | None) -> str | None:
    return None if who is None else who.login


def _actor(who: Actor | None) -> Json | None:
    return None if who is None else {"__typename": who.typename, "login": who.login}
