"""How the fields of GitHub's schema are found in worlds; the connections above all."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLSchema

from tests.github_server import nodes, roots
from tests.github_server.connections import Listing, Node, Paging
from tests.github_server.context import Info, missing, moment
from tests.github_server.records import Issue, Pull
from tests.github_server.world import World

Resolver = Callable[..., Any]


def _moment_key(record: Any) -> tuple[int, int]:
    return int(record.at.timestamp()), record.serial


def _newest_first_key(record: Any) -> tuple[int, int]:
    return -int(record.at.timestamp()), -record.serial


# A repository's issues and pull requests.


def _one(kind: str, pools: tuple[str, ...]) -> Resolver:
    def resolve(source: Node, _info: Info, number: int) -> Node:
        world: World = source["_world"]
        if "issues" in pools and number in world.issues:
            return nodes.issue(world, world.issues[number])
        if "pulls" in pools and number in world.pulls:
            return nodes.pull(world, world.pulls[number])
        raise missing(f"{kind} with the number of {number}")

    return resolve


def _sort_key(order: Mapping[str, str] | None) -> Callable[[Any], tuple[int, int]]:
    """GitHub orders by creation, ascending, unless told; equal times by id."""
    name = (order or {}).get("field", "CREATED_AT")
    sign = -1 if (order or {}).get("direction") == "DESC" else 1

    def key(record: Any) -> tuple[int, int]:
        if name == "COMMENTS":
            return sign * len(record.comments), sign * record.serial
        time = record.updated_at if name == "UPDATED_AT" else record.at
        return sign * int(time.timestamp()), sign * record.serial

    return key


def _issues(source: Node, info: Info, **args: Any) -> Node:
    world: World = source["_world"]
    by: Mapping[str, Any] = args.get("filterBy") or {}
    states = {*(args.get("states") or ()), *(by.get("states") or ())}
    since = moment(by.get("since"))
    some, every = set(args.get("labels") or ()), set(by.get("labels") or ())
    key = _sort_key(args.get("orderBy"))
    found = [
        issue
        for issue in world.issues.values()
        if (since is None or issue.updated_at >= since)
        and (not states or issue.state in states)
        and (not some or some & set(issue.labels))
        and every <= set(issue.labels)
    ]
    return _ordered(found, key, info, args, functools.partial(nodes.issue, world))


def _pull_requests(source: Node, info: Info, **args: Any) -> Node:
    world: World = source["_world"]
    states = args.get("states")
    found = [pull for pull in world.pulls.values() if not states or pull.state in states]
    key = _sort_key(args.get("orderBy"))
    return _ordered(found, key, info, args, functools.partial(nodes.pull, world))


def _ordered(
    found: list[Any],
    key: Callable[[Any], tuple[int, int]],
    info: Info,
    args: Node,
    render: Callable[[Any], Node],
) -> Node:
    found.sort(key=key)
    paging: Paging = info.context.paging
    return paging.connection(Listing(found, key, render), args)


# What hangs on an issue, a comment, a pull request, a commit.


def _timeline(source: Node, info: Info, **args: Any) -> Node:
    world, issue = source["_world"], source["_record"]
    kinds = {kind.removesuffix("_EVENT") for kind in args.get("itemTypes") or ()}
    since = moment(args.get("since"))
    found = [
        event
        for event in issue.events
        if (not kinds or event.kind in kinds) and (since is None or event.at >= since)
    ]
    listing = Listing(found, _moment_key, functools.partial(nodes.event, world, issue))
    total = len(issue.events)
    page: Node = info.context.paging.connection(listing, args, total=total)
    return page | {"filteredCount": len(found), "updatedAt": nodes.stamp(issue.updated_at)}


def _comments(source: Node, info: Info, **args: Any) -> Node:
    world, issue = source["_world"], source["_record"]
    render = functools.partial(nodes.comment, world, issue)
    page: Node = info.context.paging.connection(Listing(issue.comments, _moment_key, render), args)
    return page


def _edits(source: Node, info: Info, **args: Any) -> Node:
    versions = source["_record"].text.versions[::-1]
    page: Node = info.context.paging.connection(
        Listing(versions, _newest_first_key, nodes.edit), args
    )
    return page


def _plain(values: list[Any], info: Info, args: Node, render: Any) -> Node:
    """Values in the order in which they stand."""
    listing = Listing(
        list(enumerate(values)), lambda pair: (pair[0],), lambda pair: render(pair[1])
    )
    page: Node = info.context.paging.connection(listing, args)
    return page


def _labels(source: Node, info: Info, **args: Any) -> Node:
    record = source["_record"]
    names = record.labels if isinstance(record, Issue) else []
    return _plain(names, info, args, lambda name: {"__typename": "Label", "name": name})


def _assignees(source: Node, info: Info, **args: Any) -> Node:
    return _plain(source["_record"].assignees, info, args, nodes.actor)


def _closing(source: Node, info: Info, **args: Any) -> Node:
    world, pull = source["_world"], source["_record"]
    assert isinstance(pull, Pull)
    there = [world.issues[number] for number in pull.closes if number in world.issues]
    return _plain(there, info, args, functools.partial(nodes.issue, world))


def _parents(source: Node, info: Info, **args: Any) -> Node:
    record = source.get("_record")
    return _plain(list(record.parents) if record else [], info, args, nodes.bare_commit)


def _of_issue(source: Node, _info: Info, **_args: Any) -> Node:
    return nodes.issue(source["_world"], source["_issue"])


def _own_repository(source: Node, info: Info, **_args: Any) -> Any:
    found = source.get("repository")
    return found if found is not None else nodes.repository(source["_world"])


RESOLVERS: dict[tuple[str, str], Resolver] = {
    ("Query", "repository"): roots.repository,
    ("Query", "node"): roots.node,
    ("Query", "nodes"): roots.nodes,
    ("Query", "rateLimit"): roots.rate_limit,
    ("Query", "viewer"): roots.viewer,
    ("Query", "search"): roots.search,
    ("Repository", "issue"): _one("an Issue", ("issues",)),
    ("Repository", "pullRequest"): _one("a PullRequest", ("pulls",)),
    ("Repository", "issueOrPullRequest"): _one("an issue or pull request", ("issues", "pulls")),
    ("Repository", "issues"): _issues,
    ("Repository", "pullRequests"): _pull_requests,
    ("Issue", "timelineItems"): _timeline,
    ("Issue", "comments"): _comments,
    ("Issue", "userContentEdits"): _edits,
    ("Issue", "labels"): _labels,
    ("Issue", "assignees"): _assignees,
    ("Issue", "repository"): _own_repository,
    ("IssueComment", "userContentEdits"): _edits,
    ("IssueComment", "issue"): _of_issue,
    ("IssueComment", "repository"): _own_repository,
    ("PullRequest", "closingIssuesReferences"): _closing,
    ("PullRequest", "labels"): _labels,
    ("PullRequest", "repository"): _own_repository,
    ("Commit", "parents"): _parents,
}


def bind(schema: GraphQLSchema) -> None:
    """Hang the resolvers onto the schema; doing it again changes nothing."""
    for (kind, name), resolver in RESOLVERS.items():
        schema.type_map[kind].fields[name].resolve = resolver  # type: ignore[attr-defined]
