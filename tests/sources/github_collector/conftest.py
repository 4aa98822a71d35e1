"""Homes and servers for the collector's tests; hurried retries, and a clock that moves on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.github_server.server import GithubServer
from tests.sources.github_collector.home import Home, hurry, point_at

Reach = Callable[..., None]


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Points every refresh that follows at a server, with these tokens."""

    def set_environment(server: GithubServer, *tokens: str) -> None:
        point_at(server, monkeypatch, *tokens)

    return set_environment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home."""
    hurry(monkeypatch)
    return Home(tmp_path / "home")
