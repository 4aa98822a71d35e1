"""Runs beside each other: what `paydag compare` finds and the pages show."""

from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.metrics import VERSUS, Metric
from tasks.domain.solver_options import choice_of

# The solvers that every model has to beat.
BASELINES: Final = ("first", "last", "random", "longest", "null")


class ComparedRun(BaseModel, frozen=True, extra="forbid"):
    """A run in a comparison. `asked`: it was named; baselines stand beside what was named.

    `metrics` are those of the slice `all`, and `by_variant` those of each variant, by name.
    """

    run_id: str
    dataset: str
    dataset_version: str
    solver: str
    model: str | None
    attempts: int
    role: Literal["model", "baseline", "reference"]
    asked: bool
    metrics: dict[str, Metric]
    by_variant: dict[str, dict[str, Metric]]

    @property
    def name(self) -> str:
        """The model where one was asked, else the solver."""
        return self.model or self.solver


class PairedRuns(BaseModel, frozen=True, extra="forbid"):
    """Two runs on the instances that both attempted; metrics by name as in VERSUS_METRICS.

    Differences are `this` minus `other`. Without common instances there are counts only.
    """

    this: str
    other: str
    metrics: dict[str, Metric]

    @property
    def slice(self) -> str:
        """The slice of eval.metrics that the metrics stand in, of the run `this`."""
        return f"{VERSUS}{self.other}"


class Comparison(BaseModel, frozen=True, extra="forbid"):
    """Runs under one price rule, the asked ones first, and every pair of them."""

    price_rule: str
    runs: tuple[ComparedRun, ...]
    pairs: tuple[PairedRuns, ...]
    notes: tuple[str, ...] = ()


def role_of(solver: str) -> Literal["model", "baseline", "reference"]:
    """What a solver's run is there for: gold shows what can be earned, baselines what is free."""
    if solver in BASELINES:
        return "baseline"
    return "reference" if solver == "gold" else "model"


def model_of(parameters: dict[str, object]) -> str | None:
    """`PROVIDER:NAME` of a run's parameters; None where no model was asked."""
    return choice_of(parameters).model
