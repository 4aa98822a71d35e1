"""A scored market of invented tasks, reports of it, and a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.generated_runs import RULE
from benchmarks.scored_market import Made, Size, make_home
from tasks.measures import measure_run, pay_run
from tasks.publishing import Published, Wanted, publish
from tasks.runs import find_run
from tasks.warehouse import Warehouse
from tests.reporting.hostile import STRINGS
from tests.reporting.planting import plant

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def scored(home: Path, size: Size) -> Made:
    """A home with scored runs: two models, the baselines, gold."""
    made = make_home(home, size)
    warehouse = Warehouse(home)
    for run_id in made.run_ids:
        with warehouse.read("eval") as session:
            run = find_run(session, run_id)
        pay_run(warehouse, run_id, RULE)
        measure_run(warehouse, run, RULE)
    return made


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """More tasks than a page lists at once; two models, two baselines, two attempts. Read only."""
    return scored(tmp_path_factory.mktemp("market") / "home", Size(104, 4, 2))


@pytest.fixture(scope="session")
def written(market: Made) -> Published:
    """The report of all runs of the market, with its tables in other formats."""
    return publish(market.home, Wanted(formats=("md", "json", "csv")))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The report of two runs, with hostile text in every field of their tasks that has text."""
    home = tmp_path_factory.mktemp("hostile") / "home"
    scored(home, Size(len(STRINGS), 2, 1))
    plant(Warehouse(home))
    return publish(home, Wanted(formats=("md", "csv", "svg", "png")))


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's chromium, driven by playwright.

    No longer than a module: while playwright is there, its event loop counts as running in this
    thread, and no other test could run one of its own.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    # Root may run it in containers without user namespaces only.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()
