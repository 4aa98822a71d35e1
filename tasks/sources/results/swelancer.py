"""SWE-Lancer's results.csv: one row an attempt, as the published evaluation writes it."""

import csv
import io
import re
from collections.abc import Mapping
from typing import Final

from tasks.domain.errors import DataError
from tasks.domain.money import dollars_to_cents
from tasks.domain.results import Reported, ReportedRun
from tasks.sources.records import cell_limit

_NEEDED: Final = ("question_id", "correct")
_TOKENS: Final = {
    "input_tokens": "tokens_in",
    "output_tokens": "tokens_out",
    "reasoning_tokens": "tokens_reasoning",
}
_KNOWN: Final = (*_NEEDED, "attempt_id", *_TOKENS, "earned")
# The public leaderboard's file of the same name.
_TOTALS: Final = {"model", "earned", "accuracy"}
_CORRECT: Final = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
_MOST_TOKENS: Final = 2**62


def read_table(results_id: str, file: str, text: str) -> ReportedRun:
    """Raises DataError that names the file, and the row where one is to blame.

    attempt_id counts from 0; without that column every row is a first attempt.
    """
    rows = _rows(file, text)
    reported = tuple(_reported(f"{file} row {n}", row) for n, row in enumerate(rows, start=1))
    seen: set[tuple[str, int]] = set()
    for number, one in enumerate(reported, start=1):
        if (one.name, one.attempt) in seen:
            raise DataError(f"{file} row {number}: {one.name} is there twice in one attempt")
        seen.add((one.name, one.attempt))
    return ReportedRun(
        results_id=results_id,
        form="swelancer",
        model="unknown",
        reported=reported,
    )


def _rows(file: str, text: str) -> list[Mapping[str, str]]:
    try:
        with cell_limit(1 << 20):
            records = [r for r in csv.reader(io.StringIO(text, newline=""), strict=True) if r]
    except csv.Error as error:
        raise DataError(f"{file} is no CSV: {error}") from error
    header, *cells = records or [[]]
    names = [name.strip() for name in header]
    if {name.lower() for name in names} >= _TOTALS:
        raise DataError(
            f"{file} states the totals of models and not what became of each task; import the "
            f"results.csv of a run, with the columns {', '.join(_KNOWN)}"
        )
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise DataError(
            f"{file} has no column {missing[0]}; a run's results.csv has {', '.join(_KNOWN)}"
        )
    if not cells:
        raise DataError(f"{file} has a header and no rows")
    for number, row in enumerate(cells, start=1):
        if len(row) != len(names):
            raise DataError(f"{file} row {number}: has {len(row)} of {len(names)} fields")
    return [dict(zip(names, row, strict=True)) for row in cells]


def _reported(where: str, row: Mapping[str, str]) -> Reported:
    name = row["question_id"].strip()
    if not name:
        raise DataError(f"{where}: question_id is empty")
    correct = _CORRECT.get(row["correct"].strip().lower())
    if correct is None:
        raise DataError(f"{where}: correct is {row['correct'][:20]!r}; expected True or False")
    earned = row.get("earned", "").strip()
    return Reported(
        name=name,
        attempt=_whole(where, "attempt_id", row.get("attempt_id", "0")) + 1,
        outcome="resolved" if correct else "unresolved",
        reason="reported_correct" if correct else "reported_incorrect",
        detail=where,
        earned_cents=_cents(where, earned) if earned else None,
        **{
            ours: _whole(where, theirs, row[theirs])
            for theirs, ours in _TOKENS.items()
            if row.get(theirs, "").strip()
        },
    )


def _whole(where: str, column: str, cell: str) -> int:
    # A table library writes whole numbers beside empty cells as 12.0.
    match = re.fullmatch(r"([0-9]{1,18})(?:\.0)?", cell.strip())
    if match is None or int(match[1]) > _MOST_TOKENS:
        raise DataError(f"{where}: {column} is {cell[:20]!r}, which is no count")
    return int(match[1])


def _cents(where: str, cell: str) -> int:
    try:
        return dollars_to_cents(cell)
    except ValueError as error:
        raise DataError(f"{where}: earned is {cell[:20]!r}, which is no amount") from error
