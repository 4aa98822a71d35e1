"""A specification to begin with can be read as it is, and with every key switched on."""

import re
from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs import DatasetSpec, load_spec
from tasks.specs.filters import Filters
from tasks.specs.reader import parse_spec
from tasks.specs.starter import starter, write_starter
from tests.specs.places import BASE, put

_OFF = re.compile(r"^# (?=[a-z_]+: |[a-z_]+:$| {2,})", re.MULTILINE)


def test_a_starter_is_read_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, "boats", BASE)
    file = write_starter(tmp_path, "mine", "boats")
    assert file == tmp_path / "mine" / "dataset.yaml"
    spec, _ = load_spec("mine", [tmp_path])
    assert (spec.name, spec.extends) == ("mine", "boats")
    assert parse_spec(starter("alone", None), Path("f")).sections() != {}


@pytest.mark.parametrize("base", ["boats", None])
def test_every_key_of_a_starter_can_be_switched_on(tmp_path: Path, base: str | None) -> None:
    put(tmp_path, "boats", BASE)
    text = _OFF.sub("", starter("mine", base))
    spec = parse_spec(text, tmp_path / "mine" / "dataset.yaml", [tmp_path])
    assert spec.filters is not None
    assert spec.filters.named() == list(Filters.model_fields)
    of_other_datasets = {"paths", "environment", "freelance_code", "extends", "sources"}
    assert set(DatasetSpec.model_fields) - spec.model_fields_set <= of_other_datasets


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    file = put(tmp_path, "boats", BASE) / "dataset.yaml"
    with pytest.raises(UsageError) as refused:
        write_starter(tmp_path, "boats", None)
    assert str(refused.value) == f"{file} is there already; choose another name"
    assert file.read_text(encoding="utf-8") == BASE


@pytest.mark.parametrize("name", ["../mine", "Mine", "", ".mine", "a/b", "a b"])
def test_a_dataset_is_named_plainly(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a dataset"):
        write_starter(tmp_path, name, None)
    assert list(tmp_path.iterdir()) == []
