"""Finds the causes of many rows: reads what they rest on, batch by batch, and has it tried."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from tasks.builds import basis_in
from tasks.domain.causes import Cause
from tasks.domain.version_diffs import DiffRow
from tasks.explaining import Case, Compared, Stand, explained, factors_of, key_causes, residual_of
from tasks.listing_causes import Changed, listed, with_selection
from tasks.replaying import Replayed
from tasks.settings import dataset_folders
from tasks.specs import bases_of, known_datasets
from tasks.two_states import Reader
from tasks.warehouse import Row, Session, Warehouse

# Issues whose documents are read at once, twice: some thirty megabytes.
_BATCH: Final = 200
# Tasks of which causes are tried: more take minutes, and then it is a rule for nearly all.
MOST_TRIED: Final = 2_000


class Reasons:
    """Causes between the versions of two rows of core.dataset_versions.

    `notes` say afterwards, a sentence each, what could not be found out as usual.
    """

    def __init__(self, warehouse: Warehouse, before: Row, after: Row) -> None:
        self._warehouse = warehouse
        self._home = warehouse.folder.parent
        self._before, self._after = _stand(before), _stand(after)
        roots = dataset_folders()
        folder = known_datasets(roots).get(after["dataset"])
        self._folders = bases_of(folder, roots) if folder is not None else ()
        self.notes: list[str] = []
        self._sides = (before, after)

    def explained(self, compared: Sequence[Compared]) -> list[DiffRow]:
        """The rows with their causes, in no particular order."""
        if not compared:
            return []
        with self._warehouse.read("core", "raw") as session:
            ends = self._positions(session)
            reader, changed = Reader(session, *ends), Changed(session, *ends)
        scraped = [one for one in compared if _is_scraped(one)]
        found = [self._listed(one, changed.of(one)) for one in compared if not _is_scraped(one)]
        wanted = []
        for one in scraped:
            touched = one.row.issue in reader.touched
            plain = None if touched else self._without_documents(one)
            if plain is not None:
                found.append(plain)
            else:
                wanted.append(one)
        if len(wanted) > MOST_TRIED:
            self.notes.append(
                f"causes of {MOST_TRIED:,} of {len(wanted):,} tasks were tried; for the others "
                "everything is named that changed besides"
            )
        for one in wanted[MOST_TRIED:]:
            of_issue = Cause(what="documents", detail=f"documents of {one.row.issue}")
            found.append(self._listed(one, [of_issue] if one.row.issue in reader.touched else []))
        found += self._tried(reader, wanted[:MOST_TRIED])
        return [with_selection(row) for row in found]

    def _positions(self, session: Session) -> tuple[int, int]:
        """From where the older version read surely, to where the newer one surely did not."""
        ends = []
        for row, place in zip(self._sides, ("raw_first", "raw_end"), strict=True):
            if row[place] is None:
                found = session.query("raw_position_at", moment=row["last_built_at"])
                ends.append(int(found[0]["position"]))
                name = f"{row['dataset']}@{row['dataset_version'][:12]}"
                self.notes.append(
                    f"{name} is of a build that noted nothing: its documents are those that had "
                    "landed by its date"
                )
            else:
                ends.append(int(row[place]))
        return ends[0], ends[1]

    def _listed(self, one: Compared, documents: Sequence[Cause]) -> DiffRow:
        return listed(one, self._before, self._after, documents)

    def _without_documents(self, one: Compared) -> DiffRow | None:
        """The row of an issue of which no document changed, where that leaves one cause or none."""
        residual = residual_of(self._before, self._after, one)
        keys = list(key_causes(self._before, self._after))
        issue = one.row.issue
        corrected = self._before.overrides_of(issue) != self._after.overrides_of(issue)
        if corrected or len(keys) + len(residual) > 1:
            return None
        return listed(one, self._before, self._after, [])

    def _tried(self, reader: Reader, wanted: Sequence[Compared]) -> Iterator[DiffRow]:
        issues = sorted({one.row.issue for one in wanted})
        by_issue: dict[str, list[Compared]] = {issue: [] for issue in issues}
        for one in wanted:
            by_issue[one.row.issue].append(one)
        for start in range(0, len(issues), _BATCH):
            part = issues[start : start + _BATCH]
            with self._warehouse.read("core", "raw") as session:
                states = reader.read(session, part)
            for issue in part:
                factors = factors_of(states[issue], self._before, self._after)
                tried: dict[frozenset[int], Replayed | None] = {}
                for one in by_issue[issue]:
                    case = Case(
                        self._home,
                        self._folders,
                        self._before,
                        self._after,
                        states[issue],
                        factors,
                        one.row.variant,
                        tried,
                    )
                    yield explained(case, one, residual_of(self._before, self._after, one))


def _stand(row: Row) -> Stand:
    return Stand(json.loads(row["specification"]), row["price_rule"], basis_in(row))


def _is_scraped(one: Compared) -> bool:
    """Whether a task was made of an issue: its key is then the issue's number."""
    row = one.row
    repository, _, number = row.issue.partition("#")
    return row.instance_id == f"{repository.replace('/', '__')}-{number}-{row.variant}" and (
        row.variant != "freelance_code"
    )
