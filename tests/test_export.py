"""Exporting a version: which instances, what is told of the rest, and the same bytes every time."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tasks import build
from tasks import export as export_module
from tasks.domain.errors import UsageError
from tasks.domain.exporting import CARD, MANIFEST, canary_of
from tasks.export import Exported, export
from tasks.exports import formats, read_export
from tasks.specs import load_spec
from tests.flows import odd_jobs
from tests.sample_home import SAMPLE, SampleHome

HELD = ("tally-works__tally-11-ic_swe", "tally-works__tally-41-swe_manager")
# The other task of a held issue has the same fix.
GIVE_AWAY = ("tally-works__tally-11-swe_manager", "tally-works__tally-41-ic_swe")


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of datasets with the sample, two of its instances held out and four in a split."""
    place = tmp_path / "datasets" / "sample"
    shutil.copytree(SAMPLE, place)
    (place / "splits").mkdir()
    (place / "splits" / "holdout.txt").write_text("\n".join(["# ours", *HELD]) + "\n")
    few = [*HELD, "tally-works__tally-15-ic_swe", "tally-works__tally-15-swe_manager"]
    (place / "splits" / "few.txt").write_text("\n".join(few) + "\n")
    monkeypatch.setenv("PAYDAG_DATASETS", str(place.parent))
    return place.parent


def ids(folder: Path) -> set[str]:
    return {one.instance_id for one in read_export(folder)}


