"""Pages: written whole, so that whoever reads meanwhile sees the old page or the new one."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN
from tasks.domain.errors import SystemFault
from tasks.domain.metrics import METRICS, VERSUS_METRICS
from tasks.domain.money import show_cents
from tasks.domain.slices import PRICE_BANDS
from tasks.reporting.compact import json_for_page, task_data
from tasks.reporting.drawing import in_page
from tasks.reporting.formats import NUMBERS, exact, interval, shown
from tasks.reporting.model import Chart, Report
from tasks.reporting.policy import asset, policy
from tasks.reporting.texts import line, plain

_STATE_MARK: Final = '<meta name="paydag-state" content="{}">'
_HEAD_BYTES: Final = 4_000
REPORTS: Final = "reports"


def report_file(home: Path, name: str, price_rule: str, own_rule: str, terms: str = PLAIN) -> Path:
    """The index of a report, whose folder has the id of its run or another name: index.html under
    the runs' own price rule and plain terms, a page beside it for others."""
    page = "index" if price_rule == own_rule else price_rule
    under = page if terms == PLAIN else f"{page}-{terms}"
    return home / REPORTS / name / f"{under}.html"


def is_current(file: Path, state: str) -> bool:
    """Whether a page was written from exactly this state."""
    if not file.is_file():
        return False
    with file.open("rb") as page:
        return _STATE_MARK.format(state).encode() in page.read(_HEAD_BYTES)


def show_value(value: Any) -> str:
    """A value as JSON, words as they are; nothing of it is markup yet or ever."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


@cache
def environment() -> Environment:
    """Templates; every text is escaped unless a template says that it is markup of ours."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"line": line, "plain": plain, "exact": exact}
    made.filters |= {"dollars": show_cents, "short": short, "value": show_value}
    made.filters["thousands"] = lambda number: f"{number:,}"
    made.globals |= {
        "policy": policy,
        "asset": asset,
        "shown": shown,
        "interval": interval,
        "in_page": chart_in_page,
        "numbers": NUMBERS,
    }
    return made


def chart_in_page(chart: Chart) -> str:
    return in_page(chart.svg, chart.name, chart.title, chart.says)


def index_page(report: Report) -> str:
    """The HTML of the index."""
    known: dict[str, Any] = {
        "report": report,
        "state": report.state,
        "runs": {run.run_id: run for run in report.runs},
        "data": json_for_page(task_data(report)),
        "variants": sorted({task.variant for task in report.tasks}),
        "repositories": sorted({task.repository for task in report.tasks}),
        "bands": [band for band in PRICE_BANDS if "-" in band],
        "meanings": [*METRICS.items(), *VERSUS_METRICS.items()],
    }
    return environment().get_template("index.html.j2").render(known)


def write_file(file: Path, content: str | bytes) -> Path:
    """Put a file in its place in one step. Text may hold what UTF-8 cannot: it is written out.

    Raises SystemFault where the disk refuses.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # One name for all, so that what a killed process left goes with the next writing.
        part = file.with_name(f".{file.name}.part")
        with _held(part) as page:
            try:
                page.write(data)
                page.flush()
                os.fchmod(page.fileno(), 0o644)
                part.replace(file)
            except OSError:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise SystemFault(
            f"{file} cannot be written: {error.strerror or error}; is the disk full?",
            retryable=False,
        ) from error
    return file


@contextmanager
def _held(part: Path) -> Iterator[IO[bytes]]:
    """An empty file that no other process writes to meanwhile, whoever began one of its name."""
    while True:
        with part.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            # Whoever held it before has moved it to its place.
            if not part.exists() or not os.path.samestat(os.fstat(held.fileno()), part.stat()):
                continue
            held.truncate(0)
            yield held
            return
