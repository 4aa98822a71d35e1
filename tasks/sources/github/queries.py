"""The GraphQL texts. Each asks for the rate limit, so that the budget hears of every charge.

GitHub charges a call by its connections: the product of the enclosing pages, added up, divided by
100 and rounded, at least one point. An issue has five connections, so a page of 29 issues
(3 + 29 x 5 = 148 requests) is the largest that still costs one point. Comment edits would be a
connection of every comment, 26 points a page: they have a query of their own. So have pull
requests, whose merge commits' parents would cost the same.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

ISSUE_CONNECTIONS: Final = (
    "labels",
    "assignees",
    "userContentEdits",
    "comments",
    "timelineItems",
)
ISSUES_PER_PAGE: Final = 29
ITEMS_PER_PAGE: Final = 100
PULLS_PER_PAGE: Final = 100
IDS_PER_CALL: Final = 100
# Aliased connections in one call: 50 hundreds of comments are as heavy as two pages of issues.
THREADS_PER_CALL: Final = 50

_RATE: Final = "rateLimit { cost limit remaining resetAt }"
_ACTOR: Final = "{ __typename login }"
_PAGE_INFO: Final = "pageInfo { hasNextPage endCursor }"
_EVENTS: Final = """
    ... on RenamedTitleEvent { id createdAt actor ACTOR previousTitle currentTitle }
    ... on CrossReferencedEvent { id createdAt actor ACTOR isCrossRepository source { __typename
      ... on PullRequest { number url merged repository { nameWithOwner } } } }
    ... on LabeledEvent { id createdAt actor ACTOR label { name } }
    ... on UnlabeledEvent { id createdAt actor ACTOR label { name } }
    ... on AssignedEvent { id createdAt actor ACTOR assignee { ASSIGNEE } }
    ... on UnassignedEvent { id createdAt actor ACTOR assignee { ASSIGNEE } }
    ... on ClosedEvent { id createdAt actor ACTOR closer { __typename
      ... on PullRequest { number url repository { nameWithOwner } }
      ... on Commit { oid } } }
    ... on ReopenedEvent { id createdAt actor ACTOR }
    ... on ConnectedEvent { id createdAt actor ACTOR subject { __typename
      ... on PullRequest { number url repository { nameWithOwner } } } }
    ... on DisconnectedEvent { id createdAt actor ACTOR subject { __typename
      ... on PullRequest { number url repository { nameWithOwner } } } }
    ... on TransferredEvent { id createdAt actor ACTOR fromRepository { nameWithOwner } }
    ... on MarkedAsDuplicateEvent { id createdAt actor ACTOR canonical { __typename
      ... on Issue { number url } ... on PullRequest { number url } } }
    ... on CommentDeletedEvent { id createdAt actor ACTOR deletedCommentAuthor ACTOR }
""".replace(
    "ASSIGNEE",
    "__typename ... on User { login } ... on Bot { login } ... on Mannequin { login } "
    "... on Organization { login }",
).replace("ACTOR", _ACTOR)
_ITEM_TYPES: Final = (
    "[RENAMED_TITLE_EVENT, CROSS_REFERENCED_EVENT, LABELED_EVENT, UNLABELED_EVENT, "
    "ASSIGNED_EVENT, UNASSIGNED_EVENT, CLOSED_EVENT, REOPENED_EVENT, CONNECTED_EVENT, "
    "DISCONNECTED_EVENT, TRANSFERRED_EVENT, MARKED_AS_DUPLICATE_EVENT, COMMENT_DELETED_EVENT]"
)
_NODES: Final = {
    "labels": "{ name }",
    "assignees": "{ login }",
    "userContentEdits": f"{{ createdAt editedAt deletedAt diff editor {_ACTOR} }}",
    "comments": (
        "{ id databaseId url body createdAt updatedAt lastEditedAt isMinimized minimizedReason "
        f"authorAssociation author {_ACTOR} }}"
    ),
    "timelineItems": f"{{ __typename {_EVENTS} }}",
}


def connection(name: str, first: str, after: str | None = None) -> str:
    """A page of one of an issue's (or comment's) connections."""
    arguments = f"first: {first}" + (f", after: {after}" if after else "")
    if name == "timelineItems":
        arguments += f", itemTypes: {_ITEM_TYPES}"
    return f"{name}({arguments}) {{ {_PAGE_INFO} nodes {_NODES[name]} }}"


# Assignees are ten at most, but asking for a whole page costs the same.
_ISSUE: Final = f"""
  id databaseId number title body url state stateReason createdAt updatedAt closedAt lastEditedAt
  author {_ACTOR}
  {" ".join(connection(name, "$items") for name in ISSUE_CONNECTIONS)}
"""
_PULL: Final = f"""
  id databaseId number title body url state merged mergedAt createdAt updatedAt closedAt
  baseRefName baseRefOid headRefName headRefOid changedFiles additions deletions author {_ACTOR}
  mergeCommit {{ oid committedDate parents(first: 10) {{ nodes {{ oid }} }} }}
  closingIssuesReferences(first: 10) {{ nodes {{ number url }} }}
