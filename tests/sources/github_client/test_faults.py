"""Failures of the transport, pages that are too heavy, and what each leaves in the audit."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from tasks.domain.collecting import Access, Call
from tasks.domain.errors import SystemFault, UsageError
from tasks.sources.failures import TooHeavy, Unanswered
from tasks.sources.github.budget import Pace
from tasks.sources.github.client import Client
from tests.sources.github_client.scripted import (
    GOOD,
    QUICK,
    TEXT,
    TOKEN,
    Answer,
    access_to,
    answer,
    ask,
    connected,
    serving,
    statuses,
)

DATA = {"viewer": {"login": "ada"}}
NOT_FOUND = {"type": "NOT_FOUND", "path": ["nodes", 1], "message": "Could not resolve to a node"}
IMPATIENT = Pace(first_pause_s=0.001, max_pause_s=0.002, tries=2, timeout_s=0.2)


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Answer(fault="reset"), "connection"),
        (Answer(200, {}, b'{"data": {', fault="cut"), "truncated"),
        (Answer(200, {}, b'{"data": {'), "not_json"),
        (Answer(200, {}, b"<html>maintenance</html>"), "not_json"),
        (Answer(200, {}, b"[1]"), "not_json"),
        (Answer(200, {}, b"{}"), "not_json"),
        (Answer(200, {}, b'{"data": null}'), "not_json"),
        (Answer(200, {}, b""), "truncated"),
        (Answer(200, {"content-encoding": "gzip"}, b"no gzip"), "truncated"),
        (Answer(500, {}, b"oops"), "http_500"),
        (Answer(503, {}, b""), "http_503"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_passing_fault_is_tried_again_and_a_lasting_one_is_a_system_fault(
    failure: Answer, status: str
) -> None:
    async def run() -> None:
        script = [failure, failure, GOOD, failure, failure, failure]
        async with serving(*script) as server, connected(server) as client:
            assert await ask(client) == (DATA, [status, status, "ok"])
            with pytest.raises(Unanswered) as fault:
                await ask(client)
        assert statuses(fault.value.calls) == [status] * 3
        assert isinstance(fault.value, SystemFault)
        assert fault.value.retryable
        assert str(fault.value).startswith(
            "GitHub (127.0.0.1) gave no usable answer to page in 3 tries; the last: "
        )
        assert len(server.requests) == 6

    asyncio.run(run())


@pytest.mark.parametrize(
    ("heavy", "status"),
    [
        (Answer(502, {}, b"<html>Bad Gateway</html>"), "too_heavy"),
        (Answer(504, {}, b""), "too_heavy"),
        (answer({"data": None, "errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED"}]}), "too_heavy"),
        (answer({"errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "x"}]}), "too_heavy"),
        (
            answer(
                {
                    "data": {"repository": {"issues": None}},
                    "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "partial"}],
                }
            ),
            "too_heavy",
        ),
        (
            answer(
                {
                    "data": {"repository": {"issues": {"nodes": [None]}}},
                    "errors": [
                        NOT_FOUND,
                        {"message": "odd", "path": ["repository", "issues", "nodes", 0]},
                    ],
                }
            ),
            "too_heavy",
        ),
        (
            answer(
                {
                    "data": None,
                    "errors": [
                        {
                            "message": "Something went wrong while executing your query. "
                            "This may be the result of a timeout, or it could be a GitHub bug."
                        }
                    ],
                }
            ),
            "too_heavy",
        ),
        (Answer(fault="hang"), "timeout"),
        (Answer(fault="drip"), "timeout"),
    ],
    ids=["502", "504", "nodes", "resources", "partial", "null_field", "went_wrong", "hang", "drip"],
)
def test_a_page_that_is_too_heavy_is_handed_back_at_once(heavy: Answer, status: str) -> None:
    async def run() -> None:
        async with serving(heavy) as server, connected(server, pace=IMPATIENT) as client:
            with pytest.raises(TooHeavy) as refusal:
                await ask(client)
        assert statuses(refusal.value.calls) == [status]
        assert len(server.requests) == 1

    asyncio.run(run())


def test_a_heavy_page_keeps_the_calls_that_failed_before_it() -> None:
    async def run() -> None:
        async with serving(Answer(500), Answer(502)) as server, connected(server) as client:
            with pytest.raises(TooHeavy) as refusal:
                await ask(client)
        assert statuses(refusal.value.calls) == ["http_500", "too_heavy"]

    asyncio.run(run())


@pytest.mark.parametrize("failure", [Answer(502), Answer(504), Answer(fault="hang")])
def test_rest_has_no_page_to_halve_and_asks_again(failure: Answer) -> None:
    async def run() -> None:
        good = answer({"id": 1})
        async with serving(failure, good) as server, connected(server, pace=IMPATIENT) as client:
            reply = await client.get("repository", "/repos/a/b")
        assert (reply.body, len(reply.calls)) == ({"id": 1}, 2)
        assert [(r.method, r.path) for r in server.requests] == [("GET", "/repos/a/b")] * 2

    asyncio.run(run())


def test_missing_nodes_are_named_and_the_rest_is_used() -> None:
    async def run() -> None:
        data = {"nodes": [{"id": "a"}, None]}
        partial = answer({"data": data, "errors": [NOT_FOUND]})
        async with serving(partial) as server, connected(server) as client:
            reply = await client.query("edits", "q", {}, 1)
        assert (reply.data, reply.missing) == (data, (("nodes", 1),))
        assert reply.call.status == "partial"
        assert reply.call.error == "NOT_FOUND at nodes.1: Could not resolve to a node"

    asyncio.run(run())


def test_an_item_of_a_protected_organisation_is_missing_and_stops_nothing() -> None:
    async def run() -> None:
        data = {"repository": {"issues": {"nodes": [{"source": None}]}}}
        path = ["repository", "issues", "nodes", 0, "source"]
        error = {"type": "FORBIDDEN", "path": path, "message": "organization SAML enforcement"}
        protected = answer({"data": data, "errors": [error]})
        async with serving(protected) as server, connected(server) as client:
            reply = await client.query("page", "q", {}, 1)
        assert (reply.data, reply.missing) == (data, (tuple(path),))

    asyncio.run(run())


def test_a_call_records_what_was_asked_and_what_it_took() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s) for s in range(2)]
    clock = iter(moments)

    async def run() -> tuple[Call, ...]:
        async with (
            serving(Answer(500, {}, b"oops"), GOOD) as server,
            Client(access_to(server), wait=True, pace=QUICK, now=lambda: next(clock)) as client,
        ):
            return (await client.query("page", TEXT, {"n": 1}, 1)).calls

    calls = asyncio.run(run())
    assert all(0 <= call.duration_ms < 2000 for call in calls)
    assert calls == tuple(
        Call(
            query="page",
            text=TEXT,
            variables={"n": 1},
            status=status,
            points=None,
            bytes=size,
            started_at=moment,
            duration_ms=call.duration_ms,
            error=error,
        )
        for call, moment, status, size, error in zip(
            calls,
            moments,
            ["http_500", "ok"],
            [4, len(GOOD.body)],
            ["HTTP 500", None],
            strict=True,
        )
    )


def test_requests_say_who_asks_take_gzip_and_share_a_connection() -> None:
    async def run() -> None:
        packed = Answer(200, {"content-encoding": "gzip"}, gzip.compress(GOOD.body))
        async with serving(packed, GOOD) as server, connected(server) as client:
            assert await ask(client) == (DATA, ["ok"])
            await ask(client, number=7)
        said = server.requests[1].headers
        assert said["user-agent"].startswith("paydag/")
        assert said["accept"] == "application/vnd.github+json"
        assert (said["accept-encoding"], said["content-type"]) == ("gzip", "application/json")
        assert said["authorization"] == f"Bearer {TOKEN}"
        assert server.connections == 1

    asyncio.run(run())


def test_never_more_than_eight_requests_are_under_way() -> None:
    async def run() -> None:
        going, most = 0, 0
        opened = asyncio.Event()
        held = answer({"data": DATA}, remaining=4000, until=opened)
        async with serving(GOOD, *[held] * 20) as server, connected(server) as client:
            await ask(client)
            asking = [asyncio.create_task(ask(client)) for _ in range(20)]
            while len(server.requests) < 9:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            most = len(server.requests) - 1
            opened.set()
            going = len(await asyncio.gather(*asking))
        assert (most, going) == (8, 20)

    asyncio.run(run())


def test_a_refused_connection_is_a_system_fault() -> None:
    async def run() -> None:
        async with serving() as server:
            access = access_to(server)
        async with Client(access, wait=True, pace=QUICK) as client:
            with pytest.raises(Unanswered) as fault:
                await client.query("page", TEXT, {}, 1)
        assert statuses(fault.value.calls) == ["connection"] * 3

    asyncio.run(run())


def test_a_host_that_does_not_exist_is_the_users_business() -> None:
    async def run() -> None:
        url = "http://no-such-host.invalid/graphql"
        access = Access(tokens=(SecretStr(TOKEN),), graphql_url=url)
        async with Client(access, wait=True, pace=QUICK) as client:
            with pytest.raises(UsageError) as error:
                await client.query("page", TEXT, {}, 1)
        assert str(error.value) == (
            "the host no-such-host.invalid cannot be found; check the network connection, "
            "GITHUB_GRAPHQL_URL and GITHUB_API_URL"
        )

    asyncio.run(run())


def test_a_cancelled_request_gives_back_its_place_and_its_points() -> None:
    async def run() -> None:
        async with serving(Answer(fault="hang"), GOOD) as server, connected(server) as client:
            first = asyncio.create_task(ask(client))
            while not server.requests:
                await asyncio.sleep(0.005)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            assert await asyncio.wait_for(ask(client), 1) == (DATA, ["ok"])

    asyncio.run(run())
