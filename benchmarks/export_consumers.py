"""Every export, loaded by what it is for: the SWE-bench harness, a hub's loader, pyarrow, pandas,
polars, the steps of the published SWE-Lancer reader, and Inspect with its mock model.

    python -m benchmarks.export_consumers [--environments DIR]

Three markets are exported: the bundled sample (scraped), invented files in the published form, and
programs made of postings. The consumers live in virtual environments of their own, made in a
temporary folder, or kept in DIR for the next time; pip fetches what they need.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.consumer_scripts import HUB, INSPECT, SWEBENCH, SWELANCER, TABLES
from tasks.bench import Workbenches
from tasks.build import build_version
from tasks.choosing import wanted_environments
from tasks.export import export
from tasks.exports import read_export
from tasks.prepare import store
from tasks.preparing import prepare_one
from tasks.runs import find_version
from tasks.scrape import land_source
from tasks.solvers.replay import read_predictions
from tasks.specs import load_spec
from tasks.warehouse import Warehouse
from tests.flows import odd_jobs
from tests.flows.published import Published, ic_row, manager_rows
from tests.sample_home import DATASETS, SampleHome, build_sample

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "swebench": ("swebench",),
    "inspect": ("inspect_ai",),
    "tables": ("pyarrow", "pandas", "polars"),
}
_CONSUMERS: Final = (
    ("parquet", "tables", TABLES),
    ("parquet", "swebench", HUB),
    ("swebench", "swebench", SWEBENCH),
    ("swelancer", "tables", SWELANCER),
    ("inspect", "inspect", INSPECT),
)
_QUIET: Final = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Market:
    """A home in which a dataset is built, and the formats that have a place for it."""

    name: str
    home: Path
    formats: tuple[str, ...]


def markets(folder: Path) -> list[Market]:
    validate(build_sample(folder / "sample"))
    rows = [*manager_rows(40), *(ic_row(number) for number in range(900, 910))]
    (folder / "published").mkdir()
    published = Published.make(folder / "published", rows)
    datasets = odd_jobs.write_dataset(folder)
    os.environ["PAYDAG_DATASETS"] = str(datasets)
    home = folder / "programs"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(folder / odd_jobs.FILE))
    odd_jobs.build(home, datasets)
    return [
        Market("sample", folder / "sample", ("parquet", "swebench", "swelancer", "inspect")),
        Market("swelancer", published.home, ("parquet", "swelancer", "inspect")),
        Market(odd_jobs.NAME, home, ("parquet", "inspect")),
    ]


def environments(folder: Path) -> dict[str, Path]:
    """Name → its Python, made where it is not there yet."""
    found = {}
    for name, packages in _NEEDS.items():
        python = folder / name / "bin" / "python"
        whole = folder / name / "whole"
        if not whole.exists():
            began = time.monotonic()
            subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
            pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([*pip, *packages], check=True)
            whole.touch()  # what an interrupt left half is made again
            print(f"environment {name}: {time.monotonic() - began:.0f} s")
        found[name] = python
    return found


def consume(python: Path, script: str, *arguments: Path) -> dict[str, Any]:
    """What a consumer printed last; its own noise before that is left out."""
    with tempfile.TemporaryDirectory() as cache:  # a hub's loader goes by names it knows already
        done = subprocess.run(
            [str(python), "-c", script, *map(str, arguments)],
            env={**_plain_environment(), **_QUIET, "HF_HOME": cache},
            cwd=arguments[0].parent,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"{arguments[0]}: {done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _plain_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}


def check_digests(market: Market, folder: Path) -> int:
    """Whole formats give the same instances back, and so does our importer for published ones."""
    with Warehouse(market.home).read("core") as session:
        version = find_version(session, market.name)
        stored = {
            row[0]
            for row in session.tuples(
                "SELECT instance_digest FROM core.version_instances "
                "WHERE dataset_version = $version",
                {"version": version.dataset_version},
            )
        }
    for name in ("parquet", "jsonl"):
        export(market.home, market.name, name, folder / f"whole-{name}")
        read = {one.instance_digest for one in read_export(folder / f"whole-{name}")}
        assert read == stored, name
    if market.name == "swelancer":
        again = folder / "again"
        land_source(again, None, "swelancer", folder / "swelancer", {})
        built = build_version(again, load_spec("swelancer", [DATASETS])[0])
        assert built.version == version.dataset_version
    return len(stored)


def replayed(place: Path) -> dict[str, int]:
    """What our own replay solver makes of the predictions that Inspect's log was turned into."""
    read, _ = read_predictions((place / "inspect.jsonl").read_bytes(), "inspect.jsonl")
    answers = {name: solution.submission for name, solution in read.items()}
    accepted = {
        one.instance_id: one.reference.accepted_proposal_id
        for one in read_export(place / "whole-jsonl")
    }
    return {
        "answers": len(answers),
        "accepted proposals": sum(
            answer.selected_proposal_id is not None
            and answer.selected_proposal_id == accepted[name]
            for name, answer in answers.items()
        ),
        "patches": sum(answer.model_patch is not None for answer in answers.values()),
        "programs": sum(answer.program is not None for answer in answers.values()),
    }


def validate(sample: SampleHome) -> None:
    """Find out, in the process sandbox, which tests the references make pass."""
    wanted = wanted_environments(sample.instances.values(), "process", repeats=1)
    with Workbenches(sample.home) as benches:
        rows = [
            prepare_one(sample.instances[one.instance_id], one, benches.of(one.sandbox))
            for one in wanted
        ]
    with sample.warehouse.write("eval") as session:
        store(session, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, help="keep the environments here")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pythons = environments(chosen.environments or folder / "environments")
        for market in markets(folder):
            place = folder / f"out-{market.name}"
            written = {
                name: export(market.home, market.name, name, place / name).instances
                for name in market.formats
            }
            whole = check_digests(market, place)
            print(f"{market.name}: {whole} instances come back with their digests")
            for name, environment, script in _CONSUMERS:
                if name in written:
                    answers = place / f"{environment}.jsonl"
                    found = consume(pythons[environment], script, place / name, answers)
                    assert found["instances"] == written[name], (name, found, written)
                    print(f"  {name}: {json.dumps(found)}")
            print(f"  inspect's predictions, read by replay: {replayed(place)}")


if __name__ == "__main__":
    main()
