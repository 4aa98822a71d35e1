"""Files to documents to a market: nothing depends on the order of rows, nothing is lost."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.domain.postings import Bid
from tasks.sources.kaggle import SOURCE
from tests.sources.postings import (
    FILE,
    NOW,
    OPTIONS,
    csv_text,
    fetch,
    fetch_text,
    keys,
    market,
    reasons,
    row,
    write,
    write_zip,
)

BIDS: dict[str, Any] = {
    "file": "bids.csv",
    "columns": {"key": "project", "bid_id": "bid", "amount": "sum", "awarded": "won"},
}


def bid(key: str, number: str, amount: str, won: str = "") -> dict[str, str]:
    return {"project": key, "bid": number, "sum": amount, "won": won, "note": "x"}


def later(documents: list[Document]) -> list[Document]:
    return [replace(document, fetched_at=NOW + timedelta(days=1)) for document in documents]


def test_rows_land_verbatim_and_a_listing_names_them(tmp_path: Path) -> None:
    rows = [row("9", client_state="  NA "), row("10")]
    documents = fetch_text(tmp_path, csv_text(rows))
    columns = {
        "key": "projectId",
        "title": "job_title",
        "description": "job_description",
        "tags": "tags",
        "currency": "currency",
        "band_min": "min_price",
        "band_max": "max_price",
        "rate_type": "rate_type",
    }
    listing = {
        "dataset": "mill/odd-jobs",
        "file": FILE,
        "columns": columns,
        "keys": ["10", "9"],
        "malformed": [],
    }
    assert documents == [
        Document("kaggle", "kaggle.posting", "mill/odd-jobs#9", NOW, rows[0]),
        Document("kaggle", "kaggle.posting", "mill/odd-jobs#10", NOW, rows[1]),
        Document("kaggle", "kaggle.listing", "mill/odd-jobs", NOW, listing),
    ]


def content(documents: list[Document], *left_out: str) -> dict[tuple[str, str], Any]:
    return {
        (d.kind, d.external_id): {k: v for k, v in d.payload.items() if k not in left_out}
        for d in documents
    }


def test_a_shuffled_file_lands_the_same_but_for_the_numbers_of_malformed_rows(
    tmp_path: Path,
) -> None:
    rows = [row(str(n)) for n in range(20)]
    rows += [row("3", job_title="Another"), row("3"), row("77", tags="x"), row("", tags="[]")]
    rows += [row("77", tags="x")]
    before = fetch_text(tmp_path, csv_text(rows))
    random.Random(5).shuffle(rows)
    after = fetch_text(tmp_path, "\ufeff" + csv_text(rows, "\r\n"))
    assert len(before) == len(after) == len(rows) + 1
    assert content(after, "row") == content(before, "row")
    numbers = {d.payload["row"] for d in after if d.kind == "kaggle.malformed"}
    assert {rows[number - 1]["projectId"] for number in numbers} == {"3", "77", ""}


def test_of_a_key_that_is_given_twice_the_same_row_is_kept_in_any_order(tmp_path: Path) -> None:
    pair = [row("5", job_title="One"), row("5", job_title="Two")]
    found = market(tmp_path, csv_text([row("1"), *pair]))
    turned = market(tmp_path, csv_text([*reversed(pair), row("1")]))
    assert found.postings == turned.postings
    assert keys(found) == ["1", "5"]
    ((_, reason),) = reasons(found)
    assert [why for _, why in reasons(turned)] == [reason]
    assert reason.startswith("projectId '5' is given twice; another row is kept, digest ")


def test_a_row_that_is_repeated_is_malformed_once_for_each_copy(tmp_path: Path) -> None:
    documents = fetch_text(tmp_path, csv_text([row("5")] * 3))
    ids = [d.external_id for d in documents if d.kind == "kaggle.malformed"]
    assert len(set(ids)) == 2
    found = SOURCE.parse(documents)
    assert [number for number, _ in reasons(found)] == [2, 3]
    assert all("the same row is kept" in why for _, why in reasons(found))


def test_order_and_duplicates_of_documents_do_not_matter(tmp_path: Path) -> None:
    documents = fetch_text(tmp_path, csv_text([row(str(n)) for n in range(9)] + [row("", tags="")]))
    assert SOURCE.parse([*reversed(documents), *documents]) == SOURCE.parse(documents)


def test_a_posting_that_a_newer_version_dropped_is_no_candidate_any_more(tmp_path: Path) -> None:
    old = fetch_text(tmp_path, csv_text([row("1"), row("2"), row("", tags="[]")]))
    new = later(fetch_text(tmp_path, csv_text([row("2", job_title="Changed"), row("3")])))
    found = SOURCE.parse([*new, *old])
    assert [(p.key, p.title) for p in found.postings] == [
        ("2", "Changed"),
        ("3", "Sort the books of shelf 3"),
    ]
    assert found.malformed == ()
    back = [replace(d, fetched_at=NOW + timedelta(days=2)) for d in old]
    assert SOURCE.parse([*back, *new]) == SOURCE.parse(old)


def test_two_datasets_do_not_meet(tmp_path: Path) -> None:
    one = fetch_text(tmp_path, csv_text([row("1")]))
    other = fetch_text(tmp_path, csv_text([row("1"), row("2")]), dataset="dale/odd-jobs/3")
    found = SOURCE.parse([*one, *other])
    assert [p.posting_id for p in found.postings] == [
        "dale/odd-jobs#1",
        "dale/odd-jobs#2",
        "mill/odd-jobs#1",
    ]


def test_a_landing_that_was_cut_short_is_told(tmp_path: Path) -> None:
    documents = fetch_text(tmp_path, csv_text([row("1")]))[:-1]
    assert [m.reason for m in SOURCE.parse(documents).malformed] == [
        "no listing of its file has landed: refresh the dataset again"
    ]


def test_columns_are_called_as_the_specification_says(tmp_path: Path) -> None:
    renamed = [
        {"id" if k == "projectId" else k: v for k, v in row("1").items()} | {"when": "2024-01-02"}
    ]
    columns = {"key": "id", "posted_at": "when"}
    found = market(tmp_path, csv_text(renamed), columns=columns)
    assert keys(found) == ["1"]
    assert found.postings[0].posted_at is not None


def test_a_file_without_a_needed_column_lists_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        fetch_text(tmp_path, "projectId,job_title\n1,2\n")
    assert str(refused.value) == (
        "postings.csv has no column job_description, tags, currency, min_price, max_price, "
        "rate_type: the columns it has are projectId, job_title; say in dataset.yaml, under "
        "`columns`, which of them means what"
    )
    with pytest.raises(UsageError, match="its first line cannot be read as CSV"):
        fetch_text(tmp_path, "")


def test_a_file_of_which_no_row_can_be_read_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no readable posting: row 1: rate_type: 'x' is unknown"):
        fetch_text(tmp_path, csv_text([row("1", rate_type="x")]))
    with pytest.raises(UsageError, match="a header and no rows"):
        fetch_text(tmp_path, csv_text([]))


def both(folder: Path, bids: list[dict[str, str]]) -> Path:
    postings = csv_text([row("1", currency="EUR"), row("2"), row("3", tags="x")])
    return write_zip(folder / "both.zip", {FILE: postings, "deep/bids.csv": csv_text(bids)})


def test_bids_are_joined_to_their_postings(tmp_path: Path) -> None:
    bids = [bid("1", "b", "20", "yes"), bid("2", "c", "5.5"), bid("1", "a", "10", "no")]
    documents = fetch(both(tmp_path, bids), bids=BIDS)
    found = SOURCE.parse(documents)
    assert {p.key: p.bids for p in found.postings} == {
        "1": (
            Bid(bid_id="a", amount_cents=1000, currency="EUR", awarded=False),
            Bid(bid_id="b", amount_cents=2000, currency="EUR", awarded=True),
        ),
        "2": (Bid(bid_id="c", amount_cents=550, currency="USD"),),
    }
    assert fetch(both(tmp_path, bids[::-1]), bids=BIDS)[-1] == documents[-1]
    fewer = later(fetch(both(tmp_path, bids[:1]), bids=BIDS))
    assert [len(p.bids) for p in SOURCE.parse([*documents, *fewer]).postings] == [1, 0]


def test_bids_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    bids = [bid("1", "a", "x"), bid("3", "a", "1"), bid("9", "a", "1"), bid("2", "a", "1")]
    found = SOURCE.parse(fetch(both(tmp_path, [*bids, bid("2", "a", "2")]), bids=BIDS))
    told = [(m.file, m.row, m.reason.partition(",")[0]) for m in found.malformed]
    assert told == [
        ("bids.csv", 1, "sum: 'x' is no number"),
        ("bids.csv", 2, "project: no posting is called '3'"),
        ("bids.csv", 3, "project: no posting is called '9'"),
        ("bids.csv", told[3][1], "project '2'"),
        ("postings.csv", 3, "tags: not a Python literal (ValueError)"),
    ]
    assert [len(p.bids) for p in found.postings] == [0, 1]


def test_strange_documents_are_listed_with_what_is_strange() -> None:
    listing: dict[str, Any] = {
        "file": FILE,
        "columns": {},
        "keys": ["1", "2", "3"],
        "malformed": [],
    }
    bids = BIDS | {"keys": ["3"]}

    def document(kind: str, external_id: str, payload: dict[str, Any]) -> Document:
        return Document("kaggle", kind, external_id, NOW, payload)

    found = SOURCE.parse(
        [
            document("kaggle.listing", "m/n", listing | {"bids": bids}),
            document("kaggle.listing", "m/broken", listing | {"keys": "1"}),
            document("kaggle.posting", "m/n#1", {"projectId": "1"}),
            document("kaggle.posting", "m/n#2", row("7")),
            document("kaggle.posting", "m/n#3", row("3")),
            document("kaggle.bids", "m/n#3", {"rows": [{"project": 3}]}),
            document("kaggle.posting", "m/n#4", {"left": "alone"}),
            document("kaggle.malformed", "m/other@1", {"file": FILE}),
            document("kaggle.other", "m/n", {}),
        ]
    )
    assert [(m.document_id, m.reason) for m in found.malformed] == [
        ("m/n#3", "bid: missing"),
        ("m/broken", "a listing without file, columns, keys or malformed rows"),
        ("m/n", "unknown kind 'kaggle.other'"),
        ("m/other@1", "a malformed record without file, row or reason"),
        ("m/n#1", "job_title: missing"),
        ("m/n#2", "projectId: '7' is not in its id"),
    ]
    assert keys(found) == ["3"]


def test_the_options_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = write(tmp_path / FILE, csv_text([row()]))
    for dataset in ("odd-jobs", "../x/y", "a/b/0", "a/b/c/d", "a/../b"):
        with pytest.raises(UsageError, match="is no Kaggle dataset; write owner/slug"):
            list(SOURCE.fetch(path, OPTIONS | {"dataset": dataset}, NOW))
