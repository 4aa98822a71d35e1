"""`paydag export` as people and machines read it."""

from pathlib import Path

from tests.flows.command import Paydag, clean_environment
from tests.flows.test_cli_help import imported
from tests.sample_home import SampleHome


def test_people_read_what_is_in_it_and_what_is_not(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    paydag = Paydag(clean_environment(), tmp_path)
    call = ("export", "sample", "--format", "swebench", "--out", "out")
    shown = paydag(*call, home=built_sample.home)
    assert (shown.code, shown.err) == (0, "")
    first, answers, left_out, lost, unknown, canary = shown.out.splitlines()
    version = built_sample.result.version[:12]
    assert first == (
        f"{tmp_path / 'out'}: 10 instances of sample@{version} as swebench, $6,000 (final)"
    )
    assert answers == "it holds the answers: references, hidden tests or accepted proposals"
    assert left_out == "left out: 9 x swe_manager asks for no patch"
    assert lost.startswith("lost, in so many instances: environment 10, issue 10, ")
    assert unknown.startswith("not known, in so many: FAIL_TO_PASS and PASS_TO_PASS, which `paydag")
    assert canary.startswith("canary: ")

    refused = paydag(*call, home=built_sample.home)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"paydag: {tmp_path / 'out'} is not empty; name another folder, or write over it with "
        "--force\n"
    )
    told = paydag.json(*call, "--force", home=built_sample.home)
    assert (told["instances"], told["holds_answers"], told["folder"]) == (
        10,
        True,
        str(tmp_path / "out"),
    )


def test_an_export_does_without_prefect(built_sample: SampleHome, tmp_path: Path) -> None:
    call = ("export", "sample", "--format", "jsonl", "--out", "out")
    packages = imported(*call, "--home", str(built_sample.home), cwd=tmp_path)
    assert "duckdb" in packages
    assert "prefect" not in packages
