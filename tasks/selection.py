"""Which instances a dataset takes: what leaks, what its filters leave out, and its sample."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from tasks.domain.errors import DataError, UsageError, unknown
from tasks.domain.facts import Facts, languages_of
from tasks.domain.history import CodeHistory
from tasks.domain.sampling import Ticket, draw, price_band
from tasks.repos import Mirror, mirror_path
from tasks.specs import DatasetSpec, place_in
from tasks.specs.cutoffs import Cutoff, load_cutoffs, seen_until
from tasks.specs.filters import Around, Candidate, Filters
from tasks.specs.ranges import DateRange
from tasks.specs.selecting import Contamination
from tasks.warehouse import Row, Session
from tasks.warehouse.columns import texts_as_table

CONTAMINATION: Final = "contamination"
_DATES: Final = ("created", "assigned", "merged", "closed")
_BANDS: Final = (25_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True)
class Place:
    """Where a dataset is built: the home with its mirrors, the dataset's folder (None for one
    without), and where other datasets are looked for."""

    home: Path
    folder: Path | None = None
    folders: Sequence[Path] = ()

    def of(self, spec: DatasetSpec, *location: str) -> str:
        """`file:line` of a key of the specification."""
        if self.folder is None:
            return spec.name
        return place_in(self.folder, self.folders, location)


@dataclass
class _Left:
    """The instances that are left, and the rejections of those that are not."""

    rows: list[Row]
    out: list[Row] = field(default_factory=list)

    def refuse(self, reason: str, why: Callable[[Row], str | None]) -> None:
        """Leave out every row that `why` has an answer for."""
        kept = []
        for row in self.rows:
            detail = why(row)
            if detail is None:
                kept.append(row)
            else:
                named = {key: row[key] for key in ("candidate_id", "variant")}
                self.out.append({**named, "reason": reason, "detail": detail})
        self.rows = kept


def select(session: Session, spec: DatasetSpec, place: Place) -> None:
    """Turn the instances that the dataset does not take into rejections of the fates.

    Raises UsageError, with the line, for a filter or window that leaves nothing of what it is
    given.
    """
    if not _selects(spec):
        return
    words = spec.filters is not None and spec.filters.text is not None
    left = _Left(session.query("fates_to_select", words=words))
    if spec.lint == "reject":
        left.refuse("leak", _leak)
    around = Around(price_rule=spec.price_rule, newest=_newest(session, spec))
    for location, why in _tests(spec, place, around):
        before = len(left.rows)
        left.refuse("filtered", why)
        if before and not left.rows:
            raise UsageError(
                f"{place.of(spec, *location)}: {'.'.join(location)}: selects none of the "
                f"{before} instances that are left to it; loosen it"
            )
    if spec.sample is not None:
        drawn = _drawn(spec, left.rows)
        total = len(left.rows)
        left.refuse("not_sampled", lambda row: _undrawn(row, drawn, total))
    columns = ("candidate_id", "variant", "reason", "detail")
    with session.registered("left_out", texts_as_table(columns, left.out)):
        session.run("refuse_fates")


def _selects(spec: DatasetSpec) -> bool:
    chosen = (spec.filters, spec.contamination, spec.sample)
    return spec.lint == "reject" or any(one is not None for one in chosen)


def _leak(row: Row) -> str | None:
    findings = json.loads(row["findings"]) if row["findings"] else []
    leaks = [one for one in findings if one["severity"] == "leak"]
    return f"{leaks[0]['code']} in {leaks[0]['field']}: {leaks[0]['words']}" if leaks else None


def _tests(
    spec: DatasetSpec, place: Place, around: Around
) -> Iterator[tuple[tuple[str, ...], Callable[[Row], str | None]]]:
    """(where it stands, what it has against an instance) of every filter and of the window."""
    if spec.filters is not None:
        seen = _Seen(place.home, asks_languages=spec.filters.languages is not None)
        for name in spec.filters.named():
            yield ("filters", name), _filter(spec.filters, name, seen, around)
    cutoff = cutoff_of(spec, place)
    if spec.contamination is not None and cutoff is not None:
        yield (CONTAMINATION,), _window(spec.contamination, cutoff)


def _filter(
    filters: Filters, name: str, seen: "_Seen", around: Around
) -> Callable[[Row], str | None]:
    def why(row: Row) -> str | None:
        lacks = filters.lacks(name, seen.candidate(row), around)
        return None if lacks is None else f"{name}: {lacks}"

    return why


def cutoff_of(spec: DatasetSpec, place: Place) -> Cutoff | None:
    """The cutoff that the dataset's window goes by, None without one. Raises UsageError, with the
    line, for a model whose cutoff is not known."""
    if spec.contamination is None:
        return None
    known, model = load_cutoffs(place.folders), spec.contamination.model
    if model not in known:
        where = f"{place.of(spec, CONTAMINATION, 'model')}: {CONTAMINATION}.model"
        raise UsageError(f"{where}: {unknown('model', model, list(known))}")
    return known[model]


def _window(wanted: Contamination, cutoff: Cutoff) -> Callable[[Row], str | None]:
    first_unseen = seen_until(cutoff)

    def why(row: Row) -> str | None:
        merged = _facts(row).merged
        if merged is None:
            return f"{CONTAMINATION}: nobody knows when the fix was merged"
        if (merged >= first_unseen) == (wanted.merged == "after"):
            return None
        side = "after" if merged >= first_unseen else "no later than"
        return (
            f"{CONTAMINATION}: merged on {merged:%Y-%m-%d}, {side} {cutoff.cutoff}, "
            f"the cutoff of {wanted.model}"
        )

    return why


class _Seen:
    """Instances as filters see them; mirrors tell the language of a fix where no patch does."""

    def __init__(self, home: Path, *, asks_languages: bool) -> None:
        self._home = home
        self._asks_languages = asks_languages
        self._mirror = cache(self._opened)

    def candidate(self, row: Row) -> Candidate:
        facts = _facts(row)
        if self._asks_languages and facts.languages is None:
            facts = facts.model_copy(update={"languages": self._languages(row)})
        return Candidate(facts=facts, prices=dict(row["prices"]), text=row["words"] or "")

    def _opened(self, repository: str) -> CodeHistory | None:
        path = mirror_path(self._home, repository)
        return Mirror(path) if path.is_dir() else None

    def _languages(self, row: Row) -> tuple[str, ...] | None:
        mirror, fix = self._mirror(row["repository"]), row["fix_commit"]
        if mirror is None or not fix:
            return None
        try:
            commit = mirror.commit(fix)
            base = row["base"] or (commit.parents[0] if commit and commit.parents else None)
            changes = mirror.changes(base, fix) if base else ()
        except DataError:
            return None
        return languages_of([change.path for change in changes]) if changes else None


def _facts(row: Row) -> Facts:
    return Facts.model_validate_json(row["facts"]) if row["facts"] else Facts()


def _newest(session: Session, spec: DatasetSpec) -> datetime | None:
    """The newest date that has landed, no later than the date as of which the dataset stands."""
    ranges = [getattr(spec.filters, name) for name in _DATES] if spec.filters else []
    if not any(isinstance(one, DateRange) and one.last_days for one in ranges):
        return None
    github, kaggle = spec.sources.github, spec.sources.kaggle
    rows = session.query(
        "newest_date",
        repositories=list(github.repositories) if github else [],
        market=kaggle.market if kaggle else None,
    )
    newest: datetime | None = rows[0]["newest"]
    if newest is not None and isinstance(spec.as_of, datetime):
        return min(newest, spec.as_of)
    return newest


def _drawn(spec: DatasetSpec, rows: Sequence[Row]) -> frozenset[str]:
    sample = spec.sample
    assert sample is not None
    begins = [int(dollars * 100) for dollars in sample.price_bands] or _BANDS
    tellers: Mapping[str, Callable[[Row], str]] = {
        "price_band": lambda row: price_band(row["price_cents"], begins),
        "variant": lambda row: str(row["variant"]),
        "month": lambda row: f"{row['as_of']:%Y-%m}" if row["as_of"] else "undated",
    }
    tickets = [
        Ticket(row["instance_id"], tuple(tellers[name](row) for name in sample.stratify))
        for row in rows
    ]
    return draw(tickets, sample.count, sample.seed)


def _undrawn(row: Row, drawn: frozenset[str], total: int) -> str | None:
    if row["instance_id"] in drawn:
        return None
    return f"{len(drawn)} of {total} were drawn, this one was not"
