"""github-to-sqlite, the usual collector of issues and comments, pointed at a server of ours.

It lives in a virtual environment of its own, made once a machine. The address of GitHub's API is
written into its source, so a small script in front of it sends its requests elsewhere; the package
itself stays as it was published.
"""

import json
import os
import sqlite3
import subprocess
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VERSION: Final = "2.9.1"
_PATIENCE_S: Final = 300
# Runs many command lines of the peer in one process: starting Python anew for each issue would
# count against it.
_LAUNCHER: Final = """
import json, os, sys
import requests
from github_to_sqlite.cli import cli

here, public, send = sys.argv[1], "https://api.github.com", requests.Session.request
def elsewhere(self, method, url, **how):
    return send(self, method, url.replace(public, here, 1), **how)
requests.Session.request = elsewhere
for line in json.load(sys.stdin):
    cli.main(line, standalone_mode=False)
"""


class PeerMissingError(Exception):
    """The peer cannot be had on this machine; the text says why."""


@dataclass(frozen=True, slots=True)
class PeerRows:
    """What the peer's database holds, and the seconds it took."""

    issues: int
    comments: int
    seconds: float


class Peer:
    """Raises PeerMissingError where it can neither be found nor installed."""

    def __init__(self) -> None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._folder = cache / "paydag-benchmarks" / f"github-to-sqlite-{VERSION}"
        self._python = self._folder / "bin" / "python"
        if not (self._folder / "installed").is_file():
            self._install()

    def _install(self) -> None:
        try:
            venv.create(self._folder, with_pip=True, clear=True)
            subprocess.run(
                [self._python, "-m", "pip", "install", "-q", f"github-to-sqlite=={VERSION}"],
                check=True,
                capture_output=True,
                timeout=_PATIENCE_S,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise PeerMissingError(
                f"github-to-sqlite {VERSION} cannot be installed ({type(error).__name__}): is the "
                "package index within reach?"
            ) from error
        (self._folder / "installed").touch()

    def collect(self, api_url: str, token: str, database: Path, repository: str) -> PeerRows:
        """Issues, then comments, both from the lists of the whole repository."""
        commands = [
            ["issues", str(database), repository],
            ["issue-comments", str(database), repository],
        ]
        return self._timed(api_url, token, database, commands)

    def collect_one_by_one(
        self, api_url: str, token: str, database: Path, repository: str
    ) -> PeerRows:
        """Issues from the list, comments with `--issue` for every issue that has any."""
        first = self._timed(
            api_url, token, database, [["issues", str(database), repository]]
        ).seconds
        with sqlite3.connect(database) as connection:
            numbers = connection.execute(
                "SELECT number FROM issues WHERE type = 'issue' AND comments > 0"
            ).fetchall()
        connection.close()
        commands = [
            ["issue-comments", str(database), repository, "--issue", str(number)]
            for (number,) in numbers
        ]
        rows = self._timed(api_url, token, database, commands)
        return PeerRows(rows.issues, rows.comments, first + rows.seconds)

    def _timed(
        self, api_url: str, token: str, database: Path, commands: Sequence[Sequence[str]]
    ) -> PeerRows:
        started = time.perf_counter()
        ended = subprocess.run(
            [self._python, "-W", "ignore", "-c", _LAUNCHER, api_url],
            input=json.dumps(commands),
            text=True,
            env={"PATH": os.environ["PATH"], "GITHUB_TOKEN": token, "NO_PROXY": "127.0.0.1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        seconds = time.perf_counter() - started
        if ended.returncode:
            raise SystemExit(f"github-to-sqlite failed:\n{ended.stderr[-2_000:]}")
        with sqlite3.connect(database) as connection:
            issues = _count(connection, "issues WHERE type = 'issue'")
            tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
            comments = _count(connection, "issue_comments") if ("issue_comments",) in tables else 0
        connection.close()
        return PeerRows(issues, comments, seconds)


def _count(connection: sqlite3.Connection, what: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
