"""dataset.yaml is strict, and a mistake in it is named with its file and line."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs import known_datasets, load_spec, load_split
from tasks.specs.reader import parse_spec
from tests.specs.texts import TEXT

ROOT = Path(__file__).resolve().parents[2]
FILE = Path("d/dataset.yaml")


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as refused:
        parse_spec(text, FILE)
    return str(refused.value)


def put(root: Path, name: str, text: str = TEXT) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").write_text(text.replace("name: boats", f"name: {name}"))
    return folder


@pytest.mark.parametrize("dataset", sorted(known_datasets([ROOT / "datasets"])))
def test_every_dataset_of_ours_can_be_read(dataset: str) -> None:
    spec, folder = load_spec(dataset, [ROOT / "datasets"])
    assert (spec.name, folder) == (dataset, ROOT / "datasets" / dataset)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "price_rule: final",
            "prise_rule: final",
            "d/dataset.yaml:12: prise_rule: unknown key; remove it or correct its spelling",
        ),
        (
            "    archive: documents",
            "    archives: documents",
            "d/dataset.yaml:7: sources.github.archives: unknown key; remove it or correct its "
            "spelling",
        ),
        (
            "  github:",
            "  gitlab:",
            "d/dataset.yaml:5: sources.gitlab: unknown key; remove it or correct its spelling",
        ),
        ("name: boats\n", "", "d/dataset.yaml:1: name: this key is required"),
        (
            "    repositories: [ours/app]\n",
            "",
            "d/dataset.yaml:5: sources.github.repositories: this key is required",
        ),
        (
            "price_rule: final",
            "price_rule: best",
            "d/dataset.yaml:12: price_rule: unknown price rule 'best'; known: initial, final, ",
        ),
        ("  - swe_manager", "  - swe_boss", "d/dataset.yaml:11: variants.1: Input should be "),
        ("timeout_s: 60", "timeout_s: 0", "d/dataset.yaml:14: environment.timeout_s: Input "),
        ("name: boats", "name: ../boats", "d/dataset.yaml:1: name: String should match "),
        ("name: boats", "name: [boats", "d/dataset.yaml:2: not YAML: "),
        ("name: boats", "name: \tboats: x", "d/dataset.yaml:1: not YAML: "),
        (TEXT, "", "d/dataset.yaml:1: expected a mapping with the keys name, sources and variants"),
        (TEXT, "- a", "d/dataset.yaml:1: expected a mapping"),
        ("name: boats", "name: \x00", "d/dataset.yaml:1: not YAML: "),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(old: str, new: str, message: str) -> None:
    assert old in TEXT
    found = refusal(TEXT.replace(old, new, 1))
    assert found.startswith(message)
    assert "\n" not in found


def test_an_unknown_dataset_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    put(tmp_path, "one")
    put(tmp_path, "two")
    with pytest.raises(UsageError) as refused:
        load_spec("three", [tmp_path])
    assert str(refused.value) == "unknown dataset 'three'; known: one, two"


def test_the_first_folder_that_has_a_name_wins(tmp_path: Path) -> None:
    first, second = put(tmp_path / "a", "one"), put(tmp_path / "b", "one")
    other = put(tmp_path / "b", "two")
    assert known_datasets([tmp_path / "a", tmp_path / "b"]) == {"one": first, "two": other}
    assert load_spec("one", [tmp_path / "b", tmp_path / "a"])[1] == second


def test_a_dataset_is_called_as_its_folder(tmp_path: Path) -> None:
    folder = put(tmp_path, "one")
    folder.rename(tmp_path / "two")
    with pytest.raises(
        UsageError, match=r"yaml:\d+: name is 'one', but the folder is called 'two'"
    ):
        load_spec("two", [tmp_path])


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = put(tmp_path, "one") / "dataset.yaml"
    file.write_bytes(b"name: \xff\n")
    with pytest.raises(UsageError) as refused:
        load_spec("one", [tmp_path])
    assert str(refused.value) == f"{file}:1: not UTF-8 text"


def test_a_split_is_its_ids_in_order_without_comments(tmp_path: Path) -> None:
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "dev.txt").write_text("# ours\nb\n\n  a  \n# theirs\nc\n")
    assert load_split(tmp_path, "dev") == ["b", "a", "c"]


def test_an_unknown_split_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "splits").mkdir()
    for name in ("test", "dev"):
        (tmp_path / "splits" / f"{name}.txt").write_text("a\n")
    with pytest.raises(UsageError) as refused:
        load_split(tmp_path, "../dev")
    assert str(refused.value) == "unknown split '../dev'; known: dev, test"
    with pytest.raises(UsageError, match="known: none"):
        load_split(tmp_path / "splits", "dev")


def test_a_key_that_stands_twice_is_a_mistake_at_its_second_line() -> None:
    text = "name: one\nsources:\n  github:\n    repositories: [a/b]\n    repositories: [c/d]\n"
    with pytest.raises(UsageError) as refused:
        parse_spec(text, Path("one/dataset.yaml"))
    assert str(refused.value) == "one/dataset.yaml:5: repositories: stands twice"
