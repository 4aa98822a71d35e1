"""Validation: gold passes, null fails, every time; what does not is left out and says why."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag
from tests.flows.planting import (
    ALTERNATING,
    BREAKING,
    CHANCE,
    IDLE,
    PLANTED,
    plant,
    with_gold,
    with_test,
)
from tests.flows.tables import assert_sound, query, read_tables
from tests.flows.worker import Worker
from tests.sample_home import SampleHome

pytestmark = pytest.mark.prefect

FLAKY, BROKEN, IDLING = 11, 15, 18


def found(validation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["instance_id"]: one for one in validation["instances"]}


def coding(issue: int) -> str:
    return f"tally-works__tally-{issue}-ic_swe"


@pytest.fixture
def planted(own_sample: SampleHome, tmp_path: Path) -> Path:
    """The sample with a flaky test, a gold patch that fails, and one that changes nothing."""
    alternating = ALTERNATING.format(file=str(tmp_path / "counter"))
    return plant(
        own_sample.home,
        with_test(own_sample.instance(FLAKY, "ic_swe"), alternating),
        with_gold(own_sample.instance(BROKEN, "ic_swe"), BREAKING),
        with_gold(own_sample.instance(IDLING, "ic_swe"), IDLE),
    )


@pytest.mark.exhaustive
def test_the_whole_sample_is_gradable(own_sample: SampleHome, paydag: Paydag) -> None:
    answer = paydag.json("validate", "sample", home=own_sample.home)
    assert set(answer) == {
        *("dataset", "version", "gradable", "not_gradable", "fault", "notes", "instances")
    }
    assert (answer["gradable"], answer["not_gradable"], answer["fault"]) == (19, 0, 0)
    assert answer["version"] == own_sample.result.version
    assert answer["notes"] == [
        "no Docker engine answered: 10 trusted instances run in the process sandbox, which "
        "isolates nothing"
    ]
    ran = {(one["variant"], one["sandbox"], one["repeats"]) for one in answer["instances"]}
    assert ran == {("ic_swe", "process", 2), ("swe_manager", "none", 1)}
    assert query(own_sample.home, "SELECT count(*) FROM eval.runs") == [(0,)]


@pytest.mark.exhaustive
def test_what_is_validated_is_not_validated_again_but_more_often(
    own_sample: SampleHome, worker: Worker
) -> None:
    home, name = own_sample.home, coding(FLAKY)
    moments = "SELECT instance_id, repeats, prepared_at FROM eval.environments"
    worker.run("validate", home, dataset="sample", instances=[name])
    first = query(home, moments)
    for repeats in (None, 1, 2):
        worker.run("validate", home, dataset="sample", instances=[name], repeats=repeats)
        assert query(home, moments) == first
    again = worker.run("validate", home, dataset="sample", instances=[name], repeats=3)
    assert found(again)[name]["repeats"] == 3
    ((_, repeats, moment),) = query(home, moments)
    assert (repeats, moment > first[0][2]) == (3, True)
    worker.run("validate", home, dataset="sample", instances=[name], repeats=1, redo=True)
    assert query(home, moments)[0][2] > moment


@pytest.mark.exhaustive
def test_a_run_uses_what_validation_found(own_sample: SampleHome, worker: Worker) -> None:
    home = own_sample.home
    worker.run("validate", home, dataset="sample")
    before = read_tables(home).rows["environments"]
    summary = worker.evaluate(home, "sample", "gold")
    assert (summary["resolved"], summary["attempted"]) == (19, 19)
    assert read_tables(home).rows["environments"] == before
    assert_sound(home)


@pytest.mark.exhaustive
def test_flaky_tests_are_left_out_by_name_and_instances_that_gold_fails_with_the_evidence(
    planted: Path, paydag: Paydag, worker: Worker
) -> None:
    answer = paydag.json("validate", "sample", "--repeats", "3", home=planted)
    assert (answer["gradable"], answer["not_gradable"], answer["fault"]) == (17, 2, 0)
    listed = found(answer)
    assert listed[coding(FLAKY)]["result"] == "gradable"
    assert listed[coding(FLAKY)]["flaky"] == [PLANTED]
    reasons = {name: one["reason"] for name, one in listed.items() if one["reason"]}
    assert set(reasons) == {coding(BROKEN), coding(IDLING)}
    evidence = query(
        planted,
        "SELECT evidence ->> '$.gold[0].exit_code', evidence ->> '$.null[0].exit_code' "
        "FROM eval.environments WHERE instance_id = $name",
        name=coding(BROKEN),
    )
    assert evidence == [("3", "1")]

    summary = worker.evaluate(planted, "sample", "gold")
    assert summary["exclusions"] == reasons
    assert (summary["excluded"], summary["attempted"], summary["resolved"]) == (2, 17, 17)
    assert_sound(planted)


@pytest.mark.exhaustive
def test_people_read_what_is_gradable_what_is_not_and_what_is_flaky(
    planted: Path, paydag: Paydag
) -> None:
    shown = paydag("validate", "sample", home=planted)
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0].endswith(": 17 of 19 instances are gradable, 2 are not, 0 ended in a fault")
    assert f"flaky: {coding(FLAKY)}: {PLANTED}" in lines
    rows = {line.split()[0]: line for line in lines if line.startswith("tally-works")}
    assert len(rows) == 19
    assert " not gradable " in rows[coding(BROKEN)]

    run = paydag("evaluate", "sample", "--solver", "null", home=planted)
    assert run.code == 0
    excluded = [line for line in run.out.splitlines() if line.startswith("  excluded ")]
    assert [line.split()[1].rstrip(":") for line in excluded] == [coding(BROKEN), coding(IDLING)]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_container_tells_flaky_and_broken_apart_as_well(
    own_sample: SampleHome, worker: Worker, paydag: Paydag, sample_engine: str
) -> None:
    home = plant(
        own_sample.home,
        with_test(own_sample.instance(FLAKY, "ic_swe"), CHANCE),
        with_gold(own_sample.instance(BROKEN, "ic_swe"), BREAKING),
    )
    chosen = [word for n in (FLAKY, BROKEN, IDLING) for word in ("--instance", coding(n))]
    answer = paydag.json(
        *("validate", "sample", "--repeats", "8", *chosen), home=home, DOCKER_HOST=sample_engine
    )
    listed = found(answer)
    assert {one["sandbox"] for one in listed.values()} == {"docker"}
    assert [listed[coding(n)]["result"] for n in (FLAKY, BROKEN, IDLING)] == [
        *("gradable", "not gradable", "gradable")
    ]
    assert listed[coding(FLAKY)]["flaky"] == [PLANTED]
    assert all(one["image"] for one in listed.values())


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "no version of 'nowhere' has been built; run `paydag build nowhere` first"),
        (["sample@0000"], "unknown version 'sample@0000'; known: sample@"),
        (["sample", "--instance", "x"], "unknown instance 'x'; known: tally-works"),
        (["sample", "--repeats", "0"], "--repeats 0: at least one repetition is needed"),
        (["sample", "--workers", "0"], "--workers 0: at least one is needed"),
        (["sample", "--sandbox", "vm"], "unknown sandbox 'vm'; known: docker, process"),
    ],
)
def test_a_mistake_in_the_call_is_one_sentence(
    built_sample: SampleHome, paydag: Paydag, arguments: list[str], sentence: str
) -> None:
    finished = paydag("validate", *arguments, "--json", home=built_sample.home)
    assert (finished.code, finished.out) == (2, "")
    assert finished.err.startswith(f"paydag: {sentence}")
    assert finished.err.count("\n") == 1
