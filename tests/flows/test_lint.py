"""`paydag lint`: what was found in a version, for people and for machines; never a failure."""

from pathlib import Path

import pytest

from tests.flows.command import Paydag, clean_environment
from tests.sample_home import SampleHome


@pytest.fixture
def plain_paydag(tmp_path: Path) -> Paydag:
    return Paydag(clean_environment(), tmp_path)


def test_the_bundled_sample_leaks_nothing(plain_paydag: Paydag, built_sample: SampleHome) -> None:
    found = plain_paydag.json("lint", "sample", home=built_sample.home)
    assert [row for row in found["findings"] if row["severity"] == "leak"] == []
    assert (found["leaks"], found["leaking"]) == (0, 0)
    assert found["instances"] == built_sample.result.instances
    assert found["version"] == built_sample.result.version
    shown = plain_paydag("lint", "sample", home=built_sample.home)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.split(": ")[1].startswith(f"0 of {found['instances']} instances leak")


def test_an_unknown_dataset_is_said_in_one_sentence(
    plain_paydag: Paydag, built_sample: SampleHome
) -> None:
    finished = plain_paydag("lint", "boats", home=built_sample.home)
    assert (finished.code, finished.out) == (2, "")
    assert "no version of 'boats' has been built" in finished.err
