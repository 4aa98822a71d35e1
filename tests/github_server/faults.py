"""What can go wrong with a call, to be scripted by its index."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.github_server.exchange import (
    Reply,
    Request,
    errors_reply,
    json_reply,
    message_reply,
    rate_limited,
    unavailable,
)
from tests.github_server.world import World

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`before` runs ahead of the answer, `after` once it is sent; `instead` answers without
    executing anything, `alter` changes what was answered; `skew` seconds go onto the clock."""

    name: str
    instead: Callable[[Request], Reply] | None = None
    alter: Callable[[Reply], Reply] | None = None
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None
    skew: float = 0


Faults = dict[int, Fault] | Callable[[int, Request], Fault | None]


def http(status: int) -> Fault:
    """500, 502, 503, 504: nothing was executed."""
    return Fault(f"http {status}", instead=lambda _: unavailable(status))


def secondary(status: int = 403, retry_after: int | None = None) -> Fault:
    """A secondary limit (403 or 429); only with `retry_after` does it say for how long."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(f"secondary {status}", instead=lambda _: message_reply(status, SECONDARY, headers))


def exhausted(*, forbidden: bool = False) -> Fault:
    """The token's points are gone until its reset; `forbidden` says it by a 403 for GraphQL too."""

    def answer(request: Request) -> Reply:
        if request.budget is not None:
            request.budget.exhaust(request.now)
        if forbidden:
            return message_reply(403, "API rate limit exceeded for user ID 7.")
        return rate_limited(request)

    return Fault("exhausted", instead=answer)


def limited() -> Fault:
    """HTTP 200 with RATE_LIMITED, whatever the headers say is left."""
    return Fault("rate limited", instead=rate_limited)


def went_wrong() -> Fault:
    """HTTP 200, no data, an apology."""
    message = (
        "Something went wrong while executing your query. Please include `ABCD:1234` when "
        "reporting this issue."
    )
    return Fault(
        "went wrong",
        instead=lambda _: json_reply(200, {"data": None, "errors": [{"message": message}]}),
    )


def timed_out() -> Fault:
    """HTTP 200, no data: the query took longer than ten seconds."""
    message = (
        "Something went wrong while executing your query. This may be the result of a timeout, or "
        "it could be a GitHub bug."
    )
    return Fault(
        "timed out",
        instead=lambda _: json_reply(200, {"data": None, "errors": [{"message": message}]}),
    )


def partial(every: int = 2, *, whole: bool = False) -> Fault:
    """HTTP 200 where every n-th node of a list has lost its connections: RESOURCE_LIMITS_EXCEEDED.

    A connection that is lost is null, with an error at its path. Where the schema forbids null, as
    for an issue's comments, null climbs to the node itself: that is `whole`.
    """

    def cut(content: Any) -> list[list[str | int]]:
        lost: list[list[str | int]] = []
        for path, node in list(_listed_nodes(content.get("data"), [])):
            place = path[-1]
            if isinstance(place, int) and place % every == 0:
                names = [n for n, v in node.items() if isinstance(v, dict) and "nodes" in v]
                lost.extend([*path, name] for name in names)
                if whole and names:
                    _replace(content["data"], path, None)
                node.update(dict.fromkeys(names))
        return lost

    return Fault("partial", alter=_losing(cut))


def _losing(cut: Callable[[Any], list[list[str | int]]]) -> Callable[[Reply], Reply]:
    def alter(reply: Reply) -> Reply:
        content = json.loads(reply.body)
        errors = content.setdefault("errors", [])
        for path in cut(content):
            message = "Resource limits for this query exceeded."
            errors.append({"type": "RESOURCE_LIMITS_EXCEEDED", "path": path, "message": message})
        if not errors:
            del content["errors"]
        return json_reply(reply.status, content, reply.headers, reply.points)

    return alter


def _listed_nodes(content: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], Any]]:
    """Objects in the outermost lists of nodes."""
    if not isinstance(content, dict):
        return
    for name, value in content.items():
        if name == "nodes" and isinstance(value, list):
            for place, node in enumerate(value):
                if isinstance(node, dict):
                    yield [*path, name, place], node
        else:
            yield from _listed_nodes(value, [*path, name])


def _replace(content: Any, path: list[str | int], value: Any) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


def node_lost(place: int = 0) -> Fault:
    """HTTP 200 where one node of the outermost list is null, with an error of type NOT_FOUND."""

    def alter(reply: Reply) -> Reply:
        content = json.loads(reply.body)
        for path, _ in list(_listed_nodes(content.get("data"), [])):
            if path[-1] == place:
                _replace(content["data"], path, None)
                message = "Could not resolve to a node."
                content.setdefault("errors", []).append(
                    {"type": "NOT_FOUND", "path": path, "message": message}
                )
                break
        return json_reply(reply.status, content, reply.headers, reply.points)

    return Fault("node lost", alter=alter)


def truncated(share: float = 0.5) -> Fault:
    """The whole length is promised, a part is sent, the connection is closed."""

    def alter(reply: Reply) -> Reply:
        reply.sent = int(len(reply.body) * share)
        return reply

    return Fault("truncated", alter=alter)


def cut_json(share: float = 0.5) -> Fault:
    """A complete HTTP answer whose JSON ends in the middle."""

    def alter(reply: Reply) -> Reply:
        reply.body = reply.body[: int(len(reply.body) * share)]
        return reply

    return Fault("cut JSON", alter=alter)


def html() -> Fault:
    """HTTP 200 with a page for people."""
    return Fault("html", instead=lambda _: unavailable(200))


def empty() -> Fault:
    """HTTP 200 with nothing in it."""
    return Fault("empty", instead=lambda _: Reply(200, b""))


def reset() -> Fault:
    """The connection is reset before anything is answered."""
    return Fault("reset", instead=lambda _: Reply(0, b"", reset=True))


def reset_after_executing() -> Fault:
    """The same once the points are charged."""

    def alter(reply: Reply) -> Reply:
        reply.reset = True
        return reply

    return Fault("reset late", alter=alter)


def slow(seconds: float) -> Fault:
    return Fault("slow", before=lambda: time.sleep(seconds))


def redirect(to: str | None = None, status: int = 307) -> Fault:
    """To `to` (a whole URL), or to another path of this server, which answers."""

    def answer(request: Request) -> Reply:
        return message_reply(
            status, "Moved", {"Location": to or f"{request.base_url}/moved{request.path}"}
        )

    return Fault(f"redirect {status}", instead=answer)


def bad_credentials() -> Fault:
    return Fault("bad credentials", instead=lambda _: message_reply(401, "Bad credentials"))


def refused(kind: str, message: str) -> Fault:
    """HTTP 200 with one error of any type and no data."""
    return Fault(kind, instead=lambda _: errors_reply(kind, message))


def skewed(seconds: float) -> Fault:
    """The server's clock is off for this answer: in Date and in the resets it tells."""
    return Fault("skewed", skew=seconds)


def calling(
    before: Callable[[], object] | None = None, after: Callable[[], object] | None = None
) -> Fault:
    """Any action beside a right answer; `after` it is sent, for example killing a process."""
    return Fault("calling", before=before, after=after)


def mutate(world: World, n: int, seed: int = 0, *, after: bool = False) -> Fault:
    """`n` issues are changed before (or after) the answer, as if others worked meanwhile."""

    def change() -> None:
        world.update_random(n, Random(seed))

    return Fault("mutate", after=change) if after else Fault("mutate", before=change)
