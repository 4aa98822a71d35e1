"""The part of GitHub's search language that names issues of a repository by their birth."""

import re
from datetime import UTC, datetime, timedelta

from graphql import GraphQLError

from tests.github_server.records import Issue
from tests.github_server.world import World

CAP = 1_000
_TERM = re.compile(r'(\w+):("[^"]*"|\S+)|(\S+)')
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def search_issues(worlds: tuple[World, ...], query: str) -> tuple[World | None, list[Issue]]:
    """All hits, newest first as GitHub's search answers by default; the caller applies CAP.

    Understands repo:, is:issue, is:open, is:closed, created: and updated: (A..B, >=A, <=B, a day),
    sort:created-asc and sort:updated-asc. Raises GraphQLError for any other word: a query that
    this server cannot judge shall not look answered.
    """
    world: World | None = None
    found: list[Issue] | None = None
    order = "created-desc"
    conditions: list[tuple[str, str]] = []
    for key, value, bare in _TERM.findall(query):
        if bare:
            raise GraphQLError(f"This server does not search for words ({bare}).")
        if key == "repo":
            world = next((each for each in worlds if each.answers_to(value.strip('"'))), None)
        elif key == "sort":
            order = value
        else:
            conditions.append((key, value))
    found = list(world.issues.values()) if world else []
    for key, value in conditions:
        found = [issue for issue in found if _meets(issue, key, value)]
    field, _, direction = order.partition("-")
    found.sort(
        key=lambda issue: (issue.updated_at if field == "updated" else issue.at, issue.serial),
        reverse=direction != "asc",
    )
    return world, found


def _meets(issue: Issue, key: str, value: str) -> bool:
    if key == "created":
        return _within(issue.at, value)
    if key == "updated":
        return _within(issue.updated_at, value)
    if (key, value) in {("is", "issue"), ("type", "issue")}:
        return True
    if key in ("is", "state") and value in ("open", "closed"):
        return issue.state == value.upper()
    raise GraphQLError(f"This server does not know {key}:{value} in a search.")


def _within(moment: datetime, span: str) -> bool:
    if ".." in span:
        low, _, high = span.partition("..")
        return (low == "*" or moment >= _first(low)) and (high == "*" or moment <= _last(high))
    if span.startswith(">="):
        return moment >= _first(span[2:])
    if span.startswith("<="):
        return moment <= _last(span[2:])
    if span.startswith(">"):
        return moment > _last(span[1:])
    if span.startswith("<"):
        return moment < _first(span[1:])
    return _first(span) <= moment <= _last(span)


def _first(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _last(text: str) -> datetime:
    """A day means all of it."""
    return _first(text) + (_DAY - _SECOND if len(text) == len("2020-01-01") else _SECOND * 0)
