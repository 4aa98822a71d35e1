"""What a first load costs, three ways: points and calls for one world, and for 60,000 issues.

Only the first pages of issues are compared, with the same fields: later pages of long threads,
pull requests and comment edits cost the same whichever way the issues were found. All three must
bring every issue of the world.

    python -m benchmarks.backfill_cost [--issues N]
"""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.loopback_collection import TOKEN, refresh
from tasks.domain.collecting import CollectRequest
from tasks.sources.github import collection, queries
from tests.github_server.server import GithubServer
from tests.github_server.world import World

_ISSUES: Final = 2_000
_REAL_ISSUES: Final = 60_000
# Numbers that Expensify/App had given out when it had 60,000 issues: the others are pull requests.
_REAL_NUMBERS: Final = 90_000
_HITS: Final = 1_000
_SECOND: Final = timedelta(seconds=1)
_FIELDS: Final = queries.issues_by_number(1).partition("fragment ")[2]

SEARCH: Final = f"""
query Search($query: String!, $first: Int!, $items: Int!, $after: String) {{
  rateLimit {{ cost limit remaining resetAt }}
  search(query: $query, type: ISSUE, first: $first, after: $after) {{
    issueCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ ...Fields }}
  }}
}}
fragment {_FIELDS}
"""
HITS: Final = "query Hits($query: String!) { search(query: $query, type: ISSUE) { issueCount } }"
Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Price:
    """What one way cost; `given` is what its cost goes with: issues, or numbers.

    `once` of the points are paid once, however many there are.
    """

    calls: int
    points: int
    given: int
    found: int
    once: int = 0


class Asker:
    """Asks a loopback server, one call after another."""

    def __init__(self, server: GithubServer, repository: str) -> None:
        self._server = server
        self.owner, _, self.name = repository.partition("/")
        self._client = httpx.Client(
            headers={"Authorization": f"bearer {TOKEN}"}, trust_env=False, timeout=120
        )

    def ask(self, text: str, variables: Mapping[str, Any]) -> Node:
        """The data, errors of single nodes left aside."""
        body = {"query": text, "variables": dict(variables)}
        answer = self._client.post(self._server.graphql_url, json=body).json()
        if answer.get("data") is None:
            raise SystemExit(f"the server refused a query: {answer['errors']}")
        data: Node = answer["data"]
        return data

    def close(self) -> None:
        self._client.close()


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def by_search(asker: Asker, begin: datetime, end: datetime) -> Iterator[int]:
    """`search created:A..B`, halved until GitHub shows all hits; 29 issues a page."""
    words = f"repo:{asker.owner}/{asker.name} is:issue created:{stamp(begin)}..{stamp(end)}"
    hits = asker.ask(HITS, {"query": words})["search"]["issueCount"]
    if hits > _HITS:
        middle = begin + timedelta(seconds=int((end - begin) / _SECOND) // 2)
        yield from by_search(asker, begin, middle)
        yield from by_search(asker, middle + _SECOND, end)
        return
    variables: Node = {
        "query": words,
        "first": queries.ISSUES_PER_PAGE,
        "items": queries.ITEMS_PER_PAGE,
        "after": None,
    }
    more = hits > 0
    while more:
        page = asker.ask(SEARCH, variables)["search"]
        yield from (node["number"] for node in page["nodes"])
        more = page["pageInfo"]["hasNextPage"]
        variables["after"] = page["pageInfo"]["endCursor"]


def by_number(asker: Asker, last: int) -> Iterator[int]:
    """Aliased `issue(number:)` for every number up to the last; 29 fit into a point."""
    for start in range(1, last + 1, queries.ISSUES_PER_PAGE):
        numbers = range(start, min(start + queries.ISSUES_PER_PAGE, last + 1))
        variables: Node = {
            "owner": asker.owner,
            "name": asker.name,
            "items": queries.ITEMS_PER_PAGE,
        }
        variables |= {f"n{place}": number for place, number in enumerate(numbers)}
        found = asker.ask(_ranged(len(numbers)), variables)["repository"]
        yield from (n["number"] for n in found.values() if isinstance(n, dict))


@cache
def _ranged(count: int) -> str:
    return queries.issues_by_number(count)


def price_of_windows(server: GithubServer, world: World) -> Price:
    """As built: the collector itself, made to cut this smaller world into windows, too."""
    with tempfile.TemporaryDirectory(prefix="paydag-backfill-") as folder:
        refresh(
            Path(folder),
            world.repository,
            server.graphql_url,
            server.api_url,
            CollectRequest(),
        )
    wanted = {"Issues", "NewestIssue", "IssueCounts"}
    calls = [call for call in server.calls if call.operation in wanted]
    plan = sum(call.points for call in calls if call.operation != "Issues")
    if not plan:
        raise SystemExit("the collector cut no windows")
    points = sum(call.points for call in calls)
    return Price(len(calls), points, len(world.issues), len(world.issues), once=plan)


def measured(server: GithubServer, given: int, found: Iterator[int], world: World) -> Price:
    server.forget()
    numbers = set(found)
    if numbers != set(world.issues):
        raise SystemExit(f"{len(numbers)} of {len(world.issues)} issues were found")
    return Price(len(server.calls), server.points, given, len(numbers))


def show(name: str, price: Price, real: int) -> int:
    """Print a way; the points that 60,000 issues would cost."""
    projected = price.once + math.ceil((price.points - price.once) * real / price.given)
    print(
        f"{name:<34} {price.found:>6,} issues: {price.calls:>4,} calls, {price.points:>4,} points; "
        f"60,000 issues: {projected:,} points",
        flush=True,
    )
    return projected


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, default=_ISSUES, metavar="N")
    issues = parser.parse_args().issues
    pulls = issues * (_REAL_NUMBERS - _REAL_ISSUES) // _REAL_ISSUES
    world = World.generate(3, issues=issues, pulls=pulls)
    server = GithubServer(world, tokens={TOKEN: 10**6})
    last = max(*world.issues, *world.pulls)
    begin = min(issue.at for issue in world.issues.values()).astimezone(UTC)
    with server:
        vars(collection)["WORTH_WINDOWS"] = issues // 2
        windows = price_of_windows(server, world)
        asker = Asker(server, world.repository)
        search = measured(server, issues, by_search(asker, begin, world.now.astimezone(UTC)), world)
        numbers = measured(server, last, by_number(asker, last), world)
        asker.close()
    print(f"{issues:,} issues and {pulls:,} pull requests, numbers up to {last:,}")
    ours = show("(a) windows of update times", windows, _REAL_ISSUES)
    theirs = show("(b) search by creation, halved", search, _REAL_ISSUES)
    show(f"(c) numbers ({_REAL_NUMBERS:,} given out)", numbers, _REAL_NUMBERS)
    print(
        json.dumps(
            {
                "name": "backfill_cost",
                "ours": ours,
                "theirs": theirs,
                "ratio": round(ours / theirs, 2),
                "unit": "points for the first pages of 60,000 issues, theirs by search",
            }
        )
    )


if __name__ == "__main__":
    main()
