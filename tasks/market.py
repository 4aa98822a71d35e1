"""Candidates of a dataset: what raw says, parsed, and every candidate's instance or rejection."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.domain.bounties import BountyEvent, Observation
from tasks.domain.candidates import fixes_by_issue
from tasks.domain.corrections import apply_overrides
from tasks.domain.errors import DataError
from tasks.domain.instances import Environment, Overlay, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.ledger import Ledger, read_ledger
from tasks.domain.overrides import Override
from tasks.domain.proposals import fixed_issues
from tasks.domain.protocols import CodeHistory, Malformed, Market, PathRules
from tasks.domain.published import PublishedTask, merge_generations, published_events
from tasks.overlays import Overlays
from tasks.repos import Mirror, mirror_path
from tasks.specs import DatasetSpec, load_overrides
from tasks.variants import variant_named

UNREADABLE = "unknown"  # the variant of a candidate that could not be read


@dataclass(frozen=True)
class Candidates:
    """Every candidate's fate. `origins` counts, per file or repository, what it brought in."""

    instances: tuple[TaskInstance, ...]
    rejections: tuple[Rejection, ...]
    events: tuple[BountyEvent, ...]
    origins: Mapping[str, str]  # instance id → file or repository it is credited to
    observations: tuple[Observation, ...] = ()


@dataclass
class Context:
    """What variants may ask while they build; a BuildContext."""

    home: Path
    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    ledgers: Mapping[str, tuple[BountyEvent, ...]]
    paths: PathRules
    environment: Environment
    overlays: Overlays = field(default_factory=lambda: Overlays(None))
    _mirrors: dict[str, CodeHistory | None] = field(default_factory=dict)

    def repository(self, name: str) -> CodeHistory | None:
        if name not in self._mirrors:
            path = mirror_path(self.home, name)
            self._mirrors[name] = Mirror(path) if path.is_dir() else None
        return self._mirrors[name]

    def overlay(self, instance_id: str) -> Overlay | None:
        return self.overlays.overlay(instance_id)


def restrict(market: Market, repositories: Sequence[str]) -> Market:
    """The issues of the named repositories; pull requests stay, a fix may lie elsewhere."""
    return market.model_copy(
        update={"issues": tuple(i for i in market.issues if i.repository in repositories)}
    )


@dataclass(frozen=True)
class Ledgers:
    """Per issue: the ledger that its documents give, and the one that a dataset corrects."""

    plain: Mapping[str, Ledger]
    corrected: Mapping[str, Ledger]

    def in_force(self) -> dict[str, tuple[BountyEvent, ...]]:
        """issue → its bounty events, as the dataset sees them."""
        return {name: ledger.events for name, ledger in {**self.plain, **self.corrected}.items()}

    def all(self) -> list[Ledger]:
        return [*self.plain.values(), *self.corrected.values()]


def ledgers_of(
    source: str,
    issues: Iterable[IssueHistory],
    fixes: Mapping[str, Sequence[PullRequest]],
    overrides: Mapping[str, Sequence[Override]],
    dataset: str,
) -> Ledgers:
    """Every issue's ledgers. Overrides of an issue that is not there correct nothing yet."""
    plain, corrected = {}, {}
    for issue in issues:
        ledger = read_ledger(source, issue, _last_merged(fixes.get(issue.name, ())))
        plain[issue.name] = ledger
        if issue.name in overrides:
            entries = overrides[issue.name]
            corrected[issue.name] = apply_overrides(ledger, entries, dataset, source, issue)
    return Ledgers(plain, corrected)


def _last_merged(fixes: Sequence[PullRequest]) -> PullRequest | None:
    merged = [(p.merged_at, p.number, p) for p in fixes if p.merged_at is not None]
    return max(merged, key=lambda m: m[:2])[2] if merged else None


def from_issues(
    home: Path, spec: DatasetSpec, source: str, market: Market, folder: Path | None = None
) -> Candidates:
    """Every issue × variant of the specification, as instance or rejection.

    `folder` is the dataset's own, with its overrides and hidden tests; None where it has none.
    """
    pulls = {pull.name: pull for pull in market.pulls}
    named = fixes_by_issue({name: fixed_issues(pull) for name, pull in pulls.items()})
    fixes = {issue: [pulls[name] for name in names] for issue, names in named.items()}
    overrides = load_overrides(folder) if folder is not None else {}
    ledgers = ledgers_of(source, market.issues, fixes, overrides, spec.name)
    context = Context(
        home=home,
        pulls=pulls,
        fixes=fixes,
        ledgers=ledgers.in_force(),
        overlays=Overlays(folder),
        paths=spec.paths,
        environment=_environment(spec),
    )
    built = [
        _from_issue(issue, variant, context) for issue in market.issues for variant in spec.variants
    ]
    instances = tuple(b for b in built if isinstance(b, TaskInstance))
    rejections = [b for b in built if isinstance(b, Rejection)]
    rejections += [_unreadable(m) for m in market.malformed]
    return Candidates(
        instances=instances,
        rejections=tuple(rejections),
        events=tuple(event for ledger in ledgers.all() for event in ledger.events),
        observations=tuple(o for ledger in ledgers.all() for o in ledger.observations),
        origins={i.instance_id: i.repository for i in instances},
    )


