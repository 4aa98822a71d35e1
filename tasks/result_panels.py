"""Panels of what runs came to: headline, counts, failures, pass@k, costs, concentration."""

from collections.abc import Sequence
from typing import Final

from tasks.domain.metrics import FAILURE_CLASSES
from tasks.domain.papers import Human
from tasks.grids import by_run, by_slice, grid, kind_of, run_heads
from tasks.reporting import Chart, Panel, ReportRun, ranking, stacks, steps
from tasks.statements import Desk

_HEADLINE: Final = {
    "earned_cents": "Earned",
    "available_cents": "Available",
    "earn_rate": "Earn rate",
    "pass@1": "pass@1",
    "resolved": "Resolved",
    "attempted": "Attempted",
    "invalid": "Invalid",
    "cost_cents": "Cost",
}
_COUNTS: Final = {
    "instances": "Tasks",
    "clusters": "Clusters",
    "attempted": "Attempted",
    "resolved": "Resolved",
    "unresolved": "Unresolved",
    "invalid": "Invalid",
    "excluded": "Excluded",
    "unpriced": "Unpriced",
    "gradable_cents": "Gradable",
    "resolve_rate": "Resolved of attempted",
    "earned_valid_cents": "Earned, invalid left out",
    "available_valid_cents": "Available, invalid left out",
    "earn_rate_valid": "Earn rate, invalid left out",
    "cases_share": "Test cases passed",
}

Runs = Sequence[ReportRun]


def headline(desk: Desk, runs: Runs, people: Human | None) -> Panel:
    """`people` is a published estimate of what people would solve: a line to read ours against."""
    sql, cells = desk.metrics("all", list(_HEADLINE))
    rates = [cells.get((run.run_id, "all", "earn_rate")) for run in runs]
    line = (people.percent / 100, f"people, published: {people.percent:g} %") if people else None
    drawn: Chart | None = None
    if any(rates):
        drawn = desk.chart(
            "earn-rate",
            "Earn rate of every run",
            "A point a run at the share of available dollars that it earned, with its 95 % "
            "interval where there is one.",
            ranking(runs, rates, "earned of available dollars", line),
        )
    return Panel(
        name="headline",
        title="Headline",
        sql=sql,
        chart=drawn,
        says="Earn rate is earned ÷ available. Below a number stands its 95 % interval, from "
        "resampled issues (or families of programs). Invalid attempts are failures of the "
        "machine: they stay in the denominator and earn nothing.",
        table=by_run(cells, runs, _HEADLINE),
        notes=(f"Published, not measured here: {people.says}.",) if people else (),
    )


def variants(desk: Desk, runs: Runs) -> Panel:
    wanted = ("earned_cents", "available_cents", "earn_rate", "pass@1", "resolved", "attempted")
    sql, cells = desk.metrics("variant=%", wanted)
    rows = tuple(
        ((run.run_id, slice_), f"{run.name} · {slice_.partition('=')[2]}")
        for slice_ in sorted({key[1] for key in cells})
        for run in runs
    )
    return Panel(
        name="variants",
        title="By kind of work",
        sql=sql,
        says="ic_swe fixes an issue, swe_manager chooses a proposal, freelance_code writes a "
        "program.",
        table=grid(
            cells,
            ("run", "slice"),
            ("metric",),
            rows,
            tuple(((name,), _HEADLINE[name]) for name in wanted),
            corner="Run and variant",
        ),
    )


