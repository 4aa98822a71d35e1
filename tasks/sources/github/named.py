"""Fetching issues and pull requests by their numbers."""

from collections.abc import Iterable, Sequence
from typing import Any

from tasks.domain.collecting import Call
from tasks.domain.documents import Document
from tasks.sources.github import queries
from tasks.sources.github.desk import Desk, Portion, Repository
from tasks.sources.github.gathering import Gathering
from tasks.sources.github.gone import look_for
from tasks.sources.github.shapes import Node, document, pulls_of


async def fetch_issues(gathering: Gathering, numbers: Sequence[int]) -> list[int]:
    """Land the issues of these numbers as they are now; returns numbers that are no issues.

    What is known to have been an issue and is not there any more is landed as gone.
    """
    desk, repository = gathering.desk, gathering.repository
    portion = Portion(queries.ISSUES_PER_PAGE, queries.ITEMS_PER_PAGE)
    missing: list[int] = []
    left = list(numbers)
    while left:
        asked: list[int] = []

        def question(
            left: list[int] = left, asked: list[int] = asked
        ) -> tuple[str, dict[str, Any], int]:
            asked[:] = left[: portion.count]
            variables = repository.variables() | {"items": portion.items}
            variables |= {f"n{i}": number for i, number in enumerate(asked)}
            return queries.issues_by_number(len(asked)), variables, 1

        reply = await desk.ask("issues by number", portion, question, gathering.calls)
        answers = reply.data["repository"]
        desk.heard_name(repository, answers["nameWithOwner"])
        nodes = [answers.get(f"n{i}") for i in range(len(asked))]
        missing += [number for number, node in zip(asked, nodes, strict=True) if not node]
        found = [node for node in nodes if node]
        desk.issues += len(found)
        await gathering.take(found, seen=[f"{repository.name}#{n['number']}" for n in found])
        await gathering.drain(everything=False)
        left = left[len(asked) :]
    await gathering.drain(everything=True)
    return await _without_gone(gathering, missing)


async def _without_gone(gathering: Gathering, missing: list[int]) -> list[int]:
    """Land what is gone among the missing; the rest of them."""
    repository, store = gathering.repository, gathering.desk.store
    names = [f"{repository.name}#{number}" for number in missing]
    known = store.known("github.issue", names)
    once = [n for n in missing if f"{repository.name}#{n}" in known]
    found = await look_for(gathering.desk, repository, missing, gathering.calls)
    # Of a number that was never landed, "not found" says nothing but that it was misspelt.
    gone = [d for d in found if d.external_id in known or d.payload["reason"] != "unavailable"]
    if gathering.calls or gone:
        await gathering.commit(gone)
    said = {d.payload["number"] for d in gone} | set(once)
    return [number for number in missing if number not in said]


async def numbers_gone(gathering: Gathering, numbers: Iterable[int]) -> tuple[list[int], list[int]]:
    """Of known issues, (numbers that GitHub does not show any more, numbers that it does)."""
    desk, repository = gathering.desk, gathering.repository
    portion = Portion(queries.IDS_PER_CALL, 1)
    left, gone, there = list(numbers), list[int](), list[int]()
    while left:
        asked: list[int] = []

        def question(
            left: list[int] = left, asked: list[int] = asked
        ) -> tuple[str, dict[str, Any], int]:
            asked[:] = left[: portion.count]
            variables: dict[str, Any] = repository.variables()
            variables |= {f"n{i}": number for i, number in enumerate(asked)}
            return queries.issue_ids(len(asked)), variables, 1

        reply = await desk.ask("issue ids", portion, question, gathering.calls)
        for i, number in enumerate(asked):
            (there if reply.data["repository"].get(f"n{i}") else gone).append(number)
        left = left[len(asked) :]
    return gone, there


async def linked_pulls(
    desk: Desk, repository: Repository, issues: Iterable[Node], calls: list[Call]
) -> list[Document]:
    """The repository's pull requests that these issues' threads name."""
    home = desk.names.get(repository.name, repository.name)
    left = sorted({number for issue in issues for number in pulls_of(issue, home)})
    portion = Portion(queries.THREADS_PER_CALL, 1)
    found: list[Document] = []
    while left:
        asked: list[int] = []

        def question(
            left: list[int] = left, asked: list[int] = asked
        ) -> tuple[str, dict[str, Any], int]:
            asked[:] = left[: portion.count]
            variables: dict[str, Any] = repository.variables()
            variables |= {f"n{i}": number for i, number in enumerate(asked)}
            return queries.pulls_by_number(len(asked)), variables, 1

        reply = await desk.ask("pulls by number", portion, question, calls)
        for i, number in enumerate(asked):
            node = reply.data["repository"].get(f"n{i}")
            if node:
                name = f"{repository.name}#{number}"
                found.append(document("github.pull", name, node, desk.now()))
        left = left[len(asked) :]
    return found
