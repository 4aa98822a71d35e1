"""The pages of tasks: read in batches, rendered, and written where they are not current. No
Prefect."""

import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tasks.domain.digests import digest
from tasks.domain.redaction import Redactor
from tasks.reporting import (
    Attempt,
    ReportRun,
    Rise,
    instance_page,
    is_current,
    turns_of,
    write_file,
)
from tasks.reporting.formats import shown
from tasks.runs import load_instances
from tasks.settings import secret_values
from tasks.statements import statement
from tasks.warehouse import Row, Session, Warehouse

FOLDER: Final = "tasks"
# Raise this when pages of tasks look otherwise: those that are there are then written again.
_LOOK: Final = 1
# What is read at once: whoever reads makes writers wait, and long texts take memory.
_BATCH_BYTES: Final = 64_000_000
_BATCH_TASKS: Final = 400
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")


def page_name(instance_id: str, instance_digest: str) -> str:
    """The file of a task: readable, and no other task's."""
    return f"{_UNSAFE.sub('-', instance_id)[:80].strip('.-')}-{instance_digest[:8]}.html"


@dataclass
class _Known:
    """What a page rests on, light: enough to tell whether the page is current."""

    attempts: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    def state(self, instance_digest: str, names: Mapping[str, str], index: str) -> str:
        seen = [
            [a["run_id"], a["attempt"], a["verdict_id"], a["rollout_id"], a["state"], a["reason"]]
            for a in self.attempts
        ]
        runs = sorted(names[run] for run in {a["run_id"] for a in self.attempts})
        events = [e["event_id"] for e in self.events]
        return digest([_LOOK, instance_digest, runs, seen, events, index])


def write_instance_pages(
    warehouse: Warehouse, index: Path, runs: Sequence[ReportRun], digests: Mapping[str, str]
) -> int:
    """Write the page of every task (digest → file name) of this index that is not current; how
    many. Indexes under several price rules share the pages, which lead back to index.html where
    that is there."""
    folder = index.parent / FOLDER
    first = index.with_name("index.html")
    back = first.name if first.is_file() else index.name
    known = _known(warehouse, runs, list(digests))
    names = {run.run_id: run.name for run in runs}
    stale: dict[str, str] = {}
    for instance_digest, name in digests.items():
        state = known[instance_digest].state(instance_digest, names, back)
        if not is_current(folder / name, state):
            stale[instance_digest] = state
    writer = _Writer(warehouse, folder, back, runs, digests, known, Redactor(secret_values()))
    for batch in _batches(list(stale), _sizes(warehouse, runs) if stale else {}):
        writer.write(batch, stale)
    return len(stale)


def _known(
    warehouse: Warehouse, runs: Sequence[ReportRun], digests: list[str]
) -> dict[str, _Known]:
    found = {instance_digest: _Known() for instance_digest in digests}
    with warehouse.read("core", "eval") as session:
        attempts = session.query("pages_attempts", runs=[run.run_id for run in runs])
        events = session.query(
            "pages_events", datasets=sorted({run.dataset for run in runs}), digests=digests
        )
    order = {run.run_id: place for place, run in enumerate(runs)}
    for row in attempts:
        found[row["instance_digest"]].attempts.append(row)
    for row in events:
        found[row["instance_digest"]].events.append(row)
    for one in found.values():
        one.attempts.sort(key=lambda row: (order[row["run_id"]], row["attempt"]))
        corrected = [event for event in one.events if event["dataset"] is not None]
        one.events = corrected or one.events
    return found


def _sizes(warehouse: Warehouse, runs: Sequence[ReportRun]) -> dict[str, int]:
    with warehouse.read("eval") as session:
        rows = session.query("pages_sizes", runs=[run.run_id for run in runs])
    return {row["instance_digest"]: row["size"] for row in rows}


def _batches(digests: Sequence[str], sizes: Mapping[str, int]) -> Iterable[list[str]]:
    """The tasks in order, so many at once as there is room for: one at least."""
    batch: list[str] = []
    room = _BATCH_BYTES
    for one in digests:
        room -= sizes.get(one, 0)
        if batch and (room < 0 or len(batch) == _BATCH_TASKS):
            yield batch
            batch, room = [], _BATCH_BYTES - sizes.get(one, 0)
        batch.append(one)
    if batch:
        yield batch


