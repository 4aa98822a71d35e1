"""`paydag up`: from an empty home to schedules, automations and reruns, and nothing is left."""

import shutil
import signal
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tasks.stages import STAGES
from tests.flows.command import Paydag
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.flows.upping import Up, running_up, until
from tests.flows.worker import ROOT

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(900)]

_RUN = "70bc560c1923"
_COUNTED = ("eval.rollouts", "eval.evidence", "eval.verdicts", "eval.payouts", "eval.metrics")
_RAISE = """
- issue: tally-works/tally#41
  at: 2025-03-20T09:00:00Z
  bounty: 3000
  reason: the schedule has to find a change
"""


def counts(home: Path) -> list[int]:
    return [query(home, f"SELECT count(*) FROM {table}")[0][0] for table in _COUNTED]


@pytest.mark.exhaustive
def test_a_stage_runs_again_by_its_deployment_alone_and_an_interrupt_leaves_nothing(
    own_prepared: Path, lone_paydag: Paydag
) -> None:
    home = own_prepared
    ((run_id,),) = query(home, "SELECT run_id FROM eval.runs")
    before = counts(home)
    with running_up(lone_paydag, home, environment={}) as up:
        second = lone_paydag("up", "--json", home=home)
        assert_one_sentence(second, 2, f"already runs on {home} (process {up.process.pid})")
        assert up.run_deployment("grade/grade", f"run_id={run_id}", "redo=true").code == 0
        rollouts, evidence, verdicts, *later = before
        assert counts(home) == [rollouts, 2 * evidence, 2 * verdicts, *later]
        assert up.runs()[0]["name"] == f"grade sample@5b1f null {run_id[:6]} redo"
        up.end(signal.SIGINT)


@pytest.mark.exhaustive
def test_an_empty_home_evaluates_by_deployment_and_one_stage_runs_again(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with running_up(lone_paydag, home, environment={}) as up:
        second = lone_paydag("up", home=home)
        assert_one_sentence(second, 2, f"already runs on {home} (process {up.process.pid})")

        done = up.run_deployment("evaluate/evaluate", "dataset=sample", "solver=gold")
        assert (done.code, done.out.split()[-1]) == (0, "'Completed'.")
        _check_evaluation(up)
        rollouts, evidence, verdicts, *later = counts(home)

        done = up.run_deployment("grade/grade", f"run_id={_RUN}", "redo=true")
        assert done.code == 0
        assert counts(home) == [rollouts, 2 * evidence, 2 * verdicts, *later]
        assert up.runs()[0]["name"] == f"grade sample@5b1f gold {_RUN[:6]} redo"

        _check_refusals(up)
        up.end(signal.SIGTERM)


def _check_evaluation(up: Up) -> None:
    """Named runs, the table, and a link that a browser can follow."""
    names = [run["name"] for run in up.runs()][:6]
    stages = [f"{stage} sample@5b1f gold {_RUN[:6]}" for stage in reversed(STAGES)]
    assert names == [*stages, "evaluate sample@5b1f gold"]
    (run,) = up.runs(name="evaluate sample@5b1f gold")
    found = up.artifacts(run["id"])
    assert set(found) == {f"result-{_RUN}", f"report-{_RUN}"}
    assert '"earned":"$11,437.50"' in found[f"result-{_RUN}"].replace(": ", ":")
    (reported,) = up.runs(name=stages[0])
    assert "$11,437.50" in up.artifacts(reported["id"])[f"tables-{_RUN}"]
    link = found[f"report-{_RUN}"].partition("](")[2].rstrip(")")
    assert link.startswith(up.answer["reports"])
    with urllib.request.urlopen(link, timeout=10) as page:
        assert b"gold" in page.read()


def _check_refusals(up: Up) -> None:
    """What is mistaken is refused, at submission or at the start, and not tried again."""
    refused = up.run_deployment("grade/grade", "run_id=x", "redo=perhaps")
    assert refused.code == 1
    assert "'perhaps' is not of type 'boolean'" in " ".join(refused.out.split())
    refused = up.run_deployment("grade/grade", f"run_id={_RUN}", "home=here")
    assert refused.code == 1
    (run,) = [run for run in up.runs() if run["parameters"].get("home") == "here"]
    assert (run["state_type"], run["run_count"]) == ("FAILED", 1)
    assert "the home of a flow must be an absolute path, not 'here'" in run["state"]["message"]


@pytest.mark.exhaustive
def test_a_schedule_leaves_the_diff_and_landed_documents_are_evaluated_by_themselves(
    lone_paydag: Paydag, tmp_path: Path
) -> None:
    datasets = Path(shutil.copytree(ROOT / "datasets", tmp_path / "datasets"))
    home, other = tmp_path / "home", tmp_path / "other"
    environment = {"PAYDAG_DATASETS": str(datasets)}
    with running_up(lone_paydag, home, "--with-automations", environment=environment) as up:
        with (datasets / "sample" / "overrides.yaml").open("a") as overrides:
            overrides.write(_RAISE)
        monthly = up.deployment("build/build-monthly")
        soon = {"cron": "* * * * *", "timezone": "Etc/UTC"}
        schedules = f"deployments/{monthly['id']}/schedules"
        up.ask("POST", schedules, [{"active": True, "schedule": soon}])
        (run, *_) = until(
            lambda: up.runs(deployment_id=monthly["id"], state_type="COMPLETED"), "the schedule"
        )
        for schedule in up.ask("GET", schedules):
            up.ask("DELETE", f"{schedules}/{schedule['id']}")
        assert "the schedule has to find a change" in up.artifacts(run["id"])["diff-sample"]
        # Its event, with the diff, has the new version evaluated.
        until(lambda: _evaluated(up, home), "the evaluation of the changed version")

        up.run_deployment("refresh/refresh-daily", f"home={other}")
        until(lambda: _evaluated(up, other), "the evaluation of what landed")
        assert query(other, "SELECT count(*) FROM eval.runs") == [(1,)]
        up.end(signal.SIGTERM)


def _evaluated(up: Up, home: Path) -> bool:
    done = up.runs(deployment_id=up.deployment("evaluate/evaluate")["id"], state_type="COMPLETED")
    return any(run["parameters"]["home"] == str(home) for run in done)


@pytest.mark.exhaustive
def test_down_ends_up_in_the_middle_of_a_flow_run(lone_paydag: Paydag, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running_up(lone_paydag, home, environment={}) as up:
        validate = up.deployment("validate/validate")["id"]
        many = {"parameters": {"dataset": "sample", "repeats": 100, "home": str(home)}}
        up.ask("POST", f"deployments/{validate}/create_flow_run", many)
        until(lambda: up.runs(deployment_id=validate, state_type="RUNNING"), "the flow run")
        assert lone_paydag.json("down", home=home) == {"stopped": True}
        up.process.communicate(timeout=30)
        assert up.process.returncode == 0
        assert not (home / "prefect" / "up.json").exists()
        assert _last_states(home, validate) == ["Crashed"]


def _last_states(home: Path, deployment: str) -> list[str]:
    """Of the flow runs of a deployment, as a server that is gone has stored them."""
    sql = "SELECT state_name FROM flow_run WHERE deployment_id = ?"
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as database:
        return [state for (state,) in database.execute(sql, (deployment,))]


def test_a_port_that_is_taken_is_told_in_one_sentence(lone_paydag: Paydag, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = lone_paydag("up", "--port", str(port), "--json", home=tmp_path / "home")
    assert_one_sentence(refused, 2, f"port {port} cannot be used: Address already in use")
    assert not (tmp_path / "home" / "prefect" / "up.json").exists()
