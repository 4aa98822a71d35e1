"""An invented market of any size in raw: issues with their threads, pull requests and edits.

All texts are made of invented words. As in real threads, most comments speak of the work, about
one in nine is a proposal or speaks of money, and titles carry the prices.
"""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import orjson

from benchmarks.invented_market import WORDS
from tasks.warehouse import Row, Warehouse

REPOSITORY: Final = "invented/market"
Node = dict[str, Any]
Document = tuple[str, str, bytes]  # kind, external id, payload

_BEGIN: Final = datetime(2023, 1, 1, tzinfo=UTC)
_FETCHED: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(minutes=20)
_TEXT: Final = 2_000_000
_COMMENTS: Final = 33
_LETTERS: Final = 450
_MOST: Final = 400
_WORDS: Final = 6_000
_SYLLABLES: Final = tuple(a + b for a in "bcdfglmnprstvz" for b in ("a", "e", "i", "o", "un", "er"))
_BREAKS: Final = {" ": 120, ", ": 14, ". ": 12, "\n\n": 3, "\n- ": 3, " `x_1` ": 1}
_PRICES: Final = (125, 250, 500, 1000, 2000)
_BATCH: Final = 2_000
_LINKS: Final = ("LabeledEvent", "UnlabeledEvent", "CrossReferencedEvent", "ClosedEvent")
_PROPOSAL: Final = """## Proposal

### Please re-state the problem that we are trying to solve in this issue.
{}
### What is the root cause of that problem?
{}
### What changes do you think we should make in order to solve the problem?
{}"""
_SUMMARY: Final = """Payment summary:
- Contributor: @{} ${} (paid via Upwork)
- Reviewer: @{} ${} - paid
"""


