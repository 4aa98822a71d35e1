"""What the second and third dataset over the same issues cost, beside the first.

An invented market lands once. Then three datasets are built from it, each in a process of its own:
all of it, its tasks from $1,000 on, and a stratified sample of those whose bounty was raised twice.
The latter two extend the first, so that ledgers and outcomes are there already.

    python -m benchmarks.three_variants [--issues N] [--keep HOME]

With --keep, the documents in HOME are used again where they are there.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.ledger_market import REPOSITORY, Market, land_market
from tasks.warehouse import Warehouse, ensure

_ISSUES: Final = 60_000
_GOAL: Final = 0.2
_SPECIFICATIONS: Final = {
    "invented": f"sources: {{github: {{repositories: [{REPOSITORY}]}}}}\n"
    "variants: [ic_swe, swe_manager]\n",
    "invented-lite": "extends: invented\nfilters: {price: {min: 1000}}\n",
    "invented-raised": "extends: invented\nprice_rule: initial\nfilters: {raises: {min: 2}}\n"
    "sample: {count: 100, stratify: [price_band, month]}\n",
}


def build(home: Path, name: str) -> dict[str, Any]:
    """One version, as the command makes it."""
    from tasks.build import build_version
    from tasks.settings import dataset_folders
    from tasks.specs import load_spec

    spec, folder = load_spec(name, dataset_folders())
    start = time.perf_counter()
    result = build_version(home, spec, folder)
    return {
        "seconds": time.perf_counter() - start,
        "candidates": result.candidates,
        "instances": result.instances,
        "version": result.version,
    }


def _in_a_process(home: Path, name: str, datasets: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.three_variants", "--build", name]
    finished = subprocess.run(
        [*command, "--keep", str(home)],
        env=os.environ | {"PAYDAG_DATASETS": str(datasets)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    print(
        f"{name:<18} {found['seconds']:>7.1f} s  {found['candidates']:>7,} candidates  "
        f"{found['instances']:>6,} instances",
        flush=True,
    )
    return found


def _land(home: Path, issues: int) -> None:
    warehouse = Warehouse(home)
    if not warehouse.path("raw").exists():
        ensure(warehouse, datetime.now(UTC))
        size = land_market(warehouse, Market(), range(1, issues + 1))
        print(f"{issues:,} issues have landed, {size / 1e9:.2f} GB of JSON", flush=True)


def _write_specifications(datasets: Path) -> None:
    for name, text in _SPECIFICATIONS.items():
        (datasets / name).mkdir(parents=True)
        (datasets / name / "dataset.yaml").write_text(f"name: {name}\n{text}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, default=_ISSUES, metavar="N")
    parser.add_argument("--keep", type=Path, metavar="HOME")
    parser.add_argument("--build", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.build:
        print(json.dumps(build(chosen.keep, chosen.build)))
        return
    with tempfile.TemporaryDirectory(prefix="paydag-variants-") as folder:
        landed = chosen.keep or Path(folder) / "landed"
        _land(landed, chosen.issues)
        home, datasets = Path(folder) / "home", Path(folder) / "datasets"
        shutil.copytree(landed, home)
        _write_specifications(datasets)
        first, *others = [_in_a_process(home, name, datasets) for name in _SPECIFICATIONS]
    ratios = [round(other["seconds"] / first["seconds"], 3) for other in others]
    print(f"goal: at most {_GOAL:.0%} of the first; it was {', '.join(f'{r:.1%}' for r in ratios)}")
    print(
        json.dumps(
            {
                "name": "three_variants",
                "issues": chosen.issues,
                "first": round(first["seconds"], 1),
                "ratios": ratios,
                "unit": "s",
            }
        )
    )


if __name__ == "__main__":
    main()