@pytest.mark.usefixtures("datasets")
def test_held_out_instances_are_exported_only_when_asked_for(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    home, everything = built_sample.home, set(built_sample.instances)
    without = export(home, "sample", "jsonl", tmp_path / "a")
    assert (without.instances, without.held_back) == (15, 4)
    assert ids(tmp_path / "a") == everything - {*HELD, *GIVE_AWAY}
    assert not any(name in (tmp_path / "a" / "instances.jsonl").read_text() for name in HELD)
    whole = export(home, "sample@latest", "jsonl", tmp_path / "b", include_holdout=True)
    assert (whole.instances, whole.held_back) == (19, 0)
    assert ids(tmp_path / "b") == everything
    few = export(home, "sample", "jsonl", tmp_path / "c", split="few")
    assert (few.instances, few.held_back, few.split) == (2, 2, "few")
    with pytest.raises(UsageError, match="all 2 instances are held out; --include-holdout exports"):
        export(home, "sample", "jsonl", tmp_path / "d", split="holdout")
    asked = export(home, "sample", "jsonl", tmp_path / "d", split="holdout", include_holdout=True)
    assert (asked.instances, ids(tmp_path / "d")) == (2, set(HELD))


def test_what_a_rule_will_hold_out_is_held_back_before_it_is_frozen(
    built_sample: SampleHome, datasets: Path, tmp_path: Path
) -> None:
    place = datasets / "sample"
    (place / "splits" / "holdout.txt").unlink()
    with (place / "dataset.yaml").open("a", encoding="utf-8") as file:
        file.write("splits: {holdout: {share: 0.999999}}\n")
    done = export(built_sample.home, "sample", "jsonl", tmp_path / "a")
    # What another split has published stays where it is.
    assert (done.instances, done.held_back) == (4, 15)
    assert {*HELD, *ids(tmp_path / "a")} == ids(tmp_path / "a")


def test_what_the_base_holds_out_is_held_out_wherever_the_base_is_kept(
    own_sample: SampleHome, datasets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine" / "lite"
    mine.mkdir(parents=True)
    (mine / "dataset.yaml").write_text("name: lite\nextends: sample\n", encoding="utf-8")
    folders = [mine.parent, datasets]
    for module in (build, export_module):
        monkeypatch.setattr(module, "dataset_folders", lambda: folders)
    build.build_version(own_sample.home, *load_spec("lite", folders))
    done = export(own_sample.home, "lite", "jsonl", tmp_path / "a")
    assert (done.instances, done.held_back) == (15, 4)
    assert ids(tmp_path / "a") == set(own_sample.instances) - {*HELD, *GIVE_AWAY}


@pytest.mark.parametrize("name", sorted(formats()))
def test_the_same_version_gives_the_same_bytes_and_says_what_it_is(
    name: str, built_sample: SampleHome, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    done = export(built_sample.home, "sample", name, one)
    again = export(built_sample.home, f"sample@{done.version[:8]}", name, other)
    assert again == done.model_copy(update={"folder": str(other)})
    files = sorted(str(file.relative_to(one)) for file in one.rglob("*") if file.is_file())
    contents = {file: (one / file).read_bytes() for file in files}
    assert contents == {file: (other / file).read_bytes() for file in files}

    told = json.loads((one / MANIFEST).read_text())
    assert told["files"] == {
        file: hashlib.sha256(content).hexdigest()
        for file, content in contents.items()
        if file != MANIFEST
    }
    assert (told["version"], told["format"], told["holds_answers"]) == (done.version, name, True)
    card = (one / CARD).read_text(encoding="utf-8")
    assert "This export holds answers" in card
    assert all(f"`{column.name}`" in card for column in formats()[name].columns)
    assert f"sample@{done.version}" in card
    assert "| rejected: fix_unmerged | −2 |" in card
    assert all(f"{field} in {count}" in card for field, count in done.lost.items())
    assert done.canary in card
    assert all(done.canary in (one / f).read_bytes().decode("latin-1") for f in (CARD, MANIFEST))


def test_what_a_format_has_no_place_for_is_counted_by_reason(
    built_sample: SampleHome, tmp_path: Path
) -> None:
    done = export(built_sample.home, "sample", "swebench", tmp_path / "out")
    assert (done.instances, done.price_cents) == (10, 600_000)
    assert done.left_out == {"swe_manager asks for no patch": 9}
    assert done.lost == dict.fromkeys(
        ["environment", "issue", "key", "ladder", "prices", "reference.fix_commit"], 10
    )


def test_a_version_of_programs_is_whole_in_the_whole_formats_and_nothing_in_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = odd_jobs.write_dataset(tmp_path)
    monkeypatch.setenv("PAYDAG_DATASETS", str(datasets))
    home = tmp_path / "home"
    odd_jobs.land(home, datasets, odd_jobs.write_postings(tmp_path / odd_jobs.FILE))
    built = odd_jobs.build(home, datasets)
    done = export(home, odd_jobs.NAME, "parquet", tmp_path / "out")
    assert (done.instances, done.price_cents) == (6, built.price_cents)
    assert len(ids(tmp_path / "out")) == 6
    assert "arXiv:2505.13511" in (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    sentence = r"the format swelancer can hold: 6 x the published file has no freelance_code"
    with pytest.raises(UsageError, match=sentence):
        export(home, odd_jobs.NAME, "swelancer", tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("reference", "name", "split", "message"),
    [
        ("sample", "csv", None, "unknown format 'csv'; known: inspect, jsonl, parquet"),
        ("simple", "jsonl", None, "unknown dataset 'simple'; known: "),
        ("sample@beef", "jsonl", None, "unknown version 'sample@beef'; known: sample@"),
        ("sample", "jsonl", "dev", "unknown split 'dev'; known: "),
        ("expensify", "jsonl", None, "no version of 'expensify' has been built"),
    ],
)
def test_what_is_unknown_is_answered_with_what_is_known(
    built_sample: SampleHome,
    tmp_path: Path,
    reference: str,
    name: str,
    split: str | None,
    message: str,
) -> None:
    with pytest.raises(UsageError) as refused:
        export(built_sample.home, reference, name, tmp_path / "out", split=split)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("dear")
    with pytest.raises(UsageError, match="is not empty"):
        export(tmp_path / "nowhere", "sample", "jsonl", tmp_path)
    assert not (tmp_path / "nowhere").exists()


def test_a_datasets_canary_is_its_own_words_or_an_id_that_stays() -> None:
    assert canary_of("sample", "Find me.") == "Find me."
    assert canary_of("sample", None) == canary_of("sample", None)
    assert canary_of("sample", None) != canary_of("simple", None)


def test_the_result_is_one_flat_object(built_sample: SampleHome, tmp_path: Path) -> None:
    done = export(built_sample.home, "sample", "jsonl", tmp_path / "out")
    assert Exported.model_validate_json(done.model_dump_json()) == done
    assert (done.lost, done.unknown, done.left_out, done.holds_answers) == ({}, {}, {}, True)
