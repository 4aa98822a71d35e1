"""Collecting over the network: what was asked, what came back, and where to go on."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, Field, SecretStr

from tasks.domain.documents import Document


class CollectRequest(BaseModel, frozen=True, extra="forbid"):
    """What a refresh asks for beyond "everything that is new".

    `since` and `until` bound the update times of issues; `limit` counts issues; `issues` names
    them (`owner/name#N`, or N where there is one repository) and fetches nothing else. `full`
    sweeps everything again. Without `wait`, an exhausted rate limit ends the refresh.
    """

    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    issues: tuple[str, ...] = ()
    full: bool = False
    wait: bool = True


class Oauth(BaseModel, frozen=True, extra="forbid"):
    """OAuth 2 credentials: a token that is there, or what another one is got with.

    `token_url` is where tokens are got, `tenant_id` the organization that is acted for. No secret
    goes anywhere else than to the service's own addresses.
    """

    access_token: SecretStr | None = None
    client_id: SecretStr | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    tenant_id: str | None = None
    token_url: str = "https://www.upwork.com/api/v3/oauth2/token"  # noqa: S105 - an address

    def secrets(self) -> tuple[SecretStr, ...]:
        """What must show nowhere."""
        held = (self.access_token, self.client_id, self.client_secret, self.refresh_token)
        return tuple(secret for secret in held if secret is not None)


class Access(BaseModel, frozen=True, extra="forbid"):
    """Where a source is reached and with which secrets. Never logged, stored or passed on.

    `git_url` is what `owner/name` is appended to; `git_token` is for it alone, None where no token
    must be sent there. `oauth` is for sources that take no plain tokens. `pauses` is a folder by
    which the processes of a user tell each other of pauses that a service has asked for.
    """

    tokens: tuple[SecretStr, ...] = ()
    graphql_url: str = "https://api.github.com/graphql"
    api_url: str = "https://api.github.com"
    git_url: str = "https://github.com"
    git_token: SecretStr | None = None
    oauth: Oauth | None = None
    pauses: Path | None = None


class DownloadAccess(BaseModel, frozen=True, extra="forbid"):
    """Where Kaggle is reached and with which secrets: a token, or a user and their key.

    `environment` is what the process that downloads may see of this one's: no secrets.
    """

    token: SecretStr | None = None
    username: str | None = None
    key: SecretStr | None = None
    url: str = "https://api.kaggle.com"
    environment: Mapping[str, str] = Field(default_factory=dict, repr=False)


class Downloaded(BaseModel, frozen=True, extra="forbid"):
    """A version of a dataset that is in the cache, whole; `calls` were sent to have it there."""

    path: Path
    version: int
    fresh: bool
    calls: int


class Downloader(Protocol):
    """A source whose files are published as a whole: downloaded first, then fetched from there."""

    name: ClassVar[str]

    def check_download(self, access: DownloadAccess) -> None:
        """Raise UsageError where credentials are missing, half given, or cannot be any."""
        ...

    async def download(
        self, options: Mapping[str, Any], access: DownloadAccess, cache: Path
    ) -> Downloaded:
        """The version that `options` pins, else the newest one, below `cache`.

        What is there already is not downloaded again. Raises UsageError for credentials and names
        that are not accepted, SystemFault for everything else; leaves nothing half done behind.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was sent, whatever came of it; a row of raw.fetches.

    `query` is a short name, `text` what was asked, `status` "ok" or one word for what went wrong,
    `points` what the service charged (None where it did not say), `error` one line without
    secrets.
    """

    query: str
    text: str
    variables: Mapping[str, Any]
    status: str
    points: int | None
    bytes: int
    started_at: datetime
    duration_ms: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one commit of a stream holds: documents, the calls they cost, and the cursor after.

    `cursor` is None where the place to go on from has not changed. `seen` are the external ids
    that the calls returned, changed or not. `done` says that the stream has nothing left.
    """

    stream: str
    documents: tuple[Document, ...] = ()
    calls: tuple[Call, ...] = ()
    cursor: str | None = None
    seen: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a collection has come, for whoever watches.

    `points_left` adds up over the pool of tokens, `seconds_to_reset` is the soonest one's; None
    before the first answer.
    """

    issues: int = 0
    expected: int | None = None
    points_used: int = 0
    points_left: int | None = None
    seconds_to_reset: int | None = None
    waiting_for: str | None = None


class Store(Protocol):
    """What has been collected so far; the stage keeps it in the warehouse."""

    def cursor(self, stream: str) -> str | None:
        """The newest cursor of a stream, None where there is none."""
        ...

    def newest(self, kind: str, external_ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """External id → payload of the newest copy, for those that are there."""
        ...

    def known(self, kind: str, external_ids: Sequence[str]) -> frozenset[str]:
        """Those of the external ids of which there is a copy."""
        ...

    def external_ids(self, kind: str, prefix: str) -> Sequence[str]:
        """All external ids of a kind that begin with `prefix`."""
        ...

    def seen(self, stream_prefix: str) -> frozenset[str]:
        """All external ids that the calls of these streams returned."""
        ...

    async def commit(self, harvest: Harvest) -> int:
        """Store a harvest in one transaction; how many of its documents were new."""
        ...


class Collection(Protocol):
    """An open connection to a source, with its budget."""

    def streams(self) -> Sequence[str]:
        """What is to be swept next, side by side; asked again until nothing is left."""
        ...

    async def sweep(self, stream: str) -> None:
        """Collect a stream to its end, harvest by harvest. Goes on where it was left."""
        ...

    def standing(self) -> Standing: ...

    def notes(self) -> Sequence[str]:
        """Sentences that the user should read at the end."""
        ...


class Collector(Protocol):
    """A source that can be collected over the network."""

    name: ClassVar[str]

    def check_access(self, access: Access) -> None:
        """Raise UsageError, with what to do, where `access` opens nothing."""
        ...

    def left_out(self, access: Access) -> str | None:
        """Why a refresh goes on without this source; None where it is collected.

        Raises UsageError for half an access. For a source without which there is no dataset, this
        is always None.
        """
        ...

    def open(
        self,
        options: Mapping[str, Any],
        access: Access,
        request: CollectRequest,
        store: Store,
        now: Callable[[], datetime],
    ) -> AbstractAsyncContextManager[Collection]:
        """`now` never goes backwards: of two copies of a document, the later one counts.

        Raises UsageError where there is no access, with how to get it.
        """
        ...
