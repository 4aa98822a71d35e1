"""GitHub documents → issues and pull requests. Pure; the newest copy of each document counts."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, get_args

from tasks.domain.documents import Document
from tasks.domain.issues import Comment, Gone, IssueHistory, PullRequest
from tasks.domain.protocols import Malformed, Market
from tasks.sources.github.fields import (
    UNREADABLE,
    Node,
    checked_name_of,
    distinct,
    login,
    maybe_text,
    maybe_time,
    nodes,
    text,
    time,
)
from tasks.sources.github.texts import Edits, edits_of, lost_edits, versions
from tasks.sources.github.timeline import (
    assignments_of,
    creation,
    event_of,
    linked_pulls,
    titles_of,
)

T = TypeVar("T")
_NO_EDITS = Edits()
_UNWANTED: Final = frozenset({"spam", "abuse"})
_BEYOND: Final = 2**63  # what the warehouse counts up to
_COMMENT_LINK = re.compile(r"#issuecomment-(\d+)\Z")


@dataclass(frozen=True, slots=True)
class _Departure:
    """A document that says an issue can no longer be read, or (None) that it can after all."""

    document: Document
    reason: Gone | None


def parse_documents(
    documents: Iterable[Document], names: Mapping[str, str] | None = None
) -> Market:
    """Issues with their comments' versions, and pull requests, each in the order of their names.

    A document that cannot be read is listed as malformed and costs nothing but itself. `names`
    is what renamed repositories are called in their own addresses → the name their documents
    stand under; without it, the documents themselves tell.
    """
    newest = _newest(documents)
    malformed: list[Malformed] = []

    def read(kind: str, parse: Callable[[Document], T]) -> dict[str, T]:
        found = {}
        for name, document in sorted(newest.get(f"github.{kind}", {}).items()):
            try:
                found[name] = parse(document)
            except UNREADABLE as error:
                malformed.append(_malformed(document, error))
        return found

    edits = read("comment_edits", lambda document: edits_of(document.payload))
    departures = read("gone", _departure)
    if names is None:
        names = other_names(d for listed in newest.values() for d in listed.values())
    issues = read("issue", lambda document: _issue(document, edits, departures, names))
    pulls = read("pull", lambda document: _pull(document, names))
    return Market(
        issues=tuple(issues.values()), pulls=tuple(pulls.values()), malformed=tuple(malformed)
    )


def _newest(documents: Iterable[Document]) -> dict[str, dict[str, Document]]:
    """Kind → external id → the newest copy."""
    newest: dict[str, dict[str, Document]] = {}
    for document in documents:
        held = newest.setdefault(document.kind, {})
        other = held.get(document.external_id)
        if other is None or _is_newer(document, other):
            held[document.external_id] = document
    return newest


def other_names(documents: Iterable[Document]) -> dict[str, str]:
    """What a repository is called in its own addresses → the name its documents stand under.

    They differ once it is renamed, and then texts and events use both.
    """
    found = {}
    for document in documents:
        if document.kind in ("github.issue", "github.pull"):
            called = repository_in(str(document.payload.get("url")))
            repository = _repository(document.external_id)
            if called not in (None, repository):
                found[called] = repository
    return found


def repository_in(url: str) -> str | None:
    """`owner/name` in the address of an issue or a pull request."""
    parts = url.split("/")
    return "/".join(parts[-4:-2]) if len(parts) >= 4 else None


def comment_ids(document: Document) -> list[str]:
    """The node ids of an issue's comments, as far as they can be read."""
    held = document.payload.get("comments")
    listed = held.get("nodes") if isinstance(held, dict) else None
    if not isinstance(listed, list):
        return []
    ids = [node.get("id") for node in listed if isinstance(node, dict)]
    return [each for each in ids if isinstance(each, str) and each.isascii()]


def _homed(name: str, names: Mapping[str, str]) -> str:
    repository, _, number = name.rpartition("#")
    return f"{names.get(repository, repository)}#{number}"


def _is_newer(document: Document, other: Document) -> bool:
    """By time, then content. Digests are made for ties only: they cost more than the parsing."""
    if document.fetched_at != other.fetched_at:
        return document.fetched_at > other.fetched_at
    return document.content_sha256() > other.content_sha256()


def _malformed(document: Document, error: Exception) -> Malformed:
    name = document.external_id
    if document.kind == "github.gone":
        name += "/gone"  # the issue of that name is a document of its own
    message = (str(error).splitlines() or [""])[0]
    what = f"{type(error).__name__}: {message}"
    return Malformed(document_id=name, file=document.kind, row=None, reason=what)


def _departure(document: Document) -> _Departure:
    given = document.payload["reason"]
    if given == "returned":
        return _Departure(document, None)
    for reason in get_args(Gone):
        if reason == given:
            return _Departure(document, reason)
    raise ValueError(f"unknown reason {given!r}")


def _gone(document: Document, departures: Mapping[str, _Departure]) -> Gone | None:
    """None where the issue was read again after it had gone."""
    departure = departures.get(document.external_id)
    if departure is None or not _is_newer(departure.document, document):
        return None
    return departure.reason


