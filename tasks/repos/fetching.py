"""Fetching mirrors: the commits of a repository, and the files that its fixes need.

A mirror is fetched without files where the remote can leave them out, then gets those of each
fix and of the commit it began from, many at once. What is complete is recorded after it is, so
that a crash leaves a mirror of less, never a half one that looks whole.
"""

import re
from collections.abc import Callable, Sequence
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.bases import base_candidates, fix_base, size_of
from tasks.domain.digests import digest
from tasks.domain.errors import SystemFault, UsageError
from tasks.domain.issues import PullRequest
from tasks.domain.links import fixed_issues
from tasks.repos.commands import GitFailure, pause, run
from tasks.repos.completeness import RECORD, Ends, read_record, write_record
from tasks.repos.mirror import Mirror
from tasks.repos.objects import Objects
from tasks.repos.places import alone, made_beside, mirror_path
from tasks.repos.remote import REMOTE, Remote, disk_full
from tasks.repos.streams import STREAM_DIGEST, make_bare

_PULLS_AT_ONCE: Final = 500
_FILES_AT_ONCE: Final = 5_000
_MOST_PACKS: Final = 50
_TRIES: Final = 3
_HEADS: Final = "+refs/heads/*:refs/heads/*"
_PINS: Final = "refs/paydag/fixes"
_OID: Final = re.compile(r"\b[0-9a-f]{40}\b")
_NOT_THERE: Final = re.compile(r"not our ref|unadvertised object|couldn't find remote ref")
_MOST_REFUSALS: Final = 20

Report = Callable[[int, int], None]


class Fetched(BaseModel, frozen=True, extra="forbid"):
    """What a fetch did: fixes that were asked for, how many the mirror did not hold yet, and the
    merge commits that the remote does not have."""

    repository: str
    fixes: int
    fetched: int
    missing: tuple[str, ...] = ()


def fetch_mirror(
    home: Path,
    repository: str,
    pulls: Sequence[PullRequest],
    remote: Remote,
    *,
    report: Report = lambda _done, _total: None,
    pause_s: float = 2.0,
) -> Fetched:
    """Make or extend the mirror of `repository` until it holds these merged pull requests' fixes.

    Nothing is asked of the network where all of them are there. `report` hears how many of the
    new ones are done. Raises UsageError where the remote has no such repository or refuses the
    token, SystemFault where it cannot be reached, breaks off, or the disk is full; the mirror is
    then what it was, or holds some fixes more.
    """
    target = mirror_path(home, repository)
    merged = {_key(pull): pull for pull in pulls if pull.merge_commit}
    try:
        with alone(target):
            record = {} if _is_of_a_stream(target) else (read_record(target) or {})
            todo = {key: pull for key, pull in merged.items() if key not in record}
            if not todo:
                return Fetched(repository=repository, fixes=len(merged), fetched=0)
            names = [repository, *sorted({n for p in pulls for n in p.also_named})]
            fetch = _Fetch(target, names, remote, pause_s)
            missing = fetch.commits([pull.merge_commit or "" for pull in todo.values()])
            done = {k: p for k, p in todo.items() if p.merge_commit not in missing}
            fetch.files(done, record, report)
            fetch.tidy()
    except GitFailure as failure:
        raise remote.explain(failure, repository) from failure
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise disk_full(repository) from error
        raise SystemFault(
            f"the mirror {target} cannot be written: {error.strerror}", retryable=False
        ) from error
    return Fetched(
        repository=repository, fixes=len(merged), fetched=len(done), missing=tuple(sorted(missing))
    )


