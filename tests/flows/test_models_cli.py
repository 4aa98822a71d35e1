"""The command line with a scripted model: programs to dollars, keys kept, kills survived."""

import os
import signal
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.chat_completions import Asked
from tests.flows import odd_jobs
from tests.flows.command import Paydag
from tests.flows.reference import bodies
from tests.flows.scripted import KEY, KEYS, answering, home_bytes
from tests.flows.tables import assert_sound, query
from tests.model_server import ModelServer, Reaction, Refuse, Slow

pytestmark = pytest.mark.prefect

USAGE = (2000, 500, 0, 0)
CENTS_EACH = Decimal(1)  # gpt-4o: (2000 * 2.5 + 500 * 10) / 10_000


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    return odd_jobs.write_dataset(tmp_path)


@pytest.fixture
def home(tmp_path: Path, datasets: Path) -> Path:
    """A home with the postings landed and built."""
    home = tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    odd_jobs.build(home, datasets)
    return home


@pytest.mark.exhaustive
def test_programs_are_paid_and_no_key_is_written_anywhere(
    home: Path, datasets: Path, lone_paydag: Paydag
) -> None:
    known = bodies(home)
    right = sorted(known)[:4]
    script = answering(home, right, USAGE)

    def react(asked: Asked) -> Reaction:
        # An endpoint that tells everybody the key it was given, as some do.
        if asked.number == 1:
            return Refuse(401, f"Incorrect API key provided: {KEY}")
        return script(asked)

    places = {"PAYDAG_DATASETS": str(datasets), **KEYS}
    command = ["evaluate", odd_jobs.NAME, "--solver", "model", "--model", "openai:gpt-4o"]
    with ModelServer(react) as server:
        asked = [*command, "--base-url", server.url, "--workers", "1", "--sandbox", "process"]
        refused = lone_paydag(*asked, "--debug", home=home, **places)
        assert (refused.code, len(server.asked)) == (1, 1)
        assert "401 Incorrect API key provided: [redacted]" in refused.err
        found = lone_paydag.json(*asked, home=home, **places)
        assert (len(server.asked), server.keys_sent()) == (7, {f"Bearer {KEY}"})
    assert (found["attempted"], found["resolved"], found["unresolved"]) == (6, 4, 2)
    assert found["earned_cents"] == sum(known[name]["prices"]["band_max"] for name in right)
    costs = query(home, "SELECT cost_cents FROM eval.rollouts WHERE status = 'done'")
    assert costs == [(float(CENTS_EACH),)] * 6
    (rollout,) = query(home, "SELECT rollout_id FROM eval.rollouts WHERE take = 2 LIMIT 1")[0]
    shown = lone_paydag("show", "rollout", rollout[:10], home=home, **places)
    assert (shown.code, shown.err) == (0, "")
    assert "2,000 tokens in, 500 out; $0.010000" in shown.out
    lone_paydag("down", home=home)
    assert KEY.encode() not in home_bytes(home)
    assert KEY not in refused.err + refused.out + shown.out
    assert_sound(home)


@pytest.mark.exhaustive
def test_a_killed_solve_asks_nothing_again_that_was_finished(
    home: Path, datasets: Path, paydag: Paydag
) -> None:
    script = answering(home, lambda _: True, USAGE)
    places = {"PAYDAG_DATASETS": str(datasets), **KEYS}
    finished = "SELECT count(*) FROM eval.rollouts"
    with ModelServer(lambda asked: Slow(1.0, script(asked))) as server:
        command = ["evaluate", odd_jobs.NAME, "--solver", "model", "--model", "openai:gpt-4o"]
        command += ["--base-url", server.url, "--workers", "1", "--sandbox", "process"]
        process = paydag.start(*command, home=home, **places)
        deadline = time.monotonic() + 100
        while len(server.delivered) < 3:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)  # the third is committed, the fourth on its way
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        before = query(home, "SELECT * FROM eval.rollouts ORDER BY instance_id")
        assert query(home, finished) == [(3,)]
        found = paydag.json(*command, home=home, **places)
    assert (found["resolved"], query(home, finished)) == (6, [(6,)])
    after = query(home, "SELECT * FROM eval.rollouts ORDER BY instance_id")
    assert [row for row in after if row in before] == before
    asked = Counter(request.key for request in server.asked)
    assert sorted(asked.values()) == [1, 1, 1, 1, 1, 2]
    assert_sound(home)


@pytest.mark.exhaustive
def test_an_interrupted_solve_waits_for_no_answer(
    home: Path, datasets: Path, paydag: Paydag
) -> None:
    script = answering(home, lambda _: True, USAGE)
    places = {"PAYDAG_DATASETS": str(datasets), **KEYS}
    with ModelServer(lambda asked: Slow(60, script(asked))) as server:
        command = ["evaluate", odd_jobs.NAME, "--solver", "model", "--model", "openai:gpt-4o"]
        command += ["--base-url", server.url, "--sandbox", "process"]
        process = paydag.start(*command, home=home, **places)
        deadline = time.monotonic() + 100
        while not server.asked:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        began = time.monotonic()
        try:
            process.communicate(timeout=40)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode == 130
    assert time.monotonic() - began < 30
    assert query(home, "SELECT count(*) FROM eval.rollouts") == [(0,)]
