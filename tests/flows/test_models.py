"""Runs of a scripted model, from options to dollars: cost, budget, bad days, cache, prompts."""

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.published import Published
from tests.flows.reference import bodies
from tests.flows.scripted import answering
from tests.flows.tables import assert_sound, query
from tests.flows.worker import FlowFailedError, Worker
from tests.model_server import ModelServer, Refuse, Script, flaky

pytestmark = pytest.mark.prefect

# gpt-4o: $2.50 a million tokens in, $1.25 where they are cached, $10 out.
USAGE = (1000, 100, 200, 10)
CENTS_EACH = Decimal("0.325")  # (800 * 2.5 + 200 * 1.25 + 100 * 10) / 10_000
DEAR = (0, 27_000, 0, 0)  # 27 cents
NAME = "swelancer"


@pytest.fixture
def home(managers: Published, tmp_path: Path) -> Path:
    return Path(shutil.copytree(managers.home, tmp_path / "home"))


def solve(
    worker: Worker, home: Path, dataset: str, server: ModelServer, **given: Any
) -> dict[str, Any]:
    choice = {"model": "openai:gpt-4o", **given.pop("choice", {})}
    use = {"base_url": server.url, **given.pop("use", {})}
    return worker.evaluate(home, dataset, "model", choice=choice, use=use, **given)


def outcomes(home: Path, run_id: str) -> dict[str, tuple[str, str]]:
    rows = query(
        home,
        "SELECT instance_id, state, reason FROM marts.run_state WHERE run_id = $run",
        run=run_id,
    )
    return {name: (state, reason) for name, state, reason in rows}


def rollouts(home: Path, columns: str, run_id: str) -> list[tuple[Any, ...]]:
    text = f"SELECT {columns} FROM eval.rollouts WHERE run_id = $run ORDER BY instance_id, take"
    return query(home, text, run=run_id)


def test_a_model_earns_what_it_gets_right_and_costs_what_its_tokens_cost(
    own_prepared: Path, worker: Worker
) -> None:
    known = {
        name: body
        for name, body in bodies(own_prepared).items()
        if body["variant"] == "swe_manager"
    }
    right = sorted(known)[::2]
    script = answering(own_prepared, right, USAGE)
    with ModelServer(script) as server:
        found = solve(worker, own_prepared, "sample", server, variant="swe_manager")
    assert (found["attempted"], found["resolved"]) == (len(known), len(right))
    assert found["earned_cents"] == sum(known[name]["prices"]["final"] for name in right)
    wrong = {name: ("unresolved", "wrong_proposal") for name in known if name not in right}
    accepted = dict.fromkeys(right, ("resolved", "accepted_proposal"))
    assert outcomes(own_prepared, found["run_id"]) == accepted | wrong
    columns = (
        "tokens_in, tokens_out, tokens_cached, tokens_reasoning, cost_cents, requests, answers, "
        "finish_reason, price_snapshot IS NOT NULL, latency_s > 0, transcript IS NOT NULL"
    )
    row = (*USAGE[:2], 200, 10, float(CENTS_EACH), 1, 1, "stop", True, True, True)
    assert rollouts(own_prepared, columns, found["run_id"]) == [row] * len(known)
    assert_sound(own_prepared)


@pytest.mark.exhaustive
def test_a_budget_is_never_exceeded_and_a_larger_one_goes_on(home: Path, worker: Worker) -> None:
    given: dict[str, Any] = {"limit": 10, "choice": {"max_tokens": 29_000}}
    with ModelServer(answering(home, lambda _: True, DEAR)) as server:
        small = {"budget_cents": "100", "cap_cents": "30"}
        first = solve(worker, home, NAME, server, use=small, **given)
        assert len(server.asked) == 3
        assert first["notes"] == [
            "the budget of $1.00 does not reach further: $0.81 are spent and a rollout may cost "
            "$0.30; 7 rollouts were not started, and the same command with a larger --budget goes "
            "on"
        ]
        assert first["stages"]["solve"] == {"done": 3, "pending": 7, "failed": 0}
        assert (first["attempted"], first["resolved"], first["invalid"]) == (10, 3, 7)

        again = solve(worker, home, NAME, server, use=small, **given)
        assert (again["run_id"], len(server.asked)) == (first["run_id"], 3)

        large = {"budget_cents": "200", "cap_cents": "30"}
        more = solve(worker, home, NAME, server, use=large, workers=1, **given)
        assert (more["run_id"], len(server.asked)) == (first["run_id"], 7)  # 7 * 27 + 30 > 200

        worker.run(
            "rerun", home, stage="solve", run_id=first["run_id"], use={"base_url": server.url}
        )
    assert len(server.asked) == len(server.delivered) == 10
    costs = [cost for (cost,) in rollouts(home, "cost_cents", first["run_id"])]
    assert costs == [27.0] * 10


