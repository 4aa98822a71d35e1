"""How the collection audit looks on a terminal."""

from datetime import datetime
from typing import Any, Final

from rich.console import Console

from flows.tables import plain, table

_SHOWN: Final = 20


def show_fetches(console: Console, found: dict[str, Any]) -> None:
    if not found["refreshes"]:
        console.print("nothing has been fetched yet; start with `paydag refresh`")
        return
    _refreshes(console, found["refreshes"])
    if found["streams"]:
        console.print("")
        _streams(console, found["streams"])
    if found["repositories"]:
        console.print("")
        _repositories(console, found["repositories"])
    if found["failures"]:
        console.print("")
        _failures(console, found["failures"])


def _refreshes(console: Console, refreshes: list[dict[str, Any]]) -> None:
    numbers = ("calls", "points", "MB", "read", "landed")
    made = table("refresh at", "dataset", "source", *numbers, "failed calls", numbers=numbers)
    for one in refreshes[:_SHOWN]:
        made.add_row(
            _minute(one["started_at"]),
            plain(one["dataset"] or "-"),
            plain(one["source"]),
            f"{one['calls']:,}",
            f"{one['points']:,}",
            f"{one['bytes'] / 1e6:,.1f}",
            f"{one['documents_read']:,}",
            f"{one['documents_landed']:,}",
            ", ".join(f"{count} {plain(status)}" for status, count in one["failed"].items()) or "-",
        )
    console.print(made)
    _say_how_many_more(console, len(refreshes))


def _streams(console: Console, streams: list[dict[str, Any]]) -> None:
    made = table("stream", "last run", "collected", "state")
    for one in streams:
        since = one["cursor"]["since"]
        made.add_row(
            plain(one["stream"]),
            _minute(one["last_run"]),
            f"up to {_minute(since)}" if since else "-",
            "done" if one["done"] else "unfinished",
        )
    console.print(made)
    unfinished = sum(not one["done"] for one in streams)
    if unfinished:
        console.print(f"{unfinished} of {len(streams)} streams unfinished")


def _repositories(console: Console, repositories: list[dict[str, Any]]) -> None:
    numbers = ("highest number", "issues", "pull requests", "gone", "missing")
    made = table("repository", *numbers, numbers=numbers)
    for one in repositories:
        counted = (one[key] for key in ("highest", "issues", "pulls", "gone", "missing"))
        made.add_row(plain(one["repository"]), *(f"{count:,}" for count in counted))
    console.print(made)


def _failures(console: Console, failures: list[dict[str, Any]]) -> None:
    made = table("failed at", "query", "stream", "status", "error")
    for one in failures[:_SHOWN]:
        made.add_row(
            _minute(one["started_at"]),
            plain(one["query"] or "-"),
            plain(one["stream"] or "-"),
            plain(one["status"]),
            plain(one["error"] or "-")[:200],
        )
    console.print(made)
    _say_how_many_more(console, len(failures))


def _say_how_many_more(console: Console, count: int) -> None:
    if count > _SHOWN:
        console.print(f"and {count - _SHOWN} earlier ones (--json lists them all)")


def _minute(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M UTC")
