"""What people ask the warehouse: summaries of runs, and the show commands. Reads only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tasks.beside import beside_digest
from tasks.domain.digests import digest
from tasks.domain.engagements import PLAIN, EngagementTally, check_terms, tally_engagements
from tasks.domain.payouts import Outcome, Tally, tally, tally_by_variant
from tasks.domain.rollouts import Run
from tasks.domain.sandboxes import PUBLISHED_PLACE
from tasks.domain.verdicts import GRADER_VERSION, PUBLISHED
from tasks.reporting import is_current, report_file
from tasks.runs import find_run
from tasks.settling import engagement_rows, engagements_of
from tasks.warehouse import Row, Session, Warehouse


class RunSummary(BaseModel, frozen=True, extra="forbid"):
    """A run as the command line prints it: stages, counts and dollars.

    `sandboxes` counts the instances that each sandbox grades, `exclusions` says why an instance is
    not attempted, by its id, and `faults` what keeps one from a verdict that counts. `reused`
    counts the answers and the evidence that were taken over from earlier runs. `engagement` is
    what the offers came to under the terms that were asked for, `state` names all that the page
    shows.
    """

    run: Run
    price_rule: str
    stages: dict[str, dict[str, int]]
    total: Tally
    engagement: EngagementTally
    by_variant: dict[str, Tally]
    reasons: dict[str, int]
    sandboxes: dict[str, int]
    notes: tuple[str, ...]
    exclusions: dict[str, str]
    faults: dict[str, str]
    reused: dict[str, int]
    items: tuple[dict[str, Any], ...]
    state: str
    report: str | None

    def noting(self, notes: Iterable[str]) -> "RunSummary":
        """The same with what the stages had to say beside it."""
        return self.model_copy(update={"notes": (*self.notes, *notes)})

    def as_json(self) -> dict[str, Any]:
        return {
            "run_id": self.run.run_id,
            "dataset": self.run.dataset,
            "version": self.run.dataset_version,
            "solver": self.run.solver,
            "price_rule": self.price_rule,
            "stages": self.stages,
            **self.total.model_dump(),
            "engagement": self.engagement.model_dump(),
            "by_variant": {name: t.model_dump() for name, t in self.by_variant.items()},
            "sandboxes": self.sandboxes,
            "notes": list(self.notes),
            "exclusions": self.exclusions,
            "faults": self.faults,
            "reused": self.reused,
            "report": self.report,
        }


def outcomes_of(session: Session, run_id: str, price_rule: str) -> list[Outcome]:
    """Where every item of a run stands, with its price under the rule. Reads core and eval."""
    return _outcomes(session.query("run_states", run_id=run_id, price_rule=price_rule))


def _outcomes(states: Iterable[Row]) -> list[Outcome]:
    return [
        Outcome(
            instance_id=row["instance_id"],
            attempt=row["attempt"],
            variant=row["variant"],
            state=row["state"],
            price_cents=row["price_cents"],
        )
        for row in states
    ]


def tallies(outcomes: Sequence[Outcome]) -> tuple[Tally, dict[str, Tally]]:
    """(in all, per variant)."""
    return tally(outcomes), dict(tally_by_variant(outcomes))


def summarise_run(
    warehouse: Warehouse,
    home: Path,
    reference: str,
    price_rule: str | None = None,
    terms: str = PLAIN,
) -> RunSummary:
    """The run whose id starts with `reference`, under a price rule (its own by default) and terms
    of payment. Raises UsageError for unknown ones."""
    check_terms(terms)
    with warehouse.read("core", "eval") as session:
        run = find_run(session, reference)
        rule = price_rule or run.price_rule
        states = session.query("run_states", run_id=run.run_id, price_rule=rule)
        engaged = engagements_of(run, engagement_rows(session, run, rule, terms))
        beside = beside_digest(session, run, rule)
    total, by_variant = tallies(_outcomes(states))
    engagement = tally_engagements(engaged, terms)
    file = report_file(home, run.run_id, rule, run.price_rule, terms)
    state = states_digest(run, rule, states, beside, engagement)
    return RunSummary(
        run=run,
        price_rule=rule,
        stages=_stages(states, report_is_current=is_current(file, state)),
        total=total,
        engagement=engagement,
        by_variant=by_variant,
        reasons=_reasons(states),
        sandboxes=_sandboxes(states),
        notes=_notes(run, states, reused := _reused(states)),
        reused=reused,
        exclusions={
            row["instance_id"]: row["reason"] for row in states if row["state"] == "excluded"
        },
        faults={row["instance_id"]: row["fault"] for row in states if _is_faulty(row)},
        items=tuple(states),
        state=state,
        report=str(file) if file.exists() else None,
    )


# Raise this when pages look otherwise: those that are there are then stale.
_LOOK: Final = 3


def states_digest(
    run: Run,
    price_rule: str,
    states: Sequence[Row],
    beside: str,
    engagement: EngagementTally,
) -> str:
    """Names what a report shows: it is stale when this differs from the one written into it."""
    seen = [
        [s["instance_id"], s["attempt"], s["state"], s["price_cents"], s["verdict_id"]]
        for s in states
    ]
    shown = [beside, engagement.model_dump()]
    return digest([_LOOK, run.run_id, price_rule, GRADER_VERSION, shown, seen])


def _stages(states: Sequence[Row], *, report_is_current: bool) -> dict[str, dict[str, int]]:
    """done / pending / failed of every stage. prepare counts instances, the others items."""
    environments = {row["instance_id"]: row["environment_status"] for row in states}
    attempted = [row for row in states if row["state"] != "excluded"]
    return {
        "prepare": _count(environments.values()),
        "solve": _count(row["rollout_status"] for row in attempted),
        "grade": _count(_graded(row) for row in attempted),
        "score": _count("done" if row["is_scored"] else None for row in attempted),
        "report": _count(["done" if report_is_current else None]),
    }


def _graded(row: Row) -> str | None:
    if row["evidence_status"] == "done":
        return "done" if row["grader_version"] in (GRADER_VERSION, PUBLISHED) else None
    return str(row["evidence_status"]) if row["evidence_status"] else None


def _count(statuses: Iterable[str | None]) -> dict[str, int]:
    seen = list(statuses)
    return {
        "done": seen.count("done"),
        "pending": seen.count(None),
        "failed": seen.count("fault"),
    }


def _reasons(states: Sequence[Row]) -> dict[str, int]:
    """Why items are not resolved, most frequent first; of a fault, what it was."""
    counts: dict[str, int] = {}
    for row in states:
        if row["state"] != "resolved":
            key = f"{row['state']}: {row['fault'] if _is_faulty(row) else row['reason']}"
            counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _sandboxes(states: Sequence[Row]) -> dict[str, int]:
    used = {row["instance_id"]: row["sandbox"] for row in states}
    ours = (name for name in used.values() if name not in (None, PUBLISHED_PLACE))
    return dict(sorted(Counter(ours).items()))


def _is_faulty(row: Row) -> bool:
    return row["state"] == "invalid" and row["fault"] is not None


def _reused(states: Sequence[Row]) -> dict[str, int]:
    attempted = [row for row in states if row["state"] != "excluded"]
    return {
        "answers": sum(row["answer_is_reused"] for row in attempted),
        "evidence": sum(row["evidence_is_reused"] for row in attempted),
    }


def _notes(run: Run, states: Sequence[Row], reused: dict[str, int]) -> tuple[str, ...]:
    """What whoever reads the results should know of how they came to be, a sentence each."""
    fallen = {row["instance_id"] for row in states if row["because"] == "no_engine"}
    return (
        *((_published_note(run),) if run.is_published else ()),
        *((no_engine_note(len(fallen)),) if fallen else ()),
        *((_reused_note(**reused),) if any(reused.values()) else ()),
    )


def _published_note(run: Run) -> str:
    """Whose verdicts these are, and what of the results and of the version is not among them."""
    unknown, silent = (run.parameters[f"results_{key}"] for key in ("unknown", "not_attempted"))
    return (
        f"published results of {run.parameters['model']}: these verdicts were reached elsewhere; "
        f"{unknown} tasks of the results are not in the version, {silent} of the version have no "
        "result and were not attempted"
    )


def _reused_note(answers: int, evidence: int) -> str:
    given = "1 answer" if answers == 1 else f"{answers} answers"
    return (
        f"taken over from earlier runs: {given}, and the evidence of {evidence}; rerun solve or "
        "grade with --redo asks or grades anew"
    )


def no_engine_note(count: int) -> str:
    """Says that trusted code runs without a container."""
    of_them = "1 trusted instance runs" if count == 1 else f"{count} trusted instances run"
    return f"no Docker engine answered: {of_them} in the process sandbox, which isolates nothing"
