"""What resolvers know of the call that they serve, and how they say that something is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from tests.github_server.connections import Paging
from tests.github_server.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """What a query is executed against. `rate_limit` is the answer to that root field."""

    worlds: tuple[World, ...]
    paging: Paging
    rate_limit: Mapping[str, Any]
    known: dict[Any, Any] = field(default_factory=dict)


Info = GraphQLResolveInfo[Context]


def read_field(source: Any, info: Info, **_args: Any) -> Any:
    """A field that nothing special is said about: the node's own."""
    try:
        return source[info.field_name]
    except KeyError:
        place = f"{info.parent_type.name}.{info.field_name}"
        raise GraphQLError(
            f"This server's world has no {place}.", extensions={"type": "NOT_IN_THIS_WORLD"}
        ) from None


def missing(what: str) -> GraphQLError:
    return GraphQLError(f"Could not resolve to {what}.", extensions={"type": "NOT_FOUND"})


def moment(value: str | None) -> datetime | None:
    """A DateTime argument; the schema itself leaves open what its text is like."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError(f"{value!r} is no DateTime.") from error
    if found.tzinfo is None:
        raise GraphQLError(f"{value!r} lacks a time zone.")
    return found
