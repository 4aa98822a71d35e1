"""Prices are predicted from tags, alike on any order, and never from the posting itself."""

from tasks.learning.prices import forecast

TAGS = {f"p{n}": ("logo",) if n % 2 else ("trading", "python") for n in range(200)}
PRICES = {name: 5_000 if tags == ("logo",) else 90_000 for name, tags in TAGS.items()}


def test_tags_that_tell_the_price_predict_it() -> None:
    found = forecast(TAGS, PRICES)
    assert found is not None
    assert found.predicted == PRICES
    assert (found.postings, found.tags, found.mean_error_cents) == (200, 3, 0)
    assert found.baseline_error_cents == 42_500


def test_the_order_of_postings_and_tags_does_not_matter() -> None:
    turned = {name: tuple(reversed(TAGS[name])) for name in reversed(list(TAGS))}
    assert forecast(turned, dict(reversed(PRICES.items()))) == forecast(TAGS, PRICES)


def test_a_posting_is_predicted_without_its_own_price() -> None:
    one = next(iter(PRICES))
    dear = forecast(TAGS, PRICES | {one: 10_000_000})
    assert dear is not None
    assert dear.predicted[one] == PRICES[one]


def test_what_is_too_little_to_learn_from_predicts_nothing() -> None:
    assert forecast({}, {}) is None
    few = {name: PRICES[name] for name in list(PRICES)[:20]}
    assert forecast(TAGS, few) is None
    assert forecast(dict.fromkeys(PRICES, ()), PRICES) is None
