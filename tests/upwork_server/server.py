"""The loopback server: accepts what it issued, answers from its jobs, fails where it is told to."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from graphql import GraphQLError, execute_sync, parse, validate

from tests.github_server.exchange import Reply, json_reply
from tests.github_server.listening import Listener
from tests.upwork_server.jobs import Job, Json
from tests.upwork_server.schema import upwork_schema

TOKEN = "oauth2v2_firstAccessTokenOfTheTests"
REFRESH = "oauth2v2_refreshTokenOfTheTests"
CLIENT, SECRET = "client-of-the-tests", "secret-of-the-tests"


@dataclass(frozen=True)
class Sent:
    """A request that came in; `form` is that of the token endpoint."""

    path: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class UpworkServer:
    """`missing` and `private` are ids that the API gives errors for, `nulls` those it says nothing
    about. `script` holds replies that are given, in order, before anything else is looked at.
    """

    jobs: dict[str, Job] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    nulls: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    refresh_tokens: set[str] = field(default_factory=lambda: {REFRESH})
    rotates: bool = False
    script: deque[Reply | Callable[[Sent], Reply | None]] = field(default_factory=deque)
    sent: list[Sent] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._issued = 0
        self._listener = Listener(self._handle, self.crashes)

    @property
    def url(self) -> str:
        return self._listener.url

    @property
    def graphql_url(self) -> str:
        return f"{self.url}/graphql"

    @property
    def token_url(self) -> str:
        return f"{self.url}/api/v3/oauth2/token"

    @property
    def asked(self) -> list[Sent]:
        """What came to the GraphQL endpoint."""
        return [one for one in self.sent if one.path == "/graphql"]

    def put(self, jobs: Iterable[Job]) -> None:
        self.jobs |= {job.id: job for job in jobs}

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.stop()
        if self.crashes and error is None:
            raise self.crashes[0]

    def _handle(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[Reply, Callable[[], None]]:
        with self._lock:
            return self._reply(path, headers, body), lambda: None

    def _reply(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if path.endswith("/token"):
            form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
            self.sent.append(Sent(path, headers, form=form))
        elif path == "/graphql":
            asked = json.loads(body)
            self.sent.append(Sent(path, headers, asked["variables"], text=asked["query"]))
        else:
            return Reply(404, b"<html>no such page</html>")
        if self.script:
            step = self.script.popleft()
            given = step if isinstance(step, Reply) else step(self.sent[-1])
            if given is not None:
                return given
        sent = self.sent[-1]
        return self._graphql(sent) if path == "/graphql" else self._token(sent.form)

    def _token(self, form: Mapping[str, str]) -> Reply:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return json_reply(401, {"error": "invalid_client"})
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return json_reply(400, {"error": "invalid_grant"})
        elif form["grant_type"] != "client_credentials":
            return json_reply(400, {"error": "unsupported_grant_type"})
        self._issued += 1
        access = f"oauth2v2_issued{self._issued}"
        self.tokens.add(access)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 86_400}
        if self.rotates:
            following = f"oauth2v2_refresh{self._issued}"
            self.refresh_tokens = {following}
            answer["refresh_token"] = following
        return json_reply(200, answer)

    def _graphql(self, sent: Sent) -> Reply:
        if sent.token not in self.tokens:
            return json_reply(401, {"message": "Authentication failed"})
        document = parse(sent.text)
        errors = validate(upwork_schema(), document)
        if errors:
            said = [
                {"message": e.message, "extensions": {"classification": "ValidationError"}}
                for e in errors
            ]
            return json_reply(200, {"errors": said})
        result = execute_sync(
            upwork_schema(), document, root_value=_Root(self), variable_values=dict(sent.variables)
        )
        answer: Json = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return json_reply(200, answer)


@dataclass(frozen=True)
class _Root:
    """The fields of Query, each called with its arguments."""

    server: UpworkServer

    def marketplaceJobPosting(self, info: object, id: str) -> Json | None:  # noqa: N802
        if id in self.server.nulls:
            return None
        if id in self.server.broken:
            raise _error("Internal error in a downstream service", 500, "DataFetchingException")
        if id in self.server.private:
            raise _error("Permission view_job denied", 403, "ExecutionAborted")
        if id in self.server.missing or id not in self.server.jobs:
            raise _error("Requested job was not found", 404, "ExecutionAborted")
        return self.server.jobs[id].posting()

    def marketplaceJobPostingsContents(  # noqa: N802
        self, info: object, ids: list[str]
    ) -> list[Json]:
        return [self.server.jobs[id].contents() for id in ids if id in self.server.jobs]

    def marketplaceJobPostingsSearch(self, info: object, **given: Any) -> Json:  # noqa: N802
        wanted = given["marketPlaceJobFilter"]
        words = wanted["searchExpression_eq"].lower().split()
        found = [j for j in self.server.jobs.values() if all(w in j.title.lower() for w in words)]
        found.sort(key=lambda job: (job.published, job.id), reverse=True)
        start, count = int(wanted["pagination_eq"]["after"]), wanted["pagination_eq"]["first"]
        page = found[start : start + count]
        return {
            "totalCount": len(found),
            "edges": [{"cursor": str(start + n), "node": j.result()} for n, j in enumerate(page)],
            "pageInfo": {
                "endCursor": str(start + len(page)),
                "hasNextPage": start + len(page) < len(found),
            },
        }


def _error(message: str, status: int, classification: str) -> GraphQLError:
    return GraphQLError(
        f"{message} ({status})", extensions={"classification": classification, "status": status}
    )


def failed(message: str, classification: str = "ExecutionAborted") -> Reply:
    """An answer with HTTP 200 that holds an error and no data."""
    error = {"message": message, "extensions": {"classification": classification}}
    return json_reply(200, {"errors": [error], "data": None})
