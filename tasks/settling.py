"""A run's rollouts as engagements, read from the warehouse, and the rows of eval.settlements."""

import json
from collections.abc import Sequence
from datetime import datetime

from tasks.domain.engagements import PLAIN, Engagement, has_regressed, settle
from tasks.domain.results import was_delivered
from tasks.domain.rollouts import DECLINED, Run
from tasks.domain.verdicts import Expectation
from tasks.warehouse import Row, Session, Warehouse


def settle_run(warehouse: Warehouse, run: Run, price_rule: str, terms: str, now: datetime) -> int:
    """A settlement of every current verdict that lacks one under the rule and terms; how many."""
    with warehouse.write("eval", also_read=("core",)) as session:
        known = engagement_rows(session, run, price_rule, terms)
        rows = settlement_rows(run, known, price_rule, terms, now)
        return session.insert("eval.settlements", rows, on_conflict="keep")


def engagement_rows(session: Session, run: Run, price_rule: str, terms: str) -> list[Row]:
    """What is known of every engagement of a run: the columns of run_engagements.sql, and whether
    it `regressed`, which plain terms do not ask for. Reads core and eval."""
    rows = session.query("run_engagements", run_id=run.run_id, price_rule=price_rule, terms=terms)
    regressed = set() if terms == PLAIN else _regressed(session, run)
    return [row | {"regressed": row["verdict_id"] in regressed} for row in rows]


def engagements_of(run: Run, rows: Sequence[Row]) -> list[Engagement]:
    """The engagements that the rows of `engagement_rows` tell of, in their order."""
    deadline_s = _deadline_s(run)
    return [_engagement(row, deadline_s) for row in rows]


def settlement_rows(
    run: Run, rows: Sequence[Row], price_rule: str, terms: str, now: datetime
) -> list[Row]:
    """A row of eval.settlements for every verdict that lacks one under the rule and terms."""
    owed = [row for row in rows if row["verdict_id"] is not None and not row["is_settled"]]
    return [
        {
            "verdict_id": row["verdict_id"],
            "price_rule": price_rule,
            "terms": terms,
            "run_id": run.run_id,
            "approved": engagement.approved,
            "settled_at": now,
            **settle(engagement, terms)._asdict(),
        }
        for row, engagement in zip(owed, engagements_of(run, owed), strict=True)
    ]


def _engagement(row: Row, deadline_s: float | None) -> Engagement:
    declined = row["finish_reason"] == DECLINED
    return Engagement(
        instance_id=row["instance_id"],
        variant=row["variant"],
        accepted=not declined,
        delivered=was_delivered(row["submission"], row["outcome"], row["reason"]),
        outcome=row["outcome"],
        price_cents=row["price_cents"],
        questions=row["questions"],
        as_of=row["as_of"],
        worked_s=row["worked_s"],
        deadline_s=deadline_s,
        overdue=row["finish_reason"] == "deadline",
        regressed=row["regressed"],
    )


def _regressed(session: Session, run: Run) -> set[str]:
    return {
        row["verdict_id"]
        for row in session.query("run_failed_reports", run_id=run.run_id)
        if has_regressed(
            json.loads(row["report"]), Expectation.model_validate_json(row["expectation"])
        )
    }


def _deadline_s(run: Run) -> float | None:
    """What each rollout of the run had: a command's own, or the limit that was asked for."""
    parameters = run.parameters
    limits: dict[str, float] = parameters.get("limits", {})
    return parameters.get("deadline_s", limits.get("deadline_s"))
