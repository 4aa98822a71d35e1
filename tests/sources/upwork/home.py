"""Collecting from a loopback Upwork into memory, quickly."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from pydantic import SecretStr

from tasks.domain.collecting import Access, Call, CollectRequest, Harvest, Oauth
from tasks.domain.documents import Document
from tasks.sources.upwork.collection import open_collection
from tasks.sources.upwork.patience import Pace
from tests.upwork_server.jobs import Job
from tests.upwork_server.server import CLIENT, REFRESH, SECRET, TOKEN, UpworkServer

QUICK = Pace(first_pause_s=0.001, max_pause_s=0.004, tries=3, gap_s=0, longest_s=2, timeout_s=2)
START = datetime(2025, 1, 1, tzinfo=UTC)


def access_to(server: UpworkServer, *, token: str | None = TOKEN, **more: Any) -> Access:
    held = {"access_token": token, "client_id": CLIENT, "client_secret": SECRET}
    held |= {"refresh_token": REFRESH} | more
    tenant = held.pop("tenant_id", None)
    secrets = {name: SecretStr(value) for name, value in held.items() if value is not None}
    oauth = Oauth(**secrets, token_url=server.token_url, tenant_id=tenant)
    return Access(graphql_url=server.graphql_url, oauth=oauth)


@dataclass
class Memory:
    """A Store without a warehouse."""

    harvests: list[Harvest] = field(default_factory=list)

    def cursor(self, stream: str) -> str | None:
        found = [h.cursor for h in self.harvests if h.stream == stream and h.cursor is not None]
        return found[-1] if found else None

    def newest(self, kind: str, external_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        return {d.external_id: d.payload for d in self.documents if d.kind == kind}

    def known(self, kind: str, external_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(external_ids) & set(self.external_ids(kind, ""))

    def external_ids(self, kind: str, prefix: str) -> Sequence[str]:
        return sorted({d.external_id for d in self.documents if d.kind == kind})

    def seen(self, stream_prefix: str) -> frozenset[str]:
        seen = (h.seen for h in self.harvests if h.stream.startswith(stream_prefix))
        return frozenset(name for names in seen for name in names)

    async def commit(self, harvest: Harvest) -> int:
        self.harvests.append(harvest)
        return len(harvest.documents)

    @property
    def documents(self) -> list[Document]:
        return [d for h in self.harvests for d in h.documents]

    @property
    def calls(self) -> list[Call]:
        return [c for h in self.harvests for c in h.calls]

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [d.payload for d in self.documents if d.kind == kind]


@dataclass
class Home:
    server: UpworkServer
    store: Memory = field(default_factory=Memory)
    notes: Sequence[str] = ()

    def collect(
        self,
        *,
        linked: Sequence[tuple[str | None, str | None]] | None = None,
        search: Sequence[str] = (),
        limit: int = 100,
        access: Access | None = None,
        pace: Pace = QUICK,
        **asked: Any,
    ) -> Memory:
        options = {
            "dataset": "boats",
            "linked": linked is not None,
            "jobs": list(linked or ()),
            "read_to": 10,
            "search": tuple(search),
            "limit": limit,
        }
        request = CollectRequest(**asked)
        ticks = count()

        async def run() -> None:
            opened = open_collection(
                options,
                access or access_to(self.server),
                request,
                self.store,
                lambda: START + timedelta(seconds=next(ticks)),
                pace,
            )
            async with opened as collection:
                try:
                    while streams := collection.streams():
                        for stream in streams:
                            await collection.sweep(stream)
                finally:
                    self.notes = collection.notes()

        asyncio.run(run())
        return self.store


def linked(*jobs: Job) -> list[tuple[str | None, str | None]]:
    return [(job.id, job.cipher) for job in jobs]
