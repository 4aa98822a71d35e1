"""What a schedule runs: refresh, build, evaluate."""

from typing import Any

from flows.build import build
from flows.declaring import checked_flow
from flows.evaluate import evaluate
from flows.naming import given, named
from flows.parameters import AtLeastOne
from flows.refresh import refresh
from tasks.domain.solver_options import NO_CHOICE, NO_USE, SolverChoice, SolverUse
from tasks.solvers import wants_of


@checked_flow("nightly", named("nightly", given("dataset"), given("solvers")))
async def nightly(
    dataset: str,
    solvers: list[str],
    from_paths: list[str] | None = None,
    choice: SolverChoice = NO_CHOICE,
    use: SolverUse = NO_USE,
    workers: AtLeastOne | None = None,
    home: str | None = None,
) -> list[str]:
    """Refresh a dataset, build its version of today, and evaluate it; the run ids.

    Args:
        dataset: name of the specification.
        solvers: names of the strategies to evaluate.
        from_paths: `SOURCE=PATH`, to land files instead of collecting.
        choice: for those of them that ask a model, as in the flow `evaluate`.
        use: for those of them that ask a model; the budget is for each of their runs.
        workers: how many rollouts, preparations or gradings run side by side, at most.
        home: absolute path of the warehouse's home; PAYDAG_HOME where left out.
    """
    await refresh([dataset], from_paths, home)
    version = await build(dataset, home)
    reference = f"{dataset}@{version.version}"
    asking: dict[str, Any] = {"choice": choice, "use": use}
    summaries = [
        await evaluate(
            reference,
            solver,
            workers=workers,
            home=home,
            **(asking if wants_of(solver).asks_model else {}),
        )
        for solver in solvers
    ]
    return [summary.run.run_id for summary in summaries]
