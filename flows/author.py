"""The authoring flow: a model writes tasks from postings that have landed; its answers land."""

from typing import Annotated

from prefect import get_run_logger
from pydantic import Field

from flows.declaring import checked_flow
from flows.naming import given, named
from tasks.author import AuthorResult, author_postings
from tasks.authoring import check_authoring
from tasks.domain.sandboxes import check_workers
from tasks.domain.solver_options import NO_USE, SolverChoice, SolverUse
from tasks.settings import dataset_folders, flow_home
from tasks.specs import load_spec


@checked_flow("author", named("author", given("datasets")))
async def author(
    datasets: list[str],
    choice: SolverChoice,
    use: SolverUse = NO_USE,
    limit: Annotated[int | None, Field(gt=0)] = None,
    workers: int | None = None,
    home: str | None = None,
) -> list[AuthorResult]:
    """Have a model write tasks from the postings of these datasets that it has not answered yet.

    Args:
        datasets: names of specifications (folders of datasets/) with postings.
        choice: the model, and how it samples.
        use: where it is asked, and what may be spent.
        limit: stop after so many postings; as many as the dataset takes where left out.
        workers: so many questions side by side.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    where, side_by_side = flow_home(home), check_workers(workers)
    specs = [load_spec(name, dataset_folders()) for name in datasets]
    for spec, _ in specs:
        check_authoring(spec, limit)
    results = []
    for spec, folder in specs:
        result = await author_postings(
            where, spec, folder, choice, use, limit=limit, workers=side_by_side
        )
        get_run_logger().info(
            "%s: %d asked, %d written, %d unusable, %d faults",
            *(spec.name, result.asked, result.written, result.unusable, result.faults),
        )
        results.append(result)
        result.raise_for_faults()
    return results
