"""The root fields: a repository by its names, nodes by id, a search, the rate limit."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError

from tests.github_server import nodes as rendering
from tests.github_server.connections import Listing, Node, Paging
from tests.github_server.context import Context, Info, missing
from tests.github_server.searching import CAP, search_issues
from tests.github_server.world import World


def repository(_source: Any, info: Info, **args: Any) -> Node:
    name = f"{args['owner']}/{args['name']}"
    for world in info.context.worlds:
        if world.answers_to(name):
            if args.get("followRenames") is False and world.repository.lower() != name.lower():
                break
            return rendering.repository(world)
    raise missing(f"a Repository with the name '{name}'")


def _by_id(context: Context, identity: str) -> Node | None:
    for world in context.worlds:
        key = ("ids", world.key)
        if key not in context.known:
            context.known[key] = _index(world)
        render: Callable[[], Node] | None = context.known[key].get(identity)
        if render is not None:
            return render()
    return None


def _index(world: World) -> dict[str, Callable[[], Node]]:
    """Everything with a global id, to be rendered when asked for."""
    index: dict[str, Callable[[], Node]] = {
        f"R_kw{world.key}": functools.partial(rendering.repository, world)
    }
    for issue in world.issues.values():
        index[issue.id] = functools.partial(rendering.issue, world, issue)
        for comment in issue.comments:
            index[comment.id] = functools.partial(rendering.comment, world, issue, comment)
    for pull in world.pulls.values():
        index[pull.id] = functools.partial(rendering.pull, world, pull)
    return index


def node(_source: Any, info: Info, id: str) -> Node:
    found = _by_id(info.context, id)
    if found is None:
        raise missing(f"a node with the global id of '{id}'")
    return found


def nodes(_source: Any, info: Info, ids: list[str]) -> list[Any]:
    """A missing one is null in its place, with an error of its own."""
    found = [_by_id(info.context, identity) for identity in ids]
    return [
        missing(f"a node with the global id of '{identity}'") if node is None else node
        for identity, node in zip(ids, found, strict=True)
    ]


def rate_limit(_source: Any, info: Info, **_args: Any) -> Mapping[str, Any]:
    return info.context.rate_limit


def viewer(_source: Any, _info: Info) -> Node:
    return {"__typename": "User", "login": "reader-of-all", "id": "U_kwreader"}


def search(_source: Any, info: Info, **args: Any) -> Node:
    if args["type"] != "ISSUE":
        raise GraphQLError("This server searches for issues only.")
    world, found = search_issues(info.context.worlds, args["query"])
    places = {issue.serial: place for place, issue in enumerate(found)}
    paging = Paging("offset", info.context.paging.max_page)
    listing = Listing(
        found[:CAP],
        lambda issue: (places[issue.serial],),
        lambda issue: rendering.issue(world, issue) if world else {},
    )
    return paging.connection(listing, args) | {"issueCount": len(found)}
