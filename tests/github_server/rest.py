"""The few REST endpoints that are needed: a repository, its issues, its comments."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.github_server.exchange import Reply, json_reply, message_reply
from tests.github_server.nodes import stamp
from tests.github_server.records import Actor, Comment, Issue, Pull
from tests.github_server.world import World

Json = dict[str, Any]
Query = Mapping[str, str]
_MOVED = "Moved Permanently"
# Bodies name the public address, since programs cut it off by its letters; Link and Location lead
# to this server.
_PUBLIC = "https://api.github.com"
_DEFAULT_PAGE = 30
_MAX_PAGE = 100


def answer(worlds: Sequence[World], base_url: str, path: str, query: Query) -> Reply:
    """The reply to a GET; 404 in GitHub's words for a path that is not there."""
    path = path.removeprefix("/moved").removeprefix("/api/v3")
    by_id = re.fullmatch(r"/repositories/(\d+)(/.*)?", path)
    by_name = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
    for world in worlds:
        rest = None
        if by_id and int(by_id[1]) == world.database_id:
            rest = by_id[2] or ""
        elif by_name and world.answers_to(by_name[1]):
            rest = by_name[2] or ""
            if by_name[1].lower() != world.repository.lower():
                there = f"{base_url}/repositories/{world.database_id}{rest}"
                query_string = f"?{urlencode(query)}" if query else ""
                return message_reply(301, _MOVED, {"Location": there + query_string})
        if rest is not None:
            with world.lock:
                return _inside(world, base_url, rest, query)
    arrived = _transferred_to(worlds, by_name) if by_name else None
    return json_reply(200, arrived) if arrived else message_reply(404, "Not Found")


def _inside(world: World, base_url: str, rest: str, query: Query) -> Reply:
    if rest == "":
        return json_reply(200, _repository(world))
    for pattern, handler in _ROUTES:
        matched = re.fullmatch(pattern, rest)
        if matched:
            return handler(world, base_url, query, *(int(each) for each in matched.groups()))
    return message_reply(404, "Not Found")


def _transferred_to(worlds: Sequence[World], by_name: "re.Match[str]") -> Json | None:
    """An issue that was transferred answers in the repository that it went to."""
    inside = re.fullmatch(r"/issues/(\d+)", by_name[2] or "")
    for world in worlds:
        if inside and world.transferred.get(int(inside[1])) == by_name[1]:
            return {"number": int(inside[1]), "repository_url": f"{_PUBLIC}/repos/{by_name[1]}"}
    return None


def _repository(world: World) -> Json:
    owner, _, name = world.repository.partition("/")
    return {
        "id": world.database_id,
        "node_id": f"R_kw{world.key}",
        "name": name,
        "full_name": world.repository,
        "owner": _user(Actor(owner)),
        "private": False,
        "html_url": world.url,
        "created_at": stamp(world.created_at),
        "updated_at": stamp(world.now),
        "license": None,
        "topics": [],
    }


def _user(who: Actor | None) -> Json:
    """REST answers with an account called ghost where GraphQL has null."""
    login = who.login if who else "ghost"
    return {
        "login": login,
        "id": sum(ord(letter) * 257**place for place, letter in enumerate(login)) % 2**31,
        "node_id": f"U_kw{login}",
        "type": who.typename if who else "User",
        "name": login,
        "html_url": f"https://github.com/{login}",
        "site_admin": False,
    }


def _label(name: str) -> Json:
    number = sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 2**31
    return {
        "id": number,
        "node_id": f"LA_kw{number}",
        "name": name,
        "color": "ededed",
        "default": False,
        "description": None,
        "url": "",
    }


def _issue(world: World, issue: Issue) -> Json:
    own = f"{_PUBLIC}/repos/{world.repository}/issues/{issue.number}"
    return _shared(world, issue) | {
        "body": issue.text.now,
        "html_url": f"{world.url}/issues/{issue.number}",
        "url": own,
        "comments_url": f"{own}/comments",
        "comments": len(issue.comments),
        "state": issue.state.lower(),
        "state_reason": (issue.state_reason or "").lower() or None,
        "closed_at": stamp(issue.closed_at),
        "labels": [_label(name) for name in issue.labels],
        "assignees": [_user(who) for who in issue.assignees],
        "assignee": _user(issue.assignees[0]) if issue.assignees else None,
    }


