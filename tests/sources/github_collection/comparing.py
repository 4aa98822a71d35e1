"""What is collected and staged, beside what the world holds."""

import json
from datetime import datetime
from typing import Any

from tasks.sources.github.parse import parse_documents
from tasks.staging import replace_issues
from tasks.warehouse import Row, Warehouse
from tasks.warehouse.documents import newest_documents
from tests.github_server.records import BOT_LOGINS, Foreign
from tests.github_server.truth import expected_documents, truth
from tests.github_server.world import World

Documents = dict[tuple[str, str], Any]


def stored_documents(warehouse: Warehouse, name: str, world: World) -> Documents:
    """Newest payloads, but for what the world has no more and what is said about that.

    `name` is what the repository was called when its collection began.
    """
    known = _expected(name, world).keys()
    lost = {f"{name}#{n}" for n in [*world.deleted, *world.transferred]}
    found: Documents = {}
    for document in newest_documents(warehouse, "github"):
        key = (document.kind, document.external_id)
        of_the_past = document.external_id in lost or document.kind == "github.comment_edits"
        if document.kind != "github.gone" and (key in known or not of_the_past):
            found[key] = _under(name, world, document.payload)
    return found


def world_documents(name: str, world: World) -> Documents:
    return {key: _under(name, world, value) for key, value in _expected(name, world).items()}


def _expected(name: str, world: World) -> Documents:
    found = expected_documents(world)
    return {(k, i.replace(f"{world.repository}#", f"{name}#")): v for (k, i), v in found.items()}


def _under(name: str, world: World, payload: Any) -> Any:
    """Addresses under one name: they tell when a document was fetched, and nothing else."""
    text = json.dumps(payload)
    for other in [world.repository, *world.former_names]:
        text = text.replace(f"{other}/", f"{name}/").replace(f'"{other}"', f'"{name}"')
    return json.loads(text)


def staged(warehouse: Warehouse) -> dict[str, Any]:
    """Issues, renames, comments with versions, and links, from real tables; not what is gone."""
    market = parse_documents(newest_documents(warehouse, "github"))
    assert market.malformed == ()
    with warehouse.write("core") as session:
        replace_issues(session, market.issues, market.pulls)
    with warehouse.read("core") as session:
        issues = session.rows("SELECT * FROM staging.issues WHERE gone IS NULL")
        events = session.rows(
            "SELECT * FROM staging.issue_events SEMI JOIN "
            "(SELECT issue FROM staging.issues WHERE gone IS NULL) USING (issue) "
            "WHERE event_type NOT IN ('title_at_creation', 'edit_deleted')"
        )
        comments = session.rows(
            "SELECT * FROM staging.comments SEMI JOIN "
            "(SELECT issue FROM staging.issues WHERE gone IS NULL) USING (issue)"
        )
        pulls = session.rows("SELECT * FROM staging.pulls")
    return {
        "issues": {
            row["number"]: (row["title"], row["body"], row["author"], row["state"], row["labels"])
            for row in issues
        },
        "renames": sorted(
            (_item(e), _iso(e["occurred_at"]), e["detail"], e["actor"] or "")
            for e in events
            if e["event_type"] == "title_rename"
        ),
        "timeline": sorted((_item(e), _iso(e["occurred_at"])) for e in events),
        "comments": sorted(
            (c["comment_id"], _iso(c["version_since"]), c["body"], c["author"] or "")
            for c in comments
        ),
        "merged links": sorted(
            (_item(e), int(e["detail"].removesuffix(" merged").rpartition("#")[2]))
            for e in events
            if e["event_type"] == "cross_referenced" and e["detail"].endswith(" merged")
        ),
        "closing links": sorted(
            (row["number"], sorted(int(name.rpartition("#")[2]) for name in row["closes"]))
            for row in pulls
        ),
    }


def world_staged(world: World) -> dict[str, Any]:
    """The same from the records of the world."""
    told = truth(world)
    issues = told["issues"].values()
    return {
        "issues": {
            i["number"]: (i["title"], i["body"], _spelled(i["author"]), i["state"], i["labels"])
            for i in issues
        },
        "renames": sorted(
            (identity, at, current, _spelled(by) or "")
            for i in issues
            for identity, _, current, at, by in i["renames"]
        ),
        "timeline": sorted((identity, at) for i in issues for identity, _, at in i["timeline"]),
        "comments": sorted(
            (serial, since, text, _spelled(comment["author"]) or "")
            for i in issues
            for serial, comment in i["comments"].items()
            for since, text in _versions(comment)
        ),
        "merged links": sorted(
            (event.id, number)
            for issue in world.issues.values()
            for event in issue.events
            for number in _merged(world, event.data.get("source"))
            if event.kind == "CROSS_REFERENCED"
        ),
        "closing links": sorted(
            (number, sorted(int(link["number"]) for link in _closing(pull)))
            for number, pull in told["pulls"].items()
        ),
    }


def gone(warehouse: Warehouse) -> dict[int, str]:
    """What is said of issues that were landed and cannot be read any more."""
    market = parse_documents(newest_documents(warehouse, "github"))
    return {issue.number: issue.gone for issue in market.issues if issue.gone is not None}


def _versions(comment: dict[str, Any]) -> list[tuple[str, str]]:
    """One for each second: of several edits within one, the last text or (earlier) the greatest.

    GitHub gives no order within a second but for the body, which is the newest text.
    """
    if not comment["versions"]:
        return [(comment["createdAt"], comment["body"])]
    found = dict(sorted((at, text) for at, _, text in comment["versions"]))
    found[comment["versions"][-1][0]] = comment["body"]
    return sorted(found.items())


def _merged(world: World, source: int | Foreign | None) -> list[int]:
    if isinstance(source, Foreign):
        return [source.number] if source.merged and not source.is_issue else []
    return [source] if source is not None and world.pulls[source].state == "MERGED" else []


def _closing(pull: dict[str, Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = pull["closingIssuesReferences"]["nodes"]
    return nodes


def _item(event: Row) -> str:
    """The id of an item of a timeline."""
    return str(event["document_id"]).rpartition("/")[2]


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _spelled(login: str | None) -> str | None:
    """An app's name as it is staged; the world has it as GraphQL does."""
    return f"{login}[bot]" if login in BOT_LOGINS else login
