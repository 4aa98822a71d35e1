"""A loopback HTTP server that gives canned answers, and a clock that only moves by sleeping."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from pydantic import SecretStr

from tasks.domain.collecting import Access, Call
from tasks.sources.github.budget import Budget, Pace
from tasks.sources.github.client import Client

SERVER_TIME = 1_900_000_000  # far from the local clock: the client must not care
TOKEN, OTHER_TOKEN = "ghp_firstSecretOfThePool", "ghp_secondSecretOfThePool"
TEXT = "query Page { viewer { login } }"
QUICK = Pace(first_pause_s=0.001, max_pause_s=0.002, tries=3, timeout_s=2.0)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


@dataclass(frozen=True)
class Answer:
    """`fault`: "reset" drops the connection, "cut" stops in the body, "hang" never answers,
    "drip" sends the body a byte at a time and never ends it.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str | None = None
    until: asyncio.Event | None = None


def answer(
    payload: object,
    status: int = 200,
    *,
    remaining: int | None = None,
    resets_in: int = 3600,
    at: int = 0,
    until: asyncio.Event | None = None,
    **headers: str,
) -> Answer:
    """A JSON answer, dated `at` seconds after SERVER_TIME, in the window that ends `resets_in`."""
    said = {"date": formatdate(SERVER_TIME + at, usegmt=True)}
    if remaining is not None:
        said |= {
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": str(remaining),
            "x-ratelimit-reset": str(SERVER_TIME + resets_in),
        }
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, said, json.dumps(payload).encode(), until=until)


_UNSENT: dict[str | None, int] = {"cut": 1, "drip": 1_000_000}
GOOD = answer({"data": {"viewer": {"login": "ada"}}}, remaining=4000)


class Server:
    """Gives each request the next answer of the script."""

    def __init__(self, script: Sequence[Answer | Callable[[Request], Answer]]) -> None:
        self.script = deque(script)
        self.requests: list[Request] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        lines = [line.split(": ", 1) for line in head[1:] if line]
        headers = {name.lower(): value for name, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = Request(method, path, headers, body)
        self.requests.append(request)
        step = self.script.popleft() if self.script else Answer(599)
        given = step if isinstance(step, Answer) else step(request)
        if given.until is not None:
            await given.until.wait()
        return await self._write(given, writer)

    async def _write(self, given: Answer, writer: asyncio.StreamWriter) -> bool:
        if given.fault == "hang":
            await asyncio.sleep(5)
        if given.fault in {"reset", "hang"}:
            writer.transport.abort()
            return False
        said = {"content-length": str(len(given.body) + _UNSENT.get(given.fault, 0))}
        said |= dict(given.headers)
        lines = [f"HTTP/1.1 {given.status} Scripted", *(f"{k}: {v}" for k, v in said.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + given.body)
        await writer.drain()
        while given.fault == "drip":
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)
        return given.fault is None


@asynccontextmanager
async def serving(
    *script: Answer | Callable[[Request], Answer],
) -> AsyncIterator[Server]:
    server = Server(script)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(server.serve(reader, writer))
        tasks.add(task)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()


class FakeTime:
    """Sleeping moves it at once and is written down, in whole seconds."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def access_to(server: Server, *tokens: str) -> Access:
    return Access(
        tokens=tuple(SecretStr(token) for token in tokens or (TOKEN,)),
        graphql_url=f"{server.url}/graphql",
        api_url=server.url,
    )


@asynccontextmanager
async def connected(
    server: Server,
    *tokens: str,
    wait: bool = True,
    pace: Pace = QUICK,
    fake: FakeTime | None = None,
) -> AsyncIterator[Client]:
    access = access_to(server, *tokens)
    fake = fake or FakeTime()
    budget = Budget(access.tokens, wait=wait, clock=fake.clock, sleep=fake.sleep)
    async with Client(access, wait=wait, pace=pace, budget=budget) as client:
        yield client


def statuses(calls: Sequence[Call]) -> list[str]:
    return [call.status for call in calls]


async def ask(client: Client, cost: int = 1, **variables: Any) -> Any:
    """The data of one query and the statuses of the calls that it took."""
    reply = await client.query("page", TEXT, variables, cost)
    return reply.data, statuses(reply.calls)
