"""A moved endpoint gets the same request; a strange host gets nothing."""

import asyncio

import pytest

from tasks.sources.failures import Refused
from tests.sources.github_client.scripted import (
    GOOD,
    TOKEN,
    Answer,
    ask,
    connected,
    serving,
    statuses,
)


def sent_to(place: str, status: int) -> Answer:
    return Answer(status, {"location": place})


@pytest.mark.parametrize(
    ("status", "remembered"),
    [(301, True), (302, False), (303, False), (307, False), (308, True)],
)
def test_a_redirect_gets_the_same_body_and_a_permanent_one_is_remembered(
    status: int, remembered: bool
) -> None:
    async def run() -> None:
        async with (
            serving(sent_to("/api/v4", status), GOOD, GOOD) as server,
            connected(server) as client,
        ):
            _, calls = await ask(client, number=7)
            await ask(client, number=7)
        assert calls == ["redirected", "ok"]
        second = "/api/v4" if remembered else "/graphql"
        assert [r.path for r in server.requests] == ["/graphql", "/api/v4", second]
        assert {(r.method, r.body, r.token) for r in server.requests} == {
            ("POST", server.requests[0].body, TOKEN)
        }

    asyncio.run(run())


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_to_another_host_gets_neither_request_nor_token(status: int) -> None:
    async def run() -> None:
        async with serving(GOOD) as other:
            place = f"{other.url}/graphql?key=value"
            async with serving(sent_to(place, status)) as server, connected(server) as client:
                with pytest.raises(Refused) as error:
                    await ask(client)
        assert other.requests == []
        assert statuses(error.value.calls) == ["redirected"]
        assert str(error.value) == (
            f"GitHub at {server.url}/graphql sends requests on to {other.url}/graphql, another "
            "host, which gets no token; correct GITHUB_GRAPHQL_URL"
        )

    asyncio.run(run())


def test_a_redirect_that_never_ends_is_followed_five_times() -> None:
    async def run() -> None:
        loop = [sent_to("/graphql", 302)] * 9
        async with serving(*loop) as server, connected(server) as client:
            with pytest.raises(Refused, match="redirects more than 5 times"):
                await ask(client)
        assert len(server.requests) == 6

    asyncio.run(run())
