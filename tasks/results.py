"""Published results as a run: its items, answers, evidence and verdicts, and what they left out.

The rows are those that the stages would have written. Nothing is asked and nothing is graded: the
verdicts are the publisher's, of the grader version `published`, and no stage but score and report
works on such a run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from tasks import runs
from tasks.domain.digests import canonical_json, digest, short
from tasks.domain.errors import UsageError
from tasks.domain.results import Reported, ReportedRun
from tasks.domain.rollouts import RESULTS_ID, Pending, Run, solve_digest
from tasks.domain.sandboxes import PUBLISHED_PLACE
from tasks.domain.verdicts import PUBLISHED, Expectation
from tasks.warehouse import Row, Session, Warehouse

# The environment of all published runs: none that anybody here has seen.
RECIPE: Final = digest([PUBLISHED])
_VARIANT_OF: Final = {"swebench": "ic_swe", "swelancer": None}
_ERRORS: Final = ("reported_error", "no_report")
_MOST_NAMED: Final = 5


class Placed(BaseModel, frozen=True, extra="forbid"):
    """Results beside the instances of a version.

    `items` are the instances that were attempted; `unknown` what the version does not have;
    `not_attempted` counts instances of the version that the results say nothing of, or only that
    nothing was handed in.
    """

    version: runs.Version
    items: tuple[dict[str, Any], ...]
    reported: dict[str, tuple[Reported, ...]]
    unknown: tuple[str, ...]
    not_attempted: int
    attempts: int
    otherwise_priced: int


@dataclass(frozen=True)
class _Names:
    """The instances of a version by what results may call them."""

    version: runs.Version
    rows: Sequence[Row]

    def find(self, name: str, variant: str | None) -> Row | None:
        """By id, else by key; raises UsageError where a key stands for several variants."""
        fitting = [row for row in self.rows if row["instance_id"] == name] or [
            row for row in self.rows if row["key"] == name and variant in (None, row["variant"])
        ]
        if len(fitting) > 1:
            variants = ", ".join(row["variant"] for row in fitting)
            raise UsageError(
                f"{name} is a task of several variants in {self.version.dataset} ({variants}); say "
                "which with --variant"
            )
        return fitting[0] if fitting else None


def place(session: Session, run: ReportedRun, reference: str | None, variant: str | None) -> Placed:
    """Find the tasks of a run in a version: the named one, else the newest of the one dataset that
    has some. Reads core. Raises UsageError where none or several fit."""
    if reference is not None:
        placed = _placed(session, runs.find_version(session, reference), run, variant)
        if not placed.items:
            raise UsageError(
                f"{placed.version.dataset}@{short(placed.version.dataset_version)} has none of the "
                f"{len(placed.unknown)} tasks of these results, {_some(placed.unknown)}"
            )
        return placed
    names = [row[0] for row in session.tuples("SELECT DISTINCT dataset FROM core.dataset_versions")]
    tried = [_placed(session, runs.find_version(session, n), run, variant) for n in sorted(names)]
    fitting = [placed for placed in tried if placed.items]
    if len(fitting) != 1:
        found = ", ".join(placed.version.dataset for placed in fitting) or "no built dataset"
        raise UsageError(
            f"{found} {'have' if fitting else 'has any'} of the tasks of these results; name the "
            "dataset with --dataset"
        )
    return fitting[0]


def _placed(
    session: Session, version: runs.Version, run: ReportedRun, variant: str | None
) -> Placed:
    rows = session.query(
        "instances_by_name", version=version.dataset_version, price_rule=version.price_rule
    )
    names = _Names(version, rows)
    wanted = variant or _VARIANT_OF[run.form]
    found: dict[str, list[Reported]] = {}
    by_id: dict[str, Row] = {}
    unknown: dict[str, None] = {}
    for one in run.reported:
        row = names.find(one.name, wanted)
        if row is None:
            unknown[one.name] = None
            continue
        by_id[row["instance_id"]] = row
        found.setdefault(row["instance_id"], []).append(one)
    attempts = max((len(listed) for listed in found.values()), default=0)
    for name, listed in found.items():
        _check_attempts(name, listed, attempts)
    items = tuple(by_id[name] for name in sorted(by_id))
    return Placed(
        version=version,
        items=items,
        reported={name: tuple(listed) for name, listed in found.items()},
        unknown=tuple(unknown),
        not_attempted=len(rows) - len(items),
        attempts=attempts,
        otherwise_priced=_otherwise_priced(items, found),
    )


def _check_attempts(name: str, listed: Sequence[Reported], attempts: int) -> None:
    """A run has as many attempts at one task as at any other."""
    numbers = sorted(one.attempt for one in listed)
    if numbers != list(range(1, attempts + 1)):
        raise UsageError(
            f"{name} has the attempts {', '.join(map(str, numbers))} where others have {attempts}; "
            "a run has as many of each task: import the results of one run"
        )


def _otherwise_priced(items: Iterable[Row], found: Mapping[str, Sequence[Reported]]) -> int:
    """How many solved tasks earned another amount in the results than their price here."""
    return sum(
        any(
            one.outcome == "resolved" and one.earned_cents not in (None, row["price_cents"])
            for one in found[row["instance_id"]]
        )
        for row in items
    )


def notes_on(run: ReportedRun, placed: Placed) -> tuple[str, ...]:
    """What whoever reads the figures has to know, a sentence each."""
    version = f"{placed.version.dataset}@{short(placed.version.dataset_version)}"
    counted = [one for listed in placed.reported.values() for one in listed]
    errors = sum(one.reason in _ERRORS for one in counted)
    silent = sum(_is_silent(one) for one in counted) if run.form == "swelancer" else 0
    notes = [*run.notes]
    if errors:
        notes.append(
            f"{errors} of {len(counted)} are errors of the harness, which does not tell patches "
            "that do not apply from failures of the machine: they count as invalid"
        )
    if silent:
        notes.append(
            f"{silent} of {len(counted)} rows are not correct and count no token: the file does "
            "not tell whether the machine or the solver failed there, so that they count as "
            "unresolved"
        )
    if placed.unknown:
        notes.append(
            f"{len(placed.unknown)} tasks of the results are not in {version} and not counted: "
            f"{_some(placed.unknown)}"
        )
    if placed.otherwise_priced:
        notes.append(
            f"{placed.otherwise_priced} solved tasks earned another amount in the results than "
            f"their price here ({placed.version.price_rule}); the price here counts"
        )
    return tuple(notes)


def _is_silent(one: Reported) -> bool:
    return one.outcome == "unresolved" and not (one.tokens_in or one.tokens_out)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def parameters_of(run: ReportedRun, placed: Placed, model: str | None) -> dict[str, Any]:
    """What names the run: the files, and what of them has a place in the version."""
    return {
        "model": model or run.model,
        RESULTS_ID: run.results_id,
        "results_form": run.form,
        "results_unknown": len(placed.unknown),
        "results_not_attempted": placed.not_attempted,
    }


def store_results(
    warehouse: Warehouse, run: Run, placed: Placed, document: str, now: datetime
) -> None:
    """Write what is not there yet: environments, rollouts, evidence and verdicts, all at once."""
    rollouts, evidence, verdicts = [], [], []
    environments = [_environment(row, now) for row in placed.items]
    used = [
        {
            "run_id": run.run_id,
            "instance_digest": row["instance_digest"],
            "recipe_digest": RECIPE,
            "sandbox": PUBLISHED_PLACE,
            "because": PUBLISHED,
            "chosen_at": now,
        }
        for row in placed.items
    ]
    for row in placed.items:
        for one in placed.reported[row["instance_id"]]:
            item = Pending(
                run_id=run.run_id,
                instance_id=row["instance_id"],
                attempt=one.attempt,
                take=1,
                instance_digest=row["instance_digest"],
                variant=row["variant"],
            )
            rollouts.append(_rollout(run, item, one, now))
            evidence.append(_evidence(item, one, document, now))
            verdicts.append(_verdict(item, one, now))
    with warehouse.write("eval") as session:
        session.insert("eval.environments", environments, on_conflict="keep")
        session.insert("eval.run_environments", used, on_conflict="keep")
        session.insert("eval.rollouts", rollouts, on_conflict="keep")
        session.insert("eval.evidence", evidence, on_conflict="keep")
        session.insert("eval.verdicts", verdicts, on_conflict="keep")


def _environment(row: Row, now: datetime) -> Row:
    """One that counts as gradable: whoever published the verdict has graded in it."""
    return {
        "instance_digest": row["instance_digest"],
        "recipe_digest": RECIPE,
        "instance_id": row["instance_id"],
        "sandbox": PUBLISHED_PLACE,
        "status": "done",
        "gradable": True,
        "reason": "graded by whoever published the results",
        "expectation": canonical_json(Expectation().model_dump(mode="json")),
        "evidence": canonical_json({"gold": [], "null": []}),
        "takes": 0,
        "repeats": 0,
        "prepared_at": now,
    }


def _rollout(run: Run, item: Pending, one: Reported, now: datetime) -> Row:
    return {
        "rollout_id": item.rollout_id,
        **item.model_dump(include={"run_id", "instance_id", "attempt", "take", "instance_digest"}),
        "solve_digest": solve_digest(run, item.instance_digest, item.attempt),
        "status": "done",
        "submission": canonical_json(one.submission.model_dump(mode="json", exclude_none=True)),
        **one.model_dump(include={"tokens_in", "tokens_out", "tokens_reasoning"}),
        "started_at": now,
        "finished_at": now,
    }


def _evidence(item: Pending, one: Reported, document: str, now: datetime) -> Row:
    return {
        "rollout_id": item.rollout_id,
        "take": 1,
        "trial": 1,
        "run_id": item.run_id,
        "recipe_digest": RECIPE,
        "status": "done",
        "report": None if one.tests is None else canonical_json(one.tests),
        "log": f"published results, document {document}: {one.name} is {one.outcome}",
        "started_at": now,
        "finished_at": now,
    }


def _verdict(item: Pending, one: Reported, now: datetime) -> Row:
    return {
        "verdict_id": digest([item.rollout_id, 1, PUBLISHED]),
        "rollout_id": item.rollout_id,
        "evidence_take": 1,
        "grader_version": PUBLISHED,
        "run_id": item.run_id,
        "outcome": one.outcome,
        "reason": one.reason,
        "detail": one.detail,
        "judged_at": now,
    }
