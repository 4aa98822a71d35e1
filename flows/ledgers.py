"""A ledger as a person reads it: the ladder as a chart, then event by event with its evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console

from flows.tables import plain, table
from tasks.domain.money import show_cents

_WIDTH: Final = 56
_HEIGHT: Final = 6
_NO_RUNG: Final = ("paid", "restated")


def show_ledger(console: Console, ledger: dict[str, Any]) -> None:
    events = ledger["events"]
    rungs = [e for e in events if e["kind"] not in _NO_RUNG and not e["superseded_by"]]
    console.print(f"{plain(ledger['issue'])}: {_headline(rungs, ledger['escalation'])}")
    if ledger["dataset"]:
        console.print(f"as corrected by the overrides of {plain(ledger['dataset'])}")
    for line in step_chart(rungs):
        console.print(line, markup=False, highlight=False)
    _events(console, events)
    _observations(console, ledger["observations"])


def _headline(rungs: Sequence[dict[str, Any]], escalation: dict[str, Any] | None) -> str:
    """`$250 → $500 → $1,000, 2 raises, premium $750, first raise after 14.0 days`."""
    if not rungs:
        return "no bounty"
    steps = " → ".join(show_cents(r["amount_cents"]) for r in rungs)
    if escalation is None:
        return steps
    said = [steps]
    for what in ("raises", "lowers"):
        if escalation[what]:
            word = what if escalation[what] > 1 else what.removesuffix("s")
            said.append(f"{escalation[what]} {word}")
    if escalation["premium_cents"]:
        said.append(f"premium {show_cents(escalation['premium_cents'])}")
    if escalation["days_to_first_raise"] is not None:
        said.append(f"first raise after {escalation['days_to_first_raise']:.1f} days")
    if escalation["days_to_resolve"] is not None:
        said.append(f"closed after {escalation['days_to_resolve']:.1f} days")
    return ", ".join(said)


def step_chart(rungs: Sequence[dict[str, Any]]) -> list[str]:
    """The bounty over time, oldest left, as lines of blocks; nothing for fewer than two rungs.

    Heights are proportional to dollars. The last rung is drawn a sixth of the width long.
    """
    dated = [(datetime.fromisoformat(r["occurred_at"]), r) for r in rungs if r["occurred_at"]]
    if len(dated) < 2:
        return []
    first, last = dated[0][0], dated[-1][0]
    span = (last - first).total_seconds() * 1.2 or 1.0
    top = max(r["amount_cents"] for _, r in dated) or 1
    columns = []
    for column in range(_WIDTH):
        moment = span * column / _WIDTH
        known = [r for at, r in dated if (at - first).total_seconds() <= moment]
        columns.append(known[-1]["amount_cents"] / top * _HEIGHT)
    labels = {_HEIGHT: show_cents(top), _row(dated[0][1]["amount_cents"], top): ""}
    labels |= {_row(r["amount_cents"], top): show_cents(r["amount_cents"]) for _, r in dated}
    labels[_HEIGHT] = show_cents(top)
    margin = max(len(label) for label in labels.values())
    lines = [
        f"{labels.get(row, ''):>{margin}} │"
        + "".join(_block(height - (row - 1)) for height in columns).rstrip()
        for row in range(_HEIGHT, 0, -1)
    ]
    ends = f"{first:%Y-%m-%d}".ljust(_WIDTH - 10) + f"{last:%Y-%m-%d}"
    return [*lines, f"{'':>{margin}} └{'─' * _WIDTH}", f"{'':>{margin}}  {ends}"]


def _row(cents: int, top: int) -> int:
    """The line, counted from below, in which a bar of that height ends."""
    return max(1, -(-cents * _HEIGHT // top))


def _block(height: float) -> str:
    eighths = min(8, max(0, round(height * 8)))
    return " ▁▂▃▄▅▆▇█"[eighths]


def _events(console: Console, events: Sequence[dict[str, Any]]) -> None:
    made = table(
        "date", "what", "bounty", "change", "evidence", "link", numbers=("bounty", "change")
    )
    for event in events:
        made.add_row(
            (event["occurred_at"] or "undated")[:16].replace("T", " "),
            _what(event),
            _amount(event["amount_cents"], event["currency"]),
            _change(event),
            _evidence(event),
            plain(event["url"] or event["document_id"]),
        )
    console.print(made)
    for event in events:
        if event["superseded_by"] and event["reason"]:
            console.print(
                f"  superseded: {show_cents(event['amount_cents'])}: {plain(event['reason'])}",
                style="dim",
            )


def _what(event: dict[str, Any]) -> str:
    said = str(event["kind"])
    if event["kind"] == "paid":
        person = f" @{plain(event['person'])}" if event["person"] else ""
        said = f"paid {event['role'] or ''}{person}".rstrip()
    return f"{said} (superseded)" if event["superseded_by"] else said


def _change(event: dict[str, Any]) -> str:
    before = event["previous_cents"]
    if before is None or event["kind"] == "paid":
        return ""
    change = event["amount_cents"] - before
    return f"+{show_cents(change)}" if change > 0 else show_cents(change)


def _evidence(event: dict[str, Any]) -> str:
    said = f"{event['source_kind']}: {plain(event['words'])[:60]}"
    if event["kind"] == "paid" and event["reason"] and not event["superseded_by"]:
        return f"{said} ({plain(event['reason'])})"
    return said


def _amount(cents: int | None, currency: str) -> str:
    if cents is None or currency == "USD":
        return show_cents(cents)
    return f"{show_cents(cents).replace('$', '')} {currency}"


def _observations(console: Console, observations: Sequence[dict[str, Any]]) -> None:
    if not observations:
        return
    console.print("\nread as well, and no change of the bounty:")
    made = table("date", "reading", "amount", "because", "words", numbers=("amount",))
    for row in observations:
        made.add_row(
            (row["occurred_at"] or "undated")[:16].replace("T", " "),
            row["reading"],
            _amount(row["amount_cents"], row["currency"]),
            plain(row["reason"] or ""),
            plain(row["words"])[:60],
        )
    console.print(made)
    # A column of links would leave no room for the words.
    for job in dict.fromkeys(r["url"] for r in observations if r["source_kind"] == "upwork_job"):
        console.print(f"  job: {plain(job)}", style="dim", soft_wrap=True)
