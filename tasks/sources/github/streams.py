"""The names of streams, and which of them a refresh has to sweep.

A stream's name is the key of its cursor: `owner/name issues`, with the filters that make it
another set of issues (` label=...`, ` since=...`), and with ` FROM..TO` where it is a window.
Only what is swept without a gap moves a stream's cursor, so no option can leave a hole in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tasks.domain.collecting import CollectRequest, Store
from tasks.domain.errors import UsageError
from tasks.sources.github.desk import Repository
from tasks.sources.github.issues import Bounds
from tasks.sources.github.state import IssueState, stamp


@dataclass(frozen=True, slots=True)
class Stream:
    """Something to sweep. `kind` is issues, pulls or named; `crowd` whether it may be cut up."""

    name: str
    kind: str
    repository: Repository
    bounds: Bounds = field(default_factory=Bounds)
    numbers: tuple[int, ...] = ()
    windows: bool = False
    full: bool = False


def window_name(main: str, window: tuple[str, str]) -> str:
    """The stream of a window of another stream."""
    return f"{main} {window[0]}..{window[1]}"


def repositories(options: Mapping[str, Any]) -> list[Repository]:
    """One per repository and label: GitHub joins several labels by "and", a dataset by "or"."""
    since = options.get("since")
    return [
        Repository(
            name=name,
            label=label,
            title=tuple(options.get("title") or ()),
            bots=tuple(options.get("bots") or ()),
            conventions=options.get("conventions"),
            since=stamp(datetime.fromisoformat(str(since))) if since else None,
        )
        for name in options["repositories"]
        for label in (options.get("labels") or (None,))
    ]


class Streams:
    """What is left to sweep for a request; asked again after each round."""

    def __init__(
        self,
        wanted: list[Repository],
        request: CollectRequest,
        store: Store,
        now: Callable[[], datetime],
    ) -> None:
        self._wanted = wanted
        self._request = request
        self._store = store
        self._now = now
        self._finished: set[str] = set()
        self._sweeps: dict[str, str] = {}
        self.known: dict[str, Stream] = {}

    def finished(self, name: str) -> None:
        self._finished.add(name)

    def left(self) -> list[Stream]:
        """The streams to sweep side by side now; empty when all is done."""
        if self._request.issues:
            found = self._named()
        else:
            found = [s for r in self._wanted for s in self._issue_streams(r)] + self._pull_streams()
        left = [stream for stream in found if stream.name not in self._finished]
        self.known |= {stream.name: stream for stream in left}
        return left

    def _named(self) -> list[Stream]:
        first = {r.name: r for r in reversed(self._wanted)}
        spelt = {name.casefold(): name for name in first}
        numbers: dict[str, list[int]] = {}
        for text in self._request.issues:
            name, _, number = text.rpartition("#")
            if not name and len(first) > 1:
                raise UsageError(
                    f"--issue {text}: the dataset has several repositories; say owner/name#N"
                )
            home = spelt.get(name.casefold()) if name else next(iter(first))
            if home is None:
                raise UsageError(
                    f"--issue {text}: the dataset has no repository {name}; "
                    f"known: {', '.join(first)}"
                )
            numbers.setdefault(home, []).append(int(number))
        return [
            # Who names an issue wants it, whatever its title.
            Stream(
                f"{name} named",
                "named",
                replace(first[name], title=()),
                numbers=tuple(sorted(set(listed))),
            )
            for name, listed in numbers.items()
        ]

    def _issue_streams(self, repository: Repository) -> list[Stream]:
        """The windows under way, or else the stream that follows them."""
        main = self._main(repository)
        if main.name in self._finished:
            return []
        state = IssueState.read(self._store.cursor(main.name))
        windows = [
            Stream(window_name(main.name, (a, b)), "issues", repository, self._bounds(main, a, b))
            for a, b in state.plan or []
        ]
        open_windows = [w for w in windows if w.name not in self._finished and not self._done(w)]
        if open_windows:
            return open_windows
        if any(w.name in self._finished and not self._done(w) for w in windows):
            return []  # stopped at a bound of the request: what follows must wait, too
        return [main]

    def _done(self, stream: Stream) -> bool:
        return IssueState.read(self._store.cursor(stream.name)).done

    def _bounds(self, main: Stream, start: str, end: str) -> Bounds:
        return Bounds(lower=start, until=main.bounds.until, end=end)

    def _family(self, repository: Repository) -> str:
        """The stream of an ordinary refresh."""
        name = f"{repository.name} issues"
        if repository.label is not None:
            name += f" label={repository.label}"
        if repository.since is not None:
            name += f" since={repository.since}"
        return name

    def _main(self, repository: Repository) -> Stream:
        name = self._family(repository)
        lower, request = repository.since, self._request
        until = stamp(request.until) if request.until else None
        if request.full:
            sweep = self._sweep_of(f"{name} full")
            name += f" full {sweep}"
        elif request.since is not None:
            lower = max(stamp(request.since), lower or "")
            name = f"{name} from={lower}"
        return Stream(
            name,
            "issues",
            repository,
            Bounds(lower=lower, until=until),
            windows=until is None and request.limit is None,
            full=request.full,
        )

    def _sweep_of(self, pointer: str) -> str:
        """Which sweep of everything this refresh belongs to: an unfinished one goes on."""
        if pointer not in self._sweeps:
            state = IssueState.read(self._store.cursor(pointer))
            unfinished = state.sweep is not None and not state.done
            # To the microsecond: two sweeps of one name would be one, and that already done.
            self._sweeps[pointer] = str(state.sweep) if unfinished else self._now().isoformat()
        return self._sweeps[pointer]

    def _pull_streams(self) -> list[Stream]:
        """A limited refresh takes the pull requests that its issues name, instead of a sweep."""
        if self._request.limit is not None:
            return []
        found: dict[str, Stream] = {}
        for repository in self._wanted:
            name, lower = f"{repository.name} pulls", repository.since
            if self._request.since is not None:
                lower = max(stamp(self._request.since), lower or "")
            if lower is not None:
                name += f" from={lower}"
            if self._request.full:
                name += f" full {self._sweep_of(f'{self._family(repository)} full')}"
            bounds = Bounds(lower=lower)
            found[name] = Stream(name, "pulls", repository, bounds, full=self._request.full)
        return list(found.values())
