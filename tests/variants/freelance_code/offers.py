"""Postings, and what the variant may ask, for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from tasks.domain.authored import Authored
from tasks.domain.instances import Environment
from tasks.domain.postings import Posting
from tasks.domain.protocols import ProgramRunner, Sandbox
from tasks.sandbox.process_programs import ProcessPrograms

MARKET = "someone/postings"


def posting(key: int, **changes: Any) -> Posting:
    """A posting that a family fits; every one says something else."""
    fields: dict[str, Any] = {
        "market": MARKET,
        "key": str(key),
        "title": f"Totals of our orders, part {key}",
        "description": f"We need a summary with totals of the orders of shop {key}.",
        "tags": ("excel", "data processing"),
        "currency": "USD",
        "band_min_cents": 3_000,
        "band_max_cents": 25_000,
        "rate_type": "fixed",
        "document_id": f"kaggle.posting:{MARKET}#{key}",
    }
    return Posting(**(fields | changes))


@dataclass
class Context:
    rates: Mapping[str, Decimal] = field(
        default_factory=lambda: {"USD": Decimal(1), "EUR": Decimal("1.1")}
    )
    predicted: Mapping[str, int] = field(default_factory=dict)
    limit: int | None = None
    seed: int = 1
    price_rule: str = "band_mid"
    environment: Environment = field(
        default_factory=lambda: Environment(kind="programs", image="some/python", trusted=True)
    )
    authored: Mapping[str, Authored] | None = None


class ProgramBench:
    """A bench that runs trusted programs and has nothing else."""

    @property
    def sandbox(self) -> Sandbox:
        raise AssertionError("a program asked for a box")

    def programs(self, environment: Environment) -> ProgramRunner:
        return ProcessPrograms(environment, "a test")

    def repository(self, name: str) -> NoReturn:
        raise AssertionError(f"a program asked for {name}")

    def turn(self) -> NoReturn:
        raise AssertionError("a program took the turn of tests")
