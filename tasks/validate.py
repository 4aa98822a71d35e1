"""Validate: find out of a dataset version, without a run, which instances can be graded."""

from collections.abc import Sequence
from pathlib import Path

from tasks.choosing import unfinished, wanted_environments
from tasks.domain.errors import UsageError
from tasks.prepare import prepare_all
from tasks.queries import no_engine_note
from tasks.runs import Selection, find_version, load_instances, select_instances
from tasks.stages import StageFailedError, StageOutcome, open_warehouse, summarise
from tasks.validations import Validation, read_environments


class ValidationFailedError(StageFailedError):
    """Faults that outlived their retries; `validation` has everything that was found out."""

    def __init__(self, message: str, validation: Validation) -> None:
        super().__init__(message)
        self.validation = validation


def check_repeats(repeats: int | None) -> int | None:
    """`repeats`, or a UsageError where nothing would be run."""
    if repeats is not None and repeats < 1:
        raise UsageError(f"--repeats {repeats}: at least one repetition is needed")
    return repeats


async def validate_version(
    home: Path,
    dataset: str,
    instances: Sequence[str],
    *,
    repeats: int | None,
    sandbox: str | None,
    redo: bool,
    workers: int | None = None,
    prune: bool = False,
) -> tuple[Validation, StageOutcome]:
    """Validate what is not validated yet (everything with `redo`); what is known of all of it.

    `dataset` is `name`, `name@latest` or `name@digest-prefix`.
    """
    warehouse = open_warehouse(home)
    selection = Selection(instances=tuple(sorted(set(instances))))
    with warehouse.read("core", "eval") as session:
        version = find_version(session, dataset)
        rows = select_instances(session, version, selection, None)
        loaded = load_instances(session, (row["instance_digest"] for row in rows))
        items = [loaded[row["instance_digest"]] for row in rows]
        wanted = wanted_environments(items, sandbox, repeats=repeats)
        pending = wanted if redo else unfinished(session, wanted)
    faults = await prepare_all("validate", home, pending, workers=workers, prune=prune)
    with warehouse.read("core", "eval") as session:
        found = read_environments(session, wanted)
    fallen = sum(one.because == "no_engine" for one in wanted)
    validation = Validation(
        dataset=version.dataset,
        version=version.dataset_version,
        instances=tuple(found),
        notes=(no_engine_note(fallen),) if fallen else (),
    )
    return validation, summarise("validate", len(pending), faults, total=len(wanted))


def raise_for_faults(validation: Validation, outcome: StageOutcome) -> None:
    """Raise ValidationFailedError where faults remain."""
    try:
        outcome.raise_for_faults()
    except StageFailedError as error:
        raise ValidationFailedError(str(error), validation) from None
