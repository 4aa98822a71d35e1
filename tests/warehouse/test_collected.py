"""A page is stored whole or not at all; what is committed outlives whoever committed it."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tasks.domain.collecting import Call, Harvest
from tasks.domain.documents import Document
from tasks.warehouse import Warehouse
from tasks.warehouse.collected import (
    Stored,
    append_harvest,
    cursor_of,
    ids_beginning,
    ids_seen,
    newest_fetch_time,
    newest_payloads,
    settle,
)
from tests.warehouse.homes import ROOT, START, copies, document, fresh

STREAM = "ours/app issues"

# Commits pages of one document without end, and says which are committed.
COLLECTOR: Final = """
import sys
from itertools import count
from pathlib import Path
from tasks.warehouse import Warehouse
from tests.warehouse.test_collected import page, put

warehouse = Warehouse(Path(sys.argv[1]))
for number in count():
    put(warehouse, page(number), sequence=number)
    print(number, flush=True)
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return fresh(tmp_path)


def call(name: str = "issues", **given: Any) -> Call:
    said = {
        "query": name,
        "text": "\nquery { a }\n",
        "variables": {"first": 29, "after": None},
        "status": "ok",
        "points": 1,
        "bytes": 1_000,
        "started_at": START,
        "duration_ms": 1_500,
    }
    return Call(**said | given)  # type: ignore[arg-type]


def put(warehouse: Warehouse, harvest: Harvest, *, sequence: int = 1, refresh: str = "r1") -> int:
    stored_at = START + timedelta(minutes=sequence)
    of = Stored("github", "boats", refresh)
    with warehouse.write("raw", checkpoint=False) as session:
        return append_harvest(session, harvest, of, sequence, stored_at)


def page(number: int) -> Harvest:
    """One issue, one call, and a cursor that names the issue."""
    found = document(number, "x" * 2_000, name=f"ours/app#{number}")
    return Harvest(STREAM, (found,), (call(),), f"after {number}", (found.external_id,))


