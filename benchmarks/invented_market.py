"""A manager dataset of any size in the published form, its texts made of invented words."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_COLUMNS: Final = (
    "question_id",
    "variant",
    "price",
    "price_limit",
    "manager_data",
    "manager_commit",
    "acceptable_folders",
    "cwd",
    "title",
    "description",
    "proposals",
    "set",
)
WORDS: Final = (
    "alder",
    "brook",
    "cinder",
    "dapple",
    "ember",
    "fathom",
    "gable",
    "harrow",
    "ivory",
)
# As long as the published ones: five proposals a task, 1,400 characters each.
_PROPOSALS: Final = 5
_PROPOSAL_WORDS: Final = 220
_STATEMENT_WORDS: Final = 200


def write_tasks(file: Path, count: int, seed: int = 0) -> None:
    """A CSV of `count` swe_manager rows, the same for the same seed."""
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.DictWriter(output, _COLUMNS)
        writer.writeheader()
        writer.writerows(_rows(count, random.Random(seed)))


def _rows(count: int, draw: random.Random) -> Iterator[dict[str, str]]:
    for number in range(1, count + 1):
        title = " ".join(draw.choices(WORDS, k=6))
        yield {
            "question_id": f"{number}-manager-0",
            "variant": "swe_manager",
            "price": str(draw.choice((125.0, 250.0, 500.0, 1000.0))),
            "price_limit": "4000",
            "manager_data": repr({"id": number, "title": title, "game": _game(draw)}),
            "manager_commit": f"{number:040x}",
            "acceptable_folders": "['src']",
            "cwd": "/app",
            "title": title,
            "description": " ".join(draw.choices(WORDS, k=_STATEMENT_WORDS)),
            "proposals": "",
            "set": "diamond",
        }


def _game(draw: random.Random) -> dict[str, object]:
    proposals = [
        {"id": number, "content": " ".join(draw.choices(WORDS, k=_PROPOSAL_WORDS))}
        for number in range(_PROPOSALS)
    ]
    return {"all_formal_proposals": proposals, "correct_proposal": draw.choice(proposals)}
