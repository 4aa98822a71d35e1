"""How validations and splits look on a terminal."""

from typing import TYPE_CHECKING

from rich.console import Console

from flows.tables import plain, show_exclusions, show_sandboxes, table
from tasks.domain.digests import short

if TYPE_CHECKING:
    from tasks.freezing import Frozen
    from tasks.validations import Validation


def show_validation(console: Console, found: "Validation") -> None:
    """A row an instance, then the flaky tests by name."""
    console.print(
        f"{plain(found.dataset)}@{short(found.version)}: {found.count('gradable')} of "
        f"{len(found.instances)} instances are gradable, {found.count('not gradable')} are not, "
        f"{found.count('fault')} ended in a fault"
    )
    sandboxes = sorted({one.sandbox for one in found.instances})
    counts = {name: sum(o.sandbox == name for o in found.instances) for name in sandboxes}
    show_sandboxes(console, counts, found.notes)
    numbers = ("fail to pass", "pass to pass", "flaky", "repeats")
    made = table("instance", "result", *numbers, "reason", numbers=numbers)
    for one in found.instances:
        tests = (one.fail_to_pass, one.pass_to_pass, len(one.flaky), one.repeats)
        cells = ("-",) * 4 if one.sandbox == "none" else map(str, tests)
        made.add_row(plain(one.instance_id), one.result, *cells, plain(one.reason))
    console.print(made)
    for one in found.instances:
        for name in one.flaky:
            console.print(f"flaky: {plain(one.instance_id)}: {plain(name)}", soft_wrap=True)


def show_frozen(console: Console, frozen: "Frozen") -> None:
    """What was written, and each instance that was not."""
    total = len(frozen.instances) + len(frozen.left_out)
    console.print(
        f"{plain(frozen.file)}: {len(frozen.instances)} of {total} instances of "
        f"{plain(frozen.dataset)}@{short(frozen.version)}, {len(frozen.left_out)} left out",
        soft_wrap=True,
    )
    show_exclusions(console, frozen.left_out)