class Market:
    """Documents of a market, the same for the same seed. `turn` counts how often it changed."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        draw = random.Random(seed)
        # As many words as a trade has, so that the texts are about as hard to compress.
        words = ["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(_WORDS)]
        drawn = draw.choices(words, k=_TEXT // 5)
        breaks = draw.choices(list(_BREAKS), list(_BREAKS.values()), k=len(drawn))
        self._text = "".join(f"{word}{end}" for word, end in zip(drawn, breaks, strict=True))

    def documents(self, numbers: range, turn: int = 0) -> Iterator[Document]:
        """The documents of these issues, with their pull requests and comment edits."""
        for number in numbers:
            yield from _Thread(self._text, self._seed, number, turn).documents()


class _Thread:
    def __init__(self, text: str, seed: int, number: int, turn: int) -> None:
        self._text = text
        self._draw = random.Random(seed * 1_000_003 + number)
        self._number = number
        self._turn = turn
        self._start = _BEGIN + number * _STEP
        self._url = f"https://github.com/{REPOSITORY}/issues/{number}"
        self._edits: list[Document] = []

    def documents(self) -> list[Document]:
        draw = self._draw
        price = draw.choice(_PRICES)
        raises = draw.choices((0, 1, 2), (70, 20, 10))[0] + self._turn
        comments = self._comments(price << raises)
        issue = {
            "id": f"I_{self._number:08}",
            "number": self._number,
            "title": f"[${price << raises}] {self._words(60)}",
            "body": self._words(4 * _LETTERS),
            "url": self._url,
            "state": "CLOSED",
            "stateReason": "COMPLETED",
            "createdAt": self._stamp(0),
            "updatedAt": self._stamp(900),
            "closedAt": self._stamp(900),
            "lastEditedAt": None,
            "author": self._actor(),
            "labels": {"nodes": [{"name": "Bug"}, {"name": "External"}]},
            "userContentEdits": {"nodes": []},
            "comments": {"nodes": comments},
            "timelineItems": {"nodes": self._timeline(price, raises, len(comments))},
        }
        found = [
            ("github.issue", f"{REPOSITORY}#{self._number}", orjson.dumps(issue)),
            *self._edits,
        ]
        if draw.random() < 0.7:
            found.append(self._pull(comments))
        return found

    def _comments(self, price: int) -> list[Node]:
        count = min(_MOST, int(self._draw.expovariate(1 / _COMMENTS))) + (self._turn > 0)
        return [self._comment(place, price) for place in range(count)]

    def _comment(self, place: int, price: int) -> Node:
        draw = self._draw
        serial = self._number * 1_000 + place
        kind = draw.random()
        length = int(draw.expovariate(1 / _LETTERS)) + 20
        if kind < 0.085:
            text = _PROPOSAL.format(*(self._words(length) for _ in range(3)))
        elif kind < 0.095:
            text = f"Upwork job price has been updated to ${price}\n{self._words(length)}"
        elif kind < 0.105:
            text = f"{self._words(length)} could this be raised to ${price * 2}?"
        elif kind < 0.11:
            text = _SUMMARY.format(self._login(), price, self._login(), price)
        else:
            text = self._words(length)
        node: Node = {
            "id": f"IC_{serial:010}",
            "databaseId": serial,
            "url": f"{self._url}#issuecomment-{serial}",
            "body": text,
            "createdAt": self._stamp(place + 1),
            "updatedAt": self._stamp(place + 1),
            "lastEditedAt": None,
            "isMinimized": False,
            "minimizedReason": None,
            "authorAssociation": draw.choice(("NONE", "CONTRIBUTOR", "MEMBER")),
            "author": self._actor(),
        }
        if kind < 0.01:
            self._edit(node)
        return node

    def _edit(self, node: Node) -> None:
        later = node["lastEditedAt"] = node["createdAt"].replace("T", "T").replace(":00Z", ":30Z")
        edits = [
            {"createdAt": when, "editedAt": when, "deletedAt": None, "diff": text, "editor": None}
            for when, text in ((later, node["body"]), (node["createdAt"], node["body"] + " first"))
        ]
        payload = {"id": node["id"], "userContentEdits": {"nodes": edits}}
        self._edits.append(("github.comment_edits", node["id"], orjson.dumps(payload)))

    def _timeline(self, price: int, raises: int, comments: int) -> list[Node]:
        items = [
            self._event("RenamedTitleEvent", place, 2 * place + 3)
            | {
                "previousTitle": f"[${price << place}] boats leak",
                "currentTitle": f"[${price << (place + 1)}] boats leak",
            }
            for place in range(raises)
        ]
        for place in range(raises, raises + 6):
            kind = self._draw.choice(_LINKS)
            item = self._event(kind, place, place * 3 + comments)
            if kind.endswith("labeledEvent") or kind == "LabeledEvent":
                item["label"] = {"name": self._draw.choice(WORDS)}
            elif kind == "CrossReferencedEvent":
                item["source"] = self._other_pull()
            elif kind == "ClosedEvent":
                item |= {"stateReason": "COMPLETED", "closer": None}
            items.append(item)
        return items

    def _event(self, kind: str, place: int, hours: int) -> Node:
        return {
            "__typename": kind,
            "id": f"E_{self._number:08}_{place}",
            "createdAt": self._stamp(hours),
            "actor": self._actor(),
        }

    def _other_pull(self) -> Node:
        return {
            "__typename": "PullRequest",
            "number": 10_000_000 + self._number,
            "merged": True,
            "repository": {"nameWithOwner": REPOSITORY},
        }

    def _pull(self, comments: list[Node]) -> Document:
        number = 10_000_000 + self._number
        proposals = [c for c in comments if c["body"].startswith("## Proposal")]
        chosen = self._draw.choice(proposals) if proposals else None
        link = chosen["url"] if chosen else ""
        payload: Node = {
            "id": f"PR_{number}",
            "number": number,
            "title": self._words(50),
            "body": f"### Details\n<!-- say what -->\n{self._words(900)}\n### Fixed Issues\n"
            f"$ {self._url}\nPROPOSAL: {link}\n\n### Tests\n{self._words(900)}",
            "url": f"https://github.com/{REPOSITORY}/pull/{number}",
            "state": "MERGED",
            "merged": True,
            "mergedAt": self._stamp(800),
            "createdAt": self._stamp(700),
            "updatedAt": self._stamp(800),
            "closedAt": self._stamp(800),
            "baseRefName": "main",
            "headRefOid": f"{number:040x}",
            "author": chosen["author"] if chosen else self._actor(),
            "changedFiles": 3,
            "additions": 30,
            "deletions": 4,
            "mergeCommit": {
                "oid": f"{number + 1:040x}",
                "parents": {"nodes": [{"oid": f"{number + 2:040x}"}]},
            },
            "closingIssuesReferences": {"nodes": []},
        }
        return ("github.pull", f"{REPOSITORY}#{number}", orjson.dumps(payload))

    def _actor(self) -> Node:
        return {"__typename": "User", "login": self._login()}

    def _login(self) -> str:
        return f"{self._draw.choice(WORDS)}-{self._draw.randrange(1_000)}"

    def _words(self, letters: int) -> str:
        start = self._draw.randrange(len(self._text) - letters)
        return self._text[start : start + letters]

    def _stamp(self, hours: int) -> str:
        return (self._start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:00Z")


def land_market(warehouse: Warehouse, market: Market, numbers: range, turn: int = 0) -> int:
    """Put the documents of these issues into raw, quicker than a refresh does; their bytes."""
    stream, size = market.documents(numbers, turn), 0
    while batch := list(islice(stream, _BATCH)):
        rows: list[Row] = [
            {
                "source": "github",
                "kind": kind,
                "external_id": name,
                "fetched_at": _FETCHED + timedelta(days=turn),
                "content_sha256": hashlib.sha256(payload).hexdigest(),
                "payload": payload.decode(),
                "fetch_id": f"turn-{turn}",
            }
            for kind, name, payload in batch
        ]
        size += sum(len(payload) for _, _, payload in batch)
        with warehouse.write("raw", checkpoint=False) as session:
            session.insert("raw.documents", rows)
    with warehouse.write("raw"):
        pass
    return size
