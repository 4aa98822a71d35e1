"""One rollout: the question put to a solver, and the rows of eval.rollouts that come of it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from tasks.domain.digests import canonical_json
from tasks.domain.errors import SystemFault
from tasks.domain.instances import TaskInstance
from tasks.domain.limits import Spent
from tasks.domain.protocols import Solver
from tasks.domain.redaction import NO_SECRETS, Redactor
from tasks.domain.rollouts import (
    NOTHING,
    HopelessFault,
    Job,
    Pending,
    RolloutFault,
    Run,
    Solution,
    solve_digest,
)
from tasks.domain.threads import Remark
from tasks.domain.workplaces import Workplace
from tasks.prompts import PRICE, prompt_of
from tasks.stages import now, with_retries
from tasks.strategies import Strategy
from tasks.warehouse import Row


@dataclass(frozen=True)
class Rollout:
    """What came of one item: its rows, a row a take, what they cost, and the fault that every
    other item would meet as well."""

    rows: list[Row]
    paid_cents: Decimal
    hopeless: str | None = None


def roll_out(
    run: Run,
    item: Pending,
    instance: TaskInstance,
    strategy: Strategy,
    *,
    place: Callable[[], Workplace],
    redactor: Redactor = NO_SECRETS,
    cap_cents: Decimal | None = None,
    remarks: tuple[Remark, ...] = (),
) -> Rollout:
    """Ask for one item: a fault row for every failed take, then the finished one, if any.

    The cap is for all takes together. `remarks` are what a client can be asked about.
    """
    rows: list[Row] = []
    paid = Decimal(0)
    hopeless: str | None = None
    asked = _job(run, item, instance, strategy, remarks)
    started = now()

    def on_fault(number: int, fault: SystemFault) -> None:
        nonlocal paid, hopeless
        text = redactor.clean(str(fault))
        partial = fault.partial if isinstance(fault, RolloutFault) else None
        paid += _paid(partial)
        if isinstance(fault, HopelessFault):
            hopeless = text
        row = _key(run, item, item.take + number, started)
        rows.append(row | {"status": "fault", "fault": text} | _columns(partial, redactor))

    def attempt(_: int) -> Solution:
        nonlocal started
        started = now()
        job = asked
        if cap_cents is not None:
            job = asked.model_copy(update={"cap_cents": cap_cents - paid})
        if strategy.working is not None:
            return strategy.working.work(job, place())
        return cast(Solver, strategy.solver).solve(job)

    solution = with_retries(attempt, on_fault)
    if solution is not None:
        paid += _paid(solution)
        row = _key(run, item, item.take + len(rows), started)
        rows.append(row | finished_columns(solution, redactor))
    return Rollout(rows, paid, hopeless)


def lost_rollout(run: Run, item: Pending, fault: str, cap_cents: Decimal | None) -> Rollout:
    """A take that went away with its machine: a fault, and at most its cap is spent."""
    spent = None if cap_cents is None else Spent(unsure_cents=cap_cents)
    partial = Solution(submission=NOTHING, spent=spent)
    row = _key(run, item, item.take, now()) | {"status": "fault", "fault": fault}
    return Rollout([row | _columns(partial, NO_SECRETS)], _paid(partial))


def finished_columns(solution: Solution, redactor: Redactor = NO_SECRETS) -> Row:
    """The columns of eval.rollouts that a finished rollout fills."""
    answer = canonical_json(solution.submission.model_dump(mode="json", exclude_none=True))
    columns = {"status": "done", "submission": redactor.clean(answer)}
    return columns | _columns(solution, redactor)


def _job(
    run: Run,
    item: Pending,
    instance: TaskInstance,
    strategy: Strategy,
    remarks: tuple[Remark, ...],
) -> Job:
    job = Job(
        offer=instance.offer(),
        seed=run.seed,
        attempt=item.attempt,
        reference=instance.reference if strategy.solver.sees_reference else None,
        remarks=remarks,
    )
    wording = strategy.wording(instance.variant)
    if wording is None:
        return job
    rule = strategy.price_rule
    price = instance.prices.get(rule) if rule is not None else None
    text, shown = prompt_of(
        instance, run.seed, wording, strategy.prompts.get(PRICE), price, strategy.additions()
    )
    return job.model_copy(update={"prompt": text, "shown": shown})


def _key(run: Run, item: Pending, take: int, started: datetime) -> Row:
    current = item if take == item.take else item.model_copy(update={"take": take})
    return {
        "rollout_id": current.rollout_id,
        "run_id": item.run_id,
        "instance_id": item.instance_id,
        "attempt": item.attempt,
        "take": take,
        "instance_digest": item.instance_digest,
        "solve_digest": solve_digest(run, item.instance_digest, item.attempt),
        "started_at": started,
        "finished_at": now(),
    }


def _columns(solution: Solution | None, redactor: Redactor) -> Row:
    """What a take says of how its answer came to be; nothing where it asked no model."""
    if solution is None:
        return {}
    transcript = solution.transcript
    packed = gzip.compress(redactor.clean(transcript).encode(), mtime=0) if transcript else None
    return {
        "transcript": packed,
        "finish_reason": solution.finish_reason,
        "price_snapshot": solution.price_snapshot,
        "declined": None if solution.declined is None else redactor.clean(solution.declined),
        "questions": _questions_column(solution, redactor),
        "worked_s": solution.worked_s,
        **({} if solution.spent is None else _spent_columns(solution.spent)),
    }


def _questions_column(solution: Solution, redactor: Redactor) -> str | None:
    """What the client was asked, as JSON; nothing where nothing was asked."""
    if not solution.questions:
        return None
    asked = [question.model_dump(mode="json") for question in solution.questions]
    return redactor.clean(canonical_json(asked))


def _spent_columns(spent: Spent) -> Row:
    cost = spent.cost_cents
    return spent.model_dump(exclude={"cost_cents", "saved_cents", "unsure_cents"}) | {
        "cost_cents": None if cost is None else float(cost),
        "saved_cents": float(spent.saved_cents),
        "unsure_cents": float(spent.unsure_cents),
    }


def _paid(solution: Solution | None) -> Decimal:
    if solution is None or solution.spent is None:
        return Decimal(0)
    return solution.spent.paid_cents
