"""Homes at the start of every stage, made once a session by the stages themselves."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tasks.opening import open_run
from tasks.runs import Selection
from tests.chaos.arena import Arena, Trial, beside_of, bytes_of
from tests.chaos.sizes import COMMANDS, SEED
from tests.chaos.soundness import assert_holds, came_to, leftovers
from tests.flows.conftest import flow_environment, paydag, sample_engine, worker
from tests.flows.published import csv_text, manager_rows

__all__ = ["flow_environment", "paydag", "sample_engine", "worker"]

_ROWS: Final = 80
_CHAIN: Final = ("build", "prepare", "solve", "grade", "score", "report", "export")
# The sample's fixes are tested in processes, so that prepare and grade have something to leave.
MARKETS: Final = ("many", "tested")
STAGES: Final = COMMANDS

Trials = Callable[[str, str], Trial]


def pytest_report_header() -> str:
    return f"chaos: seed {SEED} (PAYDAG_CHAOS_SEED)"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts from the same homes runs in the same worker: each makes them for itself."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.timeout(600))
            given = getattr(item, "callspec", None)
            market = given.params.get("market") if given is not None else None
            item.add_marker(pytest.mark.xdist_group(market or item.path.stem))


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    opened = Arena.open(tmp_path_factory.mktemp("arena"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def trials(arena: Arena, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """(market, stage) → its trial; the stages before it are run where that is not done yet."""
    made: dict[tuple[str, str], Trial] = {}
    homes: dict[str, tuple[Path, dict[str, Any]]] = {}

    def begin(market: str) -> None:
        folder = tmp_path_factory.mktemp(market)
        given: dict[str, Any] = {"dataset": "sample"}
        if market == "many":
            file = folder / "tasks.csv"
            file.write_text(csv_text(manager_rows(_ROWS)), encoding="utf-8")
            given = {"dataset": "swelancer", "file": str(file)}
        homes[market] = (folder, given)
        advance(market, "land", folder / "none")

    def advance(market: str, stage: str, start: Path) -> None:
        folder, given = homes[market]
        name = "land sample" if (market, stage) == ("tested", "land") else stage
        trial = Trial(arena, name, start, dict(given))
        after = folder / stage
        if start.exists():
            shutil.copytree(start, after, symlinks=True)
        ended = trial.run(after)
        assert ended.finished, ended
        assert_holds(after, beside_of(after).told)
        assert leftovers(after, beside_of(after).temporary) == []
        trial.came_to = came_to(after)
        # The first time, everything is read from the disk; that is no measure of later times.
        trial.seconds = min(ended.seconds, trial.run(trial.home(folder / f"{stage}.timed")).seconds)
        trial.grew = bytes_of(after) - (bytes_of(start) if start.exists() else 0)
        made[market, stage] = trial

    def trial_of(market: str, stage: str) -> Trial:
        if market not in homes:
            begin(market)
        folder, given = homes[market]
        for before, following in zip(("land", *_CHAIN), _CHAIN, strict=False):
            if (market, stage) in made:
                break
            if (market, following) in made:
                continue
            start = folder / before
            if following == "prepare":
                # In a copy: what a trial starts from must not change under it.
                start = Path(shutil.copytree(start, folder / "opened", symlinks=True))
                given["run_id"] = _opened(start, market, given["dataset"])
            advance(market, following, start)
        return made[market, stage]

    return trial_of


def _opened(home: Path, market: str, dataset: str) -> str:
    many = market == "many"
    selection = Selection(variant=None if many else "ic_swe", limit=None if many else 2)
    run_id, _ = open_run(
        home,
        dataset,
        "random" if many else "gold",
        selection,
        attempts=2 if many else 1,
        seed=11,
        price_rule="initial",
        new=False,
        predictions=None,
    )
    return run_id
