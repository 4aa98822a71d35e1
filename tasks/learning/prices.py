"""What postings with such tags go for: a random forest, judged on postings it has not seen."""

from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import digest

FOLDS: Final = 5
TREES: Final = 100
_LEAF: Final = 3
# A tag that fewer postings carry tells about those alone.
_LEAST_POSTINGS: Final = 5
_SEED: Final = 1
_DOLLAR: Final = 100


class Forecast(BaseModel, frozen=True, extra="forbid"):
    """`predicted` is posting id → cents, in whole dollars, each by a forest that was grown without
    this posting. The errors, in cents, are those of these predictions: the mean and the median of
    what they are off, beside the mean of what the median price of all is off."""

    predicted: dict[str, int]
    postings: int
    tags: int
    mean_error_cents: int
    median_error_cents: int
    baseline_error_cents: int


def forecast(tags: Mapping[str, Sequence[str]], prices: Mapping[str, int]) -> Forecast | None:
    """Predict each posting's price (cents) from its tags; both are by posting id.

    Five folds, drawn by digests of the ids, so that neither order nor machine matters; trees are
    grown on logarithms of prices, which are spread over four powers of ten. None where there are
    too few postings to learn from.
    """
    names = sorted(name for name in prices if prices[name] > 0)
    counts: dict[str, int] = {}
    for name in names:
        for tag in set(tags[name]):
            counts[tag] = counts.get(tag, 0) + 1
    known = sorted(tag for tag, count in counts.items() if count >= _LEAST_POSTINGS)
    if len(names) < FOLDS * _LEAST_POSTINGS or not known:
        return None
    folds = [int(digest(["fold", name]), 16) % FOLDS for name in names]
    estimates = _cross_validated([tags[name] for name in names], known, folds, names, prices)
    off = [abs(estimates[name] - prices[name]) for name in names]
    middle = median(prices[name] for name in names)
    return Forecast(
        predicted=estimates,
        postings=len(names),
        tags=len(known),
        mean_error_cents=round(mean(off)),
        median_error_cents=round(median(off)),
        baseline_error_cents=round(mean(abs(middle - prices[name]) for name in names)),
    )


def _cross_validated(
    tags: Sequence[Sequence[str]],
    known: Sequence[str],
    folds: Sequence[int],
    names: Sequence[str],
    prices: Mapping[str, int],
) -> dict[str, int]:
    # A second to load, which builds without postings have no use for.
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    column = {tag: number for number, tag in enumerate(known)}
    table = np.zeros((len(names), len(known)), dtype=np.float32)
    for row, own in enumerate(tags):
        table[row, [column[tag] for tag in set(own) if tag in column]] = 1
    wanted = np.log([prices[name] for name in names])
    number = np.array(folds)
    found = np.zeros(len(names))
    for fold in range(FOLDS):
        if not (number == fold).any() or not (number != fold).any():
            continue
        forest = RandomForestRegressor(
            n_estimators=TREES,
            min_samples_leaf=_LEAF,
            max_features="sqrt",
            random_state=_SEED,
            n_jobs=-1,
        )
        forest.fit(table[number != fold], wanted[number != fold])
        # Threads add up what trees say in the order in which they finish: one thread, one sum.
        forest.set_params(n_jobs=1)
        found[number == fold] = forest.predict(table[number == fold])
    return {
        name: max(_DOLLAR, round(float(np.exp(value)) / _DOLLAR) * _DOLLAR)
        for name, value in zip(names, found, strict=True)
    }
