"""The stages' batches without a Prefect server: what is copied, and what a broken judge costs."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.rollouts import Run
from tasks.domain.verdicts import GRADER_VERSION
from tasks.fanout import CHEAP_BATCH, MAX_TASK_RUNS, batches
from tasks.grade import grade_batch, judge_batch
from tasks.opening import open_run
from tasks.prepare import plan_run, prepare_batch
from tasks.runs import Selection, find_run
from tasks.solve import reuse, solve_batch
from tasks.trials import by_rollout
from tasks.variants import variant_named
from tasks.warehouse import Row
from tests.sample_home import SampleHome

MANAGERS = "swe_manager"


def prepared_run(sample: SampleHome, selection: Selection) -> Run:
    """An open run of the `first` solver whose instances can be graded."""
    run_id, _ = open_run(
        sample.home,
        "sample",
        "first",
        selection,
        attempts=1,
        seed=0,
        price_rule=None,
        new=False,
        predictions=None,
    )
    with sample.warehouse.read("core", "eval") as session:
        run = find_run(session, run_id)
    wanted = [one.model_dump() for one in plan_run(sample.warehouse, run, "process", [])]
    assert prepare_batch.fn(str(sample.home), wanted, "all") == []
    return run


def pending(sample: SampleHome, stage: str, run: Run, **parameters: Any) -> list[Row]:
    with sample.warehouse.read("core", "eval") as session:
        return session.query(f"pending_{stage}", run_id=run.run_id, instances=[], **parameters)


def solve(sample: SampleHome, run: Run, items: Sequence[Row]) -> None:
    assert solve_batch.fn(str(sample.home), run.run_id, list(items), "all") == []


def eval_rows(sample: SampleHome, sql: str, run: Run) -> list[tuple[Any, ...]]:
    with sample.warehouse.read("eval") as session:
        return session.tuples(sql, {"run": run.run_id})


@given(st.lists(st.integers(), max_size=1_200), st.booleans())
def test_batches_hold_every_item_once_and_in_order(items: list[int], single: bool) -> None:
    work = list(batches(items, single=single))
    assert [item for batch in work for item in batch] == items
    assert {len(batch) for batch in work[:-1]} <= {1 if single else CHEAP_BATCH}


def test_costly_work_never_makes_more_task_runs_than_a_flow_run_can_show() -> None:
    for count in (MAX_TASK_RUNS, MAX_TASK_RUNS + 1, 3 * MAX_TASK_RUNS + 1):
        assert len(list(batches(range(count), single=True))) <= MAX_TASK_RUNS


def test_a_question_that_was_answered_is_copied_and_only_the_rest_is_asked(
    own_sample: SampleHome,
) -> None:
    few = prepared_run(own_sample, Selection(variant=MANAGERS, limit=2))
    solve(own_sample, few, pending(own_sample, "solve", few, redo=False))
    answered = "SELECT instance_id, submission FROM eval.rollouts WHERE run_id = $run ORDER BY 1"
    theirs = eval_rows(own_sample, answered, few)

    more = prepared_run(own_sample, Selection(variant=MANAGERS))
    wanted = pending(own_sample, "solve", more, redo=False)
    left = reuse(own_sample.warehouse, more, wanted)

    assert [row for row in wanted if row not in left] == wanted[:2]
    assert eval_rows(own_sample, answered, more) == theirs
    origins = eval_rows(
        own_sample,
        "SELECT c.rollout_id <> o.rollout_id, c.instance_digest = o.instance_digest, o.run_id, "
        "c.status, c.take, c.solve_digest = o.solve_digest FROM eval.rollouts c "
        "JOIN eval.rollouts o ON o.rollout_id = c.reused_from WHERE c.run_id = $run",
        more,
    )
    assert origins == [(True, True, few.run_id, "done", 1, True)] * 2
    assert pending(own_sample, "solve", more, redo=False) == left


def test_a_copied_answer_is_never_the_source_of_another_copy(own_sample: SampleHome) -> None:
    first = prepared_run(own_sample, Selection(variant=MANAGERS, limit=1))
    solve(own_sample, first, pending(own_sample, "solve", first, redo=False))
    for limit in (2, 3):
        run = prepared_run(own_sample, Selection(variant=MANAGERS, limit=limit))
        reuse(own_sample.warehouse, run, pending(own_sample, "solve", run, redo=False))
        origin = "SELECT DISTINCT o.run_id FROM eval.rollouts c JOIN eval.rollouts o "
        origin += "ON o.rollout_id = c.reused_from WHERE c.run_id = $run"
        assert eval_rows(own_sample, origin, run) == [(first.run_id,)]


def test_a_judge_that_breaks_costs_no_evidence_and_is_made_up_for_later(
    own_sample: SampleHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prepared_run(own_sample, Selection(variant=MANAGERS))
    solve(own_sample, run, pending(own_sample, "solve", run, redo=False))
    items = pending(own_sample, "evidence", run, redo=False)
    judge = type(variant_named(MANAGERS)).judge
    broken = items[2]["instance_id"]

    def breaks_once(self: Any, instance: Any, *rest: Any) -> Any:
        if instance.instance_id == broken:
            raise RuntimeError("the judge is broken")
        return judge(self, instance, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(type(variant_named(MANAGERS)), "judge", breaks_once)
        with pytest.raises(RuntimeError, match="the judge is broken"):
            grade_batch.fn(str(own_sample.home), run.run_id, items, "all")

    kept = [item["rollout_id"] for item in items]
    evidence = "SELECT rollout_id FROM eval.evidence WHERE run_id = $run"
    verdicts = "SELECT rollout_id FROM eval.verdicts WHERE run_id = $run"
    assert sorted(eval_rows(own_sample, evidence, run)) == sorted((r,) for r in kept)
    assert sorted(eval_rows(own_sample, verdicts, run)) == sorted((r,) for r in kept[:2])

    unjudged = pending(own_sample, "verdicts", run, grader_version=GRADER_VERSION)
    assert [row["rollout_id"] for row in unjudged] == kept[2:]
    judge_batch.fn(str(own_sample.home), run.run_id, by_rollout(unjudged), "all")
    assert sorted(eval_rows(own_sample, verdicts, run)) == sorted((r,) for r in kept)


def test_stored_evidence_is_judged_as_fresh_evidence_is(own_sample: SampleHome) -> None:
    run = prepared_run(own_sample, Selection(variant=MANAGERS))
    solve(own_sample, run, pending(own_sample, "solve", run, redo=False))
    items = pending(own_sample, "evidence", run, redo=False)
    grade_batch.fn(str(own_sample.home), run.run_id, items, "all")
    judged = "SELECT * EXCLUDE (judged_at) FROM eval.verdicts WHERE run_id = $run ORDER BY ALL"
    fresh = eval_rows(own_sample, judged, run)
    assert len(fresh) == len(items)
    assert {row[5] for row in fresh} == {"resolved", "unresolved"}

    with own_sample.warehouse.write("eval") as session:
        session.execute("DELETE FROM eval.verdicts")
    unjudged = pending(own_sample, "verdicts", run, grader_version=GRADER_VERSION)
    judge_batch.fn(str(own_sample.home), run.run_id, by_rollout(unjudged), "all")
    assert eval_rows(own_sample, judged, run) == fresh
