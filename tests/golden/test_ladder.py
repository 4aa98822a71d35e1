"""The one escalation ladder that was ever printed, as rename events (arXiv 2502.12115)."""

from datetime import UTC, datetime

from tasks.domain.bounties import ladder
from tasks.domain.ledger import read_ledger
from tasks.sources import source_named
from tests.authoring.threads import REPOSITORY, Event, Thread
from tests.golden.histories import FETCHED, History, documents

TITLE = "Offline photos vanish when the second trip is opened"
RUNGS = (
    (datetime(2024, 4, 30, 14, 3, tzinfo=UTC), "posted", 250),
    (datetime(2024, 5, 16, 14, 3, tzinfo=UTC), "raised", 500),
    (datetime(2024, 5, 23, 14, 3, tzinfo=UTC), "raised", 1000),
    (datetime(2024, 7, 9, 14, 3, tzinfo=UTC), "raised", 2000),
)


def _title(dollars: int) -> str:
    return f"[${dollars}] {TITLE}"


def _printed() -> History:
    opened, *raised = RUNGS
    thread = Thread(
        number=4123,
        title=_title(opened[2]),
        by="adaeze-codes",
        at=opened[0],
        body="Open two trips without a network. The photos of the first are gone.",
        edits=(),
        events=tuple(
            Event(at, "sefa-mnr", "rename", _title(dollars), "", None, ())
            for at, _, dollars in raised
        ),
        pulls=(),
        fetched=(FETCHED,),
        expected={},
    )
    return History("ladder", "", (), REPOSITORY, thread, (), {}, None)


def test_the_printed_ladder_is_read_with_its_dates() -> None:
    (issue,) = source_named("github").parse(documents(_printed())).issues
    read = read_ledger("github", issue)
    rungs = [(r.occurred_at, r.kind, r.amount_cents // 100) for r in ladder(read.events)]
    assert rungs == list(RUNGS)
    assert read.observations == ()
