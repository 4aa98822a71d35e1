"""Reports are served on loopback to who has the link, and nothing beside them."""

import http.client
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tasks.domain.rollouts import Run
from tasks.page_server import pages_served
from tasks.report import page_address

_RUN = Run(
    run_id="70bc560c1923a0f0",
    dataset="sample",
    dataset_version="5b1f",
    solver="gold",
    parameters={},
    selection={},
    seed=0,
    attempts=1,
    ordinal=0,
    price_rule="final",
    opened_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def status_of(address: str, path: str) -> tuple[int, bytes]:
    """Asked as it stands: a client that tidies paths up would hide what a stranger can send."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    page = tmp_path / "reports" / _RUN.run_id / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("the page")
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "server.json").write_text("a password")
    return tmp_path


def test_the_link_of_a_run_leads_to_its_page(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pages_served(home) as address:
        monkeypatch.setenv("PAYDAG_REPORTS_URL", address)
        monkeypatch.setenv("PAYDAG_HOME", str(home))
        link = page_address(home, _RUN, "final")
        assert link.startswith(address)
        assert status_of(address, urlsplit(link).path) == (200, b"the page")


def test_a_page_that_is_not_served_is_linked_as_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = (home / "reports" / _RUN.run_id / "peak.html").as_uri()
    monkeypatch.delenv("PAYDAG_REPORTS_URL", raising=False)
    assert page_address(home, _RUN, "peak") == file
    monkeypatch.setenv("PAYDAG_REPORTS_URL", "https://reports.example.org/x/")
    monkeypatch.setenv("PAYDAG_HOME", "/another")
    assert page_address(home, _RUN, "peak") == file
    monkeypatch.delenv("PAYDAG_HOME")
    served = f"https://reports.example.org/x/{_RUN.run_id}/peak.html"
    assert page_address(home, _RUN, "peak") == served


def test_without_the_key_and_outside_of_the_folder_there_is_nothing(home: Path) -> None:
    with pages_served(home) as address:
        key = urlsplit(address).path
        for path in (
            *("/", f"/x/{_RUN.run_id}/index.html", f"/{_RUN.run_id}/index.html"),
            *(f"{key}/../prefect/server.json", f"{key}/%2e%2e/prefect/server.json"),
        ):
            assert status_of(address, path)[0] == 404


def test_links_of_earlier_days_work_again_and_their_key_is_private(home: Path) -> None:
    with pages_served(home) as first:
        pass
    with pages_served(home) as second:
        assert second == first
    assert stat.S_IMODE((home / "prefect" / "pages.json").stat().st_mode) == 0o600


def test_a_port_that_somebody_took_meanwhile_is_no_reason_to_fail(home: Path) -> None:
    with pages_served(home) as first:
        pass
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", urlsplit(first).port or 0))
        taken.listen()
        with pages_served(home) as second:
            assert urlsplit(second).port != urlsplit(first).port
            assert urlsplit(second).path == urlsplit(first).path
