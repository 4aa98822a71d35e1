"""Solvers as a run wants them: with their prompts, a key, and what may be spent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from tasks.domain.errors import UsageError
from tasks.domain.protocols import Solver
from tasks.domain.rollouts import Run
from tasks.domain.solver_options import (
    NO_USE,
    ModelDoor,
    SolverChoice,
    SolverOptions,
    SolverUse,
    Wants,
    check_options,
    choice_of,
)
from tasks.domain.workplaces import WorkingSolver
from tasks.prompts import PRICE, load_prompts
from tasks.replays import solver_options
from tasks.settings import Settings, machine_limit, provider_key, secret_values
from tasks.solvers import solver_named, wants_of
from tasks.solvers.provider import check_base_url, key_variables, require_models, split_model

MODEL_WORKERS: Final = 8
"""So many rollouts side by side where nobody says: a model's provider does the work."""

_LIBRARIES: Final = ("pydantic-ai-slim", "genai-prices", "openai", "pydantic")


@dataclass(frozen=True)
class Strategy:
    """A solver, what it wants, and the prompts it was made with (name → text). `added` are those
    of them that are put behind a task's, in their order."""

    solver: Solver | WorkingSolver
    wants: Wants
    prompts: Mapping[str, str]
    price_rule: str | None = None
    added: tuple[str, ...] = ()
    asks_client: bool = False

    @cached_property
    def working(self) -> WorkingSolver | None:
        """The solver, where it works in its task's container. Found out once: asking a protocol
        takes as long as a baseline's answer."""
        return self.solver if isinstance(self.solver, WorkingSolver) else None

    def wording(self, variant: str) -> str | None:
        """The prompt that a task of the variant is put in; None where the solver wants none."""
        name = self.wants.prompt
        return None if name is None else self.prompts[name.format(variant=variant)]

    def additions(self) -> dict[str, str]:
        """What is put behind every task's prompt: name → text."""
        return {name: self.prompts[name] for name in self.added}


def new_strategy(
    home: Path,
    solver: str,
    choice: SolverChoice,
    use: SolverUse,
    plain: Mapping[str, Any],
    *,
    variants: Iterable[str],
    price_rule: str,
) -> Strategy:
    """The strategy that was asked for. `plain` are the options of solvers that have their own.

    Raises UsageError for options that it does not take, lacks, or that cannot be used.
    """
    wants = wants_of(solver)
    check_options(solver, wants, choice, use)
    price = [PRICE] if choice.tells_price else []
    names = [*wants.files(variants), *price, *wants.added(choice)]
    told = price_rule if choice.tells_price else None
    prompts = load_prompts(names) if wants.takes else {}
    return _made(home, solver, wants, choice, use, plain, prompts, told, workers=None)


def strategy_of(
    home: Path,
    run: Run,
    use: SolverUse = NO_USE,
    workers: int | None = None,
    prompts: Mapping[str, str] | None = None,
) -> Strategy:
    """The strategy of a stored run, used as `use` says. `prompts` (name → text) are read from the
    folders of datasets where they are left out.

    Raises UsageError where its prompts are not what they were when the run was opened.
    """
    wants = wants_of(run.solver)
    plain = solver_options(home, run.solver, run.parameters)
    choice = choice_of(run.parameters) if wants.takes else SolverChoice()
    check_options(run.solver, wants, choice, use)
    names = list(run.parameters.get("prompts", {}))
    told = run.parameters.get("price_rule")
    texts = load_prompts(names) if prompts is None else dict(prompts)
    made = _made(home, run.solver, wants, choice, use, plain, texts, told, workers)
    changed = dict(made.solver.parameters()).get("prompts", {}) != run.parameters.get("prompts", {})
    if changed:
        raise UsageError(
            f"the prompts of run {run.run_id} have changed since it was opened; evaluate again to "
            "open another run, or put the files in datasets/prompts back"
        )
    return made


def library_versions(solver: str) -> dict[str, str]:
    """What the answers of a solver come through, with versions; nothing where it asks no model."""
    return versions_of_libraries() if wants_of(solver).asks_model else {}


def versions_of_libraries() -> dict[str, str]:
    """What the answers of models come through."""
    return {name: metadata.version(name) for name in _LIBRARIES}


def _made(
    home: Path,
    solver: str,
    wants: Wants,
    choice: SolverChoice,
    use: SolverUse,
    plain: Mapping[str, Any],
    prompts: dict[str, str],
    price_rule: str | None,
    workers: int | None,
) -> Strategy:
    if not wants.takes:
        return Strategy(solver_named(solver, plain), wants, {})
    if wants.asks_model:
        require_models()
    options = SolverOptions(
        choice=choice,
        use=use,
        door=door_of(home, choice, use, workers),
        prompts=prompts,
        price_rule=price_rule,
    )
    made = solver_named(solver, {"options": options, **plain})
    return Strategy(made, wants, prompts, price_rule, wants.added(choice), choice.ask_client)


def door_of(home: Path, choice: SolverChoice, use: SolverUse, workers: int | None) -> ModelDoor:
    """The way to the chosen model, with the key that the environment holds for it."""
    if choice.model is None:
        return ModelDoor()
    provider, _ = split_model(choice.model)
    base_url = use.base_url
    if base_url is None and provider.startswith("openai"):
        base_url = Settings().openai_base_url
    return ModelDoor(
        key=provider_key(key_variables(provider)),
        base_url=None if base_url is None else check_base_url(base_url),
        secrets=secret_values(),
        cache=str(home / "cache") if use.cache else None,
        workers=workers or MODEL_WORKERS,
        at_once=machine_limit("PAYDAG_MODEL_REQUESTS"),
    )
