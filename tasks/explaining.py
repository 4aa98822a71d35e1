"""What made each task of a diff differ: which document, rule, key or correction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from tasks.builds import Basis
from tasks.domain.causes import Cause, changed_keys, decisive
from tasks.domain.deciding import Known, held_by, items_of
from tasks.domain.differences import Change, seen
from tasks.domain.digests import short
from tasks.domain.instances import Rejection, TaskInstance
from tasks.domain.ledger import Ledger
from tasks.domain.version_diffs import DiffRow, Explained
from tasks.inputs import RETRIED
from tasks.replaying import Replayed, Terms, replay
from tasks.specs import DatasetSpec
from tasks.two_states import TwoCopies, TwoStates

_INVALID: Final = object()
Outcome = TaskInstance | Rejection | None


@dataclass(frozen=True)
class Stand:
    """One version as causes are looked for: its specification as stored, and what it rests on.

    `basis` is None for a version of a build that noted nothing.
    """

    specification: dict[str, Any]
    price_rule: str
    basis: Basis | None

    def overrides_of(self, issue: str) -> list[str]:
        """The names of the corrections of an issue; their order is of no account."""
        entries = self.basis.overrides.get(issue, ()) if self.basis else ()
        return sorted(entry.document_id for entry in entries)


@dataclass(frozen=True)
class Compared:
    """A row with what the versions say of its candidate: a task, a rejection, or nothing."""

    row: DiffRow
    before: Outcome
    after: Outcome
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Factor:
    """Something that is not as it was: a document, a key of the specification, corrections."""

    cause: Cause
    document: tuple[str, str] | None = None
    key: str | None = None


@dataclass
class Case:
    """One candidate between two versions, with all that has been tried of it so far."""

    home: Path
    folders: tuple[Path, ...]
    before: Stand
    after: Stand
    states: TwoStates
    factors: Sequence[Factor]
    variant: str
    tried: dict[frozenset[int], Replayed | None] = field(default_factory=dict)

    def terms(self, stayed: frozenset[int]) -> Terms | None:
        """What the issue is judged by; None where the mixture is no valid specification."""
        kept = {self.factors[place].key for place in stayed}
        mixed = dict(self.after.specification)
        for key in kept - {None, ""}:
            mixed.pop(str(key), None)
            if key in self.before.specification:
                mixed[str(key)] = self.before.specification[key]
        basis = self.before.basis if "" in kept else self.after.basis
        try:
            spec = DatasetSpec.model_validate(mixed)
        except ValidationError:
            return None
        return Terms(spec, self.folders, dict(basis.overrides) if basis else {})

    def judged(self, stayed: frozenset[int]) -> Replayed | None:
        """What comes of the issue where the factors at these places stay as they were."""
        if stayed not in self.tried:
            terms = self.terms(stayed)
            documents = self.states.state(
                frozenset(d for p in stayed if (d := self.factors[p].document) is not None)
            )
            self.tried[stayed] = (
                replay(self.home, self.states.issue, documents, self.states.names, terms)
                if terms is not None
                else None
            )
        return self.tried[stayed]

    def view(self, stayed: frozenset[int], change: Change | None) -> Any:
        found, terms = self.judged(stayed), self.terms(stayed)
        if found is None or terms is None:
            return _INVALID
        return viewed(_outcome(found, self.variant), change, terms.spec.price_rule)

    def known(self, stayed: frozenset[int]) -> Known:
        found = self.judged(stayed)
        if found is None:
            return Known(None, Ledger(), (), None)
        return Known(found.issue, found.ledger, found.fixes, _outcome(found, self.variant))


def _outcome(found: Replayed, variant: str) -> Outcome:
    if found.outcomes is not None:
        return found.outcomes.get(variant)
    if found.unreadable is None:
        return None
    return Rejection(candidate_id="", variant=variant, reason="malformed", detail="")


def viewed(outcome: Outcome, change: Change | None, rule: str) -> Any:
    """What a change, or a coming or going (None), is seen by."""
    if isinstance(outcome, Rejection):
        return ("rejected", outcome.reason)
    if outcome is None or change is None:
        return outcome is not None
    return seen(outcome, change, rule)


def explained(case: Case, compared: Compared, residual: Sequence[Cause]) -> DiffRow:
    """The row with its causes. `residual` are those that cannot be tried."""
    row = compared.row
    if row.fate != "changed":
        return row.model_copy(update={"causes": _causes(case, compared, None, residual)})
    changes = tuple(
        Explained(change=change, causes=_causes(case, compared, change, residual))
        for change in compared.changes
    )
    return row.model_copy(update={"changes": changes})


def _causes(
    case: Case, compared: Compared, change: Change | None, residual: Sequence[Cause]
) -> tuple[Cause, ...]:
    everything = frozenset(range(len(case.factors)))
    if not everything:
        return only(residual)
    wanted = viewed(compared.after, change, case.after.price_rule)
    if case.view(frozenset(), change) != wanted:
        # This code does not make what was stored of what is there: nothing can be tried.
        return _with_items(case, change, everything, certain=False) + tuple(residual)
    places = decisive(case.factors, lambda stayed: case.view(stayed, change) != wanted)
    own = _with_items(case, change, frozenset(places), certain=True)
    was = viewed(compared.before, change, case.before.price_rule)
    if case.view(everything, change) == was and own:
        return own
    return own + (tuple(residual) if own else only(residual))


def only(residual: Sequence[Cause]) -> tuple[Cause, ...]:
    """What is left when all else is ruled out; one alone is certain."""
    if not residual:
        return (Cause(what="unknown", detail="nothing on record says why"),)
    certain = len(residual) == 1 and residual[0].what != "unknown"
    return tuple(cause.model_copy(update={"certain": certain}) for cause in residual)


def _with_items(
    case: Case, change: Change | None, places: frozenset[int], *, certain: bool
) -> tuple[Cause, ...]:
    before = case.known(frozenset(range(len(case.factors))))
    items = items_of(change.kind if change else None, before, case.known(frozenset()))
    found = []
    for place in sorted(places):
        cause = case.factors[place].cause
        held = tuple(
            item for item in items if held_by(item, cause.kind or "", cause.external_id or "")
        )
        update = {"certain": certain, "items": held if cause.what == "document" else ()}
        found.append(cause.model_copy(update=update))
    return tuple(found)


def factors_of(states: TwoStates, before: Stand, after: Stand) -> list[Factor]:
    """All that is not as it was and can be tried: documents first, then keys, then corrections."""
    found = [
        Factor(document_cause(pair), (pair.newer.kind, pair.newer.external_id))
        for pair in states.differing()
    ]
    found += [Factor(cause, key=cause.detail) for cause in key_causes(before, after)]
    earlier = before.basis.overrides if before.basis else {}
    later = after.basis.overrides if after.basis else {}
    if before.overrides_of(states.issue) != after.overrides_of(states.issue):
        entries = later.get(states.issue) or earlier.get(states.issue, ())
        reasons = "; ".join(entry.reason for entry in entries)
        taken = "" if states.issue in later else "taken back: "
        found.append(Factor(Cause(what="override", detail=f"{taken}{reasons}"), key=""))
    return found


def key_causes(before: Stand, after: Stand) -> Iterator[Cause]:
    for key in changed_keys(before.specification, after.specification):
        yield Cause(what="specification", detail=key)


def document_cause(pair: TwoCopies) -> Cause:
    document = pair.newer
    detail = "changed" if pair.before and pair.after else "came" if pair.after else "not read"
    return Cause(
        what="document",
        detail=detail,
        source=document.source,
        kind=document.kind,
        external_id=document.external_id,
        fetched_at=pair.after.fetched_at if pair.after else None,
    )


def residual_of(before: Stand, after: Stand, compared: Compared) -> list[Cause]:
    """What changed that cannot be tried: code, hidden tests by hand, the repository's mirror."""
    if before.basis is None or after.basis is None:
        detail = "what one of the versions rested on besides documents was not noted"
        return [Cause(what="unknown", detail=detail)]
    row, found = compared.row, list[Cause]()
    if before.basis.rules != after.basis.rules:
        detail = f"code {short(before.basis.rules)} → {short(after.basis.rules)}"
        found.append(Cause(what="rules", detail=detail))
    if before.basis.overlays.get(row.instance_id) != after.basis.overlays.get(row.instance_id):
        found.append(Cause(what="hidden_tests", detail=row.instance_id))
    repository = row.issue.partition("#")[0]
    fetched = before.basis.mirrors.get(repository) != after.basis.mirrors.get(repository)
    if fetched and row.variant == "ic_swe":
        mirror = Cause(what="mirror", detail=repository)
        refused = compared.before
        lacked = isinstance(refused, Rejection) and refused.reason == RETRIED
        found = [mirror] if lacked else [*found, mirror]
    if before.basis.rates != after.basis.rates:
        found.append(Cause(what="specification", detail="fx.yaml"))
    return found
