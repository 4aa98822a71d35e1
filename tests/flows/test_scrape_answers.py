"""What a refresh found is added up for machines and told source by source for people."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from flows.answers import scraped
from flows.session import Session
from tasks.scrape import MalformedRow, ScrapeResult

STOPPED = "stopped at the rate limit, which resets in 31 min; resume with the same command"
COLLECTED = ScrapeResult(
    source="github",
    read=1_204,
    landed=1_200,
    unchanged=4,
    calls=52,
    points=61,
    gone=2,
    complete=False,
    note=f"{STOPPED}\x1b[31m",
    archive="/archive/boats-00000000-0000000000-0000001199.jsonl.gz",
)
FILES = ScrapeResult(
    source="swelancer",
    read=3,
    landed=2,
    unchanged=1,
    malformed=[MalformedRow(file="a.csv", row=3, reason="no price")],
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(home=tmp_path, as_json=True, debug=False)


def test_calls_and_points_are_added_up_and_an_incomplete_source_marks_the_whole(
    session: Session,
) -> None:
    assert scraped(session, [COLLECTED, FILES]).data == {
        "source": "github,swelancer",
        "read": 1_207,
        "landed": 1_202,
        "unchanged": 5,
        "gone": 2,
        "calls": 52,
        "points": 61,
        "malformed": [{"file": "a.csv", "row": 3, "reason": "no price"}],
        "complete": False,
        "notes": [COLLECTED.note],
        "archives": [COLLECTED.archive],
    }


def test_people_read_what_it_cost_and_why_it_is_incomplete(session: Session) -> None:
    stream = io.StringIO()
    scraped(session, [COLLECTED, FILES]).show(Console(file=stream, width=200))
    lines = [" ".join(line.split()) for line in stream.getvalue().splitlines()]
    assert lines == [
        "source read landed unchanged malformed gone calls points",
        "github 1,204 1,200 4 0 2 52 61",
        "swelancer 3 2 1 1 0 0 0",
        f"github: incomplete: {STOPPED} [31m",
        f"archive: {COLLECTED.archive}",
    ]
