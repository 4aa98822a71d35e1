"""Kinds of work, found by name: a module here that defines `VARIANT` is one."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from tasks.domain.errors import UsageError, unknown
from tasks.domain.protocols import IssueVariant, PostingVariant, Variant


@cache
def variants() -> dict[str, Variant]:
    """Name → variant, in alphabetical order."""
    found: dict[str, Variant] = {}
    for module in pkgutil.iter_modules(__path__):
        variant = getattr(importlib.import_module(f"{__name__}.{module.name}"), "VARIANT", None)
        if variant is not None:
            found[variant.name] = variant
    return dict(sorted(found.items()))


def variant_named(name: str) -> Variant:
    """The variant called `name`; UsageError with the known ones otherwise."""
    if name not in variants():
        raise unknown("variant", name, list(variants()))
    return variants()[name]


# Every issue asks, and to compare a class with a protocol costs more than many an answer.
@cache
def issue_variant(name: str) -> IssueVariant:
    """The variant called `name`, which makes tasks of issues."""
    found = variant_named(name)
    if not isinstance(found, IssueVariant):
        raise UsageError(f"{name} makes tasks of postings, not of issues")
    return found


def posting_variants(names: Iterable[str]) -> list[PostingVariant]:
    """Those of the named variants that make tasks of postings."""
    return [found for found in map(variant_named, names) if isinstance(found, PostingVariant)]


def issue_variants(names: Iterable[str]) -> list[str]:
    """Those of the named variants that make tasks of issues."""
    return [name for name in names if _is_of_issues(name)]


@cache
def _is_of_issues(name: str) -> bool:
    return isinstance(variant_named(name), IssueVariant)
