"""Threads as written in threads/*.toml: one issue a file, with its pull requests."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

THREADS = Path(__file__).parent / "threads"
REPOSITORY = "tally-works/tally"
URL = f"https://github.com/{REPOSITORY}"
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
FETCHED = datetime(2025, 9, 1, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Edit:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class Event:
    """One dated item; `kind` is a key of the file: say, rename, label, assign, close, ..."""

    at: datetime
    by: str
    kind: str
    value: Any
    key: str
    closer: int | None
    edits: tuple[Edit, ...]

    @property
    def comment_id(self) -> int:
        """Invented, unique and rising with time: minutes since the first year of the market."""
        return 1_700_000_000 + int((self.at - EPOCH).total_seconds() // 60)


@dataclass(frozen=True)
class Pull:
    number: int
    by: str
    at: datetime
    title: str
    body: str
    base: str
    commit: str
    ended: datetime
    closes: tuple[int, ...]
    size: tuple[int, int, int]

    @property
    def merged(self) -> bool:
        return bool(self.commit)


@dataclass(frozen=True)
class Thread:
    number: int
    title: str
    by: str
    at: datetime
    body: str
    edits: tuple[Edit, ...]
    events: tuple[Event, ...]
    pulls: tuple[Pull, ...]
    fetched: tuple[datetime, ...]
    expected: Mapping[str, Any]

    def comment(self, key: str) -> Event:
        return next(event for event in self.events if event.key == key)


KINDS = ("say", "rename", "label", "assign", "close", "xref")

TEMPLATE = """### Details
{details}

### Fixed Issues
<!-- Name the issue and the accepted plan, one a line, like this:
$ {{{{10}}}}
PROPOSAL: {{{{10.a}}}}
-->
{fixed}

### Tests
{tests}

### Checklist
- [x] `python run_tests.py` passes
- [x] I read the guide for contributors"""


def _block(shape: str, job: str, raised: str, offers: list[str], owner: str) -> str:
    """The part of a body that the bot keeps; its form changed over the years."""
    link = f"https://www.upwork.com/jobs/{job}"
    if shape == "list":
        return (
            "### Upwork Automation - Do Not Edit\n"
            f"- Job URL: {link}\n- Job ID: {job}\n- Last Price Increase: {raised}"
        )
    shown = f'<a href="{link}">{link}</a>' if shape == "link" else link
    lines = [
        "<details><summary>Upwork Automation - Do Not Edit</summary>",
        "<ul>",
        f"<li>Upwork Job URL: {shown}</li>",
        f"<li>Upwork Job ID: {job}</li>",
        f"<li>Last Price Increase: {raised}</li>",
    ]
    if offers:
        lines += ["<li>Automatic offers:", "<ul>", *(f"<li>{offer}</li>" for offer in offers)]
        lines += ["</ul></li>"]
    lines += ["</ul>", "</details>"]
    if owner:
        lines += ["", "<details><summary>Issue Owner</summary>"]
        lines += [f"Current Issue Owner: @{owner}", "</details>"]
    return "\n".join(lines)


def body_edits_of(body: str, rows: list[dict[str, Any]]) -> tuple[Edit, ...]:
    edits = []
    block = ""
    for row in sorted(rows, key=lambda row: row["at"]):
        body = row.get("text", body).strip("\n")
        if "block" in row:
            block = "\n\n" + _block(**({"offers": [], "owner": ""} | row["block"]))
        edits.append(Edit(row["at"], row["by"], body + block))
    return tuple(edits)


def event_of(row: dict[str, Any]) -> Event:
    (kind,) = (kind for kind in KINDS if kind in row)
    value = row[kind].strip("\n") if kind == "say" else row[kind]
    edits = tuple(Edit(e["at"], e["by"], e["text"].strip("\n")) for e in row.get("edit", ()))
    return Event(row["at"], row["by"], kind, value, row.get("key", ""), row.get("closer"), edits)


def _pull(row: dict[str, Any], size: Callable[[str], tuple[int, int, int]]) -> Pull:
    parts = {name: row.get(name, "").strip("\n") for name in ("details", "fixed", "tests")}
    body = row["raw"].strip("\n") if "raw" in row else TEMPLATE.format(**parts)
    commit = row.get("commit", "")
    return Pull(
        number=row["number"],
        by=row["by"],
        at=row["at"],
        title=row["title"],
        body=body,
        base=row["base"],
        commit=commit,
        ended=row["merged"] if commit else row["closed"],
        closes=tuple(row.get("closes", ())),
        size=size(commit) if commit else (row["files"], row["added"], row["removed"]),
    )


@cache
def load(size: Callable[[str], tuple[int, int, int]]) -> tuple[Thread, ...]:
    """All threads by number. `size` tells how large the pull request behind a commit is."""
    threads = []
    for path in sorted(THREADS.glob("*.toml")):
        row = tomllib.loads(path.read_text(encoding="utf-8"))
        body = row["body"].strip("\n")
        events = sorted(map(event_of, row.get("event", ())), key=lambda event: event.at)
        threads.append(
            Thread(
                number=row["number"],
                title=row["title"],
                by=row["by"],
                at=row["at"],
                body=body,
                edits=body_edits_of(body, row.get("edit", [])),
                events=tuple(events),
                pulls=tuple(_pull(pull, size) for pull in row.get("pull", ())),
                fetched=tuple(row.get("fetched", (FETCHED,))),
                expected=row["expected"],
            )
        )
    return tuple(sorted(threads, key=lambda thread: thread.number))


def comment_url(number: int, event: Event) -> str:
    return f"{URL}/issues/{number}#issuecomment-{event.comment_id}"


def linked(text: str, threads: tuple[Thread, ...]) -> str:
    """Text with `{{11}}` and `{{11.a}}` replaced by the address of an issue or a comment."""

    def address(match: re.Match[str]) -> str:
        number, _, key = match[1].partition(".")
        if not key:
            return f"{URL}/issues/{number}"
        thread = next(thread for thread in threads if thread.number == int(number))
        return comment_url(thread.number, thread.comment(key))

    return re.sub(r"\{\{([0-9]+(?:\.[a-z]+)?)\}\}", address, text)
