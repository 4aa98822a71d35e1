"""Which texts are alike: TF-IDF of words and pairs of words, compared by the cosine."""

from collections.abc import Mapping
from typing import Final, NamedTuple

THRESHOLD: Final = 0.2
"""From this cosine on two texts count as alike."""
NEAREST: Final = 5
"""At most so many for each text that is asked about."""
_MOST_TERMS: Final = 200_000
_DIGITS: Final = 4
_CHUNK: Final = 500


class Alike(NamedTuple):
    asked: str
    found: str
    similarity: float


def alike(asked: Mapping[str, str], among: Mapping[str, str]) -> list[Alike]:
    """For each text of `asked` (id → text) the texts of `among` that are most like it, best first.

    Weights are learnt from both together: words of one kind of text alone tell nothing. Words in
    small letters, English stop words left out, terms of at least two texts. Ties go to the smaller
    id; similarities are rounded to four digits.
    """
    if not asked or not among:
        return []
    # A second to load, as above.
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    names, others = sorted(asked), sorted(among)
    vectorizer = TfidfVectorizer(
        stop_words="english",
        ngram_range=(1, 2),
        min_df=2,
        sublinear_tf=True,
        max_features=_MOST_TERMS,
        strip_accents="unicode",
        dtype=np.float64,
    )
    try:
        table = vectorizer.fit_transform([*map(asked.get, names), *map(among.get, others)])
    except ValueError:  # no term stands in two texts
        return []
    left, right = table[: len(names)], table[len(names) :].T.tocsc()
    found: list[Alike] = []
    for start in range(0, len(names), _CHUNK):
        product = (left[start : start + _CHUNK] @ right).tocsr()
        for row in range(product.shape[0]):
            scores = product.getrow(row)
            pairs = zip(scores.indices.tolist(), scores.data.tolist(), strict=True)
            near = [
                Alike(names[start + row], others[index], round(score, _DIGITS))
                for index, score in pairs
                if round(score, _DIGITS) >= THRESHOLD
            ]
            near.sort(key=lambda one: (-one.similarity, one.found))
            found += near[:NEAREST]
    return found
