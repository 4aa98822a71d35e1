"""A token is in the Authorization header and nowhere else."""

import asyncio
import logging
import traceback
from collections.abc import Iterator

import pytest

from tests.sources.github_client.scripted import (
    GOOD,
    TOKEN,
    Answer,
    Request,
    answer,
    ask,
    connected,
    serving,
)

FAILURES = [
    Answer(fault="reset"),
    Answer(200, {}, b"{", fault="cut"),
    Answer(200, {}, b"<html>"),
    Answer(502),
    Answer(404),
    Answer(302, {"location": "http://elsewhere.invalid/"}),
    answer({"message": "Bad credentials"}, 401),
]


def repeating(status: int, *, as_json: bool) -> object:
    """A server that says back what it was sent, as some proxies do."""

    def reply(request: Request) -> Answer:
        said = request.headers["authorization"]
        if as_json:
            return answer({"message": said, "errors": [{"message": said}]}, status)
        return Answer(status, {}, said.encode())

    return reply


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def everything_said(error: BaseException) -> str:
    parts = ["".join(traceback.format_exception(error))]
    for link in chain(error):
        parts += [repr(link), str(link), repr(vars(link)), repr(link.args)]
    return "\n".join(parts)


@pytest.mark.parametrize(
    "step",
    [
        *FAILURES,
        repeating(401, as_json=True),
        repeating(403, as_json=True),
        repeating(200, as_json=True),
        repeating(200, as_json=False),
        repeating(500, as_json=True),
        repeating(400, as_json=True),
    ],
)
def test_no_failure_carries_a_token_or_the_request(
    step: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> BaseException:
        async with serving(*[step] * 3) as server, connected(server) as client:
            with pytest.raises(Exception) as caught:
                await ask(client)
            return caught.value

    error = asyncio.run(run())
    assert TOKEN not in everything_said(error)
    assert [type(link).__module__.split(".")[0] for link in chain(error)] == ["tasks"]
    assert TOKEN not in caplog.text + repr([vars(record) for record in caplog.records])


def test_neither_client_nor_budget_nor_lease_shows_a_token() -> None:
    async def run() -> str:
        async with serving(GOOD) as server, connected(server) as client:
            lease = await client.budget.acquire(1)
            return f"{client!r} {client} {client.budget!r} {lease!r} {lease}"

    shown = asyncio.run(run())
    assert TOKEN not in shown
    assert "Budget(tokens=1, points_used=0)" in shown


def test_the_libraries_log_neither_requests_nor_headers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def run() -> None:
        async with serving(Answer(500), GOOD) as server, connected(server) as client:
            await ask(client)

    asyncio.run(run())
    assert [r for r in caplog.records if r.name.split(".")[0] in {"httpx", "httpcore"}] == []