@dataclass(frozen=True)
class _Writer:
    warehouse: Warehouse
    folder: Path
    index: str
    runs: Sequence[ReportRun]
    names: Mapping[str, str]
    known: Mapping[str, _Known]
    redactor: Redactor

    def write(self, batch: Sequence[str], states: Mapping[str, str]) -> None:
        rollouts = [
            row["rollout_id"]
            for one in batch
            for row in self.known[one].attempts
            if row["rollout_id"]
        ]
        with self.warehouse.read("core", "eval") as session:
            instances = load_instances(session, batch)
            texts = _Texts.read(session, [run.run_id for run in self.runs], rollouts)
        by_id = {run.run_id: run for run in self.runs}
        for one in batch:
            known = self.known[one]
            page = instance_page(
                instances[one],
                by_id,
                [self._attempt(row, texts) for row in known.attempts],
                [_rise(event) for event in known.events],
                known.events[0]["closed_at"] if known.events else None,
                self._sql(one),
                states[one],
                self.index,
            )
            write_file(self.folder / self.names[one], page)

    def _sql(self, instance_digest: str) -> list[str]:
        runs = [run.run_id for run in self.runs]
        names = ("report_task_prices", "report_task_ladder", "report_task_attempts")
        return [statement(name, {"digest": instance_digest, "runs": runs}) for name in names]

    def _attempt(self, row: Row, texts: "_Texts") -> Attempt:
        rollout = texts.rollouts.get(row["rollout_id"], {})
        evidence = texts.evidence.get((row["rollout_id"], row["evidence_take"]), {})
        report = evidence.get("report")
        return Attempt(
            run_id=row["run_id"],
            number=row["attempt"],
            state=row["state"],
            reason=row["reason"],
            detail=self.redactor.clean(texts.details.get(row["verdict_id"]) or ""),
            rollout_id=row["rollout_id"],
            answer=self._answer(rollout.get("submission")),
            tests=json.loads(report) if report else None,
            log=self.redactor.clean(evidence.get("log") or ""),
            turns=turns_of(self._transcript(rollout.get("transcript"))),
            facts=_facts(rollout) | texts.settled.get(row["verdict_id"], {}),
        )

    def _answer(self, submission: str | None) -> tuple[str, Any] | None:
        found = json.loads(self.redactor.clean(submission)) if submission else {}
        given = [(name, value) for name, value in found.items() if value is not None]
        return given[0] if given else None

    def _transcript(self, kept: bytes | None) -> Mapping[str, Any]:
        if not kept:
            return {}
        found = json.loads(self.redactor.clean(gzip.decompress(kept).decode()))
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class _Texts:
    """The long texts of some rollouts."""

    rollouts: Mapping[str, Row]
    evidence: Mapping[tuple[str, int], Row]
    details: Mapping[str, str]
    settled: Mapping[str, dict[str, str]]

    @classmethod
    def read(cls, session: Session, runs: list[str], rollouts: list[str]) -> "_Texts":
        asked = {"runs": runs, "rollouts": rollouts}
        return cls(
            {row["rollout_id"]: row for row in session.query("pages_rollouts", **asked)},
            {
                (row["rollout_id"], row["take"]): row
                for row in session.query("pages_evidence", **asked)
            },
            {row["verdict_id"]: row["detail"] for row in session.query("pages_verdicts", **asked)},
            _settled(session.query("pages_settlements", **asked)),
        )


def _rise(event: Row) -> Rise:
    return Rise(**{name: event[name] for name in Rise._fields})


def _settled(rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """Verdict → what was invoiced and paid for it, by price rule and terms."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        invoiced, paid = (shown("cents", row[f"{name}_cents"]) for name in ("invoiced", "paid"))
        because = f" ({row['because']})" if row["because"] else ""
        name = f"Settled by {row['terms']}, {row['price_rule']} price"
        found.setdefault(row["verdict_id"], {})[name] = f"invoiced {invoiced}, paid {paid}{because}"
    return found


def _facts(rollout: Row) -> dict[str, str]:
    """What an answer took, in words."""
    facts = {}
    if rollout.get("finish_reason"):
        facts["Ended with"] = str(rollout["finish_reason"])
    if rollout.get("tokens_in") is not None:
        facts["Tokens"] = f"{rollout['tokens_in']:,} in, {rollout['tokens_out'] or 0:,} out"
    if rollout.get("declined"):
        facts["Declined"] = str(rollout["declined"])
    if rollout.get("questions"):
        facts["Asked the client"] = "; ".join(
            one["text"] for one in json.loads(rollout["questions"])
        )
    if rollout.get("cost_cents") is not None:
        facts["Cost"] = shown("cents", rollout["cost_cents"])
    return facts