@pytest.mark.exhaustive
def test_bad_days_change_no_verdict_and_lose_no_answer(home: Path, worker: Worker) -> None:
    right = sorted(bodies(home))[::3]
    script = answering(home, right, USAGE)
    with ModelServer(script) as server:
        calm = solve(worker, home, NAME, server, limit=60)
    with ModelServer(flaky(script, 0.2, seed=3)) as server:
        wild = solve(worker, home, NAME, server, limit=60, new=True)
    assert wild["run_id"] != calm["run_id"]
    assert outcomes(home, wild["run_id"]) == outcomes(home, calm["run_id"])
    assert wild["stages"]["solve"] == {"done": 60, "pending": 0, "failed": 0}
    failed = len(server.asked) - len(server.delivered)
    assert 6 <= failed <= 24
    # Every answer that went out whole is one that is recorded, and nothing was answered twice.
    assert set(Counter(server.delivered).values()) == {1}
    counted = rollouts(home, "requests, answers, cost_cents, status", wild["run_id"])
    assert sum(requests for requests, *_ in counted) == len(server.asked)
    assert sum(answers for _, answers, *_ in counted) == len(server.delivered) == 60
    assert sum(cost for *_, cost, _ in counted) == pytest.approx(60 * float(CENTS_EACH))
    # Each failure led to one more request at most.
    asked = Counter(request.key for request in server.asked)
    assert sum(times - 1 for times in asked.values()) == failed
    assert_sound(home)


@pytest.mark.exhaustive
def test_outages_are_faults_with_what_they_cost_and_further_takes_go_on(
    home: Path, worker: Worker
) -> None:
    down: Script = lambda _: Refuse(400, "this one not")  # noqa: E731
    with ModelServer(down) as server, pytest.raises(FlowFailedError, match="this one not"):
        solve(worker, home, NAME, server, limit=2)
    (run_id,) = query(home, "SELECT run_id FROM eval.runs WHERE solver = 'model'")[0]
    row = ("fault", 1, 0, 0.0, 1)
    columns = "status, requests, answers, cost_cents, take"
    assert rollouts(home, columns, run_id) == [row] * 2
    with ModelServer(answering(home, lambda _: True, USAGE)) as server:
        found = solve(worker, home, NAME, server, limit=2)
    assert (found["run_id"], found["resolved"]) == (run_id, 2)
    done = ("done", 1, 1, float(CENTS_EACH), 2)
    assert rollouts(home, columns, run_id) == [row, done] * 2


@pytest.mark.exhaustive
def test_a_hopeless_fault_stops_the_run_and_leaves_the_rest_pending(
    home: Path, worker: Worker
) -> None:
    refusing: Script = lambda _: Refuse(401, "wrong key")  # noqa: E731
    with ModelServer(refusing) as server, pytest.raises(FlowFailedError) as failed:
        solve(worker, home, NAME, server, limit=50, workers=1)
    assert failed.value.exit_code == 1
    assert "cannot be asked: 401 wrong key" in str(failed.value)
    assert "49 rollouts were not started" in str(failed.value)
    assert len(server.asked) == 1


@pytest.mark.exhaustive
def test_what_decides_answers_opens_a_run_and_the_address_does_not(
    home: Path, worker: Worker
) -> None:
    script = answering(home, lambda _: True, USAGE)
    runs = []
    for choice, use in [
        ({}, {}),
        ({}, {"cap_cents": "50"}),
        ({"temperature": 0.5}, {}),
        ({"tell_price": True}, {}),
        ({"limits": {"turns": 2}}, {}),
    ]:
        with ModelServer(script) as server:
            found = solve(worker, home, NAME, server, limit=1, choice=choice, use=use)
        runs.append((found["run_id"], [asked.prompt for asked in server.asked]))
    assert [bool(prompts) for _, prompts in runs] == [True, False, True, True, True]
    assert runs[0][0] == runs[1][0]
    assert len({run_id for run_id, _ in runs}) == 4
    assert runs[3][1][0].startswith(runs[0][1][0])
    assert runs[3][1][0].endswith(" for the work, once it is accepted.\n")


@pytest.mark.exhaustive
def test_a_cache_answers_what_was_asked_before(home: Path, worker: Worker) -> None:
    with ModelServer(answering(home, lambda _: True, USAGE)) as server:
        use = {"cache": True}
        first = solve(worker, home, NAME, server, limit=3, use=use)
        again = solve(worker, home, NAME, server, limit=3, use=use, new=True)
        assert len(server.asked) == 3
        solve(worker, home, NAME, server, limit=3, use=use, attempts=2)
    assert len(server.asked) == 6
    assert outcomes(home, again["run_id"]) == outcomes(home, first["run_id"])
    columns = "requests, saved, cost_cents, saved_cents"
    row = (0, 1, float(CENTS_EACH), float(CENTS_EACH))
    assert rollouts(home, columns, again["run_id"]) == [row] * 3