def counts(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("all", list(_COUNTS))
    return Panel(
        name="counts",
        title="All counts, with and without invalid attempts",
        sql=sql,
        folded=True,
        says="resolved + unresolved + invalid = attempted. Excluded tasks cannot be graded and are "
        "not attempted; unpriced ones are in no sum of dollars.",
        table=by_run(cells, runs, _COUNTS),
    )


def failures(desk: Desk, runs: Runs) -> Panel:
    names = {f"failed_{name}": name.replace("_", " ") for name in FAILURE_CLASSES}
    sql, cells = desk.metrics("all", [*names, "invalid"])
    labels = {**names, "invalid": "invalid (machine)"}
    table = by_run(cells, runs, labels)
    kept = [run for run in runs if ((run.run_id,), run.name) in table.rows]
    parts = [
        (label, [cell.value if (cell := cells.get((r.run_id, "all", name))) else 0 for r in kept])
        for name, label in labels.items()
    ]
    parts = [part for part in parts if any(part[1])]
    drawn = (
        desk.chart(
            "failures",
            "Why attempts earned nothing",
            "A bar a run, parted by what went wrong, in attempts.",
            stacks(kept, parts, "attempts"),
        )
        if parts
        else None
    )
    return Panel(
        name="failures",
        title="Why attempts earned nothing",
        sql=sql,
        chart=drawn,
        table=table,
        says="In attempts. The first six make up what is unresolved; invalid is the machine's "
        "failure, not the solver's.",
    )


def passes(desk: Desk, runs: Runs) -> Panel:
    sql, cells = desk.metrics("all", ("pass@[0-9]+", "pass@[0-9]+_left_out"))
    depths = sorted({_depth(key[2]) for key in cells})
    columns = [
        ((name,), label)
        for k in depths
        for name, label in ((f"pass@{k}", f"pass@{k}"), (f"pass@{k}_left_out", f"left out of @{k}"))
    ]
    lines = {
        run.run_id: [
            (float(k), cell.value)
            for k in depths
            if (cell := cells.get((run.run_id, "all", f"pass@{k}")))
        ]
        for run in runs
    }
    drawn = (
        desk.chart(
            "pass-at-k",
            "pass@k",
            "A line a run: the share of tasks that one of k attempts solves, for every k.",
            steps(runs, lines, "tasks solved", "k attempts", whole=True, kind="share"),
        )
        if len(depths) > 1
        else None
    )
    return Panel(
        name="pass-at-k",
        title="pass@k",
        sql=sql,
        chart=drawn,
        says="The unbiased estimate that one of k attempts solves a task, over tasks with at least "
        "k valid attempts; the others are counted as left out.",
        table=grid(
            cells,
            ("run",),
            ("metric",),
            run_heads(runs),
            columns,
            corner="Run",
            fixed={"slice": "all"},
        ),
    )


def _depth(metric: str) -> int:
    return int(metric.removeprefix("pass@").removesuffix("_left_out"))


def versus(desk: Desk, runs: Runs) -> Panel:
    labels = {
        "common_instances": "Common tasks",
        "left_out_instances": "Left out",
        "difference_cents": "Difference",
        "difference_rate": "Difference of earn rates",
        "both_resolved": "Both",
        "only_this": "Only the first",
        "only_other": "Only the second",
        "neither": "Neither",
        "mcnemar_p": "McNemar p",
    }
    sql, cells = desk.metrics("versus=%", list(labels))
    names = {run.run_id: run.name for run in runs}
    pairs = sorted({key[:2] for key in cells if key[1].partition("=")[2] in names})
    kept = {key: cell for key, cell in cells.items() if key[:2] in pairs}
    order = {run.run_id: place for place, run in enumerate(runs)}
    pairs.sort(key=lambda pair: (order[pair[0]], order[pair[1].partition("=")[2]]))
    rows = [
        (pair, f"{names[pair[0]]} against {names[pair[1].partition('=')[2]]}") for pair in pairs
    ]
    return Panel(
        name="pairs",
        title="Runs against each other",
        sql=sql,
        says="On the tasks that both attempted: the first run's dollars minus the second's, over "
        "the same resamples, and the exact McNemar test on first attempts.",
        table=grid(
            kept,
            ("run", "slice"),
            ("metric",),
            rows,
            [((name,), label) for name, label in labels.items()],
            corner="Runs",
            kinds={name: "ratio" if name == "mcnemar_p" else kind_of(name) for name in labels},
        ),
    )


def slice_panel(desk: Desk, runs: Runs, kind: str, title: str, says: str) -> Panel:
    """The earn rate of every run in the slices of one kind."""
    sql, cells = desk.metrics(f"{kind}=%", ("earn_rate",))
    return Panel(
        name=kind.replace("_", "-"),
        title=title,
        says=says,
        sql=sql,
        folded=True,
        table=by_slice(cells, runs, "earn_rate", title),
    )