def _repository(external_id: str) -> str:
    return external_id.partition("#")[0]


def _issue(
    document: Document,
    edits: Mapping[str, Edits],
    departures: Mapping[str, _Departure],
    names: Mapping[str, str],
) -> IssueHistory:
    node, name = document.payload, document.external_id
    timeline = distinct(nodes(node, "timelineItems"))
    said = [(c, edits.get(c["id"], _NO_EDITS)) for c in distinct(nodes(node, "comments"))]
    comments = [_comment(c, history) for c, history in said]
    _check_numbers(comments)
    body_edits = edits_of(node)
    bodies = versions(node, body_edits)
    titles = titles_of(node, timeline, name)
    events = [creation(titles[0])]
    events += [event_of(item, name) for item in timeline]
    events += lost_edits(body_edits, bodies, "the body", name)
    for (raw, history), comment in zip(said, comments, strict=True):
        if history.lost:
            events += lost_edits(history, comment.versions, comment.url, raw["id"])
    issue = IssueHistory(
        repository=_repository(name),
        number=node["number"],
        url=node["url"],
        author=login(node.get("author")),
        state=node["state"],
        state_reason=node.get("stateReason"),
        created_at=time(node["createdAt"]),
        closed_at=maybe_time(node.get("closedAt")),
        titles=titles,
        bodies=bodies,
        comments=tuple(sorted(comments, key=lambda c: (c.created_at, c.comment_id))),
        assignments=assignments_of(timeline),
        labels=tuple(sorted(label["name"] for label in nodes(node, "labels"))),
        linked_pulls=tuple(sorted({_homed(pull, names) for pull in linked_pulls(timeline)})),
        events=tuple(
            sorted(
                events,
                key=lambda e: (
                    e.occurred_at,
                    e.event_type != "title_at_creation",
                    e.document_id,
                    e.detail,
                ),
            )
        ),
        gone=_gone(document, departures),
        document_id=name,
    )
    _check(issue, document)
    return issue


def _check(found: IssueHistory | PullRequest, document: Document) -> None:
    """Refuse what the warehouse could not hold beside the others.

    A document that names another number would be staged twice. A lone surrogate is no Unicode
    text, and neither Arrow nor DuckDB take it; writing the model as JSON finds one anywhere. The
    comments' own have been looked at one by one.
    """
    if found.name != document.external_id:
        raise ValueError(f"the payload is numbered {found.number}")
    found.model_dump_json(exclude={"comments"})


def _check_numbers(comments: Iterable[Comment]) -> None:
    """Refuse two comments of one number: links and proposals would mean either of them."""
    node_ids: dict[int, str | None] = {}
    for comment in comments:
        other = node_ids.setdefault(comment.comment_id, comment.node_id)
        if other != comment.node_id:
            both = " and ".join(sorted(map(str, (other, comment.node_id))))
            raise ValueError(f"the comments {both} are both numbered {comment.comment_id}")


def _comment(node: Node, edits: Edits) -> Comment:
    return Comment(
        comment_id=comment_number(node),
        url=text(node["url"]),
        author=login(node.get("author")),
        association=maybe_text(node.get("authorAssociation")),
        created_at=time(node["createdAt"]),
        versions=versions(node, edits),
        minimized=bool(node.get("isMinimized")),
        unwanted=(maybe_text(node.get("minimizedReason")) or "").casefold() in _UNWANTED,
        node_id=text(node["id"]),
    )


def comment_number(node: Node) -> int:
    """GitHub's `databaseId` is a 32-bit field and may be null beyond; the link has the number."""
    number = node.get("databaseId")
    if number is None:
        link = _COMMENT_LINK.search(node["url"])
        if link is None:
            raise ValueError("a comment without a number")
        number = int(link[1])
    if type(number) is not int or not -_BEYOND <= number < _BEYOND:
        raise ValueError(f"{number!r} is no comment's number")
    return number


def _pull(document: Document, names: Mapping[str, str]) -> PullRequest:
    node, home = document.payload, _repository(document.external_id)
    merge = node.get("mergeCommit") or {}
    closes = {checked_name_of(issue) for issue in nodes(node, "closingIssuesReferences")}
    pull = PullRequest(
        repository=home,
        number=node["number"],
        title=node["title"],
        body=node.get("body") or "",
        url=node["url"],
        author=login(node.get("author")),
        state=node["state"],
        created_at=time(node["createdAt"]),
        merged_at=maybe_time(node.get("mergedAt")),
        merge_commit=merge.get("oid"),
        parents=tuple(parent["oid"] for parent in nodes(merge, "parents")),
        closed_at=maybe_time(node.get("closedAt")),
        base_branch=node.get("baseRefName"),
        head_commit=node.get("headRefOid"),
        head_branch=node.get("headRefName"),
        changed_files=node.get("changedFiles"),
        additions=node.get("additions"),
        deletions=node.get("deletions"),
        also_named=tuple(sorted(other for other, own in names.items() if own == home)),
        closes=tuple(sorted({_homed(issue, names) for issue in closes})),
    )
    _check(pull, document)
    return pull
