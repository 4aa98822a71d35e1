"""A client without any care: a call after another, every connection to its end, no retries."""

from typing import Any

import httpx

Json = dict[str, Any]
_PAGE = "pageInfo { endCursor hasNextPage }"
_WHO = "{ __typename login }"
_KINDS = (
    *("RENAMED_TITLE", "CROSS_REFERENCED", "LABELED", "UNLABELED", "ASSIGNED", "UNASSIGNED"),
    *("CLOSED", "REOPENED", "CONNECTED", "DISCONNECTED", "TRANSFERRED", "MARKED_AS_DUPLICATE"),
    "COMMENT_DELETED",
)
_PULL_NAMED = "... on PullRequest { number url repository { nameWithOwner } }"
_CARRIED = {
    "RenamedTitle": "previousTitle currentTitle",
    "CrossReferenced": "isCrossRepository source { __typename ... on PullRequest "
    "{ number url merged repository { nameWithOwner } } }",
    "Labeled": "label { name }",
    "Unlabeled": "label { name }",
    "Assigned": "assignee { __typename ... on User { login } ... on Bot { login } }",
    "Unassigned": "assignee { __typename ... on User { login } ... on Bot { login } }",
    "Closed": f"closer {{ __typename {_PULL_NAMED} ... on Commit {{ oid }} }}",
    "Reopened": "",
    "Connected": f"subject {{ __typename {_PULL_NAMED} }}",
    "Disconnected": f"subject {{ __typename {_PULL_NAMED} }}",
    "Transferred": "fromRepository { nameWithOwner }",
    "MarkedAsDuplicate": "canonical { __typename ... on Issue { number url } }",
    "CommentDeleted": f"deletedCommentAuthor {_WHO}",
}
_ITEMS = " ".join(
    f"... on {name}Event {{ id createdAt actor {_WHO} {fields} }}"
    for name, fields in _CARRIED.items()
)
_EDITS = f"createdAt editedAt deletedAt diff editor {_WHO}"
_COMMENT = (
    "id databaseId url body createdAt updatedAt lastEditedAt isMinimized minimizedReason "
    f"authorAssociation author {_WHO}"
)
CONNECTIONS = {
    "assignees": ("first: 100", "login"),
    "labels": ("first: 100", "name"),
    "userContentEdits": ("first: 100", _EDITS),
    "comments": ("first: 100", _COMMENT),
    "timelineItems": (
        f"first: 100, itemTypes: [{', '.join(f'{kind}_EVENT' for kind in _KINDS)}]",
        f"__typename {_ITEMS}",
    ),
}


def _connection(name: str, after: str = "") -> str:
    arguments, fields = CONNECTIONS[name]
    return f"{name}({arguments}{after}) {{ {_PAGE} nodes {{ {fields} }} }}"


_ISSUE = (
    "id databaseId number title body url state stateReason createdAt updatedAt closedAt "
    f"lastEditedAt author {_WHO} " + " ".join(_connection(name) for name in CONNECTIONS)
)
_PULL = (
    "id databaseId number title body url state merged mergedAt createdAt updatedAt closedAt "
    f"baseRefName baseRefOid headRefName headRefOid author {_WHO} changedFiles additions deletions "
    "mergeCommit { oid committedDate parents(first: 10) { nodes { oid } } } "
    "closingIssuesReferences(first: 10) { nodes { number url } }"
)
_ORDER = "orderBy: {field: UPDATED_AT, direction: ASC}"


def sweep(connection: str, fields: str, size: int = 20) -> str:
    return (
        "query Sweep($owner: String!, $name: String!, $after: String) { rateLimit { cost }"
        f" repository(owner: $owner, name: $name) {{ {connection}(first: {size}, after: $after, "
        f"{_ORDER}) {{ totalCount {_PAGE} nodes {{ {fields} }} }} }} }}"
    )


ISSUES = sweep("issues", _ISSUE)
PULLS = sweep("pullRequests", _PULL)
NUMBERS = sweep("issues", "number")


class NaiveReader:
    """Reads a repository through a server, whole."""

    def __init__(self, url: str, repository: str, token: str = "token-a") -> None:
        self.url = url
        self.owner, _, self.name = repository.partition("/")
        headers = {"Authorization": f"bearer {token}"}
        # Loading certificates costs more than most tests, and nothing here speaks TLS.
        self.client = httpx.Client(headers=headers, timeout=30, verify=False)

    def __enter__(self) -> "NaiveReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def post(self, text: str, **variables: Any) -> httpx.Response:
        names = {"owner": self.owner, "name": self.name} if "$owner" in text else {}
        body = {"query": text, "variables": names | variables}
        return self.client.post(self.url, json=body)

    def ask(self, text: str, **variables: Any) -> Json:
        answer: Json = self.post(text, **variables).json()
        assert "errors" not in answer, answer["errors"]
        data: Json = answer["data"]
        return data

    def listed(self, text: str, connection: str) -> list[Json]:
        """All nodes of a repository's connection, in the order in which they came."""
        found: list[Json] = []
        page: Json = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = self.ask(text, after=after)["repository"][connection]
            found += page["nodes"]
        return found

    def issues(self) -> list[Json]:
        """Payloads, inner connections whole."""
        found = self.listed(ISSUES, "issues")
        for issue in found:
            for name in CONNECTIONS:
                issue[name] = {"nodes": self._whole(issue["id"], "Issue", name, issue[name])}
        return found

    def pulls(self) -> list[Json]:
        return self.listed(PULLS, "pullRequests")

    def comment_edits(self, identity: str) -> Json:
        begin: Json = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}
        nodes = self._whole(identity, "IssueComment", "userContentEdits", begin)
        return {"id": identity, "userContentEdits": {"nodes": nodes}}

    def _whole(self, identity: str, kind: str, name: str, page: Json) -> list[Json]:
        nodes = list(page["nodes"])
        inner = _connection(name, ", after: $after")
        text = (
            "query More($id: ID!, $after: String) "
            f"{{ node(id: $id) {{ ... on {kind} {{ {inner} }} }} }}"
        )
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = self.ask(text, id=identity, after=after)["node"][name]
            nodes += page["nodes"]
        return nodes