class _Fetch:
    """One mirror, and the name under which its remote knows it."""

    def __init__(self, target: Path, names: Sequence[str], remote: Remote, pause_s: float) -> None:
        self._target, self._names, self._remote = target, list(names), remote
        self._pause_s = pause_s

    def commits(self, wanted: Sequence[str]) -> set[str]:
        """Fetch all branches, where one of the commits is not there; those that stay missing."""
        if not (self._target / RECORD).is_file():
            with made_beside(self._target) as fresh:
                _make_partial(fresh)
                self._branches(fresh)
                write_record(fresh, {})
        elif self._lacking(wanted):
            self._branches(self._target)
        return self._unmerged(self._lacking(wanted))

    def _branches(self, mirror: Path) -> None:
        self._online(mirror, ["--prune", "--filter=blob:none", REMOTE, _HEADS])

    def _lacking(self, commits: Sequence[str]) -> set[str]:
        objects = Objects(self._target)
        return {commit for commit in commits if objects.kind(commit) != "commit"}

    def _unmerged(self, lacking: set[str]) -> set[str]:
        """Fetch commits that are on no branch any more by their names; those that are nowhere."""
        asked, gone = sorted(lacking), set[str]()
        for _ in range(_MOST_REFUSALS):
            if not asked:
                return gone
            refspecs = [f"{commit}:{_PINS}/{commit}" for commit in asked]
            try:
                self._online(
                    self._target,
                    ["--filter=blob:none", "--stdin", REMOTE],
                    stdin="".join(f"{refspec}\n" for refspec in refspecs).encode(),
                    refusable=True,
                )
                return gone
            except GitFailure as failure:
                refused = set(_OID.findall(failure.said)) & set(asked)
                if not refused:
                    break
                gone |= refused
                asked = [commit for commit in asked if commit not in refused]
        return gone | set(asked)

    def files(self, todo: dict[str, PullRequest], record: dict[str, Ends], report: Report) -> None:
        """Fetch every file of the fixes and of what they began from; record them as complete."""
        report(0, len(todo))
        keys = sorted(todo)
        for start in range(0, len(keys), _PULLS_AT_ONCE):
            some = {key: todo[key] for key in keys[start : start + _PULLS_AT_ONCE]}
            record |= self._complete(some)
            write_record(self._target, record)
            report(start + len(some), len(todo))

    def _complete(self, pulls: dict[str, PullRequest]) -> dict[str, Ends]:
        # Opened anew for every portion: what has been fetched since must be seen.
        mirror = Mirror(self._target)
        firsts = {key: next(base_candidates(mirror, pull), None) for key, pull in pulls.items()}
        rooted = {key: pull for key, pull in pulls.items() if firsts[key] is not None}
        wanted = {commit for key in rooted for commit in (firsts[key], pulls[key].merge_commit)}
        self._trees(sorted(commit for commit in wanted if commit))
        further = [pull for key, pull in rooted.items() if _is_open(mirror, pull, firsts[key])]
        self._trees(sorted({base for pull in further for base in base_candidates(mirror, pull)}))
        found = {
            key: Ends(fix_base(mirror, pull), pull.merge_commit or "")
            for key, pull in rooted.items()
        }
        self._pin({ends.fix for ends in found.values()})
        return found

    def _trees(self, commits: Sequence[str]) -> None:
        """Fetch what the trees of these commits lack."""
        objects = Objects(self._target)
        trees = "".join(f"{commit}^{{tree}}\n" for commit in commits).encode()
        command = ["rev-list", "--objects", "--missing=print", "--stdin"]
        listed = run(objects.path, command, stdin=trees).split(b"\n") if commits else []
        lacking = [line[1:].decode() for line in listed if line.startswith(b"?")]
        for start in range(0, len(lacking), _FILES_AT_ONCE):
            some = lacking[start : start + _FILES_AT_ONCE]
            self._online(
                self._target,
                ["--filter=blob:none", "--stdin", REMOTE],
                stdin="".join(f"{oid}\n" for oid in some).encode(),
                # Otherwise every commit that is here would be told the remote, for nothing.
                options=["-c", "fetch.negotiationAlgorithm=noop"],
            )

    def _pin(self, commits: set[str]) -> None:
        """Keep commits whose branch may be deleted or rewritten at the remote."""
        lines = "".join(f"update {_PINS}/{commit} {commit}\n" for commit in sorted(commits))
        run(self._target, ["update-ref", "--stdin"], stdin=lines.encode())

    def tidy(self) -> None:
        """Every fetch leaves a pack or several, and each costs every later reading."""
        run(self._target, ["pack-refs", "--all"])
        if len(list((self._target / "objects" / "pack").glob("*.pack"))) > _MOST_PACKS:
            run(self._target, ["repack", "-a", "-d", "-q"])

    def _online(
        self,
        mirror: Path,
        arguments: Sequence[str],
        *,
        stdin: bytes = b"",
        options: Sequence[str] = (),
        refusable: bool = False,
    ) -> None:
        """`git fetch`, three times where the connection breaks. `refusable`: raises GitFailure
        where the remote has not what was asked for."""
        command = [*options, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
        command += ["--no-auto-maintenance", "--recurse-submodules=no", *arguments]
        tries, first = 1, None
        while True:
            try:
                run(mirror, command, stdin=stdin, environment=self._remote.reaching(self._names[0]))
                return
            except GitFailure as failure:
                if refusable and _NOT_THERE.search(failure.said):
                    raise
                explained = self._remote.explain(failure, self._names[0])
                first = first or explained
                if isinstance(explained, UsageError) and len(self._names) > 1:
                    # It may have been renamed; documents tell what else it is called.
                    self._names.pop(0)
                elif isinstance(explained, SystemFault) and explained.retryable and tries < _TRIES:
                    pause(self._pause_s * 4 ** (tries - 1))
                    tries += 1
                else:
                    raise (explained if isinstance(explained, SystemFault) else first) from failure


def _is_open(mirror: Mirror, pull: PullRequest, first: str | None) -> bool:
    """Whether a pull request may have begun before the first parent of its merge commit."""
    size = size_of(pull)
    return size is not None and size not in mirror.change_sizes(
        first or "", pull.merge_commit or ""
    )


def _key(pull: PullRequest) -> str:
    """What decides which commits a fix lies between."""
    return digest(
        [
            pull.name,
            pull.merge_commit,
            pull.head_commit,
            pull.created_at.isoformat(),
            size_of(pull),
            sorted(fixed_issues(pull)),
        ]
    )


def _is_of_a_stream(mirror: Path) -> bool:
    return (mirror / STREAM_DIGEST).exists()


def _make_partial(folder: Path) -> None:
    """An empty mirror that may lack files. It has no address to get them from by itself."""
    make_bare(folder)
    run(folder, ["config", "core.repositoryFormatVersion", "1"])
    with (folder / "config").open("a") as file:
        file.write(f"[extensions]\n\tpartialClone = {REMOTE}\n")
        file.write(f'[remote "{REMOTE}"]\n\tpromisor = true\n\tpartialCloneFilter = blob:none\n')
