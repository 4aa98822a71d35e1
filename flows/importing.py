"""The flow that makes a run of published results, and scores it as any other."""

from pathlib import Path

from prefect import get_run_logger

from flows.declaring import checked_flow
from flows.evaluate import Sandboxed, run_stages
from flows.naming import given, named
from flows.stages import run_of
from tasks.importing import import_run
from tasks.queries import RunSummary
from tasks.settings import flow_home


@checked_flow("import-results", named("import-results", given("path")))
async def import_results(
    path: str,
    dataset: str | None = None,
    variant: str | None = None,
    model: str | None = None,
    home: str | None = None,
) -> RunSummary:
    """Land the files of a published run, take its verdicts over, and score them.

    Args:
        path: a file or folder of results.
        dataset: `name`, `name@latest` or `name@digest-prefix`; where left out, the newest version
            of the one dataset that has tasks of these results.
        variant: which tasks the results speak of, where their names do not tell.
        model: whose results they are; what the files say where left out.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where = flow_home(home)
    run_id, notes = import_run(where, Path(path), dataset=dataset, variant=variant, model=model)
    get_run_logger().info("run %s", run_id)
    rule = run_of(where, run_id, None).price_rule
    summary = await run_stages(where, run_id, ("score", "report"), rule, [], sandboxed=Sandboxed())
    return summary.noting(notes)
