"""Author: a model is asked to write tasks from postings; each answer lands by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from tasks.allowances import Allowance, allowance_of, allowing, end_asking, within
from tasks.authoring import (
    Ask,
    Plan,
    answer_document,
    author_of,
    fault_document,
    plan_authoring,
    standing,
)
from tasks.collecting import forward_clock
from tasks.domain.authored import AUTHORED
from tasks.domain.digests import digest, short
from tasks.domain.documents import Document
from tasks.domain.errors import SystemFault
from tasks.domain.limits import Spent
from tasks.domain.redaction import Redactor
from tasks.domain.rollouts import HopelessFault, RolloutFault
from tasks.domain.solver_options import SolverChoice, SolverUse
from tasks.fanout import batches, run_batches
from tasks.one_spender import spending
from tasks.settings import secret_values
from tasks.solvers.author import Author, Written
from tasks.specs import DatasetSpec
from tasks.stages import StageFailedError, open_warehouse, with_retries
from tasks.strategies import MODEL_WORKERS
from tasks.warehouse import Warehouse
from tasks.warehouse.documents import land_answer


class AuthorResult(BaseModel, frozen=True, extra="forbid"):
    """What a model was asked and wrote. `candidates` are the postings that tasks can be written
    from, `known` those that were answered before; asked = written + unusable + faults. `unusable`
    landed with the reason. `spent_cents` is what all questions of this kind have cost until now;
    `notes` say why others were not asked, and what else there is to know."""

    dataset: str
    model: str
    candidates: int
    known: int
    asked: int
    written: int
    unusable: int
    faults: int
    first_fault: str | None = None
    spent_cents: float
    notes: list[str] = []

    def raise_for_faults(self) -> None:
        if self.faults:
            raise StageFailedError(
                f"author: {self.faults} of {self.asked} postings asked about ended in a fault; the "
                f"first: {self.first_fault}; the same command asks again"
            )


@dataclass
class _Asked:
    """What came of a posting: documents to land, and a fault that all others would meet as well."""

    documents: list[Document] = field(default_factory=list)
    paid_cents: Decimal = Decimal(0)
    requests: int = 0
    fault: str | None = None
    hopeless: str | None = None


@task(name="author", task_run_name="author {label}", cache_policy=NO_CACHE)
def author_batch(
    home: str,
    dataset: str,
    refresh_id: str,
    asks: list[dict[str, Any]],
    label: str,  # noqa: ARG001
    choice: dict[str, Any],
    use: dict[str, Any],
    workers: int | None = None,
) -> list[str]:
    """Ask about these postings and land each answer by itself; the faults that remain. What the
    allowance does not let start is not asked."""
    warehouse = Warehouse(Path(home))
    author = author_of(
        Path(home), SolverChoice.model_validate(choice), SolverUse.model_validate(use), workers
    )
    allowance = allowance_of(Path(home), author.identity())
    faults = []
    for ask in map(Ask.model_validate, asks):
        found = within(
            allowance, partial(_ask, warehouse, dataset, refresh_id, ask, author, allowance)
        )
        if found is not None and found.fault is not None:
            faults.append(f"{ask.posting_id}: {found.fault}")
    return faults


def _ask(
    warehouse: Warehouse,
    dataset: str,
    refresh_id: str,
    ask: Ask,
    author: Author,
    allowance: Allowance,
) -> _Asked:
    """Ask about a posting, again after a fault, and land what came of it. The cap is for all takes
    together."""
    redactor, found = Redactor(secret_values()), _Asked()
    clock = forward_clock(warehouse, AUTHORED)
    started = clock()

    def count(spent: Spent) -> None:
        found.paid_cents += spent.paid_cents
        found.requests += spent.requests

    def on_fault(_: int, fault: SystemFault) -> None:
        partial = fault.partial if isinstance(fault, RolloutFault) else None
        spent = (partial.spent if partial is not None else None) or Spent()
        count(spent)
        found.fault = redactor.clean(str(fault))
        if isinstance(fault, HopelessFault):
            found.hopeless = found.fault
        found.documents.append(fault_document(ask, author, found.fault, spent, clock()))

    def attempt(_: int) -> Written:
        cap = allowance.cap_cents
        return author.write(ask.prompt, None if cap is None else cap - found.paid_cents)

    written = with_retries(attempt, on_fault)
    if written is not None:
        count(written.spent)
        found.fault = None
        found.documents.append(answer_document(ask, author, written, redactor, clock()))
    land_answer(
        warehouse,
        found.documents,
        source=AUTHORED,
        dataset=dataset,
        refresh_id=refresh_id,
        query=f"author {ask.posting_id}",
        calls=found.requests,
        error=found.fault,
        started_at=started,
        finished_at=clock(),
    )
    return found


async def author_postings(
    home: Path,
    spec: DatasetSpec,
    folder: Path,
    choice: SolverChoice,
    use: SolverUse,
    *,
    limit: int | None = None,
    workers: int | None = None,
) -> AuthorResult:
    """Ask the model about postings of a dataset that it has not been asked about in this way.

    Raises UsageError where it cannot be asked, SystemFault where another process asks it in the
    same way: the two would pay twice for the same answers.
    """
    warehouse = open_warehouse(home)
    author = author_of(home, choice, use, workers)
    identity = author.identity()
    what = f"the model {choice.model} is being asked to write the same tasks"
    with spending(home, f"author-{short(identity)}", what=what):
        plan = plan_authoring(warehouse, spec, folder, author, limit)
        return await _author(home, warehouse, spec, plan, choice, use, workers)


async def _author(
    home: Path,
    warehouse: Warehouse,
    spec: DatasetSpec,
    plan: Plan,
    choice: SolverChoice,
    use: SolverUse,
    workers: int | None,
) -> AuthorResult:
    began = forward_clock(warehouse, AUTHORED)()
    refresh_id = digest([AUTHORED, spec.name, began.isoformat()])

    def arguments(batch: Sequence[Ask], label: str) -> dict[str, Any]:
        return {
            "home": str(home),
            "dataset": spec.name,
            "refresh_id": refresh_id,
            "asks": [ask.model_dump(mode="json") for ask in batch],
            "label": label,
            "choice": choice.model_dump(mode="json"),
            "use": use.model_dump(mode="json"),
            "workers": workers,
        }

    allowance = Allowance(use, plan.spent_cents, "posting")
    work = list(batches(plan.asks, single=True))
    with allowing(home, plan.author, allowance):
        try:
            faults = await run_batches(
                "author", author_batch, work, arguments, workers=workers or MODEL_WORKERS
            )
        except BaseException:
            end_asking(allowance)
            raise
        note = allowance.note()
    answered, spent = standing(warehouse, plan.author)
    states = [answered.get(ask.request) for ask in plan.asks]
    written, unusable = states.count(True), states.count(False)
    hint = _hint(spec, choice.model or "")
    return AuthorResult(
        dataset=spec.name,
        model=choice.model or "",
        candidates=plan.candidates,
        known=plan.known,
        asked=written + unusable + len(faults),
        written=written,
        unusable=unusable,
        faults=len(faults),
        first_fault=faults[0] if faults else None,
        spent_cents=float(spent),
        notes=[one for one in (note, hint) if one is not None],
    )


def _hint(spec: DatasetSpec, model: str) -> str | None:
    """Whoever pays for tasks has to know where they are used."""
    wanted = spec.freelance_code.authored
    if wanted in (True, model):
        return None
    makes = f"those of {wanted}" if wanted else "those of families"
    return (
        f"the tasks of {spec.name} are {makes}; a dataset whose dataset.yaml says "
        f"`freelance_code: {{authored: {model}}}` takes what was written"
    )
