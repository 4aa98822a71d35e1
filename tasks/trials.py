"""The evidence of one rollout, trial by trial, as rows; and the judgement on such rows."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from tasks.bench import Workbench
from tasks.domain.cases import cases_of
from tasks.domain.digests import canonical_json
from tasks.domain.errors import DataError, SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.rollouts import DECLINED, Submission
from tasks.domain.trials import judge_trials, settles, trials_of
from tasks.domain.verdicts import Evidence, Expectation, Judgement
from tasks.stages import now, with_retries
from tasks.variants import variant_named
from tasks.warehouse import Row

_COLUMNS: Final = ("decision", "exit_code", "report", "failure", "log")
# Everything else that grading saw is kept as JSON, so that a new fact needs no new column.
_FACTS: Final = set(Evidence.model_fields) - set(_COLUMNS)


def cost_of(item: Row) -> str:
    """What grading takes, as a variant's `cost`: where nothing was handed in, nothing runs."""
    cost = variant_named(item["variant"]).cost
    if cost == "cheap" or Submission.model_validate_json(item["submission"]).is_empty:
        return "cheap"
    return cost


def collect_one(
    run_id: str, item: Row, instance: TaskInstance, bench: Workbench, into: list[Row]
) -> None:
    """Append the evidence of one rollout to `into`, a row a trial, as it is collected.

    A fault ends its take; the next take begins with its first trial.
    """
    submission = Submission.model_validate_json(item["submission"])
    trials = trials_of(instance.environment) if cost_of(item) == "sandboxed" else 1

    def attempt(number: int) -> None:
        for trial in range(1, trials + 1):
            row = {
                "rollout_id": item["rollout_id"],
                "take": item["take"] + number,
                "trial": trial,
                "run_id": run_id,
                "recipe_digest": item["recipe_digest"],
                "started_at": now(),
            }
            try:
                evidence = _collect(item, instance, submission, bench)
            except SystemFault as fault:
                into.append(row | {"status": "fault", "fault": str(fault), "finished_at": now()})
                raise
            into.append(row | {"status": "done", "finished_at": now()} | _columns(evidence))
            if trial < trials and settles(judge_one(item | into[-1], instance)):
                return

    with_retries(attempt, lambda _number, _fault: None)


def _collect(
    item: Row, instance: TaskInstance, submission: Submission, bench: Workbench
) -> Evidence:
    if item["finish_reason"] == DECLINED:
        return Evidence(failure=DECLINED, log=item["declined"] or "")
    try:
        ready = bench.ready(instance) if cost_of(item) == "sandboxed" else instance
        evidence = variant_named(instance.variant).collect(ready, submission, bench)
    except DataError as error:  # a submission that reaches out of its workspace
        return Evidence(failure="bad_submission", log=str(error))
    validated = item["image_digest"]
    if evidence.image and validated and evidence.image != validated:
        raise SystemFault(
            f"{instance.instance_id} was validated in the image {validated}, but its image is now "
            f"{evidence.image}; validate it again with `paydag rerun prepare --redo`",
            retryable=False,
        )
    return evidence


def _columns(evidence: Evidence) -> Row:
    facts = evidence.model_dump(mode="json", include=_FACTS, exclude_defaults=True)
    cases = cases_of(evidence)
    return {
        "decision": evidence.decision,
        "exit_code": evidence.exit_code,
        "report": canonical_json(evidence.report) if evidence.report is not None else None,
        "failure": evidence.failure,
        "log": evidence.log,
        "facts": canonical_json(facts) if facts else None,
        "cases_passed": cases.passed if cases else None,
        "cases_total": cases.total if cases else None,
    }


def evidence_of(row: Row) -> Evidence:
    """What a row of eval.evidence holds; what its version did not know is at its default."""
    return Evidence(
        decision=row["decision"],
        exit_code=row["exit_code"],
        report=json.loads(row["report"]) if row["report"] is not None else None,
        log=row["log"] or "",
        failure=row["failure"],
        **json.loads(row["facts"] or "{}"),
    )


def judge_one(row: Row, instance: TaskInstance) -> Judgement:
    """Evidence that ended in a fault is invalid: it is the machine's failure, not the solver's."""
    if row["status"] != "done":
        return Judgement(outcome="invalid", reason="fault", detail=row["fault"] or "")
    if row["failure"] == DECLINED:
        return Judgement(outcome="unresolved", reason=DECLINED, detail=row["log"] or "")
    expectation = Expectation.model_validate_json(row["expectation"])
    return variant_named(instance.variant).judge(instance, evidence_of(row), expectation)


def judge_take(trials: Sequence[Row], instance: TaskInstance) -> Judgement:
    """The judgement on the trials of one take, rows of evidence in their order."""
    return judge_trials([judge_one(row, instance) for row in trials])


def by_rollout(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows of evidence in which a rollout's trials stand side by side, as one list a rollout."""
    return [list(trials) for _, trials in groupby(rows, key=itemgetter("rollout_id"))]
