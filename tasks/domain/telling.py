"""Which remarks of a thread a freelancer may be told, as of the moment the work began."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from tasks.domain.acceptance import is_automation
from tasks.domain.instances import TaskInstance
from tasks.domain.issues import Comment, IssueHistory, PullRequest
from tasks.domain.leaks import facts_of, lint
from tasks.domain.payments import read_payments
from tasks.domain.proposals import distinct, is_proposal, pointed_comment, text_known_at
from tasks.domain.readings import read_comment
from tasks.domain.threads import Remark

# Whose words are the client's: those who may write to the repository, and contributors who
# propose nothing in the thread, as the conventions' reviewers (C+) are.
_OF_THE_CLIENT: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"})
_AUTHOR: Final = "author of the issue"
_MOMENT: Final = timedelta(microseconds=1)
_ABOUT_PLANS: Final = re.compile(r"\b(?:proposals?|plans?)\b|#issuecomment-\d", re.IGNORECASE)


def remarks_of(
    instance: TaskInstance, issue: IssueHistory, fix: PullRequest | None
) -> tuple[Remark, ...]:
    """What the client's side had written before the instance's moment, oldest first.

    Each remark is a comment as it stood then; where that is not known (edited later, the history
    not at hand) it is left out, as is what was hidden, for hiding bears no date. Nothing is told
    of an instance without a moment. Left out, too, is

    - what freelancers wrote: whoever had proposed in the thread, was hired, or made the fix;
    - what automation wrote;
    - what is, points at or withdraws a proposal;
    - what speaks of the price or of payments, which are told by the price in the prompt or not
      at all;
    - whatever the leak linter finds anything in, a warning included, and every mention of those
      who did the work;
    - for whoever chooses between proposals, what speaks of them or names who made one.
    """
    if instance.as_of is None:
        return ()
    before = instance.as_of - _MOMENT
    comments = [c for c in distinct(issue.comments) if c.created_at <= before]
    told = _Telling(instance, issue, fix, comments)
    found = []
    for comment in comments:
        role = told.role(comment)
        text = text_known_at(comment, before)
        if role is None or text is None or comment.minimized or told.keeps_back(text):
            continue
        found.append(
            Remark(
                comment_id=comment.comment_id,
                author=comment.author or "",
                role=role,
                written_at=comment.created_at,
                text=text,
            )
        )
    return tuple(found)


class _Telling:
    """The rules for one instance."""

    def __init__(
        self,
        instance: TaskInstance,
        issue: IssueHistory,
        fix: PullRequest | None,
        comments: Iterable[Comment],
    ) -> None:
        facts = facts_of(issue, fix, instance)
        # A remark is no field of the instance, and is not to be compared with one.
        self._facts = facts.model_copy(update={"texts": {}})
        self._instance = instance
        self._opened_by = _key(issue.author)
        self._proposers = {
            _key(comment.author)
            for comment in comments
            if any(is_proposal(version.text) for version in comment.versions)
        }
        workers = {_key(name) for name in (*facts.hired, facts.accepted_author)}
        self._workers = workers | ({_key(fix.author)} if fix is not None else set())
        chooses = instance.variant == "swe_manager"
        self._chooses = chooses
        names = self._workers | (self._proposers if chooses else set())
        self._names = _mention_of(name for name in names if name)

    def role(self, comment: Comment) -> str | None:
        """As whom the comment's author speaks for the client; None where he does not."""
        author = _key(comment.author)
        if not author or is_automation(author):
            return None
        if author in self._proposers or author in self._workers:
            return None
        if comment.association in _OF_THE_CLIENT:
            return comment.association
        return _AUTHOR if author == self._opened_by else None

    def keeps_back(self, text: str) -> bool:
        """Whether a text is not to be told."""
        if is_proposal(text) or pointed_comment(text) is not None:
            return True
        if read_comment(text) or read_payments(text):
            return True
        if self._names.search(text) or (self._chooses and _ABOUT_PLANS.search(text)):
            return True
        alone = {"title": "", "statement": text, "proposals": ()}
        return bool(lint(self._instance.model_copy(update=alone), self._facts))


def _mention_of(names: Iterable[str]) -> re.Pattern[str]:
    """These logins, with or without an at sign; letter case makes no other login."""
    either = "|".join(re.escape(name) for name in sorted(names)) or "(?!)"
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE)


def _key(login: str | None) -> str:
    return (login or "").casefold()
