"""Every query is one of GitHub's schema, and costs what is said of it."""

from typing import Any

import pytest
from graphql import parse, validate

from tasks.sources.github import queries
from tasks.sources.github.queries import (
    IDS_PER_CALL,
    ISSUE_CONNECTIONS,
    ISSUES_PER_PAGE,
    ITEMS_PER_PAGE,
    PULLS_PER_PAGE,
    THREADS_PER_CALL,
)
from tests.github_server.cost import Cost, cost_of
from tests.github_server.schema import need_schema

REPOSITORY = {"owner": "o", "name": "n"}
ISSUES_PAGE = REPOSITORY | {"first": ISSUES_PER_PAGE, "items": ITEMS_PER_PAGE}
IDS: dict[str, Any] = {"ids": [f"I_{n}" for n in range(IDS_PER_CALL)], "items": ITEMS_PER_PAGE}
THREADS = tuple(ISSUE_CONNECTIONS[n % 5] for n in range(THREADS_PER_CALL))


def cost(text: str, variables: dict[str, Any]) -> Cost:
    schema, document = need_schema(), parse(text)
    assert validate(schema, document) == []
    return cost_of(schema, document, variables)


# The connections that GitHub counts: of an issue five, of a pull request three, parents among them.
@pytest.mark.parametrize(
    ("text", "variables", "requests", "points"),
    [
        (queries.ISSUES, ISSUES_PAGE, 3 + 29 * 5, 1),
        (queries.ISSUES, ISSUES_PAGE | {"first": ISSUES_PER_PAGE + 1}, 3 + 30 * 5, 2),
        (queries.ISSUES_BY_ID, IDS | {"ids": IDS["ids"][:ISSUES_PER_PAGE]}, 29 * 5, 1),
        (queries.issues_by_number(ISSUES_PER_PAGE), ISSUES_PAGE, 29 * 5, 1),
        (queries.issue_ids(IDS_PER_CALL), REPOSITORY, 0, 1),
        (queries.COMMENT_EDITS, IDS, 100, 1),
        (queries.NEWEST_ISSUE, REPOSITORY, 1, 1),
        (queries.issue_counts(60), REPOSITORY, 60, 1),
        (queries.thread_pages(THREADS), {"items": ITEMS_PER_PAGE}, 60, 1),
        (queries.PULLS_BY_AGE, REPOSITORY | {"first": PULLS_PER_PAGE}, 202, 2),
        (queries.PULLS_BY_UPDATE, REPOSITORY | {"first": PULLS_PER_PAGE}, 202, 2),
        (queries.pulls_by_number(THREADS_PER_CALL), REPOSITORY, 100, 1),
    ],
)
def test_a_query_is_valid_and_costs_what_its_connections_cost(
    text: str, variables: dict[str, Any], requests: int, points: int
) -> None:
    found = cost(text, variables)
    assert (found.requests, found.points) == (requests, points)


@pytest.mark.parametrize(
    "text",
    [
        queries.ISSUES,
        queries.ISSUES_BY_ID,
        queries.COMMENT_EDITS,
        queries.NEWEST_ISSUE,
        queries.PULLS_BY_AGE,
        queries.issues_by_number(2),
        queries.issue_ids(2),
        queries.pulls_by_number(2),
        queries.thread_pages(("comments", "userContentEdits")),
        queries.issue_counts(2),
    ],
)
def test_every_query_asks_what_it_cost(text: str) -> None:
    assert "rateLimit { cost limit remaining resetAt }" in text


def test_edits_inside_a_page_of_issues_would_cost_twentynine_points() -> None:
    """Why they have a query of their own."""
    within = queries.ISSUES.replace(
        "isMinimized", "isMinimized userContentEdits(first: 1) { totalCount }"
    )
    assert cost(within, ISSUES_PAGE).points == (1 + 29 * 5 + 29 * 100 + 50) // 100
