"""A dataset's card on a terminal."""

from typing import Any

from rich.console import Console

from flows.tables import plain, table
from tasks.domain.digests import short
from tasks.domain.money import show_cents

_NUMBERS = ("priced", "unpriced", "median", "mean", "total")


def show_card(console: Console, card: dict[str, Any]) -> None:
    console.print(
        f"{card['dataset']}@{short(card['version'])}: {card['instances']:,} instances, paid "
        f"{card['price_rule']}"
    )
    made = table("variant", "price rule", *_NUMBERS, numbers=_NUMBERS)
    for variant, rules in card["prices"].items():
        for rule, one in rules.items():
            made.add_row(
                variant,
                rule,
                f"{one['n']:,}",
                f"{one['unpriced']:,}",
                show_cents(one["median_cents"]),
                show_cents(one["mean_cents"]),
                show_cents(one["total_cents"]),
            )
    console.print(made)
    if card["facts"] is not None:
        families = table("family", "tasks", numbers=("tasks",))
        for family, count in card["facts"]["families"].items():
            families.add_row(family, f"{count:,}")
        console.print(families)
    for note in card["notes"]:
        console.print(f"- {plain(note)}", soft_wrap=True)
    if card["rejections"]:
        reasons = table("rejected because", "candidates", numbers=("candidates",))
        for reason, count in card["rejections"].items():
            reasons.add_row(reason, f"{count:,}")
        console.print(reasons)
