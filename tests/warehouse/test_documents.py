"""Raw keeps every document that differs from the copy before it, and nothing else."""

import json
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.documents import Document
from tasks.warehouse import documents as module
from tasks.warehouse.documents import newest_documents
from tests.warehouse.homes import copies, document, fresh, put


def bodies(home: Path, *batches: list[Document]) -> list[tuple[float, str]]:
    """(minute, body) of what is stored after the batches were landed one by one."""
    warehouse = fresh(home)
    for number, batch in enumerate(batches):
        put(warehouse, batch, at=number)
    return [(at, json.loads(payload)["body"]) for _, at, payload in copies(warehouse)]


A1, B2, A3 = document(1, "a"), document(2, "b"), document(3, "a")


@pytest.mark.parametrize(
    "batches",
    [[[A1, B2, A3]], [[A1], [B2], [A3]], [[A3, A1, B2]], [[A1, B2, A3], [A1, B2, A3]]],
    ids=["at once", "one by one", "out of order", "twice"],
)
def test_a_text_that_goes_from_a_to_b_to_a_keeps_three_copies(
    tmp_path: Path, batches: list[list[Document]]
) -> None:
    assert bodies(tmp_path, *batches) == [(1, "a"), (2, "b"), (3, "a")]


def test_an_unchanged_document_lands_once(tmp_path: Path) -> None:
    again = [document(n, "a") for n in range(4)]
    assert bodies(tmp_path, again[:2], again[2:]) == [(0, "a")]


def test_an_older_copy_takes_its_place_before_the_newer_ones(tmp_path: Path) -> None:
    assert bodies(tmp_path, [document(5, "b")], [document(2, "a"), document(1, "a")]) == [
        (1, "a"),
        (5, "b"),
    ]


def test_two_texts_of_one_moment_are_both_kept_once(tmp_path: Path) -> None:
    pair = [document(1, "a"), document(1, "b")]
    assert sorted(bodies(tmp_path, pair, list(reversed(pair)))) == [(1, "a"), (1, "b")]


def test_landing_counts_what_was_read_landed_and_unchanged(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    first = put(warehouse, [A1, B2, document(2.5, "b")], at=0)
    second = put(warehouse, [A1, B2, A3], at=1)
    assert (first.read, first.landed, first.unchanged) == (3, 2, 1)
    assert (second.read, second.landed, second.unchanged) == (3, 1, 2)
    with warehouse.read("raw") as session:
        fetches = session.tuples(
            "SELECT fetch_id, documents_read, documents_landed, status FROM raw.fetches "
            "ORDER BY started_at"
        )
    assert fetches == [(first.fetch_id, 3, 2, "done"), (second.fetch_id, 3, 1, "done")]


@pytest.mark.parametrize("text", ["plain \u00e9 \U0001f6a3", "lone \ud800 surrogate", "nul \x00"])
def test_any_text_a_payload_can_hold_lands_verbatim(tmp_path: Path, text: str) -> None:
    warehouse = fresh(tmp_path)
    put(warehouse, [document(1, text)])
    assert newest_documents(warehouse, "github") == [document(1, text)]
    assert put(warehouse, [document(1, text)], at=1).landed == 0


def test_the_newest_copy_of_each_document_is_read_back(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    other = document(1, "x", name="ours/app#8")
    put(warehouse, [A3, B2, A1, other])
    assert newest_documents(warehouse, "github") == [A3, other]
    assert newest_documents(warehouse, "swelancer") == []


def test_batches_are_committed_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    warehouse = fresh(tmp_path)

    def stream() -> Iterator[Document]:
        yield from [A1, B2, A3]
        raise OSError("the line was cut")

    with pytest.raises(OSError, match="cut"):
        put(warehouse, stream())
    assert [at for _, at, _ in copies(warehouse)] == [1, 2]


@st.composite
def landings(draw: st.DrawFn) -> list[list[Document]]:
    """Batches in the order of their moments, with repeats, each in an order of its own."""
    moments = draw(st.lists(st.integers(0, 9), min_size=1, max_size=10).map(sorted))
    listed = [
        document(at, draw(st.sampled_from("ab")), name=draw(st.sampled_from(["x#1", "x#2"])))
        for at in dict.fromkeys(moments)
    ]
    cut = draw(st.integers(0, len(listed)))
    repeated = draw(st.lists(st.sampled_from(listed), max_size=3))
    overlapping = listed[max(0, cut - 2) :]
    return [draw(st.permutations(batch)) for batch in (listed[:cut], overlapping, repeated)]


@pytest.mark.exhaustive
@settings(max_examples=15)
@given(landings())
def test_any_split_order_and_repetition_stores_the_consecutive_distinct_texts(
    batches: list[list[Document]],
) -> None:
    unique = {(d.external_id, d.fetched_at): d for batch in batches for d in batch}
    expected = []
    for name, group in groupby(sorted(unique), key=lambda key: key[0]):
        texts = [(key, unique[key].payload["body"]) for key in group]
        expected += [
            (name, key[1], body)
            for place, (key, body) in enumerate(texts)
            if place == 0 or texts[place - 1][1] != body
        ]
    with tempfile.TemporaryDirectory() as folder:
        warehouse = fresh(Path(folder))
        for number, batch in enumerate(batches):
            put(warehouse, batch, at=number)
        with warehouse.read("raw") as session:
            stored = session.tuples(
                "SELECT external_id, fetched_at, payload::JSON ->> 'body' FROM raw.documents "
                "ORDER BY external_id, fetched_at"
            )
    assert stored == expected
