"""Which jobs a refresh asks for: those of issues that landed since the last one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tasks.collecting import WarehouseStore
from tasks.domain.collecting import CollectRequest
from tasks.linking import with_linked_jobs
from tasks.sources.upwork.state import LinkedState
from tasks.warehouse import Warehouse
from tests.build_homes import home_with, issue, land_also, of_issue
from tests.upwork_server.jobs import Job
from tests.warehouse.homes import START

OPTIONS = {"linked": True, "dataset": "boats", "repositories": ["ours/app"]}


class Cursor(WarehouseStore):
    """A store whose stream stands where a test says."""

    def __init__(self, warehouse: Warehouse, read_to: int) -> None:
        super().__init__(warehouse, "upwork", "boats", lambda: START)
        self._read_to = read_to

    def cursor(self, stream: str) -> str | None:
        assert stream == "boats linked jobs"
        return LinkedState(read_to=self._read_to).text()


def body(*jobs: Job) -> str:
    return "\n".join(f"Upwork Job URL: {job.url}\nUpwork Job ID: {job.id}" for job in jobs)


def asked(home: Path, read_to: int = 0, **request: Any) -> Mapping[str, Any]:
    warehouse = Warehouse(home)
    store = Cursor(warehouse, read_to)
    return with_linked_jobs(warehouse, store, OPTIONS, CollectRequest(**request))


def names(*jobs: Job) -> list[tuple[str, str]]:
    return [(job.id, job.cipher) for job in jobs]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    edited = {"body": body(Job(2)), "lastEditedAt": "2025-01-03T00:00:00Z"}
    older = {"createdAt": "2025-01-02T00:00:00Z", "editedAt": "2025-01-02T00:00:00Z"}
    history = {"userContentEdits": {"nodes": [older | {"diff": body(Job(3))}]}}
    profile = {"body": "https://www.upwork.com/freelancers/~01aaaaaaaaaaaaaaaa"}
    return home_with(
        tmp_path / "home",
        [
            of_issue(issue(7, body=body(Job(1))), 1),
            of_issue(issue(8) | edited | history, 1),
            of_issue(issue(9) | profile, 1),
            of_issue(issue(9, body=body(Job(4))) | {"url": "x"}, 1, "ours/web"),
        ],
    )


def test_jobs_come_from_every_version_of_the_bodies_of_the_datasets_issues(home: Path) -> None:
    options = asked(home)
    assert options["jobs"] == names(Job(1), Job(3), Job(2))
    assert options["read_to"] == 4


def test_what_was_searched_is_not_searched_again(home: Path) -> None:
    land_also(home, [of_issue(issue(10, body=body(Job(5))), 2)])
    assert asked(home, 4)["jobs"] == names(Job(5))
    assert asked(home, 5)["jobs"] == []
    assert len(asked(home, 5, full=True)["jobs"]) == 4


@pytest.mark.parametrize("named", ["7", "ours/app#7", "Ours/App#7"])
def test_named_issues_ask_for_their_own_jobs(home: Path, named: str) -> None:
    assert asked(home, 4, issues=(named,))["jobs"] == names(Job(1))


def test_a_source_that_follows_no_links_gets_its_options_as_they_are(home: Path) -> None:
    warehouse = Warehouse(home)
    plain = {"repositories": ["ours/app"]}
    store = Cursor(warehouse, 0)
    assert with_linked_jobs(warehouse, store, plain, CollectRequest()) is plain
