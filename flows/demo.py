"""The main job, offline, on the bundled sample: documents in, dollars out."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tasks.domain.errors import UsageError

if TYPE_CHECKING:
    from tasks.queries import RunSummary

SOLVERS: Final = ("gold", "longest", "last", "first", "random", "null")


SAMPLE_IMAGE: Final = "paydag/sample:1"


def check_sample_image() -> None:
    """Raise UsageError where the sample's image is not there, with how to make it; SystemFault
    where no engine answers."""
    from tasks.sandbox.housekeeping import has_image

    if not has_image(SAMPLE_IMAGE):
        raise UsageError(f"there is no image {SAMPLE_IMAGE} yet; make it with `make sample-image`")


async def run_demo(
    home: Path, say: Callable[[str], None], sandbox: str
) -> tuple[Path, list["RunSummary"]]:
    """refresh → build → evaluate every bundled solver; the comparing page and the summaries."""
    from flows.build import build
    from flows.evaluate import evaluate
    from flows.refresh import refresh
    from tasks.publishing import Wanted, publish

    where = str(home)
    landed = await refresh(["sample"], home=where)
    say(f"refresh: {sum(r.read for r in landed)} documents read")
    built = await build("sample", home=where)
    say(f"build:   {built.candidates} candidates, {built.instances} instances")
    summaries = []
    for solver in SOLVERS:
        summary = await evaluate("sample", solver, sandbox=sandbox, home=where)
        say(f"evaluate {solver}: {summary.total.resolved} of {summary.total.attempted} resolved")
        summaries.append(summary)
    runs = tuple(summary.run.run_id for summary in summaries)
    published = publish(home, Wanted(runs=runs, name="demo"))
    assert published.index is not None  # of runs that were just made
    return published.index, summaries


def next_commands(home: Path, run_id: str) -> list[str]:
    """What to try next, as it can be typed here: in a fresh clone `paydag` is not on the path."""
    program = "paydag"
    if shutil.which(program) is None and Path(sys.argv[0]).name == program:
        program = os.path.relpath(sys.argv[0])
    option = "" if home == Path(".paydag").absolute() else f" --home {shlex.quote(str(home))}"
    return [
        f"{program} show ledger 41{option}",
        f"{program} show run {run_id}{option}",
        f"{program} rerun grade --run {run_id}{option}",
        f'{program} sql "FROM marts.escalation ORDER BY premium_cents DESC"{option}',
    ]
