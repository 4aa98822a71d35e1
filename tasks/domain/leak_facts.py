"""The facts that must not show in an instance, read off the issue's whole history."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from tasks.domain.automation import AutomationBlock, read_automation
from tasks.domain.instances import TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest, TextVersion
from tasks.domain.leak_findings import LeakFacts, TextHistory
from tasks.domain.leak_texts import proposal_field
from tasks.domain.statements import clean_body, clean_title

_HELD_UNTIL: Final = re.compile(
    r"\[[^\[\]]*\b(?:hold|due)\s+for\s+payments?\b[^\[\]]*?(\d{4})-(\d{2})-(\d{2})", re.IGNORECASE
)
# What GitHub calls the merge of a branch.
_MERGED_FROM: Final = re.compile(r"Merge pull request #\d+ from [\w.-]+/(?P<branch>\S+)")
# Reviewers and reporters get offers, too; they do not say whose work was taken.
_DOES_THE_WORK: Final = frozenset({"contributor", ""})


def facts_of(
    issue: IssueHistory | None,
    fix: PullRequest | None,
    instance: TaskInstance,
    merge: str = "",
) -> LeakFacts:
    """What is known of the end of an issue; of a published task, what its instance carries.

    `merge` is the first line of the merge commit's message.
    """
    blocks = _blocks(issue)
    accepted = instance.reference.accepted_proposal_id
    by_id = {proposal.proposal_id: proposal for proposal in instance.proposals}
    winner = by_id.get(accepted) if accepted is not None else None
    return LeakFacts(
        as_of=instance.as_of,
        repositories=_distinct([instance.repository, *_names(fix)]),
        fix_number=fix.number if fix else None,
        fix_url=fix.url if fix else None,
        fix_branches=_branches(fix, merge),
        fix_commits=_commits(fix, instance),
        hired=_hired(issue, fix, blocks),
        accepted_id=accepted,
        accepted_url=winner.url if winner else None,
        accepted_author=winner.author if winner else None,
        job_urls=_distinct([url for block in blocks for url in block.job_urls]),
        job_ids=_distinct([name for block in blocks for name in block.job_ids]),
        hold_dates=_hold_dates(issue),
        later_comments=later_comments(issue, instance.as_of),
        texts=dict(_texts(issue, fix, instance)),
    )


def _names(fix: PullRequest | None) -> list[str]:
    return [fix.repository, *fix.also_named] if fix else []


def _branches(fix: PullRequest | None, merge: str) -> tuple[str, ...]:
    """The branch, as the source says it and as the merge's title does."""
    titled = _MERGED_FROM.fullmatch(merge)
    named = [fix.head_branch if fix else None, titled["branch"] if titled else None]
    return _distinct([branch for branch in named if branch])


def _commits(fix: PullRequest | None, instance: TaskInstance) -> tuple[str, ...]:
    own = [fix.merge_commit, fix.head_commit] if fix else []
    known = [commit for commit in (instance.reference.fix_commit, *own) if commit]
    return _distinct([commit.lower() for commit in known if commit != instance.base])


def _blocks(issue: IssueHistory | None) -> list[AutomationBlock]:
    """Every version's block: an offer is gone from the newest where the job was posted anew."""
    versions = issue.bodies if issue else ()
    return [block for v in versions if (block := read_automation(v.text)) is not None]


def _hired(
    issue: IssueHistory | None, fix: PullRequest | None, blocks: Sequence[AutomationBlock]
) -> tuple[str, ...]:
    names = [
        offer.user
        for block in blocks
        for offer in block.offers
        if offer.role.casefold() in _DOES_THE_WORK
    ]
    assigned = {a.login for a in issue.assignments} if issue else set()
    if fix and fix.author and fix.author in assigned:
        names.append(fix.author)
    return _distinct(names)


def _hold_dates(issue: IssueHistory | None) -> tuple[date, ...]:
    found = set()
    for version in issue.titles if issue else ():
        for year, month, day in _HELD_UNTIL.findall(version.title):
            try:
                found.add(date(int(year), int(month), int(day)))
            except ValueError:
                continue
    return tuple(sorted(found))


def later_comments(issue: IssueHistory | None, moment: datetime | None) -> frozenset[int]:
    if issue is None or moment is None:
        return frozenset()
    posted = {c.comment_id: c.created_at for c in issue.comments}
    return frozenset(number for number, at in {**issue.quiet, **posted}.items() if at > moment)


def _texts(
    issue: IssueHistory | None, fix: PullRequest | None, instance: TaskInstance
) -> Iterator[tuple[str, TextHistory]]:
    """Each field's versions, cleaned as the instance's are, of the moment and after it.

    Of title and body it is one version that stood then; what was taken from a proposal may be any
    that had been saved.
    """
    if issue is None or instance.as_of is None:
        return
    titles = [TextVersion(since=t.since, text=clean_title(t.title, fix=fix)) for t in issue.titles]
    bodies = [TextVersion(since=b.since, text=clean_body(b.text, fix=fix)) for b in issue.bodies]
    yield "title", _newest(_divided(titles, instance.as_of))
    yield "statement", _newest(_divided(bodies, instance.as_of))
    comments = {comment.comment_id: comment for comment in issue.comments}
    for proposal in instance.proposals:
        comment = comments.get(proposal.proposal_id)
        if comment is not None:
            field = proposal_field(proposal.proposal_id)
            yield field, _divided(comment.versions, instance.as_of)


def _newest(history: TextHistory) -> TextHistory:
    return history.model_copy(update={"then": history.then[-1:]})


def _divided(versions: Sequence[TextVersion], moment: datetime) -> TextHistory:
    return TextHistory(
        then=tuple(v.text for v in versions if v.since <= moment),
        later=_distinct([v.text for v in versions if v.since > moment]),
    )


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
