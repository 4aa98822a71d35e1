"""The pool's arithmetic, without a network."""

import asyncio

import pytest
from pydantic import SecretStr

from tasks.sources.failures import RateLimitStop
from tasks.sources.github.budget import REST, Budget, Lease
from tasks.sources.github.readings import Reading
from tests.sources.github_client.scripted import SERVER_TIME, FakeTime


def budget_of(tokens: int, fake: FakeTime, *, wait: bool = True) -> Budget:
    secrets = [SecretStr(f"ghp_{number}") for number in range(tokens)]
    return Budget(secrets, wait=wait, clock=fake.clock, sleep=fake.sleep)


def said(remaining: int, *, resets_in: int = 3600, at: int = 0) -> Reading:
    return Reading(
        date=SERVER_TIME + at,
        limit=5000,
        remaining=remaining,
        reset=SERVER_TIME + resets_in,
        good=True,
    )


async def told(budget: Budget, reading: Reading) -> None:
    budget.settle(await budget.acquire(1), reading)


def test_parallel_requests_never_reserve_more_than_is_left() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(7, resets_in=30))
        leases = [asyncio.create_task(budget.acquire(3)) for _ in range(3)]
        await asyncio.sleep(0)
        assert [lease.done() for lease in leases] == [True, True, False]
        budget.settle(leases[0].result(), said(4, resets_in=30))
        budget.settle(leases[1].result(), said(1, resets_in=30))
        last = await leases[2]
        assert (last.position, fake.slept) == (1, [30.0])

    asyncio.run(run())


def test_points_that_a_request_did_not_take_go_to_the_next() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(3))
        first = await budget.acquire(3)
        second = asyncio.create_task(budget.acquire(2))
        await asyncio.sleep(0)
        assert not second.done()
        budget.settle(first, said(2))
        assert (await second).cost == 2
        assert fake.slept == []

    asyncio.run(run())


def test_before_the_first_answer_each_token_sends_one_request() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(2, fake)
        waiting = [asyncio.create_task(budget.acquire(1)) for _ in range(4)]
        await asyncio.sleep(0)
        first = [task.result() for task in waiting if task.done()]
        assert [lease.position for lease in first] == [1, 2]
        assert (budget.points_left, budget.seconds_to_reset) == (None, None)
        budget.settle(first[0], said(100))
        rest = [await waiting[2], await waiting[3]]
        assert [lease.position for lease in rest] == [1, 1]

    asyncio.run(run())


def test_the_token_with_most_points_left_is_taken() -> None:
    async def run() -> None:
        budget = budget_of(2, FakeTime())
        first, second = await budget.acquire(1), await budget.acquire(1)
        budget.settle(first, said(10))
        budget.settle(second, said(12))
        taken: list[Lease] = [await budget.acquire(2) for _ in range(4)]
        assert [lease.position for lease in taken] == [2, 1, 2, 1]
        assert budget.points_left == 22

    asyncio.run(run())


@pytest.mark.parametrize("late", [said(90), said(4000, resets_in=-1)], ids=["same", "older"])
def test_a_late_answer_never_raises_what_is_left(late: Reading) -> None:
    async def run() -> None:
        budget = budget_of(1, FakeTime())
        await told(budget, said(95))
        first, second = await budget.acquire(1), await budget.acquire(1)
        budget.settle(second, said(80))
        budget.settle(first, late)
        assert budget.points_left == 80

    asyncio.run(run())


def test_a_new_window_is_full_and_its_own_answers_count() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(3, resets_in=50))
        fake.now += 50
        assert budget.points_left == 5000
        await told(budget, said(4999, resets_in=3650, at=50))
        assert (budget.points_left, budget.seconds_to_reset) == (4999, 3600)

    asyncio.run(run())


def test_a_window_that_a_wrong_clock_ended_too_early_is_not_overdrawn_twice() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(3, resets_in=50))
        fake.now += 50
        await told(budget, said(2, resets_in=50, at=40))
        assert (budget.points_left, budget.seconds_to_reset) == (2, 10)

    asyncio.run(run())


def test_an_unanswered_request_is_taken_to_have_cost_its_points() -> None:
    async def run() -> None:
        budget = budget_of(1, FakeTime())
        await told(budget, said(9))
        budget.settle(await budget.acquire(4), Reading())
        assert budget.points_left == 5
        budget.settle(await budget.acquire(4), Reading(), sent=False)
        assert budget.points_left == 5

    asyncio.run(run())


def test_a_service_without_limits_is_not_waited_for() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, Reading(good=True))
        for _ in range(20):
            await budget.acquire(100)
        assert (budget.points_left, fake.slept) == (None, [])

    asyncio.run(run())


def test_a_request_dearer_than_a_whole_window_gets_the_whole_window() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(5000, resets_in=20))
        assert (await budget.acquire(9000)).cost == 9000
        assert fake.slept == []

    asyncio.run(run())


def test_a_burst_that_one_secondary_limit_refuses_counts_once() -> None:
    async def run() -> None:
        fake = FakeTime()
        budget = budget_of(1, fake)
        await told(budget, said(4000))
        burst = [await budget.acquire(1) for _ in range(4)]
        for lease in burst:
            budget.refused_by_secondary(lease, Reading())
        await budget.acquire(1)
        assert fake.slept == [60.0]

    asyncio.run(run())


def test_whoever_watches_reads_why_it_waits() -> None:
    async def run() -> None:
        fake = FakeTime()
        heard: list[str | None] = []
        budget = budget_of(1, fake)

        async def sleep(seconds: float) -> None:
            heard.append(budget.waiting_for)
            await fake.sleep(seconds)

        budget = Budget([SecretStr("ghp_0")], wait=True, clock=fake.clock, sleep=sleep)
        await told(budget, said(0, resets_in=312))
        lease = await budget.acquire(1)
        budget.refused_by_secondary(lease, Reading(retry_after=7))
        await budget.acquire(1)
        assert heard == ["rate limit resets in 312 s", "secondary rate limit ends in 7 s"]
        assert budget.waiting_for is None

    asyncio.run(run())


def test_resources_are_counted_apart() -> None:
    async def run() -> None:
        budget = budget_of(1, FakeTime(), wait=False)
        budget.settle(await budget.acquire(1, REST), said(0))
        await told(budget, said(50))
        assert budget.points_left == 50
        with pytest.raises(RateLimitStop):
            await budget.acquire(1, REST)

    asyncio.run(run())


def test_the_same_token_given_twice_is_one_token() -> None:
    budget = Budget([SecretStr("ghp_a"), SecretStr("ghp_a")], wait=True)
    assert budget.tokens == 1


def test_a_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    async def run() -> None:
        budget = Budget([SecretStr("ghp_a")], wait=True)
        await told(budget, said(0, resets_in=100))
        waiting = asyncio.create_task(budget.acquire(1))
        await asyncio.sleep(0)
        assert budget.waiting_for == "rate limit resets in 100 s"
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert budget.waiting_for is None

    asyncio.run(run())
