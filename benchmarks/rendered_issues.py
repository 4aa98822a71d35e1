"""A stand-in for GitHub that answers at once: pages of invented issues, rendered beforehand.

It knows the shape of one query's answer, the page of issues in the order of their last update,
and of that only `since` and `first`. Whether the queries are right is tested elsewhere, against
the published schema; this is about speed alone. It runs in a process of its own, so that its work
does not count against the client, and prints its address on its first line.

    python -m benchmarks.rendered_issues --issues N [--seed N]
"""

import argparse
import json
import random
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final

from benchmarks.invented_market import WORDS

REPOSITORY: Final = "quill-works/ledger"
Node = dict[str, Any]

_BEGIN: Final = datetime(2021, 1, 1, tzinfo=UTC)
# Apart by more than the overlap with which a sweep begins, so that no issue is sent twice for it.
_STEP: Final = timedelta(minutes=30)
_TEXT: Final = 2_000_000
# 33 KB an issue, as in 60,000 real ones (2.0 GB): most are short, none needs a second page.
_COMMENTS: Final = 36
_EVENTS: Final = 24
_LETTERS: Final = 520
_MOST: Final = 100
# So many comments were edited; what they say speaks neither of money nor of proposals, so that
# their edits are looked up in the warehouse and not fetched.
_EDITED: Final = 0.1


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Inventor:
    """Issues in the shape of the collector's query, the same for the same seed."""

    def __init__(self, seed: int, repository: str = REPOSITORY) -> None:
        self._draw = random.Random(seed)
        self._url = f"https://github.com/{repository}/issues"
        drawn = self._draw.choices(WORDS, k=_TEXT // 4)
        self._text = " ".join(f"{word}{n % 97}" for n, word in enumerate(drawn))

    def issues(self, count: int) -> Iterator[tuple[str, Node]]:
        """(time of the last update, node), oldest update first."""
        for number in range(1, count + 1):
            updated = stamp(_BEGIN + number * _STEP)
            yield updated, self._issue(number, updated)

    def _issue(self, number: int, updated: str) -> Node:
        return {
            "id": f"I_{number:08}",
            "databaseId": 10_000_000 + number,
            "number": number,
            "title": f"[$250] {self._words(60)}",
            "body": self._words(4 * _LETTERS),
            "url": f"{self._url}/{number}",
            "state": "CLOSED",
            "stateReason": "COMPLETED",
            "createdAt": stamp(_BEGIN),
            "updatedAt": updated,
            "closedAt": updated,
            "lastEditedAt": None,
            "author": self._actor(),
            "labels": _whole([{"name": "Bug"}, {"name": "External"}]),
            "assignees": _whole([{"login": "ada"}]),
            "userContentEdits": _whole([]),
            "comments": _whole([self._comment(number, i) for i in range(self._some(_COMMENTS))]),
            "timelineItems": _whole([self._event(number, i) for i in range(self._some(_EVENTS))]),
        }

    def _comment(self, number: int, place: int) -> Node:
        serial = number * _MOST + place
        return {
            "id": f"IC_{serial:010}",
            "databaseId": serial,
            "url": f"{self._url}/{number}#issuecomment-{serial}",
            "body": self._words(int(self._draw.expovariate(1 / _LETTERS))),
            "createdAt": stamp(_BEGIN),
            "updatedAt": stamp(_BEGIN),
            "lastEditedAt": stamp(_BEGIN) if self._draw.random() < _EDITED else None,
            "isMinimized": False,
            "minimizedReason": None,
            "authorAssociation": "CONTRIBUTOR",
            "author": self._actor(),
        }

    def _event(self, number: int, place: int) -> Node:
        serial = number * _MOST + place
        return {
            "__typename": "LabeledEvent",
            "id": f"LE_{serial:010}",
            "createdAt": stamp(_BEGIN + timedelta(minutes=place)),
            "actor": self._actor(),
            "label": {"name": self._draw.choice(WORDS)},
        }

    def _actor(self) -> Node:
        login = f"{self._draw.choice(WORDS)}-{self._draw.randrange(1_000)}"
        return {"__typename": "User", "login": login}

    def _some(self, mean: int) -> int:
        return min(_MOST, int(self._draw.expovariate(1 / mean)))

    def _words(self, letters: int) -> str:
        start = self._draw.randrange(len(self._text) - letters)
        return self._text[start : start + letters]


def _whole(nodes: list[Node]) -> Node:
    """A connection without a second page."""
    return {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}


class Pages:
    """Issues as JSON, in the order of their last update."""

    def __init__(self, count: int, seed: int) -> None:
        self.times: list[str] = []
        self.issues: list[bytes] = []
        for updated, node in Inventor(seed).issues(count):
            self.times.append(updated)
            self.issues.append(json.dumps(node, separators=(",", ":")).encode())

    def answer(self, text: str, variables: Node) -> bytes:
        """The body of the answer to one of the four queries that a first load sends."""
        if "issues(first: $first" in text:
            return self._page(variables)
        found: Node = {"nameWithOwner": REPOSITORY}
        if "pullRequests" in text:
            pulls = {"totalCount": 0} | _whole([])
            found |= {"newest": {"nodes": []}, "pullRequests": pulls}
        elif "issues(first: 1" in text:
            found["issues"] = {"totalCount": len(self.times)} | self._newest()
        else:
            for name, since in variables.items():
                if name.startswith("s"):
                    found[f"n{name[1:]}"] = {"totalCount": self._left(since)}
        return json.dumps({"data": {"rateLimit": _rate(), "repository": found}}).encode()

    def _left(self, since: str | None) -> int:
        return len(self.times) - (bisect_left(self.times, since) if since else 0)

    def _newest(self) -> Node:
        return {"nodes": [{"updatedAt": self.times[-1]}]}

    def _page(self, variables: Node) -> bytes:
        left, first = self._left(variables["since"]), variables["first"]
        start = len(self.times) - left
        around = {
            "nameWithOwner": REPOSITORY,
            "later": {"totalCount": self._left(variables["later"])},
            "newest": self._newest(),
            "issues": {
                "totalCount": left,
                "pageInfo": {"hasNextPage": left > first, "endCursor": str(start + first)},
                "nodes": [],
            },
        }
        text = json.dumps({"data": {"rateLimit": _rate(), "repository": around}}).encode()
        head, empty, tail = text.rpartition(b'"nodes": []')
        return b"%b%b%b]%b" % (
            head,
            empty[:-1],
            b",".join(self.issues[start : start + first]),
            tail,
        )


def _rate() -> Node:
    return {"cost": 1, "limit": 500_000, "remaining": 400_000, "resetAt": "2099-01-01T00:00:00Z"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the last segment of every page waits for the acknowledgement of the one before it.
    disable_nagle_algorithm = True
    pages: ClassVar[Pages]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = self.pages.answer(asked["query"], asked["variables"])
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--issues", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    chosen = parser.parse_args()
    _Handler.pages = Pages(chosen.issues, chosen.seed)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    size = sum(map(len, _Handler.pages.issues))
    address = f"http://127.0.0.1:{server.server_address[1]}"
    print(json.dumps({"address": address, "issues": chosen.issues, "bytes": size}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
