"""A repository that changes: issues with their history, pull requests, names, and a clock."""

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Self

from tests.github_server import changes
from tests.github_server.ground import KEEPER, TRIAGE, Ground, order_of
from tests.github_server.records import Actor, Comment, Commit, Foreign, Issue, Pull, Text


@dataclass
class World(Ground):
    """One repository, and everything that can happen to it.

    A change happens `tick` after the last one unless `at` says when (zero tick: all in one
    second). It bumps the issue's updatedAt, as on GitHub, unless it is made `silently`.
    """

    @classmethod
    def generate(
        cls,
        seed: int,
        *,
        issues: int,
        pulls: int = 0,
        busy_share: float = 0.3,
        chatty_share: float = 0.08,
        page: int = 100,
        repository: str = "quill-works/ledger",
    ) -> Self:
        """A world with a past of years, the same for the same arguments.

        `busy_share` of the issues have more than `page` items in their timelines, some more than
        twice that; `chatty_share` have more than `page` comments; a few have more than `page`
        edits of their bodies.
        """
        from tests.github_server.generation import Plan, populate

        world = cls(repository=repository, seed=seed)
        populate(world, Plan(issues, pulls, busy_share, chatty_share, page), Random(seed))
        return world

    @classmethod
    def small(
        cls, seed: int, *, issues: int = 8, pulls: int = 3, page: int = 3, **more: Any
    ) -> Self:
        """Costs next to nothing; served with `max_page=page` it has inner pages."""
        more = {"chatty_share": 0.25} | more
        return cls.generate(seed, issues=issues, pulls=pulls, page=page, **more)

    # Issues.

    def open_issue(
        self,
        title: str,
        body: str,
        *,
        by: Actor | None = KEEPER,
        at: datetime | None = None,
        number: int | None = None,
    ) -> Issue:
        with self.lock:
            at, identity = self.moment(at), self.identity("I")
            number = self.take_number(number)
            issue = Issue(*identity, number, title, Text(body), by, at, at)
            self.issues[number] = issue
            return issue

    def rename(self, number: int, title: str, **how: Any) -> None:
        with self.lock:
            issue = self.issues[number]
            self.event(number, "RENAMED_TITLE", previous=issue.title, current=title, **how)
            issue.title = title

    def label(self, number: int, name: str, **how: Any) -> None:
        with self.lock:
            if name not in self.issues[number].labels:
                self.issues[number].labels.append(name)
                self.event(number, "LABELED", label=name, **how)

    def unlabel(self, number: int, name: str, **how: Any) -> None:
        with self.lock:
            if name in self.issues[number].labels:
                self.issues[number].labels.remove(name)
                self.event(number, "UNLABELED", label=name, **how)

    def assign(self, number: int, who: Actor, **how: Any) -> None:
        with self.lock:
            if who not in self.issues[number].assignees:
                self.issues[number].assignees.append(who)
                self.event(number, "ASSIGNED", assignee=who, **how)

    def unassign(self, number: int, who: Actor, **how: Any) -> None:
        with self.lock:
            if who in self.issues[number].assignees:
                self.issues[number].assignees.remove(who)
                self.event(number, "UNASSIGNED", assignee=who, **how)

    def close(
        self, number: int, reason: str = "COMPLETED", closer: int | str | None = None, **how: Any
    ) -> None:
        with self.lock:
            issue = self.issues[number]
            if issue.state == "OPEN":
                event = self.event(number, "CLOSED", reason=reason, closer=closer, **how)
                issue.state, issue.state_reason, issue.closed_at = "CLOSED", reason, event.at

    def reopen(self, number: int, **how: Any) -> None:
        with self.lock:
            issue = self.issues[number]
            if issue.state == "CLOSED":
                self.event(number, "REOPENED", **how)
                issue.state, issue.state_reason, issue.closed_at = "OPEN", "REOPENED", None

    def cross_reference(self, number: int, source: "int | Foreign", **how: Any) -> None:
        self.event(number, "CROSS_REFERENCED", source=source, **how)

    def edit_body(
        self,
        number: int,
        body: str,
        *,
        by: Actor | None = TRIAGE,
        at: datetime | None = None,
        silently: bool = False,
    ) -> None:
        with self.lock:
            issue, at = self.issues[number], self.moment(at)
            self.edit(issue.text, body, issue.by, issue.at, by, at)
            self.touch(number, at, silently)

    # Comments.

    def comment(
        self,
        number: int,
        body: str,
        *,
        by: Actor | None = KEEPER,
        at: datetime | None = None,
        association: str = "NONE",
        silently: bool = False,
    ) -> Comment:
        with self.lock:
            at = self.moment(at)
            comment = Comment(*self.identity("IC"), by, at, at, Text(body), association)
            insort(self.issues[number].comments, comment, key=order_of)
            self.touch(number, at, silently)
            return comment

    def edit_comment(
        self,
        number: int,
        comment: Comment,
        body: str,
        *,
        by: Actor | None = KEEPER,
        at: datetime | None = None,
        silently: bool = False,
    ) -> None:
        """`silently` leaves the issue's updatedAt alone, never the comment's own."""
        with self.lock:
            at = self.moment(at)
            self.edit(comment.text, body, comment.by, comment.at, by, at)
            comment.updated_at = max(comment.updated_at, at)
            self.touch(number, at, silently)

    def minimize_comment(self, number: int, comment: Comment, reason: str = "off-topic") -> None:
        """Hiding a comment leaves no trace in any update time."""
        with self.lock:
            self.moment(None)
            comment.minimized = reason

    def delete_comment(self, number: int, comment: Comment, **how: Any) -> None:
        with self.lock:
            self.issues[number].comments.remove(comment)
            self.event(number, "COMMENT_DELETED", author=comment.by, **how)

    # What goes away.

    def delete_issue(self, number: int) -> None:
        with self.lock:
            self.moment(None)
            del self.issues[number]
            self.deleted.add(number)

    def transfer_issue(self, number: int, to: str = "quill-works/elsewhere") -> None:
        with self.lock:
            self.moment(None)
            del self.issues[number]
            self.transferred[number] = to

    # Pull requests.

    def open_pull(self, pull: Pull) -> Pull:
        with self.lock:
            self.take_number(pull.number)
            self.moment(pull.at)
            self.pulls[pull.number] = pull
            return pull

    def update_pull(
        self,
        number: int,
        *,
        body: str | None = None,
        title: str | None = None,
        merge: Commit | None = None,
        at: datetime | None = None,
        silently: bool = False,
    ) -> None:
        """Rewrite or merge a pull request.

        A merge shows in the timelines of the issues that it is mentioned in, so it bumps them
        too, unless made `silently`.
        """
        with self.lock:
            pull, at = self.pulls[number], self.moment(at)
            pull.body = pull.body if body is None else body
            pull.title = pull.title if title is None else title
            pull.updated_at = max(pull.updated_at, at)
            if merge is not None:
                pull.merge, pull.state, pull.ended_at = merge, "MERGED", at
                for issue in self.issues.values():
                    if any(event.data.get("source") == number for event in issue.events):
                        self.touch(issue.number, at, silently)

    def update_random(
        self, n: int, rng: Random, kinds: "Sequence[Callable[..., None]] | None" = None
    ) -> list[int]:
        """Change `n` issues (all, where there are fewer) in random ways; which ones."""
        with self.lock:
            numbers = sorted(rng.sample(sorted(self.issues), min(n, len(self.issues))))
            for number in numbers:
                changes.change(self, number, rng, kinds or changes.KINDS)
            return numbers
