"""An invented market of postings: a file of them, its dataset, landed and built without flows."""

from pathlib import Path
from typing import Any, Final

from tasks.build import BuildResult, build_version
from tasks.scrape import land_source
from tasks.specs import load_spec
from tests.sources.postings import csv_text, row

NAME: Final = "odd-jobs"
MARKET: Final = "mill/odd-jobs"
FILE: Final = "postings.csv"
_DATASET: Final = """\
name: odd-jobs
sources:
  kaggle: {{dataset: mill/odd-jobs, file: postings.csv}}
variants: [freelance_code]
price_rule: band_max
freelance_code: {{limit: {limit}, seed: 7{authored}}}
environment: {{image: paydag/sample:1, trusted: {trusted}}}
"""
_RATES: Final = """\
date: 2024-01-01
source: invented for these tests
usd_per_unit: {USD: 1, EUR: 1.1}
"""


def postings() -> list[dict[str, str]]:
    """Ten that can be tasks, one in euros among them, and one of each kind that cannot."""
    good = [
        row(
            str(number),
            job_title=f"Summary of the totals of shop {number}",
            job_description=f"Group the sales of shop {number} and add them up.",
        )
        for number in range(1, 11)
    ]
    good[3] |= {"currency": "EUR", "max_price": "300.0"}
    return [
        *good,
        row("20", rate_type="hourly"),
        row("21", job_title="Again", job_description=good[0]["job_description"].upper()),
        row("22", currency="XAU", job_description="In gold."),
        row("23", job_title="Stripes", job_description="A zebra, painted.", tags="['art']"),
    ]


def write_dataset(
    folder: Path, *, limit: int = 6, trusted: bool = True, authored: str | None = None
) -> Path:
    """The folder of datasets that holds this one; for PAYDAG_DATASETS. `authored` as in a
    specification."""
    place = folder / "datasets" / NAME
    place.mkdir(parents=True, exist_ok=True)
    written = "" if authored is None else f", authored: {authored}"
    text = _DATASET.format(limit=limit, trusted=str(trusted).lower(), authored=written)
    (place / "dataset.yaml").write_text(text, encoding="utf-8")
    (place / "fx.yaml").write_text(_RATES, encoding="utf-8")
    return folder / "datasets"


def write_postings(file: Path, rows: list[dict[str, str]] | None = None, end: str = "\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(csv_text(postings() if rows is None else rows, end), newline="")
    return file


def land(home: Path, datasets: Path, file: Path) -> Any:
    spec, _ = load_spec(NAME, [datasets])
    return land_source(home, NAME, "kaggle", file, spec.sections()["kaggle"])


def build(home: Path, datasets: Path) -> BuildResult:
    spec, folder = load_spec(NAME, [datasets])
    return build_version(home, spec, folder)
