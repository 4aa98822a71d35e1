"""Slices: which band a task is in, and the order in which people read them."""

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tasks.domain.scored import Reach, ScoredTask
from tasks.domain.slices import (
    cutoff_side,
    first_raise_band,
    month_of,
    patch_band,
    price_band,
    raise_band,
    reading_order,
    slices_of,
)

DAY = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "band"),
    [
        (None, "unpriced"),
        (0, "0-250"),
        (24_999, "0-250"),
        (25_000, "250-500"),
        (99_999, "500-1000"),
        (100_000, "1000-2000"),
        (399_999, "2000-4000"),
        (400_000, "4000+"),
    ],
)
def test_a_band_of_prices_holds_its_lower_end(cents: int | None, band: str) -> None:
    assert price_band(cents) == band


def test_raises_are_counted_up_to_three() -> None:
    assert [raise_band(n) for n in (None, 0, 1, 2, 3, 9)] == ["unknown", "0", "1", "2", "3+", "3+"]


def test_days_to_the_first_raise_are_never_where_there_was_none() -> None:
    assert [first_raise_band(1, d) for d in (0, 6.99, 7, 14, 28, 400)] == [
        *("0-7", "0-7", "7-14", "14-28", "28+", "28+")
    ]
    assert (first_raise_band(0, None), first_raise_band(None, None)) == ("never", "unknown")


def test_a_band_of_patches_holds_its_upper_end() -> None:
    lines = (None, 0, 10, 11, 30, 31, 100, 101, 300, 301)
    assert [patch_band(n) for n in lines] == [
        *("unknown", "0-10", "0-10", "11-30", "11-30"),
        *("31-100", "31-100", "101-300", "101-300", "301+"),
    ]


def test_a_month_is_that_of_utc() -> None:
    west = timezone(timedelta(hours=-8))
    assert month_of(datetime(2024, 1, 31, 20, tzinfo=west)) == "2024-02"
    assert month_of(None) == "unknown"


def test_what_was_merged_at_the_first_unseen_moment_is_after() -> None:
    moments = (DAY - timedelta(seconds=1), DAY, None)
    assert [cutoff_side(m, DAY) for m in moments] == ["before", "after", "undated"]


def test_a_task_is_in_a_slice_of_every_kind_that_it_can_be_in() -> None:
    task = ScoredTask(
        instance_id="i",
        instance_digest="d",
        variant="ic_swe",
        repository="ours/app",
        cluster="ours/app#1",
        labels=("Bug", "Bug", "Daily"),
        price_cents=50_000,
        raises=0,
        first_posted_at=DAY,
        patch_lines=12,
    )
    assert slices_of(task, Reach(model="ours:m-1", unseen_from=DAY)) == [
        "all",
        "variant=ic_swe",
        "price_band=500-1000",
        "raises=0",
        "first_raise=never",
        "month=2024-02",
        "repository=ours/app",
        "patch_size=11-30",
        "label=Bug",
        "label=Daily",
        "cutoff=ours:m-1:undated",
    ]
    bare = task.model_copy(update={"labels": ()})
    assert "label=(none)" in slices_of(bare, None)
    program = task.model_copy(update={"labels": None, "family": "csv_join"})
    assert slices_of(program, None)[-1] == "family=csv_join"


def test_slices_are_read_from_the_whole_to_the_parts_and_bands_from_low_to_high() -> None:
    order = [
        "all",
        "variant=ic_swe",
        "variant=swe_manager",
        "price_band=0-250",
        "price_band=250-500",
        "price_band=4000+",
        "price_band=unpriced",
        "raises=0",
        "raises=3+",
        "raises=unknown",
        "first_raise=never",
        "first_raise=28+",
        "month=2023-12",
        "month=2024-02",
        "month=unknown",
        "repository=ours/app",
        "label=Bug",
        "patch_size=0-10",
        "patch_size=301+",
        "cutoff=ours:m:before",
        "cutoff=ours:m:after",
        "cutoff=ours:m:undated",
        "versus=3f2a",
    ]
    shuffled = random.Random(3).sample(order, len(order))
    assert sorted(shuffled, key=reading_order) == order
