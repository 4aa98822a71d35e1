"""The loopback server: the engine behind tokens, budgets, faults and a record of calls."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from graphql import GraphQLError, GraphQLSchema

from tests.github_server import rest
from tests.github_server.connections import CursorStyle, Paging
from tests.github_server.exchange import (
    Budget,
    Reply,
    Request,
    json_reply,
    message_reply,
    rate_limited,
    unavailable,
)
from tests.github_server.execution import Engine, plain_error
from tests.github_server.faults import Fault, Faults
from tests.github_server.listening import Listener
from tests.github_server.schema import need_schema
from tests.github_server.world import World

GRAPHQL_PATHS = frozenset({"/graphql", "/api/graphql", "/moved/graphql"})


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as the server saw it. `status` is 0 where the connection was reset."""

    index: int
    at: float
    method: str
    path: str
    token: str | None
    operation: str | None
    text: str
    variables: Mapping[str, Any]
    points: int
    status: int
    fault: str | None
    bytes: int


@dataclass
class GithubServer:
    """Serves one world, or several, on 127.0.0.1 for as long as it is entered.

    `tokens` are points an hour each, for GraphQL and for REST apart; they come back every
    `reset_seconds`. `faults` are looked up by the index of the call. `too_heavy` answers 502 for a
    query whose cost it finds excessive. With `cache_answers` an answer is executed once for a
    query, its variables and a state of the worlds; only its `rateLimit` may then be stale.
    `clock` (epoch seconds) is what budgets and the Date header go by; `skew` seconds go onto every
    time that the server tells. Without a `schema` the published one is taken, and the test is
    skipped where it cannot be had.
    """

    worlds: World | Sequence[World]
    tokens: Mapping[str, int] = field(default_factory=lambda: {"token-a": 5_000})
    max_page: int = 100
    cursor_style: CursorStyle = "keyset"
    reset_seconds: float = 3_600
    faults: Faults = field(default_factory=dict)
    too_heavy: Callable[[Request], bool] | None = None
    cache_answers: bool = False
    forbid_when_exhausted: bool = False
    skew: float = 0
    clock: Callable[[], float] = time.time
    schema: GraphQLSchema | None = None

    def __post_init__(self) -> None:
        self.worlds = (self.worlds,) if isinstance(self.worlds, World) else tuple(self.worlds)
        self.calls: list[CallRecord] = []
        self.crashes: list[BaseException] = []
        self._engine = Engine(
            self.schema or need_schema(), self.worlds, Paging(self.cursor_style, self.max_page)
        )
        self._budgets = {
            (token, resource): Budget(limit, self.reset_seconds, resource)
            for token, limit in self.tokens.items()
            for resource in ("graphql", "core")
        }
        self._answers: dict[Any, bytes] = {}
        self._lock = threading.Lock()
        self._arrived = 0
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self._listener = Listener(self.handle, self.crashes)
        self._listener.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listener is not None:
            self._listener.stop()
        if self.crashes and error is None:
            raise AssertionError(f"the server itself failed: {self.crashes!r}") from self.crashes[0]

    # Where it is and what it saw.

    @property
    def url(self) -> str:
        assert self._listener is not None, "enter the server first"
        return self._listener.url

    @property
    def graphql_url(self) -> str:
        return f"{self.url}/graphql"

    @property
    def api_url(self) -> str:
        return self.url

    @property
    def points(self) -> int:
        """All GraphQL points charged so far."""
        return sum(call.points for call in self.calls if call.method == "POST")

    @property
    def graphql_calls(self) -> list[CallRecord]:
        return [call for call in self.calls if call.method == "POST"]

    def forget(self) -> None:
        """Start the record of calls, and the indices of faults, anew."""
        with self._lock:
            self.calls.clear()
            self._arrived = 0

    def prerender(self, requests: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Execute these (text, variables) now; from here on answers are served from bytes."""
        self.cache_answers = True
        for text, variables in requests:
            budget = Budget(10**9, self.reset_seconds, "graphql")
            request = Request(-1, "POST", "/graphql", None, budget, self.clock())
            request.text, request.variables = text, variables
            self._graphql(request)

    # One call.

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[Reply, Callable[[], None]]:
        """The reply, and what is to be done once it is sent."""
        with self._lock:
            index = self._arrived
            self._arrived += 1
        request = self._request(index, method, target, headers, body)
        fault = self._fault(request)
        if fault is not None:
            request.skew += fault.skew
            if fault.before is not None:
                fault.before()
        reply = self._reply(request, fault, target)
        reply.headers = request.usual_headers() | reply.headers
        self._record(request, reply, fault)
        return reply, (fault.after if fault and fault.after else _nothing)  # type: ignore[return-value]

    def _request(
        self, index: int, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Request:
        path = urlsplit(target).path
        scheme, _, token = (headers.get("authorization") or "").partition(" ")
        known = token if scheme.lower() in ("bearer", "token") and token else None
        resource = "graphql" if method == "POST" else "core"
        budget = self._budgets.get((known or "", resource))
        request = Request(
            index, method, path, known, budget, self.clock(), self.skew, base_url=self.url
        )
        if method == "POST":
            self._read_query(request, body)
        return request

    def _read_query(self, request: Request, body: bytes) -> None:
        try:
            content = json.loads(body)
            request.text = content["query"]
            request.variables = content.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        prepared = self._engine.prepare(request.text)
        request.operation = prepared.operation
        if prepared.document is not None:
            try:
                request.cost = self._engine.cost(prepared, request.variables)
            except GraphQLError:
                return  # told when the query is answered

    def _fault(self, request: Request) -> Fault | None:
        if callable(self.faults):
            return self.faults(request.index, request)
        return self.faults.get(request.index)

    def _reply(self, request: Request, fault: Fault | None, target: str) -> Reply:
        if fault is not None and fault.instead is not None:
            return fault.instead(request)
        if request.budget is None:
            return message_reply(401, "Bad credentials")
        if request.method == "POST":
            found = request.path in GRAPHQL_PATHS
            reply = self._graphql(request) if found else message_reply(404, "Not Found")
        else:
            reply = self._rest(request, target)
        return fault.alter(reply) if fault is not None and fault.alter is not None else reply

    def _rest(self, request: Request, target: str) -> Reply:
        assert request.budget is not None
        if not request.budget.charge(1, request.now):
            return rate_limited(request)
        query = dict(parse_qsl(urlsplit(target).query))
        return rest.answer(self._engine.worlds, self.url, request.path, query)

    def _graphql(self, request: Request) -> Reply:
        if not request.text:
            return message_reply(400, "Problems parsing JSON")
        prepared = self._engine.prepare(request.text)
        if prepared.errors:
            return json_reply(200, {"errors": list(prepared.errors)})
        if request.cost is None:
            try:
                request.cost = self._engine.cost(prepared, request.variables)
            except GraphQLError as error:
                return json_reply(200, {"errors": [plain_error(error)]})
        if self.too_heavy is not None and self.too_heavy(request):
            return unavailable()
        return self._charged(request)

    def _charged(self, request: Request) -> Reply:
        assert request.budget is not None
        assert request.cost is not None
        points = request.cost.points
        if not request.budget.charge(points, request.now):
            if self.forbid_when_exhausted:
                return message_reply(403, "API rate limit exceeded for user ID 7.")
            return rate_limited(request)
        reply = json_reply(200, None, points=points)
        reply.body = self._answer(request)
        return reply

    def _answer(self, request: Request) -> bytes:
        if not self.cache_answers:
            return json.dumps(self._executed(request)).encode()
        revisions = tuple(world.revision for world in self._engine.worlds)
        key = (request.text, json.dumps(request.variables, sort_keys=True), revisions)
        if key not in self._answers:
            self._answers[key] = json.dumps(self._executed(request)).encode()
        return self._answers[key]

    def _executed(self, request: Request) -> dict[str, Any]:
        assert request.budget is not None
        assert request.cost is not None
        limits = request.budget.standing(request.now, request.skew)
        limits |= {"cost": request.cost.points, "nodeCount": request.cost.nodes}
        prepared = self._engine.prepare(request.text)
        return self._engine.execute(prepared, request.variables, limits)

    def _record(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        sent = 0 if reply.reset else len(reply.body) if reply.sent is None else reply.sent
        record = CallRecord(
            index=request.index,
            at=request.now,
            method=request.method,
            path=request.path,
            token=request.token,
            operation=request.operation,
            text=request.text,
            variables=request.variables,
            points=reply.points,
            status=0 if reply.reset else reply.status,
            fault=fault.name if fault else None,
            bytes=sent,
        )
        with self._lock:
            self.calls.append(record)


def _nothing() -> None:
    return None
