"""From an issue and its fixes to its ledger, and to an instance or a rejection of each variant."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tasks.domain.bounties import BountyEvent, ladder, last_price
from tasks.domain.candidates import named_fixes, refuse
from tasks.domain.corrections import apply_overrides
from tasks.domain.digests import canonical_json
from tasks.domain.errors import DataError
from tasks.domain.facts import Facts, facts_of_issue
from tasks.domain.instances import Environment, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.jobs import MarketJob
from tasks.domain.leaks import Finding, lint_instance
from tasks.domain.ledger import Ledger, read_ledger
from tasks.domain.overrides import Override
from tasks.inputs import Inputs
from tasks.market import Context
from tasks.overlays import Overlays
from tasks.specs import DatasetSpec
from tasks.variants import issue_variant, issue_variants
from tasks.warehouse import Row


class Judging(BaseModel, frozen=True, extra="forbid"):
    """For which dataset issues are judged. `folders` are the dataset's own and those of what it
    extends, in this order; none for one without."""

    spec: DatasetSpec
    folders: tuple[Path, ...] = ()
    overrides: dict[str, tuple[Override, ...]] = {}
    inputs: Inputs


class Fate(BaseModel, frozen=True, extra="forbid"):
    """What became of a candidate, what the leak linter found in its instance, and what filters
    may ask about it."""

    candidate: str
    variant: str
    outcome: TaskInstance | Rejection
    findings: tuple[Finding, ...] = ()
    facts: Facts = Facts()

    @property
    def instance(self) -> TaskInstance | None:
        return self.outcome if isinstance(self.outcome, TaskInstance) else None


def fixes_of(
    pulls: Mapping[str, PullRequest], issues: Iterable[str]
) -> dict[str, list[PullRequest]]:
    """issue → the pull requests that name it as fixed, and those that take such a one back."""
    named = named_fixes(pulls.values(), issues)
    return {issue: [pulls[name] for name in names] for issue, names in named.items()}


def corrected_by(
    ledger: Ledger, judging: Judging, source: str, issue: IssueHistory
) -> Ledger | None:
    """The ledger as the dataset's overrides correct it; None where none is for this issue."""
    entries = judging.overrides.get(issue.name)
    if not entries:
        return None
    return apply_overrides(ledger, entries, judging.spec.name, source, issue)


def context_of(
    home: Path,
    judging: Judging,
    pulls: Mapping[str, PullRequest],
    fixes: Mapping[str, Sequence[PullRequest]],
    ledgers: Mapping[str, tuple[BountyEvent, ...]],
) -> Context:
    """What variants may ask about the issues of a batch; an issue's ledger is there by its turn."""
    section, paths = judging.spec.environment.model_dump(), judging.spec.paths
    return Context(
        home=home,
        pulls=pulls,
        fixes=fixes,
        ledgers=ledgers,
        paths=paths,
        environment=Environment(kind="tests", kept=(*paths.tests, *paths.protected), **section),
        overlays=Overlays(*judging.folders),
    )


def judge(issue: IssueHistory, judging: Judging, context: Context) -> list[Fate]:
    """An instance or a rejection for every variant of the dataset that is made of issues."""
    variants = issue_variants(judging.spec.variants)
    return [_judge(issue, variant, context) for variant in variants]


def _judge(issue: IssueHistory, variant: str, context: Context) -> Fate:
    try:
        outcome = issue_variant(variant).from_issue(issue, context)
    except DataError as error:
        price = last_price(ladder(context.ledgers.get(issue.name, ())))
        return refused(issue, variant, error.reason, str(error), price)
    if isinstance(outcome, Rejection):
        return Fate(candidate=issue.name, variant=variant, outcome=outcome)
    fix = fix_in(context.fixes.get(issue.name, ()), outcome.reference.fix_commit)
    findings = lint_instance(outcome, issue, fix, context.repository(issue.repository))
    facts = facts_of_issue(outcome, issue, fix)
    return Fate(
        candidate=issue.name, variant=variant, outcome=outcome, findings=findings, facts=facts
    )


def fix_in(fixes: Sequence[PullRequest], commit: str | None = None) -> PullRequest | None:
    """The fix with this merge commit; without one, the last that was merged."""
    merged = [
        (pull.merged_at, pull.number, pull)
        for pull in fixes
        if pull.merged_at is not None and commit in (None, pull.merge_commit)
    ]
    return max(merged, key=lambda m: m[:2])[2] if merged else None


def refused(
    issue: IssueHistory, variant: str, reason: str, detail: str, price_cents: int | None = None
) -> Fate:
    """The fate of an issue that no variant got to judge; without a price where none was read."""
    rejection = refuse(issue, variant, price_cents, reason, detail)
    return Fate(candidate=issue.name, variant=variant, outcome=rejection)


def outcome_row(
    fate: Fate, judging: Judging, source: str, origin: str, inputs: str | None = None
) -> Row:
    """A fate in the columns of core.outcomes.

    `origin` is what an instance is credited to: the file, or the repository. `inputs` stands in
    for what the candidate's own inputs say. What an instance is worth stands in the instance.
    """
    reason = fate.outcome.reason if isinstance(fate.outcome, Rejection) else None
    inputs = inputs or judging.inputs.of(fate.candidate, fate.variant, reason, origin)
    row: dict[str, Any] = {
        "dataset": judging.spec.name,
        "source": source,
        "candidate_id": fate.candidate,
        "variant": fate.variant,
        "inputs": inputs,
        "findings": _findings(fate) if fate.findings else None,
    }
    if isinstance(fate.outcome, TaskInstance):
        instance = fate.outcome
        return row | {
            "instance_digest": instance.instance_digest,
            "origin": origin,
            "facts": canonical_json(fate.facts.model_dump(mode="json", exclude_defaults=True)),
        }
    refused = fate.outcome
    return row | {
        "reason": refused.reason,
        "detail": refused.detail,
        "origin": refused.origin,
        "price_cents": refused.price_cents,
    }


def _findings(fate: Fate) -> str:
    instance = fate.instance
    if instance is None:
        raise ValueError("findings without the instance they are in")
    named = {
        "instance_id": instance.instance_id,
        "instance_digest": instance.instance_digest,
    }
    return canonical_json([named | finding.model_dump(mode="json") for finding in fate.findings])


def instance_row(instance: TaskInstance) -> Row:
    """An instance in the columns of core.task_instances."""
    return {
        "instance_digest": instance.instance_digest,
        "instance_id": instance.instance_id,
        "variant": instance.variant,
        "repository": instance.repository,
        "issue": instance.issue,
        "title": instance.title,
        "base": instance.base,
        "as_of": instance.as_of,
        "prices": instance.prices,
        "trusted": instance.environment.trusted,
        "body": canonical_json(instance.model_dump(mode="json", exclude_defaults=True)),
    }


def ledger_of(
    source: str,
    issue: IssueHistory,
    fixes: Sequence[PullRequest],
    jobs: Mapping[str, MarketJob],
) -> Ledger:
    """The ledger that all datasets share; `jobs` by each of their names."""
    return read_ledger(source, issue, fix_in(fixes), jobs=jobs)
