"""Which factors made a difference, found by leaving some of them as they were."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.causes import Cause, Evidence, What, changed_keys, cut, decisive

PLACES = st.sets(st.integers(0, 39), max_size=6)


@given(PLACES)
def test_every_factor_that_matters_alone_is_found_and_no_other(causes: set[int]) -> None:
    asked = []

    def matters(stayed: frozenset[int]) -> bool:
        asked.append(stayed)
        return bool(stayed & causes)

    assert decisive(range(40), matters) == sorted(causes)
    assert len(asked) <= 1 + 2 * max(len(causes), 1) * 6


@given(st.sets(st.integers(0, 15), min_size=2, max_size=4))
def test_factors_that_matter_only_together_are_all_named(together: set[int]) -> None:
    found = decisive(range(16), lambda stayed: together <= stayed)
    assert together <= set(found)


def test_where_nothing_matters_nothing_is_named() -> None:
    assert decisive(range(8), lambda stayed: False) == []
    assert decisive([], lambda stayed: True) == []


def test_the_name_of_a_dataset_is_no_key_that_changed() -> None:
    before = {"name": "a", "price_rule": "final", "lint": "reject"}
    after = {"name": "b", "price_rule": "initial", "variants": ["ic_swe"]}
    assert changed_keys(before, after) == ("lint", "price_rule", "variants")


COPY = {
    "source": "github",
    "kind": "github.issue",
    "external_id": "ours/app#7",
    "fetched_at": datetime(2025, 3, 1, 12, 30, tzinfo=UTC),
}
ITEM = Evidence(what="title", document_id="ours/app#7/E1", url="https://x/7")


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("document", {**COPY, "certain": True}, "github.issue ours/app#7 of 2025-03-01 12:30"),
        ("document", COPY, "github.issue ours/app#7 of 2025-03-01 12:30 (changed besides)"),
        (
            "document",
            {**COPY, "certain": True, "fetched_at": None, "items": (ITEM, ITEM)},
            "github.issue ours/app#7 (not read), title https://x/7 and 1 more",
        ),
        ("hidden_tests", {"certain": True}, "hidden tests: detail"),
        ("documents", {}, "detail (changed besides)"),
        ("unknown", {}, "unknown: detail"),
    ],
)
def test_a_cause_is_told_in_one_line(what: What, fields: dict[str, object], sentence: str) -> None:
    assert Cause.model_validate({"what": what, "detail": "detail", **fields}).sentence() == sentence


@given(st.text(max_size=600))
def test_words_of_evidence_are_one_short_line(words: str) -> None:
    shown = cut(words)
    assert len(shown) <= 200
    assert shown.splitlines() in ([], [shown])
    assert shown == cut(shown)
