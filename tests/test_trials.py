"""Trials as rows: each its own evidence, a fault ends a take, and nothing is lost on the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from tasks import stages
from tasks.bench import Workbench
from tasks.domain.boxes import Killed
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import Environment, TaskInstance
from tasks.domain.verdicts import Evidence, Expectation
from tasks.trials import by_rollout, collect_one, evidence_of, judge_take
from tasks.variants import variant_named
from tasks.warehouse import Row
from tests.sample_home import SampleHome
from tests.warehouse.homes import fresh
from tests.warehouse.planted import EVIDENCE

PASSED = Evidence(exit_code=0, image="sha256:a")
FAILED = Evidence(exit_code=1, image="sha256:a")
OUTAGE = SystemFault("the engine stopped answering")
ITEM: Row = {
    "rollout_id": "ro",
    "variant": "ic_swe",
    "take": 4,
    "recipe_digest": "e1",
    "image_digest": "sha256:a",
    "submission": '{"model_patch":"x"}',
    "finish_reason": None,
    "declined": None,
    "expectation": Expectation(fail_to_pass=("the contract",)).model_dump_json(),
}


@pytest.fixture
def published(built_sample: SampleHome) -> TaskInstance:
    instance = built_sample.instance(11, "ic_swe")
    environment = Environment(kind="swelancer", image="theirs:1")
    return TaskInstance.model_validate(instance.model_dump() | {"environment": environment})


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "_FIRST_PAUSE_S", 0)


def collected(
    monkeypatch: pytest.MonkeyPatch,
    instance: TaskInstance,
    comes: Sequence[Evidence | Exception],
    item: Row = ITEM,
) -> list[Row]:
    """The rows of a rollout whose trials come out like this, one after the other."""
    left = list(comes)

    def collect(self: Any, *_: Any) -> Evidence:
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(type(variant_named("ic_swe")), "collect", collect)
    rows: list[Row] = []
    collect_one("run", item, instance, Workbench(Path("nowhere"), "docker"), rows)
    assert not left, "fewer trials than there were outcomes"
    return [item | row for row in rows]


def numbers(rows: Sequence[Row]) -> list[tuple[int, int, str]]:
    return [(row["take"], row["trial"], row["status"]) for row in rows]


@pytest.mark.parametrize(
    ("comes", "outcome"),
    [
        ([PASSED], "resolved"),
        ([FAILED, PASSED], "resolved"),
        ([FAILED, FAILED, PASSED], "resolved"),
        ([FAILED, FAILED, FAILED], "unresolved"),
    ],
)
def test_any_pass_of_three_counts_and_each_trial_is_kept(
    monkeypatch: pytest.MonkeyPatch,
    published: TaskInstance,
    comes: list[Evidence | Exception],
    outcome: str,
) -> None:
    rows = collected(monkeypatch, published, comes)
    assert numbers(rows) == [(4, trial, "done") for trial in range(1, len(comes) + 1)]
    assert [evidence_of(row) for row in rows] == comes
    assert judge_take(rows, published).outcome == outcome


def test_other_environments_have_one_trial(
    monkeypatch: pytest.MonkeyPatch, built_sample: SampleHome
) -> None:
    rows = collected(monkeypatch, built_sample.instance(11, "ic_swe"), [FAILED])
    assert numbers(rows) == [(4, 1, "done")]


def test_where_nothing_was_handed_in_nothing_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, published: TaskInstance
) -> None:
    empty = ITEM | {"submission": "{}"}
    rows = collected(monkeypatch, published, [Evidence(failure="no_submission")], empty)
    assert numbers(rows) == [(4, 1, "done")]


def test_a_fault_ends_its_take_and_the_next_begins_with_its_first_trial(
    monkeypatch: pytest.MonkeyPatch, published: TaskInstance
) -> None:
    rows = collected(monkeypatch, published, [FAILED, OUTAGE, FAILED, FAILED, PASSED])
    assert numbers(rows) == [
        *((4, 1, "done"), (4, 2, "fault")),
        *((5, 1, "done"), (5, 2, "done"), (5, 3, "done")),
    ]
    assert judge_take([row for row in rows if row["take"] == 4], published).outcome == "invalid"
    assert judge_take([row for row in rows if row["take"] == 5], published).outcome == "resolved"


def test_a_lasting_fault_ends_in_a_fault(
    monkeypatch: pytest.MonkeyPatch, published: TaskInstance
) -> None:
    rows = collected(monkeypatch, published, [OUTAGE] * 3)
    assert numbers(rows) == [(take, 1, "fault") for take in (4, 5, 6)]


def test_evidence_of_another_image_than_the_validated_one_is_the_machines_fault(
    monkeypatch: pytest.MonkeyPatch, published: TaskInstance
) -> None:
    moved = PASSED.model_copy(update={"image": "sha256:b"})
    (row,) = collected(monkeypatch, published, [moved])
    assert row["status"] == "fault"
    assert row["fault"] == (
        f"{published.instance_id} was validated in the image sha256:a, but its image is now "
        "sha256:b; validate it again with `paydag rerun prepare --redo`"
    )


def test_a_submission_that_reaches_out_is_its_own_fault(
    monkeypatch: pytest.MonkeyPatch, built_sample: SampleHome
) -> None:
    instance = built_sample.instance(11, "ic_swe")
    (row,) = collected(monkeypatch, instance, [DataError("it leads out")])
    assert evidence_of(row) == Evidence(failure="bad_submission", log="it leads out")


@pytest.mark.parametrize("killed", get_args(Killed))
def test_every_fact_comes_back_from_the_warehouse_as_it_was(
    monkeypatch: pytest.MonkeyPatch, built_sample: SampleHome, tmp_path: Path, killed: Killed
) -> None:
    told = Evidence(
        decision=7,
        exit_code=-9,
        report={"a::b": "passed", "é": "error"},
        log="words",
        failure="timeout",
        killed=killed,
        sentinels={"test_x": "failed"},
        doubled=("a::b",),
        stale=True,
        dropped=("tests/a b.py",),
        image="sha256:a",
    )
    assert told.model_fields_set == set(Evidence.model_fields), "a fact that is not tested"
    (row,) = collected(monkeypatch, built_sample.instance(11, "ic_swe"), [told])
    warehouse = fresh(tmp_path)
    with warehouse.write("eval") as session:
        session.insert("eval.evidence", [{k: v for k, v in row.items() if k not in _GIVEN}])
    with warehouse.read("eval") as session:
        (stored,) = session.rows("FROM eval.evidence")
    assert evidence_of(stored) == told


_GIVEN = {"variant", "image_digest", "submission", "finish_reason", "declined", "expectation"}


def test_trials_are_put_together_by_their_rollout() -> None:
    rows = [EVIDENCE | {"rollout_id": name, "trial": n} for name in "ab" for n in (1, 2)]
    assert by_rollout(rows) == [rows[:2], rows[2:]]
    assert by_rollout([]) == []
