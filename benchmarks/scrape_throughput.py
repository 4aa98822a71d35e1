"""How fast answers become committed rows, and how much memory that takes.

A server in a process of its own answers at once with pages rendered beforehand, 29 issues of
about 35 KB each. Measured, each in a process of its own: one stream; windows side by side; the
same as the whole flow with its Prefect server; each into an empty home and on top of a warehouse
full of documents; and windows again with four times the issues, for the memory. `theirs` is the
floor: the same bytes read over HTTP, json.loads, and INSERTed by one plain DuckDB connection that
stays open.

    python -m benchmarks.scrape_throughput [--issues N] [--stored N]
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ISSUES: Final = 5_000
_MANY: Final = 4
_STORED: Final = 60_000
_GOAL: Final = 300
_MEMORY_MB: Final = 500


@dataclass(frozen=True, slots=True)
class Run:
    """`cpu` seconds of the process itself; `peak_mb` its largest memory."""

    issues: int
    seconds: float
    cpu: float
    peak_mb: float

    @property
    def rate(self) -> float:
        return self.issues / self.seconds


@contextmanager
def served(issues: int) -> Iterator[str]:
    """The address of a server with so many issues."""
    command = [sys.executable, "-m", "benchmarks.rendered_issues", "--issues", str(issues)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            size = told["bytes"] / issues / 1000
            print(f"a server with {issues:,} issues of {size:.1f} KB on average")
            yield told["address"]
        finally:
            process.terminate()


def run(kind: str, home: Path, address: str, issues: int) -> Run:
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.throughput_runs", kind, str(home), address]
    command.append(str(issues))
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Run(issues, **json.loads(told.splitlines()[-1]))


def show(name: str, measured: Run, least: Run) -> None:
    print(
        f"{name:<46} {measured.rate:>5.0f} issues/s  {measured.rate / least.rate:>5.0%} of the "
        f"floor  cpu/wall {measured.cpu / measured.seconds:.2f}  "
        f"{1000 * measured.cpu / measured.issues:.1f} ms cpu an issue  "
        f"peak {measured.peak_mb:.0f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, default=_ISSUES, metavar="N")
    parser.add_argument("--stored", type=int, default=_STORED, metavar="N")
    chosen = parser.parse_args()
    issues = chosen.issues
    found: dict[str, Run] = {}
    with tempfile.TemporaryDirectory(prefix="paydag-throughput-") as folder:
        homes = Path(folder)
        with served(issues) as address:
            least = run("floor", homes / "floor", address, issues)
            show("the floor", least, least)
            full = homes / "full"
            if chosen.stored:
                stored = run("fill", full, "", chosen.stored)
                print(f"{chosen.stored:,} documents landed as files are: {stored.rate:.0f}/s")
            for kind in ("one_stream", "windows", "whole_flow"):
                for start, place in (("an empty home", None), ("a full home", full)):
                    if place is full and not chosen.stored:
                        continue
                    home = homes / "home"
                    if place is not None:
                        shutil.copytree(place, home)
                    name = f"{kind.replace('_', ' ')}, {start}"
                    found[name] = run(kind, home, address, issues)
                    show(name, found[name], least)
                    shutil.rmtree(home)
        with served(_MANY * issues) as address:
            name = f"windows, an empty home, {_MANY * issues:,} issues"
            found[name] = run("windows", homes / "home", address, _MANY * issues)
            show(name, found[name], least)
    best = found["windows, an empty home"]
    peak = max(each.peak_mb for each in found.values())
    print(f"goal: {_GOAL} issues/s and less than {_MEMORY_MB} MB; at most {peak:.0f} MB were taken")
    print(
        json.dumps(
            {
                "name": "scrape_throughput",
                "ours": round(best.rate),
                "theirs": round(least.rate),
                "ratio": round(best.rate / least.rate, 2),
                "unit": "issues/s from answer to committed row",
            }
        )
    )


if __name__ == "__main__":
    main()
