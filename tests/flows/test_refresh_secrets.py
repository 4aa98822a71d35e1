"""Whatever goes wrong with a refresh: its token is nowhere but in the requests' headers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.flows.command import Finished, Paydag
from tests.flows.loopback import OTHER_TOKEN, TOKEN, add_dataset, leading_to
from tests.flows.tables import query
from tests.github_server import faults
from tests.github_server.exchange import Reply, Request, json_reply, message_reply
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.world import World

pytestmark = pytest.mark.prefect

TABLES: Final = (
    "SELECT table_catalog || '.' || table_schema || '.' || table_name "
    "FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_catalog IN "
    "('raw', 'core', 'eval')"
)


def said_back(request: Request) -> str:
    """What a careless proxy or a debugging server repeats of a request."""
    return f"you sent: Authorization: Bearer {request.token}"


def repeating(status: int) -> Fault:
    return Fault(f"echo {status}", instead=lambda r: message_reply(status, said_back(r)))


def repeating_page(status: int) -> Fault:
    def answer(request: Request) -> Reply:
        return Reply(status, f"<html>{said_back(request)}</html>".encode())

    return Fault(f"echo page {status}", instead=answer)


def repeating_errors(*, with_data: bool) -> Fault:
    """HTTP 200 whose errors repeat the header; a node that is missing is no failure."""

    def alter(reply: Reply, message: str) -> Reply:
        content = json.loads(reply.body)
        error = {"type": "NOT_FOUND", "path": ["repository", "nothing"], "message": message}
        return json_reply(200, content | {"errors": [error]}, points=reply.points)

    def refuse(request: Request) -> Reply:
        return json_reply(200, {"data": None, "errors": [{"message": said_back(request)}]})

    if not with_data:
        return Fault("echo error", instead=refuse)
    message = f"you sent: Authorization: Bearer {TOKEN}"
    return Fault("echo missing", alter=lambda reply: alter(reply, message))


def repeating_redirect() -> Fault:
    def answer(request: Request) -> Reply:
        there = f"http://elsewhere.invalid/{request.token}/graphql?token={request.token}"
        return message_reply(307, said_back(request), {"Location": there})

    return Fault("echo redirect", instead=answer)


# Survived, one after the other; each is tried again.
PASSING: Final = (
    faults.truncated(),
    repeating_errors(with_data=True),
    faults.reset(),
    repeating(500),
    faults.cut_json(),
    repeating_page(200),
    faults.http(502),
    repeating_page(502),
)
# Each ends a refresh, with this exit code.
ENDING: Final = (
    (faults.bad_credentials(), 2),
    (repeating(401), 2),
    (repeating(403), 2),
    (repeating(400), 1),
    (repeating_errors(with_data=False), 1),
    (repeating_redirect(), 2),
)


class Scripted:
    """A fault every other call, so that each is followed by an answer."""

    def __init__(self, *script: Fault) -> None:
        self.left = list(script)

    def __call__(self, index: int, request: Request) -> Fault | None:
        return self.left.pop(0) if self.left and index % 2 else None


@pytest.fixture
def home(lone_paydag: Paydag, tmp_path: Path) -> Iterator[Path]:
    """A home with a Prefect server of its own, whose database is searched as well."""
    folder = tmp_path / "home"
    yield folder
    lone_paydag("down", home=folder)


def files_with(folder: Path, text: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(f.relative_to(folder)) for f in files if text.encode() in f.read_bytes())


def tables_with(home: Path, text: str) -> list[str]:
    """Tables that hold a text; the files themselves are compressed."""
    tables = [name for (name,) in query(home, TABLES)]
    hits = [
        (
            table,
            query(home, f"SELECT count(*) FROM {table} t WHERE contains(t::VARCHAR, $x)", x=text),
        )
        for table in tables
    ]
    return sorted(table for table, ((count,),) in hits if count)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_token_is_in_nothing_that_a_refresh_full_of_errors_writes(
    lone_paydag: Paydag, home: Path, tmp_path: Path
) -> None:
    world, finished = World.small(70, issues=12), list[Finished]()
    datasets, secrets = add_dataset(tmp_path), {TOKEN: 5_000, OTHER_TOKEN: 5_000}
    script = Scripted(*PASSING)
    archive = tmp_path / "archive"

    def refresh(server: GithubServer) -> Finished:
        finished.append(
            lone_paydag(
                *("refresh", "quill", "--debug", "--archive", archive),
                home=home,
                PAYDAG_DATASETS=datasets,
                **leading_to(server, TOKEN, OTHER_TOKEN),
            )
        )
        return finished[-1]

    for fault, code in ENDING:
        ending: Callable[..., Fault] = lambda *_, fault=fault: fault  # noqa: E731
        with GithubServer(world, max_page=3, tokens=secrets, faults=ending) as server:
            assert refresh(server).code == code, fault.name
    with GithubServer(world, max_page=3, tokens=secrets, faults=script) as server:
        assert refresh(server).code == 0
    assert script.left == []

    # What is searched is where the rest of the run is found.
    assert [table for table in tables_with(home, "quill-works/ledger") if "raw" in table] == [
        "raw.main.documents",
        "raw.main.fetches",
    ]
    assert [name for name in files_with(home, "quill") if name.startswith("prefect/")]
    assert files_with(home, "you sent") != [] or tables_with(home, "you sent") != []
    for token in (TOKEN, OTHER_TOKEN):
        assert tables_with(home, token) == []
        assert files_with(tmp_path, token) == []
        for each in finished:
            assert token not in each.out + each.err
