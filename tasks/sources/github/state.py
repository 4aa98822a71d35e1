"""Where a sweep stands: what a stream's cursor says, as JSON."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

# An update can become visible a little after a later one: the end of the last sweep is swept again.
OVERLAP: Final = timedelta(minutes=5)
# More issues than these within the overlap are fetched again, which costs points and no truth.
_BOUNDARY: Final = 500
# After a bulk change the overlap shrinks to so many issues, but not below so long.
_SWEPT_AGAIN: Final = 20
_SHORT_OVERLAP: Final = timedelta(seconds=30)


def moment(text: str) -> datetime:
    """GitHub's form of a time, UTC."""
    return datetime.fromisoformat(text)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def next_second(text: str) -> str:
    return stamp(moment(text) + timedelta(seconds=1))


def before(text: str, span: timedelta) -> str:
    return stamp(moment(text) - span)


@dataclass(slots=True)
class IssueState:
    """A sweep of issues in the order of their last update.

    since: everything updated before is landed, or listed below. None before the first page.
    boundary: number → updatedAt of the issues landed within the overlap.
    doubtful: numbers of those that may have been landed in the very second of their update.
    Another update within that second shows in no update time.
    incomplete: (node id, number) of issues whose later pages are still to be fetched.
    edits: ids of comments whose edits are still to be fetched.
    plan: the windows [from, to) of a first load, None where there is none.
    sweep: which sweep of everything this is, for streams that are swept more than once.
    done: the last sweep reached its end. Windows and sweeps of everything are not swept again.
    """

    since: str | None = None
    boundary: dict[str, str] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)
    incomplete: list[tuple[str, int]] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    plan: list[tuple[str, str]] | None = None
    sweep: str | None = None
    done: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None) -> "IssueState":
        if text is None:
            return cls()
        data: dict[str, Any] = json.loads(text)
        data["incomplete"] = [(i, n) for i, n in data["incomplete"]]
        data["plan"] = None if data["plan"] is None else [(a, b) for a, b in data["plan"]]
        return cls(**data)

    def landed(self, number: int, updated_at: str) -> bool:
        """Whether this very update of the issue has been landed already."""
        return self.boundary.get(str(number)) == updated_at

    def start_again(self) -> str | None:
        """From when the next sweep begins, None where there was none before."""
        if self.since is None:
            return None
        newest = sorted(self.boundary.values())[-_SWEPT_AGAIN:]
        early = before(self.since, OVERLAP)
        if len(newest) < _SWEPT_AGAIN:
            return early
        return max(early, min(newest[0], before(self.since, _SHORT_OVERLAP)))

    def certain(self, number: int, updated_at: str) -> bool:
        """Whether it was landed when the second of the update was over."""
        return self.landed(number, updated_at) and str(number) not in self.doubtful

    def reached(self, numbers: dict[int, str], over: str) -> None:
        """Note a page: number → updatedAt of the issues it brought.

        The seconds before `over` were over when the page was made, by GitHub's own clock.
        """
        if not numbers:
            return
        newest = max(numbers.values())
        self.since = max(self.since or newest, newest)
        floor = before(self.since, OVERLAP)
        known = self.boundary | {str(n): at for n, at in numbers.items()}
        kept = sorted((at, n) for n, at in known.items() if at >= floor)
        self.boundary = {n: at for at, n in kept[-_BOUNDARY:]}
        fresh = {str(n) for n, at in numbers.items() if at >= over}
        older = {n for n in self.doubtful if int(n) not in numbers}
        self.doubtful = sorted((fresh | older) & self.boundary.keys())


@dataclass(slots=True)
class PullState:
    """Sweeps of pull requests, for which GitHub has no `since`.

    floor: every change up to this time is landed. None until the first load is through.
    top: the newest change when the sweep under way began; it becomes the floor.
    after: GitHub's cursor within that sweep.
    """

    floor: str | None = None
    top: str | None = None
    after: str | None = None
    done: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self) | {"since": self.floor}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None) -> "PullState":
        if text is None:
            return cls()
        data: dict[str, Any] = json.loads(text)
        data.pop("since")
        return cls(**data)
