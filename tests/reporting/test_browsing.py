"""A report that is served: to this machine only, with its headers, and kept current."""

import http.client
import shutil
import threading
import time
from pathlib import Path

import pytest

from benchmarks.scored_market import Made
from tasks.browsing import browse, serve
from tasks.domain.errors import SystemFault, UsageError
from tasks.publishing import Published, Wanted
from tasks.reporting.policy import LIVE, OWN_REQUESTS
from tasks.warehouse import Warehouse


def answer(
    port: int, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers=headers)
    got = connection.getresponse()
    found = got.status, dict(got.getheaders()), got.read()
    connection.close()
    return found


def test_pages_are_served_live_with_tags_and_headers_and_nothing_else_is(
    written: Published, tmp_path: Path
) -> None:
    assert written.index is not None
    folder = tmp_path / "report"
    shutil.copytree(written.index.parent, folder)
    (tmp_path / "secret.html").write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "notes.txt").write_text("no kind of a report's")
    server = serve(folder, 0)
    port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        status, headers, page = answer(port, "/")
        assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert LIVE.encode() in page
        assert OWN_REQUESTS.encode() in page
        tag = headers["ETag"]
        assert answer(port, "/index.html", **{"If-None-Match": tag})[::2] == (304, b"")
        status, headers, body = answer(port, "/", "HEAD")
        assert (status, headers["ETag"], body) == (200, tag, b"")
        assert int(headers["Content-Length"]) == len(page)
        outside = ("/../secret.html", "/%2e%2e/secret.html", "/link.html", "/notes.txt", "/%00")
        assert {answer(port, path)[0] for path in (*outside, "/favicon.ico", "/tasks")} == {404}
        hosts = ("evil.example:80", "evil.example", "localhost.evil.example:80", "")
        assert {answer(port, "/", Host=host)[0] for host in hosts} == {421}
        assert answer(port, "/", Host="localhost")[0] == 200  # what a browser says of port 80
        assert answer(port, "/", "POST")[0] == 501
        with pytest.raises(SystemFault, match=f"port {port} of 127.0.0.1 cannot be used"):
            serve(folder, port)
    finally:
        server.shutdown()
        server.server_close()


def test_the_bare_address_shows_the_page_that_is_browsed(tmp_path: Path) -> None:
    (tmp_path / "initial.html").write_text("<html><head></head>under initial prices</html>")
    server = serve(tmp_path, 0, "initial.html")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        status, _, page = answer(server.server_address[1], "/")
        assert (status, b"under initial prices" in page) == (200, True)
    finally:
        server.shutdown()
        server.server_close()


def test_a_report_is_written_again_when_verdicts_change(market: Made, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(market.home / "warehouse", home / "warehouse")
    said: list[str] = []
    stop = threading.Event()
    wanted = Wanted(runs=market.run_ids[2:3], name="watched", baselines=False)
    watching = threading.Thread(target=browse, args=(home, wanted, 0, 0.2, said.append, stop))
    watching.start()
    page = home / "reports" / "watched" / "index.html"
    wait_for(lambda: bool(said))
    before = page.read_bytes()
    with Warehouse(home).write("eval") as session:
        session.execute(
            "UPDATE eval.verdicts SET outcome = 'invalid' WHERE run_id = $run",
            {"run": market.run_ids[2]},
        )
    wait_for(lambda: any(line.startswith("written again: 104") for line in said))
    stop.set()
    watching.join(20)
    assert not watching.is_alive()
    assert page.read_bytes() != before
    assert said[0].startswith("http://127.0.0.1:")


def wait_for(happened: object) -> None:
    assert callable(happened)
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_without_a_run_there_is_nothing_to_browse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        browse(tmp_path / "home", Wanted(), 0, 1.0, print)
