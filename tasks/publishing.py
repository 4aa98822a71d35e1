"""Where reports go: the folder of one, its other formats, and a leaderboard. No Prefect."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import digest
from tasks.domain.engagements import PLAIN, check_terms
from tasks.domain.errors import UsageError, unknown
from tasks.queries import RunSummary, summarise_run
from tasks.reporting import (
    FORMATS,
    Report,
    as_leaderboard,
    files_of,
    report_file,
    write_file,
)
from tasks.reports import How, Pricing, chosen_runs, runs_named, write_report
from tasks.specs.model import check_price_rule
from tasks.stages import open_warehouse

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ALL: Final = "all"


class Wanted(BaseModel, frozen=True, extra="forbid"):
    """What is asked of a report. `name` is that of its folder; the run's id, `all` or a digest of
    the runs where none is given. `leaderboard` is a file to write."""

    runs: tuple[str, ...] = ()
    name: str | None = None
    price_rule: str | None = None
    terms: str = PLAIN
    single: bool = False
    baselines: bool = True
    formats: tuple[str, ...] = ()
    leaderboard: Path | None = None


class Published(BaseModel, frozen=True, extra="forbid"):
    """What was written: the index, other files, pages of tasks written anew, and the runs."""

    index: Path | None
    files: tuple[Path, ...] = ()
    pages: int = 0
    summaries: tuple[RunSummary, ...] = ()


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """The formats, or a UsageError that lists the known ones."""
    chosen = tuple(dict.fromkeys(formats))
    for one in chosen:
        if one not in FORMATS:
            raise unknown("format", one, list(FORMATS))
    return chosen


def publish(home: Path, wanted: Wanted) -> Published:
    """Write a report of these runs (all, where none is named). Without any run nothing is written.

    Raises UsageError for unknown runs, formats and rules, and for a name that is no folder's.
    """
    check_formats(wanted.formats)
    check_terms(wanted.terms)
    if wanted.leaderboard is not None and wanted.leaderboard.is_dir():
        raise UsageError(f"{wanted.leaderboard} is a folder; name a file for the leaderboard")
    warehouse = open_warehouse(home)
    with warehouse.read("eval") as session:
        asked = runs_named(session, wanted.runs)
    if not asked:
        return Published(index=None)
    rule = check_price_rule(wanted.price_rule or asked[0].price_rule)
    pricing = Pricing(rule=rule, terms=wanted.terms)
    ids = [run.run_id for run in asked]
    runs = chosen_runs(warehouse, ids, rule, baselines=wanted.baselines)
    index = report_file(home, _folder(wanted, ids), rule, asked[0].price_rule, wanted.terms)
    if wanted.single:
        index = index.with_name("single.html")
    summaries = {
        run.run_id: summarise_run(warehouse, home, run.run_id, rule, wanted.terms) for run in runs
    }
    states = [one.state for one in summaries.values()]
    # Of one run with its baselines this is the very page of the report stage.
    state = summaries[ids[0]].state if len(ids) == 1 and wanted.baselines else digest(states)
    written = write_report(warehouse, index, runs, pricing, state, How(single=wanted.single))
    files = write_formats(written.report, index.parent, wanted.formats)
    if wanted.leaderboard is not None:
        files.append(write_file(wanted.leaderboard, as_leaderboard(written.report)))
    return Published(
        index=index,
        files=tuple(files),
        pages=written.pages,
        summaries=tuple(summaries.values()),
    )


def _folder(wanted: Wanted, run_ids: Sequence[str]) -> str:
    if wanted.name is None:
        if len(run_ids) == 1:
            return run_ids[0]
        return f"runs-{digest(sorted(run_ids))[:8]}" if wanted.runs else ALL
    if not _NAME.fullmatch(wanted.name):
        raise UsageError(
            f"{wanted.name!r} is no name for a folder; take letters, digits, '.', '_' and '-'"
        )
    return wanted.name


def write_formats(report: Report, folder: Path, formats: Iterable[str]) -> list[Path]:
    """The files of every format beside the index."""
    return [
        write_file(folder / name, content)
        for one in formats
        for name, content in files_of(report, one)
    ]
