"""A ledger in the terminal: the chart's shape, and every line with its evidence."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from flows.ledgers import show_ledger, step_chart


def rung(day: str, cents: int, kind: str = "raised", **kept: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "occurred_at": f"{day}T09:00:00+00:00",
        "kind": kind,
        "amount_cents": cents,
        "previous_cents": None,
        "currency": "USD",
        "source_kind": "title_rename",
        "document_id": "d",
        "url": "https://github.com/ours/app/issues/7",
        "words": "[$1] Boats",
        "superseded_by": None,
        "reason": None,
        "role": None,
        "person": None,
    }
    return plain | kept


LADDER = [
    rung("2024-04-30", 25_000, "posted"),
    rung("2024-05-16", 50_000, previous_cents=25_000),
    rung("2024-05-23", 100_000, previous_cents=50_000),
    rung("2024-07-09", 200_000, previous_cents=100_000),
]


def printed(**ledger: Any) -> str:
    plain: dict[str, Any] = {
        "issue": "ours/app#7",
        "dataset": None,
        "events": [],
        "observations": [],
        "escalation": None,
    }
    console = Console(file=StringIO(), width=160, color_system=None)
    show_ledger(console, plain | ledger)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_chart_climbs_in_proportion_to_dollars_and_time() -> None:
    lines = step_chart(LADDER)
    assert lines[0].startswith("$2,000 │")
    assert [line.split("│")[0].strip() for line in lines[:6]] == [
        *("$2,000", "", "", "$1,000", "$500", "$250"),
    ]
    bars = [line.split("│")[1] for line in lines[:6]]
    assert all(len(upper) - len(upper.lstrip()) >= 0 for upper in bars)
    starts = [len(bar) - len(bar.lstrip()) for bar in bars]
    assert starts == sorted(starts, reverse=True)
    assert lines[-1].split() == ["2024-04-30", "2024-07-09"]


@pytest.mark.parametrize("rungs", [[], LADDER[:1]])
def test_what_never_changed_has_no_chart(rungs: list[dict[str, Any]]) -> None:
    assert step_chart(rungs) == []


def test_rungs_of_one_moment_and_a_withdrawal_can_be_drawn() -> None:
    assert len(step_chart([LADDER[0], rung("2024-04-30", 0, "withdrawn")])) == 8


def test_every_event_is_told_with_date_change_evidence_and_link() -> None:
    text = printed(
        events=LADDER,
        escalation={
            "raises": 3,
            "lowers": 0,
            "premium_cents": 175_000,
            "days_to_first_raise": 16.0,
            "days_to_resolve": 90.25,
        },
    )
    assert text.splitlines()[0] == (
        "ours/app#7: $250 → $500 → $1,000 → $2,000, 3 raises, premium $1,750, "
        "first raise after 16.0 days, closed after 90.2 days"
    )
    told = [line.split() for line in text.splitlines() if line.startswith("2024-")]
    assert [(row[0], row[2], row[3]) for row in told] == [
        ("2024-04-30", "posted", "$250"),
        ("2024-05-16", "raised", "$500"),
        ("2024-05-23", "raised", "$1,000"),
        ("2024-07-09", "raised", "$2,000"),
    ]
    assert told[1][4] == "+$250"
    assert told[1][-1] == "https://github.com/ours/app/issues/7"


def test_payments_and_what_lost_are_told_apart() -> None:
    text = printed(
        events=[
            LADDER[0],
            rung("2024-05-01", 90_000, superseded_by="x", reason="the title says otherwise"),
            rung(
                "2024-06-01",
                37_500,
                "paid",
                role="contributor",
                person="ann",
                reason="merged within 3 business days: +50 %",
            ),
        ]
    )
    assert text.startswith("ours/app#7: $250\n")
    assert "paid contributor @ann" in text
    assert "(merged within 3 business days: +50 %)" in text
    assert "superseded: $900: the title says otherwise" in text


def test_outside_text_has_no_markup_and_foreign_money_keeps_its_code() -> None:
    observation = {
        "occurred_at": "2024-05-01T09:00:00+00:00",
        "reading": "request",
        "amount_cents": 20_000,
        "currency": "EUR",
        "reason": "changes no price",
        "source_kind": "comment",
        "words": "[red]could it be 200 EUR?[/red]\x1b[31m",
    }
    text = printed(events=[LADDER[0]], observations=[observation])
    assert "200 EUR" in text
    assert "[red]could it be 200 EUR?[/red] [31m" in text


def test_the_link_of_a_job_that_changed_nothing_is_printed_once_and_whole() -> None:
    url = f"https://www.upwork.com/jobs/~02{'9' * 19}?{'a' * 80}"
    seen = {
        "occurred_at": "2024-05-01T09:00:00+00:00",
        "reading": "job_budget",
        "amount_cents": 20_000,
        "currency": "USD",
        "reason": "the price in force",
        "source_kind": "upwork_job",
        "words": "Boats leak: $200 fixed price",
        "url": url,
    }
    text = printed(events=[LADDER[0]], observations=[seen, seen | {"reading": "job_status"}])
    assert text.count(f"  job: {url}\n") == 1
