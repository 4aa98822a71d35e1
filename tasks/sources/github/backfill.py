"""Cutting a long sweep into windows of update times that can be swept side by side.

An issue that is updated while its window is swept leaves it for a time after the last window,
where the sweep that follows the windows finds it. So windows need no reconciliation: together
with that sweep they cover every issue, whatever happens meanwhile.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import Any, Final

from tasks.domain.collecting import Call
from tasks.sources.github import queries
from tasks.sources.github.desk import Desk, Portion, Question, Repository
from tasks.sources.github.state import moment, stamp

ISSUES_PER_WINDOW: Final = 5_000
# Below this many, one stream is quick enough.
WORTH_WINDOWS: Final = 4_000
_MOST_WINDOWS: Final = 16
_PROBES: Final = 60
_ROUNDS: Final = 3

# (moment, issues updated since then), in the order of time
Counts = list[tuple[str, int]]
Window = tuple[str, str]


async def plan_windows(
    desk: Desk, repository: Repository, start: str, total: int, calls: list[Call]
) -> tuple[list[Window], str]:
    """Windows [from, to) of about equal size from `start` to the newest update, and that update.

    `total` issues lie ahead. Costs a call for the newest update and three for the counts, a point
    each, whatever the number of issues.
    """
    newest = await _newest(desk, repository, calls) or start
    counts: Counts = [(start, total), (newest, 0)]
    windows = max(2, min(_MOST_WINDOWS, ceil(total / ISSUES_PER_WINDOW)))
    goals = [total * (windows - i) // windows for i in range(1, windows)]
    for _ in range(_ROUNDS):
        asked = _between(counts, goals)
        if asked:
            counts = sorted({*counts, *await _count(desk, repository, asked, calls)})
    cuts = {min(counts, key=lambda c: abs(c[1] - goal))[0] for goal in goals}
    edges = sorted({start, *cuts, newest})
    return list(pairwise(edges)), newest


def _between(counts: Counts, goals: Sequence[int]) -> list[str]:
    """Moments to ask for next: spread over the gaps in which the goals lie."""
    gaps = {
        (counts[i][0], counts[i + 1][0])
        for goal in goals
        for i in range(len(counts) - 1)
        if counts[i][1] > goal >= counts[i + 1][1]
    }
    each = _PROBES // max(1, len(gaps))
    found: set[str] = set()
    for early, late in gaps:
        step = (moment(late) - moment(early)) / (each + 1)
        if step >= timedelta(seconds=1):
            found |= {stamp(moment(early) + step * i) for i in range(1, each + 1)}
    return sorted(found - {at for at, _ in counts})


async def _newest(desk: Desk, repository: Repository, calls: list[Call]) -> str | None:
    def question() -> tuple[str, dict[str, Any], int]:
        return queries.NEWEST_ISSUE, _variables(repository), 1

    reply = await desk.ask("newest issue", Portion(1, 1), question, calls)
    nodes = [node for node in reply.data["repository"]["issues"]["nodes"] if node is not None]
    return str(nodes[0]["updatedAt"]) if nodes else None


async def _count(
    desk: Desk, repository: Repository, moments: Sequence[str], calls: list[Call]
) -> Counts:
    found: Counts = []

    def question(asked: Sequence[str]) -> Question:
        variables = _variables(repository) | {f"s{i}": at for i, at in enumerate(asked)}
        return queries.issue_counts(len(asked)), variables, 1

    portion = Portion(len(moments), 1)
    async for asked, reply in desk.in_portions("issue counts", portion, moments, question, calls):
        answers = reply.data["repository"]
        found += [(at, int(answers[f"n{i}"]["totalCount"])) for i, at in enumerate(asked)]
    return found


def _variables(repository: Repository) -> dict[str, Any]:
    labels = [repository.label] if repository.label else None
    return repository.variables() | {"labels": labels}
