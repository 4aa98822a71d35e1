"""What a world stands on: its clock, its names and numbers, and what every change does."""

import threading
from bisect import insort
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.github_server.records import Actor, Comment, Edit, Event, Issue, Pull, Text
from tests.github_server.texts import BOTS, MEMBERS

BEGIN = datetime(2020, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEEPER = MEMBERS[0]
TRIAGE = BOTS[0]


@dataclass
class Ground:
    """Every change takes the lock, raises `revision`, and moves the clock."""

    repository: str = "quill-works/ledger"
    seed: int = 0
    now: datetime = BEGIN
    tick: timedelta = SECOND
    created_at: datetime = BEGIN
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    former_names: list[str] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    transferred: dict[int, str] = field(default_factory=dict)
    revision: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    last_number: int = 0

    def __post_init__(self) -> None:
        self.key = f"{Random(f'{self.repository}/{self.seed}').getrandbits(32):08x}"
        self.database_id = 1_000 + self.seed % 1_000_000
        self._serial = 1_000_000

    def moment(self, at: datetime | None) -> datetime:
        """When a change happens; the clock stands there, or later, afterwards."""
        at = self.now + self.tick if at is None else at
        self.now = max(self.now, at)
        self.revision += 1
        return at

    def advance(self, seconds: int) -> None:
        with self.lock:
            self.now += timedelta(seconds=seconds)
            self.revision += 1

    def identity(self, prefix: str) -> tuple[str, int]:
        """A new global id, and the number in it."""
        self._serial += 1
        return f"{prefix}_kw{self.key}{self._serial:07x}", self._serial

    def answers_to(self, name: str) -> bool:
        known = [self.repository, *self.former_names]
        return name.lower() in (each.lower() for each in known)

    @property
    def url(self) -> str:
        return f"https://github.com/{self.repository}"

    def rename_repository(self, name: str) -> None:
        with self.lock:
            self.former_names.append(self.repository)
            self.repository = name
            self.revision += 1

    def take_number(self, number: int | None = None) -> int:
        """Issues and pull requests share one sequence."""
        taken = self.last_number + 1 if number is None else number
        self.last_number = max(self.last_number, taken)
        return taken

    def event(
        self,
        number: int,
        kind: str,
        *,
        by: Actor | None = KEEPER,
        at: datetime | None = None,
        silently: bool = False,
        **data: Any,
    ) -> Event:
        """Add an item to a timeline, and nothing else."""
        with self.lock:
            at = self.moment(at)
            event = Event(*self.identity("EV"), kind, at, by, data)
            insort(self.issues[number].events, event, key=order_of)
            self.touch(number, at, silently)
            return event

    def touch(self, number: int, at: datetime, silently: bool) -> None:
        issue = self.issues[number]
        if not silently:
            issue.updated_at = max(issue.updated_at, at)

    def edit(
        self,
        text: Text,
        new: str,
        author: Actor | None,
        written: datetime,
        by: Actor | None,
        at: datetime,
    ) -> None:
        """GitHub keeps the original text as the first version once there is a second."""
        if not text.versions:
            text.versions.append(Edit(*self.identity("UCE"), written, author, text.now))
        text.versions.append(Edit(*self.identity("UCE"), at, by, new))
        text.now = new


def order_of(item: Event | Comment) -> tuple[datetime, int]:
    return item.at, item.serial
