"""How versions and their differences look on a terminal, and as an artifact of a build."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console

from flows.tables import plain, table
from tasks.domain.causes import Cause
from tasks.domain.differences import WORDS
from tasks.domain.digests import short
from tasks.domain.money import show_cents
from tasks.domain.version_diffs import FATES, DiffRow, Movement, Totals, VersionDiff

# Rows of a terminal; --json and --html have all of them.
_MOST_ROWS: Final = 200
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:@$=^])")


def show_versions(console: Console, found: dict[str, Any]) -> None:
    numbers = ("instances", "price", "candidates", "added", "removed", "changed", "re-priced")
    made = table("version", "first built", "last built", *numbers, numbers=numbers)
    for one in found["versions"]:
        changes = one["changes"] or {}
        counts = [changes.get(n) for n in ("added", "removed", "changed", "repriced")]
        made.add_row(
            f"{found['dataset']}@{short(one['version'])}",
            one["first_built_at"][:16].replace("T", " "),
            one["last_built_at"][:16].replace("T", " "),
            str(one["instances"]),
            show_cents(one["price_cents"]),
            str(one["candidates"]),
            *("-" if count is None else str(count) for count in counts),
        )
    console.print(made)


def headline(diff: VersionDiff) -> str:
    """One line: between what, how many of what, and dollars before and after."""
    named = f"{diff.before.name} → {diff.after.name}"
    if diff.is_empty:
        return f"{named}: nothing changed"
    counts, total = diff.counts(), diff.total
    parts = [f"{counts[fate]:,} {fate}" for fate in FATES]
    if diff.compared == len(diff.rows):
        parts += [f"{count:,} {WORDS[kind]}" for kind, count in diff.kinds().items()]
    else:
        parts.append(f"{counts['repriced']:,} {WORDS['price']}")
    return (
        f"{named}: {', '.join(parts)}; {show_cents(total.before.price_cents)} → "
        f"{show_cents(total.after.price_cents)}"
    )


def show_changes(console: Console, dataset: str, diff: VersionDiff | None) -> None:
    """A line on what a build changed; `paydag diff` says why."""
    if diff is None:
        console.print(f"the first version of {plain(dataset)}")
    elif diff.before.version == diff.after.version:
        console.print(f"nothing changed: {plain(diff.after.name)} as before")
    else:
        console.print(f"{plain(headline(diff))} (`paydag diff {plain(dataset)}` says why)")


def show_diff(console: Console, diff: VersionDiff) -> None:
    console.print(plain(headline(diff)), soft_wrap=True)
    console.print(_totals(diff))
    if diff.rows:
        made = table("task", "what", "because")
        for name, what, because in diff_lines(diff.rows[:_MOST_ROWS]):
            made.add_row(plain(name), plain(what), plain(because))
        console.print(made)
    if len(diff.rows) > _MOST_ROWS:
        console.print(f"and {len(diff.rows) - _MOST_ROWS:,} more; --json and --html list all")
    for note in diff.notes:
        console.print(plain(note), soft_wrap=True)


def _totals(diff: VersionDiff) -> Any:
    numbers = ("before", "added", "removed", "re-priced", "after")
    made = table("variant", *numbers, numbers=numbers)
    for name, movement in [*diff.by_variant.items(), ("in all", diff.total)]:
        made.add_row(name, *movement_cells(movement))
    return made


def movement_cells(movement: Movement) -> list[str]:
    """Tasks and dollars before, added, removed, re-priced and after."""
    change = movement.repriced.price_cents
    sign = "+" if change > 0 else ""
    return [
        _counted(movement.before),
        _counted(movement.added),
        _counted(movement.removed),
        f"{movement.repriced_count} ({sign}{show_cents(change)})",
        _counted(movement.after),
    ]


def _counted(totals: Totals) -> str:
    unpriced = f", {totals.unpriced} unpriced" if totals.unpriced else ""
    return f"{totals.instances} ({show_cents(totals.price_cents)}{unpriced})"


def diff_lines(rows: Sequence[DiffRow]) -> Iterator[tuple[str, str, str]]:
    """(task, what happened to it, why): a line a change."""
    for row in rows:
        if row.fate != "changed":
            yield row.instance_id, _came_or_went(row), because(row.causes)
        for each in row.changes:
            what = each.change.words
            if each.change.kind == "price":
                what += f" {show_cents(row.before_cents)} → {show_cents(row.after_cents)}"
            yield row.instance_id, what, because(each.causes)


def _came_or_went(row: DiffRow) -> str:
    cents = row.after_cents if row.fate == "added" else row.before_cents
    reason = row.reason or "no candidate"
    before = f", was {reason}" if row.fate == "added" and row.reason else ""
    now = f", now {reason}" if row.fate == "removed" else ""
    return f"{row.fate} {show_cents(cents)}{before}{now}"


def because(causes: Sequence[Cause]) -> str:
    """The causes, one after the other."""
    return "; ".join(cause.sentence() for cause in causes)


def artifact_key(dataset: str) -> str:
    """`diff-NAME` in the characters that Prefect takes for a key."""
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9]", "-", f"diff-{dataset}")).strip("-")


def as_markdown(diff: VersionDiff) -> str:
    """The diff for Prefect's page of a flow run; whatever comes from outside is inert in it."""
    lines = [inert(headline(diff)), ""]
    lines += ["| variant | before | added | removed | re-priced | after |", f"|{'---|' * 6}"]
    for name, movement in [*diff.by_variant.items(), ("in all", diff.total)]:
        cells = map(inert, movement_cells(movement))
        lines.append(f"| {inert(name)} | {' | '.join(cells)} |")
    shown = diff.rows[:_MOST_ROWS]
    if shown:
        lines += ["", "| task | what | because |", "|---|---|---|"]
        lines += [f"| {' | '.join(map(inert, line))} |" for line in diff_lines(shown)]
    if len(diff.rows) > len(shown):
        lines += ["", f"and {len(diff.rows) - len(shown)} more"]
    lines += [line for note in diff.notes for line in ("", inert(note))]
    return "\n".join(lines) + "\n"


def inert(text: str) -> str:
    """Text from outside for Markdown: on one line, no markup, no HTML, no link."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return html.escape(_MARKDOWN.sub(r"\\\1", shown), quote=False)
