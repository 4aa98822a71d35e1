"""Rate limits: who waits, for how long, and what the pool does meanwhile."""

import asyncio
from email.utils import formatdate

import pytest

from tasks.sources.failures import RateLimitStop
from tests.sources.github_client.scripted import (
    GOOD,
    OTHER_TOKEN,
    SERVER_TIME,
    TOKEN,
    Answer,
    FakeTime,
    answer,
    ask,
    connected,
    serving,
    statuses,
)

DATA = {"viewer": {"login": "ada"}}
LIMITED = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
SECONDARY = {"message": "You have exceeded a secondary rate limit."}


@pytest.mark.parametrize(
    "refusal",
    [
        answer({"message": "API rate limit exceeded"}, 403, remaining=0, resets_in=312),
        answer({"message": "API rate limit exceeded"}, 429, remaining=0, resets_in=312),
        answer(LIMITED, 200, remaining=0, resets_in=312),
    ],
    ids=["403", "429", "200"],
)
def test_a_primary_limit_is_waited_for_by_the_servers_own_clock(refusal: Answer) -> None:
    async def run() -> None:
        fake = FakeTime()
        async with serving(refusal, GOOD) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["rate_limited", "ok"])
        assert fake.slept == [312.0]

    asyncio.run(run())


def test_an_exhausted_answer_makes_the_next_request_wait_without_asking() -> None:
    async def run() -> None:
        fake = FakeTime()
        last = answer({"data": DATA}, remaining=0, resets_in=40)
        async with serving(last, GOOD) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["ok"])
            assert (client.budget.points_left, client.budget.seconds_to_reset) == (0, 40)
            assert await ask(client) == (DATA, ["ok"])
        assert fake.slept == [40.0]

    asyncio.run(run())


def test_another_token_with_points_is_used_at_once() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer(LIMITED, remaining=0, resets_in=312)
        async with (
            serving(refusal, GOOD) as server,
            connected(server, TOKEN, OTHER_TOKEN, fake=fake) as client,
        ):
            assert await ask(client) == (DATA, ["rate_limited", "ok"])
        assert [request.token for request in server.requests] == [TOKEN, OTHER_TOKEN]
        assert fake.slept == []

    asyncio.run(run())


@pytest.mark.parametrize("resets_in", [-7200, 0])
def test_a_reset_that_is_already_past_never_makes_the_client_spin(resets_in: int) -> None:
    async def run() -> None:
        fake = FakeTime()
        refusals = [answer(LIMITED, remaining=0, resets_in=resets_in)] * 8
        async with serving(*refusals, GOOD) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["rate_limited"] * 8 + ["ok"])
        assert fake.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]

    asyncio.run(run())


def test_a_reset_in_the_far_future_is_asked_about_again_after_an_hour() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer(LIMITED, remaining=0, resets_in=900_000)
        async with serving(refusal, GOOD) as server, connected(server, fake=fake) as client:
            await ask(client)
        assert fake.slept == [3600.0]

    asyncio.run(run())


def test_a_limit_without_any_date_is_asked_about_again_after_a_minute() -> None:
    async def run() -> None:
        fake = FakeTime()
        bare = Answer(200, {}, b'{"errors": [{"type": "RATE_LIMITED", "message": "no"}]}')
        async with serving(bare, GOOD) as server, connected(server, fake=fake) as client:
            await ask(client)
        assert fake.slept == [60.0]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("said", "slept"),
    [
        ("37", 37.0),
        (formatdate(SERVER_TIME + 45, usegmt=True), 45.0),
        ("0", 1.0),
        (formatdate(SERVER_TIME - 45, usegmt=True), 1.0),
    ],
    ids=["seconds", "date", "zero", "past"],
)
@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_pauses_as_long_as_retry_after_says(
    said: str, slept: float, status: int
) -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer(SECONDARY, status, remaining=4000, retry_after=said)
        async with serving(refusal, GOOD) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["secondary_limited", "ok"])
        assert fake.slept == [slept]

    asyncio.run(run())


def test_secondary_limits_without_retry_after_double_from_a_minute_to_a_quarter_hour() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusals = [answer(SECONDARY, 403, remaining=4000)] * 6
        script = [*refusals, GOOD, refusals[0], GOOD]
        async with serving(*script) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["secondary_limited"] * 6 + ["ok"])
            assert await ask(client) == (DATA, ["secondary_limited", "ok"])
        assert fake.slept == [60.0, 120.0, 240.0, 480.0, 900.0, 900.0, 60.0]

    asyncio.run(run())


