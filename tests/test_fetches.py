"""The audit adds up calls, says where streams stand, and counts the numbers nobody has seen."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from flows import audits
from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.fetches import show_fetches
from tasks.warehouse import Row, Warehouse
from tests.warehouse.homes import START, document, fresh, put

APP = {"dataset": "boats", "repository": "ours/app"}
WEB = {"dataset": "ships", "repository": "ours/web"}
MAIN = {"stream": "ours/app issues"}
WINDOW = {"stream": "ours/app window 1"}


def iso(minute: float) -> str:
    return (START + timedelta(minutes=minute)).isoformat()


def call(minute: float, refresh: str, **given: Any) -> Row:
    """A call that began at a minute, took half of one, cost a point and brought 1,000 bytes."""
    moment = START + timedelta(minutes=minute)
    return {
        "fetch_id": f"{refresh}/{minute}",
        "refresh_id": refresh,
        "source": "github",
        "query": "issues: query { a: rateLimit { cost } }",
        "calls": 1,
        "points": 1,
        "bytes": 1_000,
        "documents_read": 0,
        "documents_landed": 0,
        "status": "ok",
        "started_at": moment,
        "finished_at": moment + timedelta(seconds=30),
        **given,
    }


CALLS = (
    call(1, "r1", **APP, **MAIN, documents_read=3, documents_landed=3, done=False),
    call(2, "r1", **APP, **MAIN, status="timeout", points=None, error="10 s\x1b[31m passed"),
    call(3, "r1", **APP, **WINDOW, cursor='{"since": null}', done=True),
    call(4, "r1", **WEB | {"dataset": "boats"}, status="timeout", bytes=0),
    call(9, "r2", **APP, **MAIN, cursor='{"since": "2025-03-04T14:00:00+02:00", "x": [1]}'),
    call(8, "r3", **WEB, stream="ours/web issues", cursor="no JSON", done=True),
)


def issue(name: str, kind: str = "github.issue") -> Document:
    return Document("github", kind, name, START, {"name": name})


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Two refreshes of boats over two repositories, one of ships, and a file that landed."""
    made = fresh(tmp_path)
    put(made, [document(0, "a", name="ours/old#2")])  # landed for the dataset d
    with made.write("raw") as session:
        session.insert("raw.fetches", list(CALLS))
        documents = [
            issue("ours/app#1"),
            issue("ours/app#3"),
            issue("ours/app#3", "github.gone"),
            issue("ours/app#4", "github.pull"),
            issue("ours/app#9"),
            issue("ours/web#1"),
            issue("IC_9", "github.comment_edits"),
        ]
        session.insert(
            "raw.documents",
            [
                {
                    "source": d.source,
                    "kind": d.kind,
                    "external_id": d.external_id,
                    "fetched_at": d.fetched_at,
                    "content_sha256": d.content_sha256(),
                    "payload": d.payload_text(),
                    "fetch_id": "r1/1",
                }
                for d in documents
            ],
        )
    return made


NUMBERS = {
    "ours/app": {"highest": 9, "issues": 3, "pulls": 1, "gone": 1, "missing": 5},
    "ours/old": {"highest": 2, "issues": 1, "pulls": 0, "gone": 0, "missing": 1},
    "ours/web": {"highest": 1, "issues": 1, "pulls": 0, "gone": 0, "missing": 0},
}


def numbers(*repositories: str) -> list[Row]:
    return [{"repository": name} | NUMBERS[name] for name in repositories]


def test_a_dataset_is_told_call_by_call_stream_by_stream_and_number_by_number(
    warehouse: Warehouse,
) -> None:
    assert show_fetches(warehouse, "boats") == {
        "of": "boats",
        "refreshes": [
            {
                "refresh": "r2",
                "started_at": iso(9),
                "finished_at": iso(9.5),
                "source": "github",
                "dataset": "boats",
                "repositories": ["ours/app"],
                "calls": 1,
                "points": 1,
                "bytes": 1_000,
                "documents_read": 0,
                "documents_landed": 0,
                "failed": {},
            },
            {
                "refresh": "r1",
                "started_at": iso(1),
                "finished_at": iso(4.5),
                "source": "github",
                "dataset": "boats",
                "repositories": ["ours/app", "ours/web"],
                "calls": 4,
                "points": 3,
                "bytes": 3_000,
                "documents_read": 3,
                "documents_landed": 3,
                "failed": {"timeout": 2},
            },
        ],
        "streams": [
            {
                "stream": "ours/app issues",
                "dataset": "boats",
                "repository": "ours/app",
                "last_run": iso(9.5),
                "cursor": {"since": "2025-03-04T12:00:00+00:00"},
                "done": False,
            },
            {
                "stream": "ours/app window 1",
                "dataset": "boats",
                "repository": "ours/app",
                "last_run": iso(3.5),
                "cursor": {"since": None},
                "done": True,
            },
        ],
        "repositories": numbers("ours/app", "ours/web"),
        "failures": [
            {
                "refresh": "r1",
                "started_at": iso(4),
                "dataset": "boats",
                "repository": "ours/web",
                "stream": None,
                "query": "issues",
                "status": "timeout",
                "error": None,
            },
            {
                "refresh": "r1",
                "started_at": iso(2),
                "dataset": "boats",
                "repository": "ours/app",
                "stream": "ours/app issues",
                "query": "issues",
                "status": "timeout",
                "error": "10 s\x1b[31m passed",
            },
        ],
    }


