"""Agents and commands from the command line to dollars, in real containers."""

import gzip
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
from docker.errors import APIError

from tasks.sandbox.owners import MARK, OWNER
from tests.chat_completions import Asked, Say
from tests.flows.command import Paydag
from tests.flows.reference import bodies
from tests.flows.tables import assert_sound, query
from tests.model_server import ModelServer
from tests.sample_home import SampleHome

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

KEY: Final = "sk-0123456789abcdef"
SOLVED, FAILED = "tally-works__tally-18-ic_swe", "tally-works__tally-34-ic_swe"
MANAGED: Final = "tally-works__tally-11-swe_manager"
ONLY: Final = [word for name in (SOLVED, FAILED, MANAGED) for word in ("--instance", name)]
USAGE: Final = (1000, 100, 0, 0)  # gpt-4o: (1000 * 2.5 + 100 * 10) / 10_000 = 0.35 cents
CENTS_EACH: Final = 0.35
# Puts the patch in place by hand, as somebody would who knows it.
APPLY: Final = "git apply fix.patch && rm fix.patch && python run_tests.py; git diff --stat"


def working(known: Mapping[str, dict[str, Any]]) -> Callable[[Asked], Say]:
    """A model that resolves SOLVED by its tools, does something else to FAILED, and chooses the
    accepted proposal."""

    def react(asked: Asked) -> Say:
        name = next(n for n, body in known.items() if body["statement"] in asked.prompt)
        return Say(None, calls=_calls(known[name], name, len(asked.results())), usage=USAGE)

    return react


def _calls(
    body: Mapping[str, Any], name: str, done: int
) -> list[tuple[str, Mapping[str, Any] | str]]:
    if body["variant"] == "swe_manager":
        return [("submit", {"selected_proposal_id": 1})]
    if name == SOLVED and done == 0:
        patch = body["reference"]["gold_patch"]
        return [
            ("write_file", {"path": "fix.patch", "content": patch}),
            ("shell", {"command": APPLY}),
        ]
    if name == FAILED and done == 0:
        return [("shell", {"command": "echo words >>README.md; git commit -qam words"})]
    return [("submit", {})]


def outcomes(home: Path, run_id: str) -> dict[str, str]:
    text = "SELECT instance_id, state FROM marts.run_state WHERE run_id = $run"
    return dict(query(home, text, run=run_id))


def transcripts(home: Path, run_id: str) -> list[dict[str, Any]]:
    text = "SELECT transcript FROM eval.rollouts WHERE run_id = $run ORDER BY instance_id, take"
    return [json.loads(gzip.decompress(t)) for (t,) in query(home, text, run=run_id) if t]


def test_an_agent_earns_what_it_resolves_by_its_tools(
    own_sample: SampleHome, paydag: Paydag, sample_engine: str
) -> None:
    home, known = own_sample.home, bodies(own_sample.home)
    mine = {name: known[name] for name in (SOLVED, FAILED, MANAGED)}
    with ModelServer(working(mine)) as server:
        found = paydag.json(
            *("evaluate", "sample", "--solver", "agent", "--model", "openai:gpt-4o", *ONLY),
            *("--base-url", server.url, "--sandbox", "docker", "--deadline", "300"),
            home=home,
            DOCKER_HOST=sample_engine,
            OPENAI_API_KEY=KEY,
        )
        assert server.keys_sent() == {f"Bearer {KEY}"}
    chose = _chosen(home, found["run_id"])
    right = chose == mine[MANAGED]["reference"]["accepted_proposal_id"]
    assert outcomes(home, found["run_id"]) == {
        SOLVED: "resolved",
        FAILED: "unresolved",
        MANAGED: "resolved" if right else "unresolved",
    }
    earned = mine[SOLVED]["prices"]["final"] + right * mine[MANAGED]["prices"]["final"]
    assert found["earned_cents"] == earned
    rows = query(
        home,
        "SELECT finish_reason, answers, tool_calls, round(cost_cents, 6) FROM eval.rollouts "
        "ORDER BY instance_id",
    )
    assert rows == [
        ("stop", 1, 1, CENTS_EACH),
        ("stop", 2, 3, 2 * CENTS_EACH),
        ("stop", 2, 2, 2 * CENTS_EACH),
    ]
    text = query(home, "SELECT rollout_id FROM eval.rollouts WHERE instance_id = $n", n=SOLVED)
    shown = paydag("show", "rollout", text[0][0][:12], home=home)
    assert (shown.code, shown.err) == (0, "")
    assert "model calls shell" in shown.out
    assert KEY not in json.dumps(transcripts(home, found["run_id"]))
    assert_sound(home)


def _chosen(home: Path, run_id: str) -> int:
    text = "SELECT submission FROM eval.rollouts WHERE run_id = $run AND instance_id = $name"
    ((submission,),) = query(home, text, run=run_id, name=MANAGED)
    return int(json.loads(submission)["selected_proposal_id"])


