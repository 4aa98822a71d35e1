"""What collecting a repository costs, side by side with github-to-sqlite on the same world.

One invented repository on a loopback server, 30 % of its issues with over 100 timeline items. Ours
is GraphQL in points, theirs REST in requests; both have 5,000 an hour on GitHub. Our
answers are rendered beforehand; what the server takes to make theirs is part of their wall time.

    python -m benchmarks.scrape_cost [--issues N]
"""

import argparse
import json
import math
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.issue_peer import VERSION, Peer, PeerMissingError, PeerRows
from benchmarks.loopback_collection import IN_ONE_STREAM, TOKEN, Refreshed, refresh
from tasks.warehouse import Warehouse
from tasks.warehouse.documents import newest_documents
from tests.github_server.server import CallRecord, GithubServer
from tests.github_server.world import World

_ISSUES: Final = 2_000
_CHANGED: Final = 20
_REAL: Final = 60_000
_ALLOWED: Final = 3_600
_ISSUE_QUERIES: Final = ("Issues", "ThreadPages", "IssuesById")


@dataclass(frozen=True, slots=True)
class Bill:
    """Calls and points of one refresh, by the name of the query."""

    calls: Counter[str]
    points: Counter[str]

    @classmethod
    def of(cls, records: Sequence[CallRecord]) -> "Bill":
        calls: Counter[str] = Counter()
        points: Counter[str] = Counter()
        for record in records:
            name = record.operation or record.method
            calls[name] += 1
            points[name] += record.points
        return cls(calls, points)

    def issues(self) -> tuple[int, int]:
        """(calls, points) of issues with all their threads, comment edits and pulls left out."""
        named = _ISSUE_QUERIES
        return sum(self.calls[n] for n in named), sum(self.points[n] for n in named)

    def __str__(self) -> str:
        named = [f"{n} {self.calls[n]} calls {self.points[n]} points" for n in sorted(self.calls)]
        return f"{self.calls.total()} calls, {self.points.total()} points ({', '.join(named)})"


@dataclass(slots=True)
class Bench:
    """One world, its server, and a folder for everything that is made."""

    world: World
    server: GithubServer
    folder: Path

    def refresh(self, home: str) -> tuple[Refreshed, Bill]:
        self.server.forget()
        done = refresh(
            self.folder / home,
            self.world.repository,
            self.server.graphql_url,
            self.server.api_url,
            IN_ONE_STREAM,
        )
        return done, Bill.of(self.server.calls)

    def ours(self) -> tuple[Refreshed, Bill]:
        """Twice into empty homes: the first time renders the answers, the second is timed."""
        self.refresh("rendering")
        return self.refresh("ours")

    def theirs(self, peer: Peer, *, one_by_one: bool) -> tuple[PeerRows, int]:
        """What the peer stored, and its requests."""
        self.server.forget()
        database = self.folder / f"peer-{one_by_one}.db"
        way = peer.collect_one_by_one if one_by_one else peer.collect
        rows = way(self.server.api_url, TOKEN, database, self.world.repository)
        return rows, len(self.server.calls)


def stored(home: Path) -> dict[str, int]:
    """What the warehouse holds, counted in the documents themselves."""
    found: Counter[str] = Counter()
    for document in newest_documents(Warehouse(home), "github"):
        payload: dict[str, Any] = document.payload
        found[document.kind.removeprefix("github.")] += 1
        if document.kind == "github.issue":
            kinds = Counter(n["__typename"] for n in payload["timelineItems"]["nodes"])
            found["comments"] += len(payload["comments"]["nodes"])
            found["renames"] += kinds["RenamedTitleEvent"]
            found["other events"] += kinds.total() - kinds["RenamedTitleEvent"]
            found["body edits"] += len(payload["userContentEdits"]["nodes"])
        elif document.kind == "github.comment_edits":
            found["versions of comments"] += len(payload["userContentEdits"]["nodes"])
    return dict(found)


def show_ours(bench: Bench) -> Bill:
    first, bill = bench.ours()
    calls, points = bill.issues()
    held = stored(bench.folder / "ours")
    comments = sum(len(issue.comments) for issue in bench.world.issues.values())
    if (held["issue"], held["comments"]) != (len(bench.world.issues), comments):
        raise SystemExit(f"not everything was collected: {held}")
    print(f"paydag, first refresh: {bill}; {first.seconds:.1f} s")
    print(f"  stored: {', '.join(f'{count:,} {name}' for name, count in sorted(held.items()))}")
    print(f"  issues with all their threads: {calls} calls, {points} points")
    fetched, spent = held.get("comment_edits", 0), bill.points["CommentEdits"]
    print(f"  apart: edits of {fetched:,} comments for {spent} points")
    again, bill_again = bench.refresh("ours")
    print(f"paydag, nothing changed: {bill_again}; {again.seconds:.1f} s", flush=True)
    return bill


def show_changed(bench: Bench) -> None:
    bench.world.update_random(_CHANGED, random.Random(1))
    changed, bill_changed = bench.refresh("ours")
    print(f"paydag, {_CHANGED} issues changed: {bill_changed}; {changed.seconds:.1f} s")


def show_theirs(bench: Bench, peer: Peer) -> int | None:
    """Both ways in which the peer gets comments; the requests of the one by one way."""
    requests = 0
    for one_by_one in (False, True):
        rows, requests = bench.theirs(peer, one_by_one=one_by_one)
        way = "issue-comments --issue N, in one process" if one_by_one else "issue-comments"
        print(
            f"github-to-sqlite {VERSION}, issues + {way}: {requests:,} requests; "
            f"{rows.seconds:.1f} s; stored {rows.issues:,} issues, {rows.comments:,} comments, "
            "no renames, no edits",
            flush=True,
        )
    return requests


def show_projection(bill: Bill, issues: int) -> int:
    """The points that 60,000 issues would cost."""
    calls, points = bill.issues()
    projected = math.ceil(points * _REAL / issues)
    verdict = "within" if projected <= _ALLOWED else "OVER"
    print(
        f"{_REAL:,} issues: {points / issues:.4f} points an issue ({bill.points['Issues']} for "
        f"first pages, {points - bill.points['Issues']} for later pages of threads, by "
        f"{issues:,} issues) = {projected:,} points, {verdict} {_ALLOWED:,}; "
        f"{math.ceil(calls * _REAL / issues):,} calls, {projected / _REAL:.1%} of one call an issue"
    )
    print(
        "  assumed: threads as long as in this world, pages never halved; without pull requests, "
        "comment edits, and the four calls that plan the windows"
    )
    return projected


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, default=_ISSUES, metavar="N")
    issues = parser.parse_args().issues
    world = World.generate(3, issues=issues, pulls=issues // 4, busy_share=0.3)
    server = GithubServer(world, tokens={TOKEN: 10**6}, cache_answers=True)
    requests: int | None = None
    with server, tempfile.TemporaryDirectory(prefix="paydag-cost-") as folder:
        bench = Bench(world, server, Path(folder))
        bill = show_ours(bench)
        try:
            requests = show_theirs(bench, Peer())
        except PeerMissingError as missing:
            print(f"skipped: {missing}")
        show_changed(bench)
    show_projection(bill, issues)
    theirs = requests if requests is not None else issues
    calls, _ = bill.issues()
    print(
        json.dumps(
            {
                "name": "scrape_cost",
                "ours": calls,
                "theirs": theirs,
                "ratio": round(calls / theirs, 3),
                "unit": f"calls for {issues:,} issues with comments; theirs one by one"
                + ("" if requests is not None else ", not measured: one call an issue"),
            }
        )
    )


if __name__ == "__main__":
    main()
