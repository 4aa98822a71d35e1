"""A refresh finds mistakes before it lands anything, and shares what landed, failed or not."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import Paydag, clean_environment
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.flows.worker import FlowFailedError, Worker
from tests.sample_home import SAMPLE, SampleHome

pytestmark = pytest.mark.prefect


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    """The command line where no flow is to run; a server would be started in its home."""
    return Paydag(clean_environment(), tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--since", "soon"), "--since 'soon' is no date; write 2025-03-04"),
        (("--until", "2025-13-01"), "--until '2025-13-01' is no date; write 2025-03-04"),
        (("--limit", "0"), "--limit 0: at least one issue is needed"),
        (("--issue", "7", "--full"), "--issue and --full contradict each other"),
        (("--full", "--since", "2025-01-01"), "--full and --since contradict each other"),
        (("--from", ".", "--no-wait"), "--no-wait is for collecting over the network, but --from"),
    ],
)
def test_a_mistaken_refresh_is_told_before_anything_is_started(
    plain_paydag: Paydag, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    home = tmp_path / "home"
    assert_one_sentence(plain_paydag("refresh", "sample", *options, home=home), 2, said)
    assert not home.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"limit": 3}, "--limit is for collecting over the network, but sample is landed from"),
        ({"since": "2025-01-01T00:00:00"}, "--since is for collecting over the network"),
        ({"issues": ["7"], "full": True}, "--issue and --full contradict each other"),
        ({"datasets": ["sample", "nope"]}, "unknown dataset 'nope'"),
        ({"datasets": ["sample", "swelancer"]}, "swelancer is made from published files"),
        ({"archive": "relative"}, "the archive of a flow must be an absolute path"),
    ],
)
def test_a_mistake_is_found_before_the_first_document_lands(
    worker: Worker, tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(FlowFailedError) as caught:
        worker.run("refresh", tmp_path / "home", **{"datasets": ["sample"]} | given)
    assert (caught.value.error, caught.value.exit_code) == ("UsageError", 2)
    assert said in str(caught.value)
    assert not (tmp_path / "home" / "warehouse").exists()


@pytest.mark.exhaustive
def test_an_archive_of_a_refresh_lands_elsewhere_and_builds_the_same_version(
    paydag: Paydag, worker: Worker, built_sample: SampleHome, tmp_path: Path
) -> None:
    archive, home, other = tmp_path / "archive", tmp_path / "home", tmp_path / "other"
    refreshed = paydag.json("refresh", "sample", "--archive", archive, home=home)
    (file,) = archive.iterdir()
    assert refreshed["archives"] == [str(file)]
    (again,) = worker.run("refresh", home, datasets=["sample"], archive=str(archive))
    assert (again["landed"], again["archive"]) == (0, None)
    assert list(archive.iterdir()) == [file]

    (landed,) = worker.run("refresh", other, datasets=["sample"], from_paths=[str(archive)])
    assert (landed["read"], landed["landed"]) == (37, 37)
    built = worker.run("build", other, dataset="sample")
    assert built["version"] == built_sample.result.version


@pytest.mark.exhaustive
def test_a_refresh_that_fails_shares_what_it_landed(paydag: Paydag, tmp_path: Path) -> None:
    copy = tmp_path / "datasets" / "sample"
    shutil.copytree(SAMPLE, copy)
    (copy / "repository.fast-import").write_text("no stream of a repository\n")
    archive, home = tmp_path / "archive", tmp_path / "home"
    finished = paydag(
        "refresh", "sample", "--archive", archive, home=home, PAYDAG_DATASETS=str(copy.parent)
    )
    assert finished.code == 1
    assert query(home, "SELECT count(*) FROM raw.documents") == [(37,)]
    assert [file.suffix for file in archive.iterdir()] == [".gz"]


def test_show_fetches_tells_what_landed(paydag: Paydag, prepared_sample: Path) -> None:
    found = paydag.json("show", "fetches", "sample", home=prepared_sample)
    assert [(r["documents_landed"], r["calls"]) for r in found["refreshes"]] == [(37, 0)]
    assert found["repositories"] == [
        {
            "repository": "tally-works/tally",
            "highest": 44,
            "issues": 19,
            "pulls": 15,
            "gone": 0,
            "missing": 10,
        }
    ]
    shown = paydag("show", "fetches", home=prepared_sample)
    assert (shown.code, shown.err) == (0, "")
    assert "tally-works/tally" in shown.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "run"), "show run needs an id"),
        (("show", "fetches", "nope"), "unknown dataset or repository 'nope'; known: sample, tally"),
    ],
)
def test_a_question_without_its_object_is_answered_with_one_sentence(
    paydag: Paydag, prepared_sample: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert_one_sentence(paydag(*arguments, home=prepared_sample), 2, said)
