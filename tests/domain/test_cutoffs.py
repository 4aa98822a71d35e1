"""Which cutoff is that of a model."""

from datetime import UTC, datetime

import pytest

from tasks.domain.cutoffs import reach_of_model
from tasks.specs.cutoffs import load_cutoffs, seen_until
from tests.sample_home import DATASETS

EARLY, LATE = datetime(2023, 11, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC)
KNOWN = {"gpt-4": EARLY, "gpt-4-turbo": LATE, "gpt-4o": LATE}


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("openai:gpt-4", EARLY),
        ("openai:gpt-4-0613", EARLY),
        ("openai:gpt-4-turbo-2024-04-09", LATE),
        ("openrouter:openai/gpt-4o-2024-08-06", LATE),
        ("openai:gpt-4omni", None),
        ("openai:gpt-3", None),
    ],
)
def test_a_model_has_the_cutoff_of_the_longest_name_that_it_begins_with(
    model: str, expected: datetime | None
) -> None:
    found = reach_of_model(model, KNOWN)
    assert (found.unseen_from if found else None) == expected


def test_the_table_knows_models_and_ends_with_their_last_day() -> None:
    table = load_cutoffs([DATASETS])
    assert seen_until(table["gpt-4o"]) == EARLY
