"""Editors accept what the reader accepts, and complain where it does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tasks.specs import known_datasets
from tasks.specs.schema import dataset_schema
from tasks.specs.starter import starter
from tests.specs.places import BASE
from tests.specs.texts import TEXT

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = dataset_schema()


def complaints(text: str) -> list[str]:
    # Editors see dates as they are written.
    data = yaml.load(text, Loader=yaml.BaseLoader)
    typed = yaml.safe_load(text)
    checker = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return [error.message for error in checker.iter_errors(_dates_as_written(typed, data))]


def _dates_as_written(typed: Any, written: Any) -> Any:
    if isinstance(typed, dict):
        return {key: _dates_as_written(typed[key], written[key]) for key in typed}
    if isinstance(typed, list):
        return [_dates_as_written(a, b) for a, b in zip(typed, written, strict=True)]
    return typed if isinstance(typed, str | int | float | None) else written


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "dataset.yaml"


@pytest.mark.parametrize("name", sorted(known_datasets([ROOT / "datasets"])))
def test_every_dataset_of_ours_fits(name: str) -> None:
    text = (ROOT / "datasets" / name / "dataset.yaml").read_text(encoding="utf-8")
    assert complaints(text) == []


@pytest.mark.parametrize(
    "text",
    [
        BASE,
        TEXT,
        starter("mine", "boats"),
        starter("mine", None),
        "name: a\nextends: b\nsources: {github: {labels: [x]}}\nsample: {seed: 3}\n",
        "name: a\nextends: b\nfilters: null\nas_of: 2024-01-01\n",
        "name: a\nextends: b\nfilters: {created: {since: 2024-01-01, until: null}}\n",
        "name: a\nextends: b\nfilters: {price: {min: 12.5, rule: peak}}\n",
    ],
)
def test_what_can_be_read_fits(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "name: a\n",
        "extends: b\n",
        "name: a\nextends: b\nfiltres: {}\n",
        "name: a\nextends: b\nfilters: {price: {least: 1}}\n",
        "name: a\nextends: b\nfilters: {price: {min: 1, rule: best}}\n",
        "name: a\nextends: b\nprice_rule: best\n",
        "name: a\nextends: b\nfilters: {created: {since: soon}}\n",
        "name: a\nextends: b\nvariants: [ic]\n",
        "name: a\nsources: {github: {labels: [x]}}\nvariants: [ic_swe]\n",
        "name: a\nsources: {swelancer: {}}\nvariants: [ic_swe]\nsample: {seed: 3}\n",
    ],
)
def test_what_is_refused_does_not_fit(text: str) -> None:
    assert complaints(text)


def test_keys_say_what_they_are_for() -> None:
    described = {name for name, part in SCHEMA["properties"].items() if "description" in part}
    assert described >= {"extends", "as_of", "price_rule", "canary", "lint", "splits", "sources"}
    assert all("description" in part for part in SCHEMA["$defs"]["Filters"]["properties"].values())
