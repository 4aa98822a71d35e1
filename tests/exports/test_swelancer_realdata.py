"""The published files, exported in their own columns and imported again."""

from pathlib import Path

import pytest

from tasks.build import BuildResult, build_version
from tasks.export import export
from tasks.scrape import land_source
from tasks.specs import load_spec
from tests.sample_home import DATASETS, ROOT

DATA = ROOT.parent / "shared" / "data" / "swelancer"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no published files at {DATA}"),
]


def built(home: Path, files: Path) -> BuildResult:
    land_source(home, None, "swelancer", files, {})
    return build_version(home, load_spec("swelancer", [DATASETS])[0])


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["swelancer_tasks_early.csv", "swelancer_tasks_lite.csv"])
def test_a_published_file_comes_back_as_the_same_version(name: str, tmp_path: Path) -> None:
    first = built(tmp_path / "home", DATA / name)
    done = export(tmp_path / "home", "swelancer", "swelancer", tmp_path / "out")
    assert (done.instances, done.lost, done.left_out) == (first.instances, {}, {})
    again = built(tmp_path / "again", tmp_path / "out")
    assert (again.version, again.rejections) == (first.version, 0)
