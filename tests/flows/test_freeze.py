"""Freezing: the gradable ids of a version, sorted, in a file that evaluate reads."""

import shutil
from pathlib import Path

import pytest

from tests.flows.command import Paydag
from tests.flows.planting import BREAKING, plant, with_gold
from tests.flows.tables import query
from tests.flows.worker import Worker
from tests.sample_home import SAMPLE, SampleHome

pytestmark = pytest.mark.prefect

BROKEN = "tally-works__tally-15-ic_swe"


@pytest.fixture
def datasets(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "mine" / "sample")
    return tmp_path / "mine"


@pytest.fixture
def home(own_sample: SampleHome) -> Path:
    return plant(own_sample.home, with_gold(own_sample.instance(15, "ic_swe"), BREAKING))


@pytest.mark.exhaustive
def test_a_split_has_the_gradable_ids_and_a_run_of_it_nothing_else(
    home: Path, datasets: Path, paydag: Paydag, worker: Worker
) -> None:
    worker.run("validate", home, dataset="sample")
    frozen = paydag.json("freeze", "sample", "dev", home=home, PAYDAG_DATASETS=str(datasets))
    file = datasets / "sample" / "splits" / "dev.txt"
    heading, *ids = file.read_text(encoding="utf-8").splitlines()
    (names,) = zip(
        *query(home, "SELECT instance_id FROM core.version_instances ORDER BY 1"), strict=True
    )
    assert ids == [name for name in names if name != BROKEN]
    assert heading == f"# 18 of 19 instances of sample@{frozen['version'][:12]}"
    assert frozen["file"] == str(file)
    assert frozen["instances"] == ids
    assert list(frozen["left_out"]) == [BROKEN]
    assert frozen["left_out"][BROKEN]

    run = paydag.json(
        *("evaluate", "sample", "--solver", "null", "--split", "dev"),
        home=home,
        PAYDAG_DATASETS=str(datasets),
    )
    assert (run["attempted"], run["excluded"]) == (18, 0)


@pytest.mark.exhaustive
def test_people_read_how_many_were_left_out_and_why(
    home: Path, datasets: Path, paydag: Paydag, worker: Worker
) -> None:
    worker.run("validate", home, dataset="sample")
    shown = paydag("freeze", "sample", "dev", home=home, PAYDAG_DATASETS=str(datasets))
    assert (shown.code, shown.err) == (0, "")
    first, second = shown.out.splitlines()
    assert "18 of 19 instances of sample@" in first
    assert first.endswith(", 1 left out")
    assert second.startswith(f"  excluded {BROKEN}: ")


@pytest.mark.exhaustive
def test_a_split_is_written_over_by_force_alone(
    home: Path, datasets: Path, paydag: Paydag, worker: Worker
) -> None:
    worker.run("validate", home, dataset="sample")
    file = datasets / "sample" / "splits" / "dev.txt"
    file.parent.mkdir()
    file.write_text("kept\n")
    call = ("freeze", "sample", "dev")
    refused = paydag(*call, home=home, PAYDAG_DATASETS=str(datasets))
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"paydag: {file} is there already; --force writes it anew\n"
    assert file.read_text() == "kept\n"
    assert paydag(*call, "--force", home=home, PAYDAG_DATASETS=str(datasets)).code == 0
    _, *lines = file.read_text().splitlines()
    assert (len(lines), lines[-1]) == (19, "# once kept")


def test_what_was_not_validated_is_not_frozen(
    home: Path, datasets: Path, paydag: Paydag, worker: Worker
) -> None:
    call = ("freeze", "sample", "dev")
    refused = paydag(*call, home=home, PAYDAG_DATASETS=str(datasets))
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "19 of 19 instances of sample@" in refused.err
    assert "and 14 more; run `paydag validate sample@" in refused.err
    worker.run("validate", home, dataset="sample", instances=[BROKEN])
    assert "18 of 19" in paydag(*call, home=home, PAYDAG_DATASETS=str(datasets)).err
    assert not (datasets / "sample" / "splits").exists()


@pytest.mark.parametrize("name", ["../dev", "a/b", ".dev", ""])
def test_a_split_is_named_plainly(home: Path, datasets: Path, paydag: Paydag, name: str) -> None:
    refused = paydag("freeze", "sample", name, home=home, PAYDAG_DATASETS=str(datasets))
    assert refused.code == 2
    assert f"{name!r} is no name of a split" in refused.err
