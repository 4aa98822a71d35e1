"""Fetching issues and pull requests by their numbers."""

from collections.abc import Iterable, Sequence

from tasks.domain.collecting import Call
from tasks.domain.documents import Document
from tasks.sources.github import queries
from tasks.sources.github.desk import Desk, Portion, Question, Repository
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

    def question(asked: Sequence[int]) -> Question:
        variables = repository.numbered(asked) | {"items": portion.items}
        return queries.issues_by_number(len(asked)), variables, 1

    name = "issues by number"
    async for asked, reply in desk.in_portions(name, portion, numbers, question, gathering.calls):
        answers = reply.data["repository"]
        desk.heard_name(repository, answers["nameWithOwner"])
        nodes = [answers.get(f"n{i}") for i in range(len(asked))]
        missing += [number for number, node in zip(asked, nodes, strict=True) if not node]
        found = [node for node in nodes if node]
        desk.issues += len(found)
        await gathering.take(found, seen=[f"{repository.name}#{n['number']}" for n in found])
        await gathering.drain(everything=False)
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


async def numbers_gone(gathering: Gathering, numbers: Sequence[int]) -> tuple[list[int], list[int]]:
    """Of known issues, (numbers that GitHub does not show any more, numbers that it does)."""
    desk, repository = gathering.desk, gathering.repository
    gone, there = list[int](), list[int]()

    def question(asked: Sequence[int]) -> Question:
        return queries.issue_ids(len(asked)), repository.numbered(asked), 1

    portion = Portion(queries.IDS_PER_CALL, 1)
    name = "issue ids"
    async for asked, reply in desk.in_portions(name, portion, numbers, question, gathering.calls):
        for i, number in enumerate(asked):
            (there if reply.data["repository"].get(f"n{i}") else gone).append(number)
    return gone, there


async def linked_pulls(
    desk: Desk, repository: Repository, issues: Iterable[Node], calls: list[Call]
) -> list[Document]:
    """The repository's pull requests that these issues' threads name."""
    home = desk.names.get(repository.name, repository.name)
    numbers = sorted({number for issue in issues for number in pulls_of(issue, home)})
    found: list[Document] = []

    def question(asked: Sequence[int]) -> Question:
        return queries.pulls_by_number(len(asked)), repository.numbered(asked), 1

    portion = Portion(queries.THREADS_PER_CALL, 1)
    name = "pulls by number"
    async for asked, reply in desk.in_portions(name, portion, numbers, question, calls):
        for i, number in enumerate(asked):
            node = reply.data["repository"].get(f"n{i}")
            if node:
                external_id = f"{repository.name}#{number}"
                found.append(document("github.pull", external_id, node, desk.now()))
    return found
