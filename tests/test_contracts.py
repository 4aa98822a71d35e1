"""Whatever source, variant or solver is found by name keeps the promises of its protocol."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.protocols import Market, Solver, Source, Variant
from tasks.domain.rollouts import NOTHING, Job, Solution
from tasks.domain.solver_options import ModelDoor, SolverChoice, SolverOptions, SolverUse
from tasks.domain.verdicts import Evidence, Expectation, Judgement
from tasks.domain.workplaces import WorkingSolver
from tasks.prompts import load_prompts, prompt_of
from tasks.solvers import known_solvers, solver_named, wants_of
from tasks.sources import source_named, sources
from tasks.variants import variant_named, variants

if TYPE_CHECKING:
    from tests.sample_home import SampleHome

MOMENT = datetime(2025, 1, 1, tzinfo=UTC)
# What a solver needs before it can be made at all; a new one adds its own line.
OPTIONS: dict[str, dict[str, str]] = {
    "replay": {"predictions": '{"instance_id": "a", "selected_proposal_id": 1}\n'}
}


# The choices of those that take some.
CHOICES: dict[str, dict[str, str]] = {
    "agent": {"model": "openai:gpt-4o"},
    "command": {"command": "true"},
    "model": {"model": "openai:gpt-4o"},
}


def _solver(name: str, folder: Path) -> Solver | WorkingSolver:
    options: dict[str, Any] = {}
    for option, text in OPTIONS.get(name, {}).items():
        (folder / option).write_text(text, encoding="utf-8")
        options[option] = str(folder / option)
    wants = wants_of(name)
    if wants.takes:
        options["options"] = SolverOptions(
            choice=SolverChoice.model_validate(CHOICES.get(name, {})),
            door=ModelDoor(base_url="http://127.0.0.1:9/v1"),
            prompts=load_prompts(wants.files(variants())),
        )
    return solver_named(name, options)


@pytest.fixture(params=sorted(sources()))
def source(request: pytest.FixtureRequest) -> Source:
    return source_named(request.param)


@pytest.fixture(params=sorted(variants()))
def variant(request: pytest.FixtureRequest) -> Variant:
    return variant_named(request.param)


@pytest.fixture(params=known_solvers())
def solver(request: pytest.FixtureRequest, tmp_path: Path) -> Solver | WorkingSolver:
    found = _solver(request.param, tmp_path)
    assert found.name == request.param
    return found


def test_the_three_shelves_hold_what_this_version_promises() -> None:
    assert {"github", "kaggle", "swelancer"} <= set(sources())
    assert {"freelance_code", "ic_swe", "swe_manager"} <= set(variants())
    assert {"gold", "null", "first", "last", "random", "longest", "replay"} <= set(known_solvers())
    assert {"agent", "command", "model"} <= set(known_solvers())


def test_a_source_is_named_as_it_is_found_and_parses_nothing_to_nothing(source: Source) -> None:
    assert sources()[source.name] is source
    assert source.parse([]) == Market()


def test_a_source_reads_nothing_where_there_is_nothing(source: Source, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        list(source.fetch(tmp_path / "nowhere", {}, MOMENT))
    assert "\n" not in str(refused.value)
    with pytest.raises(UsageError):
        list(source.fetch(None, {}, MOMENT))


def test_a_source_lists_what_it_cannot_read(source: Source) -> None:
    kinds = {"github": "github.issue", "kaggle": "kaggle.posting", "swelancer": "swelancer.row"}
    strange = Document(source.name, kinds.get(source.name, "x"), "o/n#1", MOMENT, {"strange": 1})
    market = source.parse(iter([strange]))
    assert len(market.malformed) == 1
    assert market.malformed[0].document_id == "o/n#1"


def test_an_unknown_source_or_variant_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=f"known: {', '.join(sources())}"):
        source_named("gitlab")
    with pytest.raises(UsageError, match=f"known: {', '.join(variants())}"):
        variant_named("ic")


def test_a_variant_is_named_as_it_is_found_and_says_what_it_costs(variant: Variant) -> None:
    assert variants()[variant.name] is variant
    assert variant.cost in ("cheap", "pooled", "sandboxed")


def test_a_prompt_says_what_is_asked_and_nothing_hidden(
    variant: Variant, built_sample: "SampleHome"
) -> None:
    wording = load_prompts([variant.name])[variant.name]
    for instance in built_sample.instances.values():
        if instance.variant != variant.name:
            continue
        text, shown = variant.prompt(instance.offer(), 1, wording)
        assert instance.title in text
        assert instance.statement in text
        assert variant.prompt(instance.offer(), 1, wording) == (text, shown)
        assert set(shown.values()) == {p.proposal_id for p in instance.proposals}
        gold = instance.reference.gold_patch
        assert gold is None or gold not in text


def test_a_judge_never_resolves_a_submission_that_is_not_there(
    variant: Variant, built_sample: "SampleHome"
) -> None:
    evidence = Evidence(failure="no_submission")
    for instance in built_sample.instances.values():
        if instance.variant == variant.name:
            found = variant.judge(instance, evidence, Expectation(fail_to_pass=("t",)))
            assert found == Judgement(outcome="unresolved", reason="no_submission")


def _jobs(sample: "SampleHome", solver: Solver | WorkingSolver) -> Iterator[Job]:
    for instance in sample.instances.values():
        reference = instance.reference if solver.sees_reference else None
        yield Job(offer=instance.offer(), seed=7, attempt=1, reference=reference)


def test_a_solver_says_what_decides_its_answers_in_json(solver: Solver | WorkingSolver) -> None:
    assert solver.cost in ("cheap", "expensive")
    parameters = dict(solver.parameters())
    assert json.loads(json.dumps(parameters)) == parameters


def test_a_solver_that_takes_options_names_known_ones_and_its_own_choices_decide(
    solver: Solver | WorkingSolver,
) -> None:
    wants = wants_of(solver.name)
    assert set(wants.takes) <= {*SolverChoice.model_fields, *SolverUse.model_fields}
    assert set(wants.needs) <= set(wants.takes)
    chosen = CHOICES.get(solver.name, {})
    assert solver.parameters().items() >= chosen.items()
    assert sorted(solver.parameters().get("prompts", {})) == wants.files(variants())
    if wants.needs:
        with pytest.raises(UsageError, match=f"the {solver.name} solver needs --"):
            solver_named(solver.name, {})


def test_an_expensive_solver_is_asked_in_one_way_and_never_sees_the_reference(
    solver: Solver | WorkingSolver,
) -> None:
    if isinstance(solver, WorkingSolver):
        assert not hasattr(solver, "solve")
        assert solver.cost == "expensive"
    if solver.cost == "expensive":
        assert not solver.sees_reference


@pytest.mark.parametrize("name", [n for n in known_solvers() if wants_of(n).prompt])
def test_a_solver_that_wants_a_prompt_is_told_what_is_asked(
    name: str, built_sample: "SampleHome"
) -> None:
    for instance in built_sample.instances.values():
        file = (wants_of(name).prompt or "").format(variant=instance.variant)
        text, shown = prompt_of(instance, 1, load_prompts([file])[file], None, None)
        assert instance.statement in text
        assert set(shown.values()) == {p.proposal_id for p in instance.proposals}


@pytest.mark.parametrize("name", [n for n in known_solvers() if n not in CHOICES])
def test_a_cheap_solver_answers_every_task_and_always_alike(
    name: str, tmp_path: Path, built_sample: "SampleHome"
) -> None:
    solver = _solver(name, tmp_path)
    assert not isinstance(solver, WorkingSolver)
    assert solver.cost == "cheap"
    for job in _jobs(built_sample, solver):
        found = solver.solve(job)
        assert isinstance(found, Solution)
        assert solver.solve(job).submission == found.submission
        offered = {p.proposal_id for p in job.offer.proposals}
        assert found.submission.selected_proposal_id in {None, *offered}


def test_gold_answers_all_and_null_nothing(built_sample: "SampleHome") -> None:
    gold, null = solver_named("gold", {}), solver_named("null", {})
    assert not isinstance(gold, WorkingSolver)
    assert not isinstance(null, WorkingSolver)
    assert NOTHING not in [gold.solve(job).submission for job in _jobs(built_sample, gold)]
    assert {null.solve(job).submission for job in _jobs(built_sample, null)} == {NOTHING}
