"""What a card says beside its figures is true of the file that it is about."""

from typing import Any

import pytest

from tasks.cards import notes_on
from tasks.domain.spreads import spread

FACTS: dict[str, Any] = {
    "postings": 3,
    "fixed": 3,
    "hourly": 0,
    "malformed": 0,
    "bids": 0,
    "rates": {"date": "2024-01-01", "source": "invented"},
    "forecast": None,
}


def last_note(budgets: list[int]) -> str:
    told = spread(budgets).model_dump()
    facts = FACTS | {"usd_fixed_band_max": told, "usd_chosen_band_max": told}
    prices = {"freelance_code": {"band_mid": spread([1_000]).model_dump()}}
    return notes_on(facts, prices, "band_mid")[-1]


@pytest.mark.parametrize(
    ("budgets", "words"),
    [
        ([318_14], "tasks: near to the highest of the band of this file's USD fixed postings"),
        ([336_60], "tasks: near to"),
        ([336_61], "tasks: far from"),
        ([30_00], "tasks: far from the highest of the band of this file's USD fixed postings"),
        ([], "tasks: this file has no USD fixed posting to set beside it. Prices"),
    ],
)
def test_a_card_says_of_any_file_how_near_it_is_to_the_published_benchmark(
    budgets: list[int], words: str
) -> None:
    assert words in last_note(budgets)
