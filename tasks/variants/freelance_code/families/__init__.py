"""Families of programming tasks, found by name: a module here that defines `FAMILY` is one."""

import importlib
import pkgutil
from functools import cache

from tasks.variants.freelance_code.family import Family


@cache
def families() -> dict[str, Family]:
    """Name → family, in alphabetical order."""
    found: dict[str, Family] = {}
    for module in pkgutil.iter_modules(__path__):
        family = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FAMILY", None)
        if family is not None:
            found[family.name] = family
    return dict(sorted(found.items()))
