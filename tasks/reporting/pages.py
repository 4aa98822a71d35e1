"""One page for one or several runs: headline, per variant, reasons, and every task."""

import json
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel

from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN, EngagementTally
from tasks.domain.money import show_cents
from tasks.domain.payouts import Tally

_STATE_MARK = '<meta name="paydag-state" content="{}">'
_HEAD_BYTES = 4_000


class ReportItem(BaseModel, frozen=True, extra="forbid"):
    """One (instance, attempt) of a run as the page lists it."""

    instance_id: str
    attempt: int
    variant: str
    issue: str
    title: str
    state: str
    reason: str
    price_cents: int | None


class ReportRun(BaseModel, frozen=True, extra="forbid"):
    """One run as the page shows it."""

    run_id: str
    dataset: str
    version: str
    solver: str
    price_rule: str
    seed: int
    attempts: int
    total: Tally
    engagement: EngagementTally
    by_variant: dict[str, Tally]
    reasons: dict[str, int]
    items: tuple[ReportItem, ...]


def report_file(
    home: Path, run_id: str, price_rule: str, own_rule: str, terms: str = PLAIN
) -> Path:
    """The page of one run: index.html under its own price rule and plain terms, a page beside it
    for others."""
    name = "index" if price_rule == own_rule else price_rule
    return home / "reports" / run_id / f"{_under(name, terms)}.html"


def reports_file(home: Path, terms: str = PLAIN) -> Path:
    """The page that compares runs."""
    return home / "reports" / f"{_under('index', terms)}.html"


def _under(name: str, terms: str) -> str:
    return name if terms == PLAIN else f"{name}-{terms}"


def is_current(file: Path, state: str) -> bool:
    """Whether a page was written from exactly this state."""
    if not file.is_file():
        return False
    with file.open("rb") as page:
        return _STATE_MARK.format(state).encode() in page.read(_HEAD_BYTES)


def show_rate(rate: float | None) -> str:
    """`0.415` → `41.5 %`; `-` where nothing was available."""
    return "-" if rate is None else f"{100 * rate:.1f} %"


def show_value(value: Any) -> str:
    """A value as JSON, words as they are; nothing of it is markup yet or ever."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


@cache
def environment() -> Environment:
    """Where all pages' templates are: what is put into them is escaped, what is missing raises."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["dollars"] = show_cents
    made.filters["rate"] = show_rate
    made.filters["short"] = short
    made.filters["value"] = show_value
    return made


def write_page(file: Path, runs: Sequence[ReportRun], state: str) -> Path:
    """Write the page of these runs; whoever reads meanwhile sees the old page or the new one."""
    html = environment().get_template("report.html.j2").render(runs=runs, state=state)
    return put_page(file, html)


def put_page(file: Path, html: str) -> Path:
    """Write a page in the place of an older one, at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(html)
    Path(part).chmod(0o644)
    Path(part).replace(file)
    return file
