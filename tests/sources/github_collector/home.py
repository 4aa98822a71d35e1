"""A home that is filled from a loopback GitHub as a refresh fills it, only without Prefect."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tasks import collecting
from tasks.collecting import collect
from tasks.domain.collecting import CollectRequest
from tasks.scrape import ScrapeResult
from tasks.sources.github import client
from tasks.sources.github.client import Pace
from tasks.specs.model import GithubSection
from tasks.warehouse import Row, Warehouse
from tasks.warehouse.documents import newest_documents
from tests.github_server.exchange import Request
from tests.github_server.faults import Fault
from tests.github_server.server import GithubServer
from tests.github_server.truth import expected_documents
from tests.github_server.world import World

REPOSITORY = "quill-works/ledger"
QUICK = Pace(
    first_pause_s=0.001, max_pause_s=0.002, tries=3, secondary_floor_s=0.01, timeout_s=20.0
)
Documents = dict[tuple[str, str], Any]


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Prefect, short pauses, and a clock: each look at it is a second later than the last."""
    moment = datetime(2025, 9, 1, tzinfo=UTC)

    def now() -> datetime:
        nonlocal moment
        moment += timedelta(seconds=1)
        return moment

    monkeypatch.setattr(collecting, "now", now)
    monkeypatch.setattr(collecting, "sweep_stream", collecting.sweep_stream.fn)
    monkeypatch.setattr(client, "Pace", lambda: QUICK)


def point_at(server: GithubServer, monkeypatch: pytest.MonkeyPatch, *tokens: str) -> None:
    """Every refresh that follows collects from the server, with these tokens or all it knows."""
    monkeypatch.setenv("GITHUB_GRAPHQL_URL", server.graphql_url)
    monkeypatch.setenv("GITHUB_API_URL", server.api_url)
    monkeypatch.setenv("GITHUB_TOKENS", ",".join(tokens or server.tokens))


@dataclass
class Home:
    """A warehouse, and how it is refreshed from the server that the environment names."""

    path: Path
    dataset: str = "quill"

    def refresh(self, options: Mapping[str, Any] | None = None, **asked: Any) -> ScrapeResult:
        """`options` are those of dataset.yaml, `asked` those of the command."""
        section = GithubSection(**{"repositories": [REPOSITORY]} | dict(options or {}))
        return asyncio.run(
            collect(
                self.path,
                self.dataset,
                "github",
                section.model_dump(mode="json"),
                CollectRequest(**asked),
            )
        )

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.path)

    def documents(self, *kinds: str) -> Documents:
        """(kind, external id) → payload of the newest copies."""
        return {
            (found.kind, found.external_id): found.payload
            for found in newest_documents(self.warehouse, "github")
            if not kinds or found.kind in kinds
        }

    def ids(self, kind: str = "github.issue") -> list[str]:
        return sorted(name for _, name in self.documents(kind))

    def rows(self, sql: str) -> list[Row]:
        with self.warehouse.read("raw") as session:
            return session.rows(sql)

    def asked(self) -> list[str]:
        """The short names of all calls so far, in the order in which they were stored."""
        rows = self.rows(
            "SELECT split_part(query, ':', 1) AS name FROM raw.fetches "
            "WHERE calls > 0 ORDER BY rowid"
        )
        return [row["name"] for row in rows]


def of_kind(world: World, *kinds: str) -> Documents:
    """What a whole collection of the world holds of these kinds."""
    return {key: found for key, found in expected_documents(world).items() if key[0] in kinds}


def on(operation: str, fault: Fault, *turns: int) -> Callable[[int, Request], Fault | None]:
    """The fault at these turns (from 0) of a GraphQL operation, whatever goes on beside it."""
    seen = 0

    def find(_: int, request: Request) -> Fault | None:
        nonlocal seen
        if request.operation != operation:
            return None
        seen += 1
        return fault if seen - 1 in turns else None

    return find


def tokens(server: GithubServer) -> tuple[SecretStr, ...]:
    return tuple(SecretStr(token) for token in server.tokens)