def _pull(world: World, pull: Pull) -> Json:
    """The issue that GitHub makes of a pull request, told by its key pull_request."""
    own = f"{_PUBLIC}/repos/{world.repository}"
    return _shared(world, pull) | {
        "body": pull.body,
        "html_url": f"{world.url}/pull/{pull.number}",
        "url": f"{own}/issues/{pull.number}",
        "comments_url": f"{own}/issues/{pull.number}/comments",
        "comments": 0,
        "state": "open" if pull.state == "OPEN" else "closed",
        "state_reason": None,
        "closed_at": stamp(pull.ended_at),
        "labels": [],
        "assignees": [],
        "assignee": None,
        "pull_request": {"url": f"{own}/pulls/{pull.number}"},
    }


def _shared(world: World, record: Issue | Pull) -> Json:
    return {
        "id": record.serial,
        "node_id": record.id,
        "number": record.number,
        "title": record.title,
        "user": _user(record.by),
        "created_at": stamp(record.at),
        "updated_at": stamp(record.updated_at),
        "repository_url": f"{_PUBLIC}/repos/{world.repository}",
        "author_association": "NONE",
        "locked": False,
        "milestone": None,
        "performed_via_github_app": None,
        "draft": False,
    }


def _comment(world: World, issue: Issue, comment: Comment) -> Json:
    own = f"{_PUBLIC}/repos/{world.repository}/issues"
    return {
        "id": comment.serial,
        "node_id": comment.id,
        "url": f"{own}/comments/{comment.serial}",
        "html_url": f"{world.url}/issues/{issue.number}#issuecomment-{comment.serial}",
        "issue_url": f"{own}/{issue.number}",
        "user": _user(comment.by),
        "created_at": stamp(comment.at),
        "updated_at": stamp(comment.updated_at),
        "author_association": comment.association,
        "body": comment.text.now,
        "performed_via_github_app": None,
    }


def _one_issue(world: World, base_url: str, query: Query, number: int) -> Reply:
    if number in world.transferred:
        there = f"{base_url}/repos/{world.transferred[number]}/issues/{number}"
        return message_reply(301, _MOVED, {"Location": there})
    if number in world.deleted:
        return message_reply(410, "This issue was deleted")
    if number in world.issues:
        return json_reply(200, _issue(world, world.issues[number]))
    if number in world.pulls:
        return json_reply(200, _pull(world, world.pulls[number]))
    return message_reply(404, "Not Found")


def _all_issues(world: World, base_url: str, query: Query) -> Reply:
    state = query.get("state", "open")
    records: list[Issue | Pull] = [*world.issues.values(), *world.pulls.values()]
    found = [
        each for each in records if state == "all" or (each.state == "OPEN") == (state == "open")
    ]
    updated = query.get("sort") == "updated"
    found.sort(
        key=lambda each: (each.updated_at if updated else each.at, each.serial),
        reverse=query.get("direction", "desc") == "desc",
    )

    def render(record: Issue | Pull) -> Json:
        if isinstance(record, Issue):
            return _issue(world, record)
        return _pull(world, record)

    return _page(f"{base_url}/repos/{world.repository}/issues", query, found, render)


def _all_comments(world: World, base_url: str, query: Query) -> Reply:
    pairs = [(comment, issue) for issue in world.issues.values() for comment in issue.comments]
    pairs.sort(key=lambda pair: pair[0].serial)
    url = f"{base_url}/repos/{world.repository}/issues/comments"
    return _page(url, query, pairs, lambda pair: _comment(world, pair[1], pair[0]))


def _issue_comments(world: World, base_url: str, query: Query, number: int) -> Reply:
    url = f"{base_url}/repos/{world.repository}/issues/{number}/comments"
    if number in world.pulls:
        return _page(url, query, [], lambda _: {})
    if number not in world.issues:
        return _one_issue(world, base_url, query, number)
    issue = world.issues[number]
    return _page(url, query, issue.comments, lambda each: _comment(world, issue, each))


def _page(url: str, query: Query, records: Sequence[Any], render: Callable[[Any], Json]) -> Reply:
    """A page of a list, with the Link header that leads to the others."""
    size = min(_MAX_PAGE, int(query.get("per_page", _DEFAULT_PAGE)))
    page = int(query.get("page", 1))
    last = max(1, -(-len(records) // size))

    def link(number: int, rel: str) -> str:
        return f'<{url}?{urlencode({**query, "page": str(number)})}>; rel="{rel}"'

    links = [link(page - 1, "prev"), link(1, "first")] if page > 1 else []
    links += [link(page + 1, "next"), link(last, "last")] if page < last else []
    headers = {"Link": ", ".join(links)} if links else {}
    return json_reply(
        200, [render(each) for each in records[(page - 1) * size : page * size]], headers
    )


_ROUTES: tuple[tuple[str, Callable[..., Reply]], ...] = (
    (r"/issues", _all_issues),
    (r"/issues/comments", _all_comments),
    (r"/issues/(\d+)", _one_issue),
    (r"/issues/(\d+)/comments", _issue_comments),
)
