"""How an export looks on a terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console

from flows.tables import plain
from tasks.domain.digests import short
from tasks.domain.money import show_cents

if TYPE_CHECKING:
    from tasks.export import Exported


def show_export(console: Console, done: "Exported") -> None:
    """What is in the folder, and a line for each kind of thing that is not."""
    console.print(
        f"{plain(done.folder)}: {done.instances} instances of {done.dataset}@{short(done.version)} "
        f"as {done.format}, {show_cents(done.price_cents)} ({done.price_rule})",
        soft_wrap=True,
    )
    console.print("it holds the answers: references, hidden tests or accepted proposals")
    if done.held_back:
        console.print(f"held back: {done.held_back} of the holdout (--include-holdout)")
    for reason, count in done.left_out.items():
        console.print(f"left out: {count} x {plain(reason)}", soft_wrap=True)
    if done.lost:
        console.print(f"lost, in so many instances: {_listed(done.lost)}", soft_wrap=True)
    if done.unknown:
        console.print(f"not known, in so many: {_listed(done.unknown)}", soft_wrap=True)
    console.print(f"canary: {plain(done.canary)}", soft_wrap=True)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{plain(name)} {count}" for name, count in counts.items())