def test_a_secondary_limit_may_come_with_status_200() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer({"errors": [SECONDARY]}, remaining=4000)
        async with serving(refusal, GOOD) as server, connected(server, fake=fake) as client:
            assert await ask(client) == (DATA, ["secondary_limited", "ok"])
        assert fake.slept == [60.0]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("refusal", "slept"),
    [
        (answer({"message": "Slow down"}, 403, remaining=4000, retry_after="9"), 9.0),
        (answer({"message": "Slow down"}, 429, remaining=4000), 60.0),
        (Answer(429), 60.0),
        (answer({"message": "API rate limit exceeded for 192.0.2.1"}, 403), 60.0),
        (answer({"message": "You triggered an abuse detection mechanism"}, 403), 60.0),
        (answer(SECONDARY, 403, remaining=0, resets_in=1800), 60.0),
    ],
    ids=["retry_after", "429", "bare_429", "address", "abuse", "while_exhausted"],
)
def test_a_secondary_limit_is_known_by_any_of_its_signs(refusal: Answer, slept: float) -> None:
    async def run() -> None:
        fake = FakeTime()
        async with serving(refusal, GOOD) as server, connected(server, fake=fake) as client:
            assert (await ask(client))[1] == ["secondary_limited", "ok"]
        assert fake.slept[0] == slept

    asyncio.run(run())


def test_a_secondary_limit_pauses_the_other_tokens_too() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer(SECONDARY, 403, remaining=4000)
        async with (
            serving(refusal, GOOD) as server,
            connected(server, TOKEN, OTHER_TOKEN, fake=fake) as client,
        ):
            await ask(client)
        assert fake.slept == [60.0]

    asyncio.run(run())


def test_rests_refusals_and_pauses_are_no_tries_of_the_transport() -> None:
    async def run() -> None:
        limited = answer(LIMITED, remaining=0, resets_in=5)
        broken = Answer(500)
        script = [limited, broken, *[limited] * 5, broken, limited, GOOD]
        async with serving(*script) as server, connected(server) as client:
            _, calls = await ask(client)
        assert calls == [
            "rate_limited", "http_500", *["rate_limited"] * 5, "http_500", "rate_limited", "ok",
        ]  # fmt: skip

    asyncio.run(run())


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            answer(LIMITED, remaining=0, resets_in=312),
            "GitHub's rate limit resets in 312 s (at 17:51:52 UTC); "
            "resume then with the same command",
        ),
        (
            answer(SECONDARY, 403, remaining=4000, retry_after="61"),
            "GitHub's secondary rate limit ends in 61 s (at 17:47:41 UTC); "
            "resume then with the same command",
        ),
    ],
    ids=["primary", "secondary"],
)
def test_a_collection_that_must_not_wait_stops_with_how_to_resume(
    refusal: Answer, sentence: str
) -> None:
    async def run() -> None:
        fake = FakeTime()
        async with serving(refusal) as server, connected(server, wait=False, fake=fake) as client:
            with pytest.raises(RateLimitStop) as stop:
                await ask(client)
        assert (str(stop.value), fake.slept) == (sentence, [])
        assert len(statuses(stop.value.calls)) == 1
        assert stop.value.exit_code == 1

    asyncio.run(run())


def test_a_collection_that_must_not_wait_sits_out_a_short_secondary_pause() -> None:
    async def run() -> None:
        fake = FakeTime()
        refusal = answer(SECONDARY, 403, remaining=4000)
        async with (
            serving(refusal, GOOD) as server,
            connected(server, wait=False, fake=fake) as client,
        ):
            assert await ask(client) == (DATA, ["secondary_limited", "ok"])
        assert fake.slept == [60.0]

    asyncio.run(run())


def test_rest_and_graphql_have_limits_of_their_own() -> None:
    async def run() -> None:
        fake = FakeTime()
        used_up = answer({"id": 1}, remaining=0, resets_in=50, x_ratelimit_resource="core")
        async with (
            serving(used_up, GOOD, answer({"id": 2}, remaining=9, resets_in=4000)) as server,
            connected(server, fake=fake) as client,
        ):
            await client.get("repository", "/repos/a/b")
            await ask(client)
            assert (client.budget.points_left, fake.slept) == (4000, [])
            await client.get("repository", "/repos/a/b")
        assert fake.slept == [50.0]

    asyncio.run(run())


def test_points_come_from_the_answers_own_rate_limit_where_headers_are_silent() -> None:
    async def run() -> None:
        limits = {"cost": 3, "remaining": 71, "limit": 5000, "resetAt": "2030-03-17T17:56:40Z"}
        first = answer({"data": {"rateLimit": limits}})
        async with serving(first) as server, connected(server) as client:
            reply = await client.query("page", "q", {}, 5)
        assert reply.call.points == 3
        assert client.budget.points_used == 3
        assert (client.budget.points_left, client.budget.seconds_to_reset) == (71, 600)

    asyncio.run(run())
