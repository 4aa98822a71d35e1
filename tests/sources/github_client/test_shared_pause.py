"""A pause that GitHub asked one process for, kept by the others."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasks.sources.github.budget import Budget
from tasks.sources.github.readings import Reading
from tasks.sources.github.shared_pause import SharedPause
from tests.sources.github_client.scripted import SERVER_TIME, FakeTime

API = "https://api.example.org"
REFUSED = Reading(date=SERVER_TIME, good=False, retry_after=40.0)


def budget_of(
    folder: Path, fake: FakeTime, *tokens: str, api: str = API, wait: bool = True
) -> Budget:
    secrets = [SecretStr(token) for token in tokens]
    shared = SharedPause(folder, api, secrets)
    return Budget(secrets, wait=wait, clock=fake.clock, sleep=fake.sleep, shared=shared)


async def refused(budget: Budget) -> None:
    budget.refused_by_secondary(await budget.acquire(1), REFUSED)


def slept(folder: Path, fake: FakeTime, *tokens: str, api: str = API) -> list[float]:
    """What a process that begins now waits before its first request."""

    async def run() -> None:
        await budget_of(folder, fake, *tokens, api=api).acquire(1)

    before = len(fake.slept)
    asyncio.run(run())
    return fake.slept[before:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pauses"


def test_who_shares_a_token_keeps_the_pause_that_another_was_told(folder: Path) -> None:
    fake = FakeTime()
    asyncio.run(refused(budget_of(folder, fake, "ghp_a", "ghp_b")))
    assert slept(folder, fake, "ghp_b", "ghp_c") == [40.0]
    assert slept(folder, fake, "ghp_a") == []  # the pause is over


def test_a_process_on_its_way_learns_of_it_before_the_next_request(folder: Path) -> None:
    async def run() -> list[float]:
        fake = FakeTime()
        one, other = budget_of(folder, fake, "ghp_a"), budget_of(folder, fake, "ghp_a")
        lease = await other.acquire(1)
        other.settle(lease, Reading(date=SERVER_TIME, limit=50, remaining=49, good=True))
        await refused(one)
        await other.acquire(1)
        return fake.slept

    assert asyncio.run(run()) == [40.0]


def test_other_tokens_and_other_addresses_are_not_paused(folder: Path) -> None:
    fake = FakeTime()
    asyncio.run(refused(budget_of(folder, fake, "ghp_a")))
    assert slept(folder, fake, "ghp_b") == []
    assert slept(folder, fake, "ghp_a", api="https://ghe.example.org/api/v3") == []


def test_a_shorter_pause_does_not_end_a_longer_one(folder: Path) -> None:
    fake = FakeTime()
    shared = SharedPause(folder, API, [SecretStr("ghp_a")])
    shared.extend(fake.clock() + 90.0)
    shared.extend(fake.clock() + 10.0)
    assert slept(folder, fake, "ghp_a") == [90.0]


def test_no_token_is_in_the_folder(folder: Path) -> None:
    asyncio.run(refused(budget_of(folder, FakeTime(), "ghp_secret")))
    (file,) = folder.iterdir()
    assert "ghp_secret" not in file.name + file.read_text()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_damaged_foreign_or_from_before_a_restart_is_no_pause(folder: Path) -> None:
    fake = FakeTime()
    shared = SharedPause(folder, API, [SecretStr("ghp_a")])
    assert slept(folder, fake, "ghp_a") == []  # there is no folder yet
    shared.extend(fake.clock() + 500_000.0)
    assert slept(folder, fake, "ghp_a") == []
    (file,) = folder.iterdir()
    file.write_text("soon")
    assert slept(folder, fake, "ghp_a") == []
    file.write_text(repr(fake.clock() + 30.0))
    folder.chmod(0o777)  # anybody may have written that
    assert slept(folder, fake, "ghp_a") == []
    folder.chmod(0o700)
    assert slept(folder, fake, "ghp_a") == [30.0]
