"""The page of one task: what was asked, what it was worth when, and what every run handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from tasks.domain.instances import TaskInstance
from tasks.reporting.answers import Turn, highlighted, log_text
from tasks.reporting.formats import cents
from tasks.reporting.ladders import HEIGHT, WIDTH, Step, drawn_ladder
from tasks.reporting.model import ReportRun
from tasks.reporting.pages import environment
from tasks.reporting.statements import sanitised, web_address
from tasks.reporting.texts import line

_MOST_TESTS: Final = 150
_PASSED: Final = "passed"


class Rise(NamedTuple):
    """One event of the ledger, and what it rests on."""

    occurred_at: datetime | None
    kind: str
    amount_cents: int
    actor: str | None
    words: str
    url: str | None
    source_kind: str


class Attempt(NamedTuple):
    """What one attempt of a run came to. `answer` is the submission's one key and value."""

    run_id: str
    number: int
    state: str
    reason: str
    detail: str
    rollout_id: str | None
    answer: tuple[str, Any] | None
    tests: Mapping[str, str] | None
    log: str
    turns: Sequence[Turn]
    facts: Mapping[str, str]


def instance_page(
    instance: TaskInstance,
    runs: Mapping[str, ReportRun],
    attempts: Sequence[Attempt],
    rises: Sequence[Rise],
    end: datetime | None,
    sql: Sequence[str],
    state: str,
    index: str,
) -> str:
    """The HTML of one task."""
    dated = [
        Step(rise.occurred_at, rise.amount_cents)
        for rise in rises
        if rise.occurred_at is not None and rise.kind not in ("paid", "restated")
    ]
    return (
        environment()
        .get_template("instance.html.j2")
        .render(
            state=state,
            index=index,
            instance=instance,
            statement=sanitised(instance.statement),
            accepted=instance.reference.accepted_proposal_id,
            runs=runs,
            attempts=attempts,
            answers=_answers(attempts),
            tests=[_tests(attempt.tests) for attempt in attempts],
            logs=[log_text(attempt.log) if attempt.log else None for attempt in attempts],
            rises=rises,
            ladder=drawn_ladder(dated, end),
            width=WIDTH,
            height=HEIGHT,
            dollars=lambda amount: "–" if amount is None else cents(float(amount)),
            web_address=web_address,
            sanitised=sanitised,
            sql=sql,
        )
    )


class Answer(NamedTuple):
    """What an attempt handed in. `same_as`: the place of an earlier attempt with the same text."""

    name: str
    shown: Markup | str
    same_as: int | None


def _answers(attempts: Sequence[Attempt]) -> list[Answer | None]:
    """Per attempt; equal submissions are shown once."""
    first: dict[tuple[str, Any], int] = {}
    found: list[Answer | None] = []
    for place, attempt in enumerate(attempts):
        if attempt.answer is None:
            found.append(None)
            continue
        name, value = attempt.answer
        earlier = first.setdefault(attempt.answer, place)
        if name == "selected_proposal_id":
            found.append(Answer(name, str(value), None))
        elif earlier != place:
            found.append(Answer(name, "", earlier))
        else:
            language = "python" if name == "program" else "diff"
            found.append(Answer(name, highlighted(str(value), language), None))
    return found


class Tests(NamedTuple):
    """A test report: how many of each result, the tests that did not pass, and those that did."""

    counts: dict[str, int]
    failed: list[tuple[str, str]]
    passed: str
    left_out: int


def _tests(report: Mapping[str, str] | None) -> Tests | None:
    if report is None:
        return None
    counts: dict[str, int] = {}
    for result in report.values():
        counts[result] = counts.get(result, 0) + 1
    failed = sorted((name, result) for name, result in report.items() if result != _PASSED)
    passed = sorted(name for name, result in report.items() if result == _PASSED)
    left_out = max(0, len(failed) - _MOST_TESTS) + max(0, len(passed) - _MOST_TESTS)
    names = "\n".join(line(name, 300) for name in passed[:_MOST_TESTS])
    return Tests(counts, failed[:_MOST_TESTS], names, left_out)