@pytest.mark.parametrize(
    ("reference", "refreshes", "repositories", "streams"),
    [
        (None, ["r2", "r3", "r1", "landed"], ["ours/app", "ours/old", "ours/web"], 3),
        ("ours/web", ["r3", "r1"], ["ours/web"], 1),
        ("Ours/Web", ["r3", "r1"], ["ours/web"], 1),
        ("ours/old", [], ["ours/old"], 0),  # landed from a file, which is of no one repository
        ("ships", ["r3"], ["ours/web"], 1),
        ("d", ["landed"], ["ours/old"], 0),
    ],
)
def test_a_name_narrows_the_audit_to_what_was_fetched_for_it(
    warehouse: Warehouse,
    reference: str | None,
    refreshes: list[str],
    repositories: list[str],
    streams: int,
) -> None:
    found = show_fetches(warehouse, reference)
    named = [r["refresh"] if len(r["refresh"]) == 2 else "landed" for r in found["refreshes"]]
    assert (named, found["repositories"]) == (refreshes, numbers(*repositories))
    assert len(found["streams"]) == streams


def test_an_unknown_name_is_refused_with_the_known_ones(warehouse: Warehouse) -> None:
    with pytest.raises(UsageError) as refused:
        show_fetches(warehouse, "cars")
    assert str(refused.value) == (
        "unknown dataset or repository 'cars'; known: boats, d, ours/app, ours/old, ours/web, ships"
    )


def printed(found: dict[str, Any]) -> str:
    stream = io.StringIO()
    audits.show_fetches(Console(file=stream, width=200), found)
    return "\n".join(" ".join(line.split()) for line in stream.getvalue().splitlines())


def test_people_read_the_audit_in_words_and_without_control_characters(
    warehouse: Warehouse,
) -> None:
    assert printed(show_fetches(warehouse, "boats")) == "\n".join(
        [
            "refresh at dataset source calls points MB read landed failed calls",
            "2025-01-01 00:09 UTC boats github 1 1 0.0 0 0 -",
            "2025-01-01 00:01 UTC boats github 4 3 0.0 3 3 2 timeout",
            "",
            "stream last run collected state",
            "ours/app issues 2025-01-01 00:09 UTC up to 2025-03-04 12:00 UTC unfinished",
            "ours/app window 1 2025-01-01 00:03 UTC - done",
            "1 of 2 streams unfinished",
            "",
            "repository highest number issues pull requests gone missing",
            "ours/app 9 3 1 1 5",
            "ours/web 1 1 0 0 0",
            "",
            "failed at query stream status error",
            "2025-01-01 00:04 UTC issues - timeout -",
            "2025-01-01 00:02 UTC issues ours/app issues timeout 10 s [31m passed",
        ]
    )


def test_an_audit_of_nothing_says_how_to_start(tmp_path: Path) -> None:
    found = show_fetches(fresh(tmp_path), None)
    assert found == {"of": None, "refreshes": [], "streams": [], "repositories": [], "failures": []}
    assert printed(found) == "nothing has been fetched yet; start with `paydag refresh`"


def test_a_long_list_of_failures_is_cut_for_people_only(tmp_path: Path) -> None:
    warehouse = fresh(tmp_path)
    failed = [call(n, "r1", **APP, status="timeout") for n in range(25)]
    with warehouse.write("raw") as session:
        session.insert("raw.fetches", failed)
    found = show_fetches(warehouse, None)
    assert len(found["failures"]) == 25
    assert printed(found).endswith("and 5 earlier ones (--json lists them all)")
