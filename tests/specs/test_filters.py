"""A filter says why it leaves a task out, and what nobody knows does not pass it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.domain.facts import Facts
from tasks.specs.filters import Around, Candidate, Filters

NEWEST = datetime(2025, 6, 30, tzinfo=UTC)
FACTS = Facts(
    created=datetime(2024, 5, 1, tzinfo=UTC),
    assigned=datetime(2024, 5, 2, tzinfo=UTC),
    merged=datetime(2025, 6, 1, tzinfo=UTC),
    closed=datetime(2025, 6, 2, tzinfo=UTC),
    labels=("Bug", "Help Wanted"),
    raises=1,
    proposals=3,
    files=2,
    lines=40,
    languages=("css", "typescript"),
)
ONE = Candidate(
    facts=FACTS, prices={"final": 50_000, "initial": 25_050, "peak": None}, text="A Boat leaks"
)
UNKNOWN = Candidate(facts=Facts(), prices={})


def lacks(section: dict[str, Any], one: Candidate = ONE) -> str | None:
    filters = Filters.model_validate(section)
    (name,) = filters.named()
    return filters.lacks(name, one, Around(price_rule="final", newest=NEWEST))


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ({"created": {"since": "2024-05-01"}}, None),
        ({"created": {"since": "2024-05-02"}}, "2024-05-01 is before 2024-05-02"),
        ({"created": {"until": "2024-05-02"}}, None),
        ({"created": {"until": "2024-05-01"}}, "2024-05-01 is not before 2024-05-01"),
        ({"assigned": {"since": "2024-05-02T01:00:00+02:00"}}, None),
        ({"closed": {"until": "2025-06-02"}}, "2025-06-02 is not before 2025-06-02"),
        ({"merged": {"last_days": 29}}, None),
        ({"merged": {"last_days": 28}}, "2025-06-01 is before 2025-06-02"),
        ({"price": {"min": 500, "max": "500.00"}}, None),
        ({"price": {"min": 500.01}}, "$500 final is less than $500.01"),
        ({"price": {"max": 250, "rule": "initial"}}, "$250.5 initial is more than $250"),
        ({"price": {"min": 0, "rule": "peak"}}, "no peak price"),
        ({"labels": {"any": ["bug", "Other"], "none": ["Internal"]}}, None),
        ({"labels": {"all": ["Bug", "Other"]}}, "'Other' is not there"),
        ({"labels": {"any": ["Other", "More"]}}, "none of 'Other', 'More' is there"),
        ({"labels": {"none": ["HELP WANTED"]}}, "'HELP WANTED' is there"),
        ({"labels": {"any": ["Help"]}}, "none of 'Help' is there"),
        ({"raises": {"min": 1, "max": 1}}, None),
        ({"raises": {"min": 2}}, "1 is less than 2"),
        ({"proposals": {"max": 2}}, "3 is more than 2"),
        ({"patch": {"files": {"max": 2}, "lines": {"max": 40}}}, None),
        ({"patch": {"lines": {"max": 39}}}, "lines: 40 is more than 39"),
        ({"languages": ["TypeScript"]}, None),
        ({"languages": ["python"]}, "the fix is in css, typescript"),
        ({"text": {"all": ["boat", "LEAK"], "none": ["sail"]}}, None),
        ({"text": {"none": ["boat"]}}, "'boat' is there"),
    ],
)
def test_a_filter_lets_pass_or_says_why_not(section: dict[str, Any], why: str | None) -> None:
    assert lacks(section) == why


@pytest.mark.parametrize(
    "section",
    [
        *({name: {"last_days": 9}} for name in ("created", "assigned", "merged", "closed")),
        {"price": {"min": 0}},
        {"labels": {"none": ["x"]}},
        {"raises": {"min": 0}},
        {"proposals": {"min": 0}},
        {"patch": {"files": {"min": 0}}},
        {"languages": ["go"]},
    ],
)
def test_what_nobody_knows_does_not_pass(section: dict[str, Any]) -> None:
    assert lacks(section, UNKNOWN)


def test_filters_are_applied_in_the_order_of_the_model_whatever_the_file_says() -> None:
    one, two = {"text": {"any": ["a"]}, "created": {"last_days": 1}}, {"raises": {"min": 1}}
    assert Filters.model_validate(one | two).named() == ["created", "raises", "text"]
    assert Filters().named() == []


def test_how_an_amount_or_a_language_is_spelled_does_not_matter() -> None:
    spelled = [
        Filters.model_validate({"price": {"min": amount}, "languages": languages}).model_dump_json(
            exclude_unset=True
        )
        for amount, languages in (
            (1000, ["go", "c"]),
            ("1000.00", ["C", "Go", "go"]),
            (1e3, ["c", "go"]),
        )
    ]
    assert len(set(spelled)) == 1
