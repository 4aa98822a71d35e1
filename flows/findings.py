"""How the leak linter's findings look on a terminal."""

from typing import Any, Final

from rich.console import Console

from flows.tables import plain, table
from tasks.domain.digests import short

_MOST_WORDS: Final = 120


def show_findings(console: Console, found: dict[str, Any]) -> None:
    """A row a finding, leaks first, then the totals of each code and what it means."""
    console.print(
        f"{plain(found['dataset'])}@{short(found['version'])}: {found['leaking']} of "
        f"{found['instances']} instances leak; leaks: {found['leaks']}, "
        f"warnings: {found['warnings']}"
    )
    if not found["findings"]:
        return
    made = table("instance", "severity", "code", "field", "words")
    for row in found["findings"]:
        words = row["words"] + (f" ({row['detail']})" if row["detail"] else "")
        made.add_row(
            plain(row["instance_id"]),
            row["severity"],
            row["code"],
            plain(row["field"]),
            plain(words[:_MOST_WORDS]),
        )
    console.print(made)
    console.print("")
    numbers = ("leaks", "warnings")
    totals = table("code", *numbers, "meaning", numbers=numbers)
    for code, counts in found["by_code"].items():
        totals.add_row(code, str(counts["leak"]), str(counts["warning"]), found["codes"][code])
    console.print(totals)
