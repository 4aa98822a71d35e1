"""The list of all tasks as JSON inside of a page: small, and nothing of it can end its element."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from tasks.reporting.model import Report, ReportRun, Task
from tasks.reporting.texts import line

# A character an attempt; what a page's script reads back with the same alphabet.
_ALPHABET: Final = "".join(
    [chr(n) for n in range(0x30, 0x7F) if chr(n) not in "<>\\`"]
    + [chr(n) for n in range(0xA1, 0x180) if n != 0xAD]
)
_REASON: Final = 160
# Inside of an element none of these may stand, nor what JavaScript once took for an end of line.
_ESCAPED: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def json_for_page(value: Any) -> str:
    """JSON that is safe as the text of a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_ESCAPED)


def task_data(report: Report) -> dict[str, Any]:
    """runs: names. states: (state, reason) pairs. tasks: [id, title, variant, repository, cents or
    null, raises or null, page or null, one text a run with a character of `alphabet` an attempt,
    which points into states]."""
    places = _places(report.tasks)
    return {
        "runs": [line(run.name, 60) for run in report.runs],
        "alphabet": _ALPHABET,
        "states": [list(pair) for pair in places],
        "tasks": [_row(task, report.runs, places) for task in report.tasks],
    }


def _places(tasks: Sequence[Task]) -> dict[tuple[str, str], int]:
    """The most frequent (state, reason) pairs; rarer reasons are one `other` a state."""
    seen: Counter[tuple[str, str]] = Counter()
    for task in tasks:
        for attempts in task.attempts.values():
            seen.update(attempts)
    short: Counter[tuple[str, str]] = Counter()
    for (state, reason), count in seen.items():
        short[(state, line(reason, _REASON))] += count
    others = [(state, "other") for state in sorted({state for state, _ in short})]
    kept = [pair for pair, _ in short.most_common(len(_ALPHABET) - len(others))]
    return {pair: place for place, pair in enumerate(dict.fromkeys([*kept, *others]))}


def _row(task: Task, runs: Sequence[ReportRun], places: dict[tuple[str, str], int]) -> list[Any]:
    def code(state: str, reason: str) -> str:
        pair = (state, line(reason, _REASON))
        return _ALPHABET[places.get(pair, places[(state, "other")])]

    return [
        line(task.instance_id, 200),
        line(task.title),
        task.variant,
        line(task.repository),
        task.price_cents,
        task.raises,
        task.page,
        ["".join(code(*one) for one in task.attempts.get(run.run_id, ())) for run in runs],
    ]
