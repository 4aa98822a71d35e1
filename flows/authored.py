"""What a model was asked to write, and wrote."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.session import Answer
from flows.tables import table

if TYPE_CHECKING:
    from rich.console import Console

_NUMBERS = ("candidates", "known", "asked", "written", "unusable")


def show_authored(results: Sequence[Any]) -> Answer:
    """One object for all datasets: the sums, and each of them."""
    from tasks.author import AuthorResult

    found = [AuthorResult.model_validate(result) for result in results]

    def show(console: "Console") -> None:
        made = table("dataset", "model", *_NUMBERS, "cost until now", numbers=_NUMBERS)
        for one in found:
            counts = [f"{getattr(one, name):,}" for name in _NUMBERS]
            made.add_row(one.dataset, one.model, *counts, f"${one.spent_cents / 100:.4f}")
        console.print(made)
        for one in found:
            for note in one.notes:
                console.print(f"{one.dataset}: {note}", markup=False, highlight=False)

    sums = {name: sum(getattr(one, name) for one in found) for name in _NUMBERS}
    datasets = [one.model_dump(mode="json") for one in found]
    return Answer({**sums, "datasets": datasets}, show)
