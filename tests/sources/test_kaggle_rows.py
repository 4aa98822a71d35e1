"""Cells to postings: whole values for what is right, and the column that is wrong for the rest."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.domain.columns import BidColumns, PostingColumns
from tasks.domain.errors import DataError
from tasks.domain.postings import Bid, Posting
from tasks.sources.kaggle.rows import read_bid, read_posting
from tests.sources.postings import csv_text, keys, market, reasons, row

COLUMNS = PostingColumns()
FULL = PostingColumns(
    posted_at="posted", bid_count="bids", average_bid="average", awarded_bid="award"
)
BIDS = BidColumns(key="k", bid_id="b", amount="a", currency="c", awarded="w")


def posting(**cells: str) -> Posting:
    return read_posting(row(**cells), COLUMNS, "mill/odd-jobs")


def test_a_posting_is_read_whole_and_its_texts_are_left_alone() -> None:
    cells = {"job_title": "  Sort \u2028 books. ", "job_description": "a\rb\u00c3\u00a9 "}
    assert posting(**cells) == Posting(
        market="mill/odd-jobs",
        key="1",
        title="  Sort \u2028 books. ",
        description="a\rb\u00c3\u00a9 ",
        tags=("excel", "python"),
        currency="USD",
        band_min_cents=3000,
        band_max_cents=25000,
        rate_type="fixed",
        document_id="mill/odd-jobs#1",
    )
    assert posting().posting_id == "mill/odd-jobs#1"


def test_columns_that_not_every_file_has_are_read_too() -> None:
    more = {"posted": "2024-05-01T10:00:00+02:00", "bids": "12.0", "average": "33.335", "award": ""}
    found = read_posting(row() | more, FULL, "m/n")
    assert (found.posted_at, found.bid_count) == (datetime(2024, 5, 1, 8, tzinfo=UTC), 12)
    assert (found.average_bid_cents, found.awarded_bid_cents) == (3334, None)
    more = {"posted": "2024-05-01", "bids": "", "average": "33.345", "award": "7"}
    found = read_posting(row() | more, FULL, "m/n")
    assert (found.posted_at, found.bid_count) == (datetime(2024, 5, 1, tzinfo=UTC), None)
    assert (found.average_bid_cents, found.awarded_bid_cents) == (3334, 700)


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.5", 1250),
        (" 1e3 ", 100000),
        (".5", 50),
        ("7.", 700),
        ("", None),
    ],
)
def test_amounts_become_cents_and_an_empty_cell_states_none(cell: str, cents: int | None) -> None:
    assert posting(min_price=cell, max_price="").band_min_cents == cents


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"projectId": " "}, "projectId: empty"),
        ({"projectId": "a\nb"}, r"projectId: 'a\\nb' is too long for an id, or holds line breaks"),
        ({"projectId": "9" * 201}, "projectId: '9+' is too long"),
        ({"min_price": "ten"}, "min_price: 'ten' is no number"),
        ({"min_price": "nan"}, "min_price: 'nan' is no number"),
        ({"min_price": "1_0"}, "min_price: '1_0' is no number"),
        ({"max_price": "٣"}, "max_price: '٣' is no number"),
        ({"max_price": "1,000"}, "max_price: '1,000' is no number"),
        ({"max_price": "inf"}, "max_price: 'inf' is no number"),
        ({"max_price": "-1"}, "max_price: '-1' is negative"),
        ({"max_price": "1e30"}, "max_price: '1e30' is beyond any budget"),
        ({"min_price": "251"}, "min_price: '251' is more than max_price '250.0'"),
        ({"rate_type": "weekly"}, "rate_type: 'weekly' is unknown; known: fixed, hourly"),
        ({"currency": "$"}, r"currency: '\$' is no currency code"),
        ({"currency": ""}, "currency: '' is no currency code"),
        ({"tags": "excel, python"}, "tags: not a Python literal"),
        ({"tags": ""}, "tags: not a Python literal"),
        ({"tags": "('a', 'b')"}, "tags: .* is no list of texts"),
        ({"tags": "['a', 1]"}, "tags: .* is no list of texts"),
        ({"tags": "[" * 5000}, "tags: not a Python literal"),
        (
            {"tags": "['" + "x" * 70_000 + "']"},
            "tags: 70,004 characters, above the limit of 65,536",
        ),
        ({"tags": r"['\ud800']"}, "tags: holds bytes or a surrogate"),
        ({"job_title": "a\x00"}, "job_title: holds a NUL"),
        ({"client_state": "\udcff"}, "client_state: holds bytes"),
    ],
)
def test_what_is_wrong_is_told_with_its_column(cells: dict[str, str], reason: str) -> None:
    with pytest.raises(DataError, match=reason) as refused:
        posting(**cells)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"posted": "05/01/2024"}, "posted: '05/01/2024' is no ISO 8601 date"),
        ({"bids": "many"}, "bids: 'many' is no count"),
        ({"bids": "1.5"}, "bids: '1.5' is no count"),
        ({"average": "x"}, "average: 'x' is no number"),
        ({"award": "-5"}, "award: '-5' is negative"),
    ],
)
def test_the_same_for_columns_that_not_every_file_has(cells: dict[str, str], reason: str) -> None:
    more = {"posted": "", "bids": "", "average": "", "award": ""}
    with pytest.raises(DataError, match=reason):
        read_posting(row() | more | cells, FULL, "m/n")


def test_a_bid_is_read_whole() -> None:
    cells = {"k": "1", "b": "77", "a": "12.5", "c": "eur", "w": "Yes"}
    assert read_bid(cells, BIDS, "USD") == Bid(
        bid_id="77", amount_cents=1250, currency="EUR", awarded=True
    )
    plain = BidColumns(key="k", bid_id="b", amount="a")
    assert read_bid(cells, plain, "USD") == Bid(bid_id="77", amount_cents=1250, currency="USD")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"a": ""}, "a: empty"),
        ({"b": ""}, "b: empty"),
        ({"c": "dollars"}, "c: 'dollars' is no currency code"),
        ({"w": "perhaps"}, "w: 'perhaps' says neither yes nor no"),
    ],
)
def test_a_bid_that_cannot_be_read_says_why(cells: dict[str, str], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read_bid({"k": "1", "b": "77", "a": "12.5", "c": "EUR", "w": ""} | cells, BIDS, "USD")


def test_a_row_that_is_wrong_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    rows = [row("1"), row("2", rate_type="?"), row("3", job_title="\udce9"), row("4")]
    found = market(tmp_path, csv_text(rows))
    assert keys(found) == ["1", "4"]
    assert reasons(found) == [
        (2, "rate_type: '?' is unknown; known: fixed, hourly"),
        (3, "job_title: holds bytes or a surrogate that are no text"),
    ]
