"""What a leak is: the closed list of codes, a finding, and the facts that findings rest on."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, field_validator

# Closed: what the linter can find. A `leak` tells how the issue ended or who did the work; a
# `warning` is something that a person should look at.
LEAKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hold_date": "a date until which payment is held or due: the fix was live by then",
        "payment_tag": "a tag that says the work was paid or waits for payment",
        "price_tag": "a price tag that was not taken out",
        "hold_tag": "a tag that says what the work waits for",
        "payment_summary": "a summary of who was paid what",
        "payment_words": "words about paying the people who did the work",
        "bounty_words": "words about the bounty itself",
        "job_link": "a link to the job, an offer or a contract on the market place",
        "job_id": "the market place's number of the job",
        "automation_block": "a remainder of the job automation's block",
        "price_increase_date": "the date of the last price increase",
        "offer_line": "a line of the job automation that names who was hired",
        "owner_line": "a line that names who owns the issue",
        "hired_name": "the name of who was hired",
        "fix_number": "the number of the pull request that fixed the issue",
        "fix_url": "the address of the pull request that fixed the issue",
        "fix_branch": "the branch of the fix",
        "fix_commit": "a commit of the fix",
        "patch_run": "eight or more tokens of the fix's new lines",
        "accepted_proposal": "the number or address of the accepted proposal",
        "accepted_marker": "words that say whose proposal was taken",
        "reviewer_marker": "the reviewer's mark that recommends a proposal",
        "later_proposal": "a proposal posted after the moment of the task",
        "later_text": "a text as it was only written after the moment of the task",
        "later_link": "a link to a comment written after the moment of the task",
    }
)

Severity = Literal["leak", "warning"]


class Finding(BaseModel, frozen=True, extra="forbid"):
    """`field` is `title`, `statement` or `proposal N`; `words` are those found there."""

    code: str
    severity: Severity
    field: str
    words: str
    detail: str = ""

    @field_validator("code")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in LEAKS:
            raise ValueError(f"{code!r} is not a known leak; known: {', '.join(LEAKS)}")
        return code


class TextHistory(BaseModel, frozen=True, extra="forbid"):
    """What a field could say at the moment (`then`) and what it only said later (`later`)."""

    then: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


class LeakFacts(BaseModel, frozen=True, extra="forbid"):
    """What must not show in an instance. Whatever is unknown is empty or None.

    `repositories` are the names of the issue's repository. `hired` are the logins of those who
    got the work, `later_comments` the ids of comments posted after `as_of`. `texts` maps a
    field's name to its history; a field that is missing there is not compared.
    """

    as_of: datetime | None = None
    repositories: tuple[str, ...] = ()
    fix_number: int | None = None
    fix_url: str | None = None
    fix_branches: tuple[str, ...] = ()
    fix_commits: tuple[str, ...] = ()
    hired: tuple[str, ...] = ()
    accepted_id: int | None = None
    accepted_url: str | None = None
    accepted_author: str | None = None
    job_urls: tuple[str, ...] = ()
    job_ids: tuple[str, ...] = ()
    hold_dates: tuple[date, ...] = ()
    later_comments: frozenset[int] = frozenset()
    texts: dict[str, TextHistory] = {}