@pytest.mark.exhaustive
def test_a_command_earns_what_it_resolves_and_its_output_is_kept(
    own_sample: SampleHome, paydag: Paydag, sample_engine: str
) -> None:
    home, known = own_sample.home, bodies(own_sample.home)
    patch = known[SOLVED]["reference"]["gold_patch"]
    line = f"cat >fix.patch <<'EOF'\n{patch}EOF\ngit apply fix.patch; rm fix.patch; echo done"
    only = ("--instance", SOLVED, "--instance", FAILED)
    asked = ("evaluate", "sample", "--solver", "command", "--command", line, *only)
    found = paydag.json(
        *asked, "--sandbox", "docker", home=home, DOCKER_HOST=sample_engine, OPENAI_API_KEY=KEY
    )
    assert outcomes(home, found["run_id"]) == {SOLVED: "resolved", FAILED: "unresolved"}
    assert found["earned_cents"] == known[SOLVED]["prices"]["final"]
    said = [one["messages"][1]["parts"][0]["content"] for one in transcripts(home, found["run_id"])]
    assert [text.splitlines()[-1] for text in said] == ["done", "done"]
    again = paydag.json(*asked, "--sandbox", "docker", home=home, DOCKER_HOST=sample_engine)
    assert again["run_id"] == found["run_id"]
    assert query(home, "SELECT count(*) FROM eval.rollouts") == [(2,)]
    assert_sound(home)


def test_strangers_are_kept_out_of_the_process_sandbox(
    own_sample: SampleHome, paydag: Paydag
) -> None:
    refused = paydag(
        *("evaluate", "sample", "--solver", "command", "--command", "touch /tmp/owned"),
        *("--instance", SOLVED, "--sandbox", "process", "--json"),
        home=own_sample.home,
    )
    assert (refused.code, refused.out) == (2, "")
    assert "evaluate with --sandbox docker" in refused.err


@pytest.mark.exhaustive
def test_a_box_that_dies_is_a_fault_and_another_take_goes_on(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str
) -> None:
    home, known = own_sample.home, bodies(own_sample.home)
    script = working({SOLVED: known[SOLVED]})
    pids: list[int] = []

    def react(asked: Asked) -> Say:
        if pids and asked.results():
            (box,) = _boxes(engine, pids.pop())
            box.kill()
            return Say(None, calls=[("shell", {"command": "true"})], usage=USAGE)
        return script(asked)

    with ModelServer(react) as server:
        process = paydag.start(
            *("evaluate", "sample", "--solver", "agent", "--model", "openai:gpt-4o", "--json"),
            *("--instance", SOLVED, "--base-url", server.url, "--sandbox", "docker"),
            home=home,
            DOCKER_HOST=sample_engine,
            OPENAI_API_KEY=KEY,
        )
        pids.append(process.pid)
        out, _ = process.communicate(timeout=150)
    assert (json.loads(out)["resolved"], pids) == (1, [])
    rows = query(
        home, "SELECT take, status, answers, fault IS NOT NULL FROM eval.rollouts ORDER BY take"
    )
    assert rows == [(1, "fault", 2, True), (2, "done", 2, False)]
    assert_sound(home)


@pytest.mark.exhaustive
@pytest.mark.parametrize("solver", ["agent", "command"])
def test_an_interrupted_rollout_waits_for_nobody_and_leaves_no_container(
    own_sample: SampleHome, paydag: Paydag, engine: Any, sample_engine: str, solver: str
) -> None:
    slow = ("shell", {"command": "sleep 500", "timeout": 600})
    with ModelServer(lambda _: Say(None, calls=[slow])) as server:
        own = {
            "agent": ("--model", "openai:gpt-4o", "--base-url", server.url),
            "command": ("--command", "sleep 500"),
        }[solver]
        process = paydag.start(
            *("evaluate", "sample", "--solver", solver, *own, "--instance", SOLVED),
            *("--sandbox", "docker"),
            home=own_sample.home,
            DOCKER_HOST=sample_engine,
            OPENAI_API_KEY=KEY,
        )
        deadline = time.monotonic() + 100
        while not _sleeping(engine, process.pid):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - began < 30
    assert not _sleeping(engine, process.pid)
    assert query(own_sample.home, "SELECT count(*) FROM eval.rollouts") == [(0,)]


def _boxes(engine: Any, pid: int) -> list[Any]:
    """The containers that a process made for its tasks, and that are there."""
    marked = engine.containers.list(filters={"label": f"{MARK}=1"}, ignore_removed=True)
    return [box for box in marked if box.labels.get(OWNER, "").startswith(f"{pid}:")]


def _sleeping(engine: Any, pid: int) -> bool:
    found = []
    for box in _boxes(engine, pid):
        with suppress(APIError):  # gone meanwhile
            found.append(str(box.top()["Processes"]))
    return any("sleep 500" in processes for processes in found)
