"""What an agent is told: title and body as of a moment, without what tells how it ended."""

from datetime import datetime

from tasks.domain.automation import strip_automation
from tasks.domain.issues import IssueHistory, PullRequest, text_at
from tasks.domain.links_out import Unwanted
from tasks.domain.titles import clean_title as _without_tags

__all__ = ["clean_body", "clean_title", "statement_at", "title_at"]


def clean_title(title: str, *, fix: PullRequest | None = None) -> str:
    """The title without price, state and urgency tags, who reported it, and mentions of `fix`.

    Tags that describe the work stay. Cleaning twice changes nothing more.
    """
    unwanted = unwanted_of(fix)
    shown = _without_tags(title)
    while (shorter := _without_tags(unwanted.take_from(shown))) != shown:
        shown = shorter
    return shown


def clean_body(body: str, *, fix: PullRequest | None = None) -> str:
    """The body without the automation's block, owner lines, job links and mentions of `fix`.

    `fix` is the pull request that ended the issue: its address and number are taken out, those of
    other pull requests stay. Code is left alone. Cleaning twice changes nothing more.
    """
    unwanted = unwanted_of(fix)
    text = body
    while True:
        shorter = unwanted.take_from(strip_automation(text)).strip()
        if shorter == text:
            return text
        text = shorter


def title_at(issue: IssueHistory, moment: datetime | None, fix: PullRequest | None = None) -> str:
    """The issue's title as it stood at `moment`, cleaned."""
    return clean_title(issue.title_at(moment), fix=fix)


def statement_at(
    issue: IssueHistory, moment: datetime | None, fix: PullRequest | None = None
) -> str:
    """The issue's body as it stood at `moment`, cleaned."""
    return clean_body(text_at(issue.bodies, moment), fix=fix)


def unwanted_of(fix: PullRequest | None) -> Unwanted:
    """What is taken out of texts that come before `fix`."""
    if fix is None:
        return Unwanted()
    return Unwanted((fix.repository, *fix.also_named), fix.number)
