"""The fixes that have landed are fetched, and a build from the fetched mirror is the same build."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tasks import progress
from tasks.build import build_version
from tasks.domain.collecting import Access
from tasks.domain.errors import UsageError
from tasks.mirroring import landed_fixes, mirrored_repositories, refresh_mirror
from tasks.repos import Fetched, import_stream, mirror_path
from tasks.scrape import land_source
from tasks.specs import DatasetSpec
from tasks.stages import open_warehouse
from tests.repos.git_server import GitServer
from tests.sample_home import REPOSITORY, SAMPLE, SampleHome, sample_spec


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The sample's repository as a server has it."""
    root = tmp_path / "served"
    import_stream(tmp_path, REPOSITORY, SAMPLE / "repository.fast-import")
    place = root / f"{REPOSITORY}.git"
    place.parent.mkdir(parents=True)
    shutil.move(mirror_path(tmp_path, REPOSITORY), place)
    with (place / "config").open("a") as config:
        config.write("[uploadpack]\n\tallowFilter = true\n")
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which the sample's documents have landed, and nothing else."""
    folder = tmp_path / "home"
    land_source(folder, "sample", "github", SAMPLE / "documents", {"repositories": [REPOSITORY]})
    return folder


def test_a_build_from_a_fetched_mirror_is_the_build_from_the_stream(
    built_sample: SampleHome, home: Path, served: Path
) -> None:
    with GitServer(served) as server:
        found = refresh_mirror(home, REPOSITORY, Access(git_url=server.url))
        asked = len(server.asked)
        again = refresh_mirror(home, REPOSITORY, Access(git_url=server.url))
        assert len(server.asked) == asked
    assert found.fetched == found.fixes > 10
    assert again == found.model_copy(update={"fetched": 0})
    assert build_version(home, sample_spec()) == built_sample.result


def test_a_build_without_a_mirror_says_where_to_get_it(home: Path) -> None:
    result = build_version(home, sample_spec())
    assert result.by_variant["ic_swe"].instances == 0
    with open_warehouse(home).read("core") as session:
        details = session.tuples(
            "SELECT DISTINCT detail FROM core.rejections WHERE reason = 'missing_commit'"
        )
    assert details == [
        (f"there is no mirror of {REPOSITORY}; `paydag refresh` fetches what is missing",)
    ]


def test_a_mirror_that_cannot_be_fetched_leaves_what_has_landed(home: Path, tmp_path: Path) -> None:
    access = Access(git_url=f"file://{tmp_path}/nowhere", git_token=SecretStr("ghp_secret"))
    with pytest.raises(UsageError, match="there is no repository tally-works/tally at"):
        refresh_mirror(home, REPOSITORY, access)
    assert len(landed_fixes(open_warehouse(home), REPOSITORY)) > 10
    assert not mirror_path(home, REPOSITORY).exists()


def test_fixes_are_merged_and_name_an_issue_that_has_landed(home: Path) -> None:
    warehouse = open_warehouse(home)
    fixes = landed_fixes(warehouse, REPOSITORY)
    assert [pull.name for pull in fixes] == sorted({pull.name for pull in fixes})
    assert all(pull.merged_at and pull.merge_commit for pull in fixes)
    assert "tally-works/tally#33" not in {pull.name for pull in fixes}  # closed without a merge
    assert landed_fixes(warehouse, "tally-works/other") == []
    assert landed_fixes(warehouse, "tally-works/tall") == []


def test_progress_is_told_as_fixes_that_are_complete(home: Path, served: Path) -> None:
    heard: list[Any] = []
    with progress.watched_by(lambda *said: heard.append(said)):
        found = refresh_mirror(home, REPOSITORY, Access(git_url=f"file://{served}"))
    stage = f"mirror {REPOSITORY}"
    assert heard == [(stage, 0, found.fixes, ""), (stage, found.fixes, found.fixes, "")]


def test_a_home_without_documents_asks_for_nothing(tmp_path: Path) -> None:
    found = refresh_mirror(tmp_path / "home", "ours/app", Access(git_url="file:///nowhere"))
    assert found == Fetched(repository="ours/app", fixes=0, fetched=0)


@pytest.mark.parametrize(
    ("sources", "variants", "expected"),
    [
        (
            {"github": {"repositories": ["ours/app", "ours/web"]}},
            ["ic_swe"],
            ("ours/app", "ours/web"),
        ),
        ({"github": {"repositories": ["ours/app"]}}, ["swe_manager"], ()),
        (
            {"github": {"repositories": ["ours/app", "ours/web"], "mirrors": {"ours/app": "x"}}},
            ["ic_swe", "swe_manager"],
            ("ours/web",),
        ),
        ({"swelancer": {}}, ["ic_swe"], ()),
    ],
)
def test_mirrors_are_for_code_that_comes_with_no_stream(
    sources: dict[str, Any], variants: list[str], expected: tuple[str, ...]
) -> None:
    spec = DatasetSpec.model_validate({"name": "boats", "sources": sources, "variants": variants})
    assert mirrored_repositories(spec) == expected
