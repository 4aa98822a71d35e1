"""What differs between two states of a task: every field has a kind, and none gets lost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.domain.bounties import Rung
from tasks.domain.coding import CodingCase, CodingReference, CodingTask
from tasks.domain.differences import KINDS, Kind, differences, fields_of, seen
from tasks.domain.instances import Environment, HiddenFile, Proposal, Reference, TaskInstance

RULES = ("final", "final")
TASK = TaskInstance(
    instance_id="ours__app-7-ic_swe",
    variant="ic_swe",
    repository="ours/app",
    key="7",
    issue="ours/app#7",
    title="Boats leak",
    statement="Water comes in.",
    prices={"initial": 25_000, "final": 50_000},
)
CODING = CodingTask(examples=(CodingCase(inputs={}, output="1"),))
HIDDEN = CodingReference(family="sums", solution="1", stub="", mutants={}, cases=())
# Field → (another value, the kind of change it is).
OTHERS: dict[str, tuple[Any, Kind]] = {
    "instance_id": ("another", "other"),
    "variant": ("swe_manager", "other"),
    "repository": ("ours/web", "other"),
    "key": ("8", "other"),
    "issue": ("ours/app#8", "other"),
    "title": ("Ships leak", "title"),
    "statement": ("It rains.", "statement"),
    "base": ("a" * 40, "link"),
    "as_of": (datetime(2025, 1, 1, tzinfo=UTC), "as_of"),
    "proposals": ((Proposal(proposal_id=1, text="Caulk."),), "proposals"),
    "coding": (CODING, "statement"),
    "environment": (Environment(kind="tests"), "environment"),
    "ladder": ((Rung(occurred_at=None, kind="posted", amount_cents=1),), "other_prices"),
    "canary": ("a canary", "other"),
}
REFERENCES: dict[str, tuple[Any, Kind]] = {
    "accepted_proposal_id": (1, "link"),
    "accepted_by": ("ribbon", "link"),
    "fix_commit": ("f" * 40, "link"),
    "gold_patch": ("a patch", "link"),
    "hidden_tests": ((HiddenFile(path="a.py", text="1"),), "tests"),
    "hidden_tests_reason": ("the fix has none", "tests"),
    "bug_patch": ("a patch", "link"),
    "coding": (HIDDEN, "tests"),
}


def kinds(other: TaskInstance, rules: tuple[str, str] = RULES) -> dict[Kind, list[str]]:
    return {c.kind: [f.field for f in c.fields] for c in differences(TASK, other, rules)}


def test_every_field_is_tried_here() -> None:
    assert {*OTHERS, "prices", "reference"} == set(TaskInstance.model_fields)
    assert set(REFERENCES) == set(Reference.model_fields)


@pytest.mark.parametrize("field", OTHERS)
def test_a_field_that_differs_is_one_change_of_its_kind(field: str) -> None:
    value, kind = OTHERS[field]
    assert kinds(TASK.model_copy(update={field: value})) == {kind: [field]}


@pytest.mark.parametrize("field", REFERENCES)
def test_the_reference_is_compared_field_by_field(field: str) -> None:
    value, kind = REFERENCES[field]
    other = TASK.model_copy(update={"reference": Reference.model_validate({field: value})})
    assert kinds(other) == {kind: [f"reference.{field}"]}


def test_a_task_does_not_differ_from_itself() -> None:
    assert differences(TASK, TASK.model_copy(), RULES) == ()


def test_the_price_is_that_of_the_rule_and_others_stand_apart() -> None:
    other = TASK.model_copy(update={"prices": {"initial": 1, "final": None, "peak": 2}})
    assert kinds(other) == {
        "price": ["prices.final"],
        "other_prices": ["prices.initial", "prices.peak"],
    }


def test_under_two_rules_the_price_is_what_each_version_pays() -> None:
    (change,) = differences(TASK, TASK, ("initial", "final"))
    assert change.kind == "price"
    assert [(f.field, f.before, f.after) for f in change.fields] == [("price", 25_000, 50_000)]
    other = TASK.model_copy(update={"prices": {"initial": 50_000, "final": 25_000}})
    assert kinds(other, ("initial", "final")) == {
        "other_prices": ["prices.final", "prices.initial"]
    }


def test_changes_come_in_one_order_and_are_seen_in_any_other_task() -> None:
    other = TASK.model_copy(
        update={name: value for name, (value, _) in OTHERS.items()} | {"prices": {"final": 7}}
    )
    found = differences(TASK, other, RULES)
    assert [c.kind for c in found] == [k for k in KINDS if k in {c.kind for c in found}]
    own = fields_of(other)
    for change in found:
        wanted = {f.field: own.get(f.field) for f in change.fields}
        assert seen(other, change, "final") == ({"price": 7} if change.kind == "price" else wanted)
        assert seen(TASK, change, "final") != seen(other, change, "final")
