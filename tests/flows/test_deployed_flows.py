"""The deployments that come with paydag: each can be run, explains itself and refuses mistakes."""

from typing import Any

import pytest
import yaml
from prefect.utilities.importtools import import_object

from flows.declaring import CheckedFlow
from flows.evaluate import evaluate
from flows.refresh import refresh
from flows.stages import grade
from tasks.domain.errors import UsageError
from tasks.settings import deployments_file
from tasks.specs.deployments import AUTOMATIONS, deployed_entrypoints, load_automations

_FILE = deployments_file()
_LISTED: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text())["deployments"]
_PROMISED = (
    "refresh-daily resweep-weekly build-monthly nightly author build validate evaluate rerun "
    "prepare solve grade score report"
)


def flow_of(deployment: dict[str, Any]) -> CheckedFlow[..., Any]:
    found = import_object(deployment["entrypoint"])
    assert isinstance(found, CheckedFlow)
    return found


def test_every_deployment_that_is_promised_is_there() -> None:
    assert [one["name"] for one in _LISTED] == _PROMISED.split()
    assert list(deployed_entrypoints(_FILE)) == _PROMISED.split()


@pytest.mark.parametrize("deployment", _LISTED, ids=lambda one: one["name"])
def test_a_deployment_has_what_its_flow_takes_and_explains_every_parameter(
    deployment: dict[str, Any],
) -> None:
    flow = flow_of(deployment)
    schema = flow.parameters.model_dump_for_openapi()
    assert deployment["parameters"]["home"] == "{{ $PAYDAG_HOME }}"
    assert set(deployment["parameters"]) <= set(schema["properties"])
    assert [n for n, one in schema["properties"].items() if not one.get("description")] == []
    inner = schema.get("definitions", {}).values()
    assert [one["title"] for one in inner if one.get("additionalProperties") is not False] == []
    assert deployment["description"]
    assert deployment["tags"]
    assert deployment["work_pool"] == {"name": "paydag"}


@pytest.mark.parametrize("deployment", _LISTED, ids=lambda one: one["name"])
def test_a_deployed_flow_is_tried_again_and_ends(deployment: dict[str, Any]) -> None:
    flow = flow_of(deployment)
    assert flow.retries
    assert flow.retry_delay_seconds
    assert flow.timeout_seconds
    assert flow.isasync


def test_schedules_name_their_time_zone_and_what_costs_money_is_paused() -> None:
    scheduled = {one["name"]: one for one in _LISTED if "schedules" in one}
    assert list(scheduled) == ["refresh-daily", "resweep-weekly", "build-monthly", "nightly"]
    assert all(s["timezone"] for one in scheduled.values() for s in one["schedules"])
    assert [one["concurrency_limit"]["limit"] for one in scheduled.values()] == [1] * 4
    assert [name for name, one in scheduled.items() if one.get("paused")] == ["nightly"]


def test_automations_start_deployments_that_are_there() -> None:
    names = {f"{flow_of(one).name}/{one['name']}" for one in _LISTED}
    found = load_automations(_FILE.with_name(AUTOMATIONS))
    started = [action.deployment for one in found for action in one.actions]
    assert started == ["build/build", "evaluate/evaluate"]
    assert set(started) <= names


@pytest.mark.parametrize(
    ("flow", "given", "said"),
    [
        (
            grade,
            {"run_id": "3f", "rdo": True},
            "the flow grade takes no parameter 'rdo'; known: run_id, instances, redo, ",
        ),
        (
            evaluate,
            {"dataset": "sample", "solver": "gold", "attempts": "many"},
            "the flow evaluate: attempts: Input should be a valid integer",
        ),
        (
            evaluate,
            {"dataset": "sample", "solver": "gold", "choice": {"modl": "x"}},
            "the flow evaluate: choice.modl: Extra inputs are not permitted",
        ),
        (
            refresh,
            {"datasets": "sample", "limit": 0},
            "the flow refresh: datasets: Input should be a valid list; limit: Input should be ",
        ),
        (refresh, {}, "the flow refresh: datasets: Field required"),
    ],
)
def test_parameters_that_a_flow_cannot_take_are_refused_in_one_sentence(
    flow: CheckedFlow[..., Any], given: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        flow.validate_parameters(given)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_parameters_that_a_flow_takes_come_in_its_types() -> None:
    given = {"dataset": "sample", "solver": "gold", "attempts": "3", "use": {"budget_cents": "5"}}
    taken = evaluate.validate_parameters(given)
    assert (taken["attempts"], taken["use"].budget_cents) == (3, 5)
