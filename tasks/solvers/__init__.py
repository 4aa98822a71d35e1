"""Strategies, found by name: a module here that defines `SOLVERS` (name → factory) adds to them.

`WANTS` (name → Wants) beside it says which options they take and which prompts they need.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tasks.domain.errors import unknown
from tasks.domain.protocols import Solver
from tasks.domain.solver_options import Wants
from tasks.domain.workplaces import WorkingSolver

Factory = Callable[[Mapping[str, Any]], Solver | WorkingSolver]


@cache
def _factories() -> dict[str, Factory]:
    return dict(sorted(_found("SOLVERS").items()))


def _found(shelf: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{module.name}"), shelf, {})
    return found


def known_solvers() -> list[str]:
    return list(_factories())


def solver_named(name: str, options: Mapping[str, Any]) -> Solver | WorkingSolver:
    """The solver called `name` with its options; UsageError for an unknown name or option."""
    if name not in _factories():
        raise unknown("solver", name, known_solvers())
    return _factories()[name](options)


def wants_of(name: str) -> Wants:
    """What the solver takes and needs; UsageError for an unknown name."""
    if name not in _factories():
        raise unknown("solver", name, known_solvers())
    wanted: Wants = _found("WANTS").get(name, Wants())
    return wanted
