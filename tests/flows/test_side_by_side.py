"""A long build, a scrape and an evaluation at once, in processes of their own, on one home."""

import shutil
from pathlib import Path

import pytest

from tasks.scrape import land_source
from tests.flows.command import Finished, Paydag
from tests.flows.published import Published, csv_text, manager_row
from tests.flows.reference import bodies, game_of, won
from tests.flows.tables import assert_sound, query

pytestmark = pytest.mark.prefect

_ATTEMPTS = 20


@pytest.fixture
def home(prepared_sample: Path, managers: Published, tmp_path: Path) -> Path:
    """The sample, prepared, and 600 published rows that have landed and are not built."""
    home = Path(shutil.copytree(prepared_sample, tmp_path / "home"))
    land_source(home, None, "swelancer", managers.file, {})
    return home


@pytest.mark.exhaustive
def test_flows_in_several_processes_all_finish_and_lose_no_row(
    home: Path, paydag: Paydag, tmp_path: Path
) -> None:
    games = [game_of(b) for b in bodies(home).values() if b["variant"] == "swe_manager"]
    (documents, fetches) = query(
        home,
        "SELECT count(*) FROM raw.documents UNION ALL SELECT count(*) FROM raw.fetches",
    )
    more = tmp_path / "more.csv"
    more.write_text(csv_text(manager_row(number) for number in range(5001, 5401)))
    commands = (
        ("build", "swelancer"),
        ("import", "swelancer", str(more)),
        ("evaluate", "sample", "--solver", "last", "--attempts", str(_ATTEMPTS)),
    )

    started = [paydag.start(*command, "--json", home=home) for command in commands]
    finished = [
        Finished(process.returncode, out, err)
        for process in started
        for out, err in [process.communicate(timeout=150)]
    ]

    assert [(one.code, one.err) for one in finished] == [(0, "")] * 3
    build, landed, run = (one.answer for one in finished)
    assert (landed["landed"], landed["malformed"]) == (400, [])
    # The build reads raw once: before the new file landed, or after.
    assert build["candidates"] == build["instances"]
    assert build["instances"] in (600, 1000)
    assert (run["attempted"], run["invalid"]) == (19 * _ATTEMPTS, 0)
    assert run["resolved"] == _ATTEMPTS * len(won("last", games))
    after = query(
        home,
        "SELECT count(*) FROM raw.documents UNION ALL SELECT count(*) FROM raw.fetches",
    )
    assert after == [(documents[0] + 400,), (fetches[0] + 1,)]
    stored = query(
        home,
        "SELECT count(*) FROM core.version_instances WHERE dataset_version = $version",
        version=build["version"],
    )
    assert stored == [(build["instances"],)]
    assert_sound(home)