def fetches(warehouse: Warehouse, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    with warehouse.read("raw") as session:
        return session.tuples(f"SELECT {', '.join(columns)} FROM raw.fetches ORDER BY rowid")


def log_of(warehouse: Warehouse) -> Path:
    return warehouse.path("raw").with_suffix(".duckdb.wal")


def test_a_harvest_is_a_row_per_call_and_its_last_call_carries_what_it_brought(
    warehouse: Warehouse,
) -> None:
    failed = call(status="too_heavy", points=None, error="HTTP 502")
    harvest = Harvest(
        STREAM, (document(0, "a"), document(0, "b")), (failed, call()), "C", ("ours/app#7",), True
    )
    assert put(warehouse, harvest) == 2
    columns = ("query", "variables", "status", "points", "bytes", "duration_ms", "error")
    variables = '{"first":29,"after":null}'
    assert fetches(warehouse, columns) == [
        ("issues: query { a }", variables, "too_heavy", None, 1_000, 1_500, "HTTP 502"),
        ("issues: query { a }", variables, "ok", 1, 1_000, 1_500, None),
    ]
    brought = ("calls", "cursor", "seen", "done", "documents_read", "documents_landed")
    assert fetches(warehouse, brought) == [
        (1, None, None, None, 0, 0),
        (1, "C", ["ours/app#7"], True, 2, 2),
    ]
    names = ("source", "dataset", "refresh_id", "stream", "repository", "started_at")
    row = ("github", "boats", "r1", STREAM, "ours/app", START)
    assert fetches(warehouse, names) == [row, row]


def test_a_harvest_without_a_call_leaves_one_row_that_costs_nothing(warehouse: Warehouse) -> None:
    assert put(warehouse, Harvest(STREAM, cursor="C")) == 0
    columns = ("calls", "points", "status", "cursor", "started_at")
    moment = START + timedelta(minutes=1)
    assert fetches(warehouse, columns) == [(0, None, "ok", "C", moment)]


def test_every_document_belongs_to_the_call_that_brought_it(warehouse: Warehouse) -> None:
    put(warehouse, page(1), sequence=1)
    put(warehouse, page(2), sequence=2)
    with warehouse.read("raw") as session:
        rows = session.tuples(
            "SELECT external_id, cursor FROM raw.documents JOIN raw.fetches USING (fetch_id) "
            "ORDER BY external_id"
        )
    assert rows == [("ours/app#1", "after 1"), ("ours/app#2", "after 2")]


def test_only_what_differs_from_the_copy_before_it_is_new(warehouse: Warehouse) -> None:
    bodies = ("A", "B", "B", "A")
    landed = [
        put(warehouse, Harvest(STREAM, (document(at, body),)), sequence=at)
        for at, body in enumerate(bodies)
    ]
    assert landed == [1, 1, 0, 1]
    assert [payload for _, _, payload in copies(warehouse)] == [
        '{"body":"A"}',
        '{"body":"B"}',
        '{"body":"A"}',
    ]
    assert fetches(warehouse, ("documents_read", "documents_landed")) == [
        (1, 1),
        (1, 1),
        (1, 0),
        (1, 1),
    ]


def test_calls_that_cannot_be_stored_take_their_documents_with_them(warehouse: Warehouse) -> None:
    put(warehouse, page(1))
    with pytest.raises(Exception, match="Duplicate key"):
        put(warehouse, page(2))  # the same sequence: its calls have the keys of the first page's
    assert [name for name, _, _ in copies(warehouse)] == ["ours/app#1"]
    assert cursor_of(warehouse, "github", STREAM) == "after 1"
    assert put(warehouse, page(2), sequence=2) == 1


def test_the_cursor_is_that_of_the_streams_newest_commit_that_moved_it(
    warehouse: Warehouse,
) -> None:
    assert cursor_of(warehouse, "github", STREAM) is None
    put(warehouse, Harvest(STREAM, cursor="one"), sequence=1)
    put(warehouse, Harvest("ours/app pulls", cursor="another's"), sequence=2)
    put(warehouse, Harvest(STREAM, cursor="two"), sequence=3)
    put(warehouse, Harvest(STREAM, calls=(call(),)), sequence=4)
    assert cursor_of(warehouse, "github", STREAM) == "two"
    assert cursor_of(warehouse, "github", "ours/app") is None
    assert cursor_of(warehouse, "gitlab", STREAM) is None


def test_newest_payloads_are_those_that_were_fetched_last(warehouse: Warehouse) -> None:
    found = [document(2, "new"), document(1, "old"), document(0, "x", name="ours/app#8")]
    for sequence, each in enumerate(found):
        put(warehouse, Harvest(STREAM, (each,)), sequence=sequence)
    names = ["ours/app#7", "ours/app#9", "ours/app#7"]
    kind = "github.issue"
    assert newest_payloads(warehouse, "github", kind, names) == {"ours/app#7": {"body": "new"}}
    assert newest_payloads(warehouse, "github", "github.pull", names) == {}
    assert newest_payloads(warehouse, "github", kind, []) == {}
    assert newest_fetch_time(warehouse, "github") == START + timedelta(minutes=2)
    assert newest_fetch_time(warehouse, "gitlab") is None


def test_ids_are_found_by_their_beginning_and_by_the_streams_that_saw_them(
    warehouse: Warehouse,
) -> None:
    names = ("ours/app#10", "ours/app#9", "ours/app-two#9")
    put(warehouse, Harvest(STREAM, tuple(document(0, "x", name=name) for name in names)))
    gone = Document("github", "github.gone", "ours/app#4", START, {})
    put(warehouse, Harvest(STREAM, (gone,)), sequence=2)
    found = ids_beginning(warehouse, "github", "github.issue", "ours/app#")
    assert found == ["ours/app#10", "ours/app#9"]
    put(warehouse, Harvest(f"{STREAM} full 1", seen=("a", "b")), sequence=3)
    put(warehouse, Harvest(f"{STREAM} full 1 x..y", seen=("b", "c")), sequence=4)
    put(warehouse, Harvest(f"{STREAM} full 2", seen=("d",)), sequence=5)
    assert ids_seen(warehouse, "github", f"{STREAM} full 1") == {"a", "b", "c"}


def test_a_page_stays_in_the_log_where_other_processes_see_it_until_it_is_settled(
    warehouse: Warehouse,
) -> None:
    size = warehouse.path("raw").stat().st_size
    put(warehouse, page(1))
    assert log_of(warehouse).stat().st_size > 2_000
    assert warehouse.path("raw").stat().st_size == size
    look = (
        "import sys; from pathlib import Path; from tasks.warehouse import Warehouse; "
        "from tests.warehouse.homes import copies; "
        "print([name for name, _, _ in copies(Warehouse(Path(sys.argv[1])))])"
    )
    home = warehouse.folder.parent
    seen = subprocess.run(
        [sys.executable, "-c", look, str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout == "['ours/app#1']\n"
    settle(warehouse)
    assert not log_of(warehouse).exists() or log_of(warehouse).stat().st_size == 0
    assert [name for name, _, _ in copies(warehouse)] == ["ours/app#1"]


def test_what_is_settled_is_in_the_file_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    for number in range(5):
        put(warehouse, page(number), sequence=number)
    settle(warehouse)
    other = fresh(tmp_path / "other")
    other.path("raw").write_bytes(warehouse.path("raw").read_bytes())
    assert copies(other) == copies(warehouse)
    assert cursor_of(other, "github", STREAM) == "after 4"


def test_a_collector_that_is_killed_loses_no_page_that_it_committed(warehouse: Warehouse) -> None:
    command = [sys.executable, "-c", COLLECTOR, str(warehouse.folder.parent)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(8)]
            process.send_signal(signal.SIGKILL)
            said += [int(line) for line in process.stdout.read().split()]
        finally:
            process.kill()
    assert log_of(warehouse).exists()  # killed before anything was settled
    pages = [name for name, _, _ in copies(warehouse)]
    # The last one may have been committed just before it could be said.
    complete = [sorted(f"ours/app#{n}" for n in range(len(said) + more)) for more in (0, 1)]
    assert pages in complete
    assert cursor_of(warehouse, "github", STREAM) == f"after {len(pages) - 1}"
    settle(warehouse)
    assert [name for name, _, _ in copies(warehouse)] == pages
