"""Inputs as text: tables the way that people's files hold them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

AWKWARD: Final = ('the "old" one', "Zoë, café", "two\nlines", "50 % off; new", "")
"""Texts that a table must quote, or that programs which split at commas or lines get wrong."""


def csv_text(
    names: Sequence[str], rows: Sequence[Mapping[str, object]], delimiter: str = ","
) -> str:
    """A CSV file with a header; its lines end with a line feed."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, names, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