"""

ISSUES: Final = f"""
query Issues($owner: String!, $name: String!, $first: Int!, $items: Int!, $after: String,
             $since: DateTime!, $later: DateTime!, $labels: [String!]) {{
  {_RATE}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    issues(first: $first, after: $after, labels: $labels, filterBy: {{ since: $since }},
           orderBy: {{ field: UPDATED_AT, direction: ASC }}) {{
      totalCount
      {_PAGE_INFO}
      nodes {{ {_ISSUE} }}
    }}
    later: issues(labels: $labels, filterBy: {{ since: $later }}) {{ totalCount }}
    newest: issues(first: 1, orderBy: {{ field: UPDATED_AT, direction: DESC }}) {{
      nodes {{ updatedAt }}
    }}
  }}
}}
"""

ISSUES_BY_ID: Final = f"""
query IssuesById($ids: [ID!]!, $items: Int!) {{
  {_RATE}
  nodes(ids: $ids) {{ __typename ... on Issue {{ {_ISSUE} }} }}
}}
"""

COMMENT_EDITS: Final = f"""
query CommentEdits($ids: [ID!]!, $items: Int!) {{
  {_RATE}
  nodes(ids: $ids) {{
    __typename ... on IssueComment {{ id {connection("userContentEdits", "$items")} }}
  }}
}}
"""

NEWEST_ISSUE: Final = f"""
query NewestIssue($owner: String!, $name: String!, $labels: [String!]) {{
  {_RATE}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    issues(first: 1, labels: $labels, orderBy: {{ field: UPDATED_AT, direction: DESC }}) {{
      totalCount
      nodes {{ updatedAt }}
    }}
  }}
}}
"""

_PULLS: Final = f"""
query Pulls($owner: String!, $name: String!, $first: Int!, $after: String) {{
  {_RATE}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    newest: pullRequests(first: 1, orderBy: {{ field: UPDATED_AT, direction: DESC }}) {{
      nodes {{ updatedAt }}
    }}
    pullRequests(first: $first, after: $after, orderBy: {{ ORDER }}) {{
      totalCount
      {_PAGE_INFO}
      nodes {{ {_PULL} }}
    }}
  }}
}}
"""
PULLS_BY_AGE: Final = _PULLS.replace("ORDER", "field: CREATED_AT, direction: ASC")
PULLS_BY_UPDATE: Final = _PULLS.replace("ORDER", "field: UPDATED_AT, direction: DESC")


@cache
def issues_by_number(count: int) -> str:
    """`count` issues of a repository by their numbers ($n0, $n1, ...)."""
    text = _by_number(count, "issue", "{ ...Fields }", "IssuesByNumber", ", $items: Int!")
    return f"{text} fragment Fields on Issue {{ {_ISSUE} }}"


@cache
def issue_ids(count: int) -> str:
    """Whether `count` numbers are issues: their ids, for the price of no connection."""
    return _by_number(count, "issue", "{ id }", "IssueIds", "")


@cache
def pulls_by_number(count: int) -> str:
    """`count` pull requests of a repository by their numbers ($n0, $n1, ...)."""
    text = _by_number(count, "pullRequest", "{ ...Fields }", "PullsByNumber", "")
    return f"{text} fragment Fields on PullRequest {{ {_PULL} }}"


def _by_number(count: int, field: str, body: str, name: str, more: str) -> str:
    declared = "".join(f", $n{i}: Int!" for i in range(count))
    asked = "\n".join(f"n{i}: {field}(number: $n{i}) {body}" for i in range(count))
    return (
        f"query {name}($owner: String!, $name: String!{more}{declared}) {{ {_RATE} "
        f"repository(owner: $owner, name: $name) {{ nameWithOwner {asked} }} }}"
    )


@cache
def thread_pages(connections: Sequence[str]) -> str:
    """The next page ($aN) of a connection of each of several nodes ($iN), issues or comments."""
    declared = "".join(f", $i{i}: ID!, $a{i}: String" for i in range(len(connections)))
    asked = "\n".join(
        f"n{i}: node(id: $i{i}) {{ __typename "
        f"... on Issue {{ updatedAt {connection(name, '$items', f'$a{i}')} }} "
        + (
            f"... on IssueComment {{ lastEditedAt {connection(name, '$items', f'$a{i}')} }} "
            if name == "userContentEdits"
            else ""
        )
        + "}"
        for i, name in enumerate(connections)
    )
    return f"query ThreadPages($items: Int!{declared}) {{ {_RATE} {asked} }}"


@cache
def issue_counts(count: int) -> str:
    """How many issues were updated since each of `count` moments ($sN)."""
    declared = "".join(f", $s{i}: DateTime!" for i in range(count))
    asked = "\n".join(
        f"n{i}: issues(labels: $labels, filterBy: {{ since: $s{i} }}) {{ totalCount }}"
        for i in range(count)
    )
    return (
        f"query IssueCounts($owner: String!, $name: String!, $labels: [String!]{declared}) "
        f"{{ {_RATE} repository(owner: $owner, name: $name) {{ nameWithOwner {asked} }} }}"
    )
