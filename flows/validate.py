"""The validation flow: which instances of a dataset version can be graded, found out by their own
reference."""

from prefect import get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.declaring import checked_flow
from flows.naming import marked, named, version_words
from flows.parameters import AtLeastOne, SandboxName
from tasks.domain.digests import short
from tasks.domain.sandboxes import check_sandbox, check_workers
from tasks.settings import flow_home
from tasks.validate import check_repeats, raise_for_faults, validate_version
from tasks.validations import Validation


@checked_flow("validate", named("validate", version_words, marked("redo")))
async def validate(
    dataset: str,
    instances: list[str] | None = None,
    repeats: AtLeastOne | None = None,
    sandbox: SandboxName | None = None,
    redo: bool = False,
    workers: AtLeastOne | None = None,
    prune: bool = False,
    home: str | None = None,
) -> Validation:
    """Run all tests of a version's instances without and with the gold patch, several times.

    Args:
        dataset: `name`, `name@latest` or `name@digest-prefix`.
        instances: only these; all where left out.
        repeats: how often, at least; what the dataset says where left out.
        sandbox: docker or process; where left out, docker, or process for trusted code where no
            engine answers.
        redo: validate again what has been validated.
        workers: how many instances are validated side by side; as many as there are cores where
            left out.
        prune: remove an instance's image as soon as it is validated.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    validation, outcome = await validate_version(
        where,
        dataset,
        instances or [],
        repeats=check_repeats(repeats),
        sandbox=check_sandbox(sandbox),
        redo=redo,
        workers=check_workers(workers),
        prune=prune,
    )
    get_run_logger().info(
        "%s@%s, validate: %d written, %d faults",
        validation.dataset,
        short(validation.version),
        outcome.written,
        outcome.faults,
    )
    left_out = [one for one in validation.instances if one.result != "gradable"]
    await acreate_table_artifact(
        [{"instance": o.instance_id, "result": o.result, "reason": o.reason} for o in left_out],
        key="validation",
        description=f"{validation.dataset}@{short(validation.version)}: what is not gradable",
    )
    raise_for_faults(validation, outcome)
    return validation