def _environment(spec: DatasetSpec) -> Environment:
    section = spec.environment
    return Environment(
        kind="tests",
        test_command=section.test_command,
        report=section.report,
        timeout_s=section.timeout_s,
        trusted=section.trusted,
    )


def _from_issue(issue: IssueHistory, variant: str, context: Context) -> TaskInstance | Rejection:
    try:
        return variant_named(variant).from_issue(issue, context)
    except DataError as error:
        return Rejection(
            candidate_id=issue.name,
            variant=variant,
            reason=error.reason,
            detail=str(error),
            origin=issue.repository,
        )


def _unreadable(malformed: Malformed) -> Rejection:
    row = f" row {malformed.row}" if malformed.row else ""  # a folder has no rows
    return Rejection(
        candidate_id=malformed.document_id,
        variant=UNREADABLE,
        reason="malformed",
        detail=f"{malformed.file}{row}: {malformed.reason}",
        origin=malformed.file,
    )


def from_published(spec: DatasetSpec, source: str, market: Market) -> Candidates:
    """Every published row or folder: instance, duplicate of another generation, or rejection."""
    groups: dict[tuple[str, str], list[PublishedTask]] = {}
    for task in market.published:
        if task.variant in spec.variants:
            groups.setdefault((task.variant, task.task_id), []).append(task)
    instances: list[TaskInstance] = []
    rejections = [_unreadable(m) for m in market.malformed]
    events: list[BountyEvent] = []
    origins: dict[str, str] = {}
    for (variant, _), tasks in sorted(groups.items()):
        ordered = sorted(tasks, key=lambda t: (t.rank, t.file, t.document_id))
        found = [event for task in ordered for event in published_events(task, source)]
        events += found
        merged = merge_generations(ordered)
        built = _from_published(merged, variant, published_events(merged, source))
        if isinstance(built, Rejection):
            rejections += [_again(built, task) for task in ordered]
            continue
        instances.append(built)
        origins[built.instance_id] = ordered[0].file
        rejections += [_duplicate(task, ordered[0]) for task in ordered[1:]]
    return Candidates(
        instances=tuple(instances),
        rejections=tuple(rejections),
        events=tuple({event.event_id: event for event in events}.values()),
        origins=origins,
    )


def _from_published(
    task: PublishedTask, variant: str, events: Sequence[BountyEvent]
) -> TaskInstance | Rejection:
    def reject(reason: str, detail: str) -> Rejection:
        return Rejection(
            candidate_id=task.document_id,
            variant=variant,
            reason=reason,
            detail=detail,
            price_cents=task.price_cents,
            origin=task.file,
        )

    if task.price_cents is None:
        return reject("no_price", f"{task.file} states no price")
    if not (task.title and task.statement):
        return reject("malformed", f"{task.file} carries no title or no statement")
    try:
        return variant_named(variant).from_published(task, events)
    except DataError as error:
        return reject(error.reason, str(error))


def _again(rejection: Rejection, task: PublishedTask) -> Rejection:
    return rejection.model_copy(
        update={
            "candidate_id": task.document_id,
            "origin": task.file,
            "price_cents": task.price_cents,
        }
    )


def _duplicate(task: PublishedTask, kept: PublishedTask) -> Rejection:
    return Rejection(
        candidate_id=task.document_id,
        variant=task.variant,
        reason="duplicate_generation",
        detail=f"{kept.document_id} describes the same task",
        price_cents=task.price_cents,
        origin=task.file,
    )


def join(parts: Iterable[Candidates]) -> Candidates:
    """The candidates of several sources together."""
    listed = list(parts)
    return Candidates(
        instances=tuple(i for part in listed for i in part.instances),
        rejections=tuple(r for part in listed for r in part.rejections),
        events=tuple(e for part in listed for e in part.events),
        observations=tuple(o for part in listed for o in part.observations),
        origins={k: v for part in listed for k, v in part.origins.items()},
    )
