"""What a split has published stays known, and what is held out stays held out below it, too."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs import holdout_ids, load_split
from tasks.specs.splits import published, split_text
from tests.specs.places import BASE, put


def freeze(folder: Path, split: str, text: str) -> None:
    (folder / "splits").mkdir(exist_ok=True)
    (folder / "splits" / f"{split}.txt").write_text(text, encoding="utf-8")


def test_an_id_that_a_split_lost_is_published_and_not_in_it(tmp_path: Path) -> None:
    text = split_text("two of three", ["b", "a"], ["z", "c"])
    assert text == "# two of three\na\nb\n# once c\n# once z\n"
    freeze(tmp_path, "dev", text)
    assert load_split(tmp_path, "dev") == ["a", "b"]
    assert published(tmp_path) == {"dev": frozenset("abcz")}


def test_nothing_is_held_out_where_no_holdout_was_frozen(tmp_path: Path) -> None:
    assert holdout_ids(tmp_path) == frozenset()
    freeze(tmp_path, "dev", "a\n")
    assert holdout_ids(tmp_path) == frozenset()


def test_what_is_held_out_is_held_out_of_what_extends_it(tmp_path: Path) -> None:
    base = put(tmp_path, "boats", BASE)
    own = put(tmp_path, "ships", "name: ships\nextends: boats\n")
    freeze(base, "holdout", split_text("ours", ["a"], ["c"]))
    freeze(own, "holdout", "b\n")
    assert holdout_ids(base) == {"a", "c"}
    assert holdout_ids(own) == holdout_ids(own, [tmp_path]) == {"a", "b", "c"}


def test_a_base_that_is_not_found_is_no_empty_holdout(tmp_path: Path) -> None:
    put(tmp_path / "bundled", "boats", BASE)
    own = put(tmp_path / "mine", "ships", "name: ships\nextends: boats\n")
    assert holdout_ids(own, [tmp_path / "mine", tmp_path / "bundled"]) == frozenset()
    with pytest.raises(UsageError, match="unknown dataset 'boats'"):
        holdout_ids(own)
