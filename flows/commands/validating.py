"""Commands that find out which instances can be graded, and keep the list of those that can."""

from typing import Annotated

import typer

from flows.commands.options import Instances, Prune, Sandbox, Workers
from flows.session import Answer, Session
from tasks.domain.sandboxes import check_sandbox, check_workers


def validate(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="name, name@latest or name@digest-prefix.")],
    repeats: Annotated[
        int | None, typer.Option(help="Run all tests at least so often, without and with gold.")
    ] = None,
    sandbox: Sandbox = None,
    instance: Instances = None,
    redo: Annotated[
        bool, typer.Option("--redo", help="Validate again what has been validated.")
    ] = False,
    workers: Workers = None,
    prune: Prune = False,
) -> Answer:
    """Find out which instances can be graded: gold passes, null fails, every time.

    Example: paydag validate sample
    """
    check_sandbox(sandbox)
    check_workers(workers)

    async def run() -> object:
        from flows.validate import validate as flow
        from tasks.validate import ValidationFailedError

        try:
            return await flow(
                dataset,
                instances=instance,
                repeats=repeats,
                sandbox=sandbox,
                redo=redo,
                workers=workers,
                prune=prune,
                home=str(session.home),
            )
        except ValidationFailedError as error:
            # What could be found out is shown all the same.
            session.warn(str(error))
            return error.validation

    found = session.run_flow(run)
    from flows.validations import show_validation
    from tasks.validations import Validation

    validation = Validation.model_validate(found)
    return Answer(
        validation.as_json(),
        lambda console: show_validation(console, validation),
        exit_code=1 if validation.count("fault") else 0,
    )


def freeze(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="name, name@latest or name@digest-prefix.")],
    split: Annotated[str, typer.Argument(help="Name of the split, such as dev.")],
    force: Annotated[
        bool, typer.Option("--force", help="Write over a split of this name.")
    ] = False,
) -> Answer:
    """Write the ids of a version's gradable instances to splits/SPLIT.txt of its dataset.

    A rule under `splits` in dataset.yaml may ask for more. An id never moves between splits.

    Example: paydag freeze sample dev
    """
    from flows.validations import show_frozen
    from tasks.freezing import Ground
    from tasks.freezing import freeze as write_split
    from tasks.settings import dataset_folders
    from tasks.specs import load_spec
    from tasks.stages import open_warehouse

    folders = dataset_folders()
    spec, folder = load_spec(dataset.partition("@")[0], folders)
    ground = Ground(spec, folder, folders)
    frozen = write_split(open_warehouse(session.home), ground, dataset, split, overwrite=force)
    return Answer(frozen.model_dump(), lambda console: show_frozen(console, frozen))
