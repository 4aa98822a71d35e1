"""Metrics, checks and comparisons: from the warehouse to the JSON object and the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flows.session import Answer, Session
from flows.tables import plain, table
from tasks.comparing import compare_runs
from tasks.domain.digests import short
from tasks.domain.metrics import Metric, Unit, meaning_of
from tasks.domain.money import show_cents
from tasks.domain.slices import has_everything, reading_order
from tasks.measures import stored_metrics
from tasks.rechecking import ScoreCheck, check_scores
from tasks.runs import find_run
from tasks.specs.model import check_price_rule
from tasks.stages import open_warehouse

if TYPE_CHECKING:
    from rich.console import Console

    from tasks.domain.comparisons import ComparedRun, Comparison

Slices = Mapping[str, Mapping[str, Metric]]

_SHOWN_DIFFERENCES: Final = 20
_COMPARED: Final = ("resolve_rate", "pass@1", "earned_cents", "earn_rate", "cost_cents", "invalid")
_PAIRED: Final = ("common_instances", "difference_cents", "only_this", "only_other", "mcnemar_p")


def scored(session: Session, reference: str, price_rule: str | None) -> Answer:
    """What a run measures: all metrics of the whole and of each variant."""
    warehouse = open_warehouse(session.home)
    with warehouse.read("eval") as opened:
        run = find_run(opened, reference)
        rule = check_price_rule(price_rule or run.price_rule)
        metrics = stored_metrics(opened, run, rule)
    slices: dict[str, dict[str, Metric]] = {}
    for metric in metrics:
        if has_everything(metric.slice):
            slices.setdefault(metric.slice, {})[metric.metric] = metric
    data = {
        "run_id": run.run_id,
        "price_rule": rule,
        "stored": len(metrics),
        "metrics": {name: _as_json(slices[name]) for name in sorted(slices, key=reading_order)},
    }

    def show(console: "Console") -> None:
        console.print(
            f"run {run.run_id}: {plain(run.solver)}, {rule} prices, {len(metrics)} metrics stored"
        )
        _show_slices(console, slices)

    return Answer(data, show)


def _as_json(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: {"value": m.value, "low": m.low, "high": m.high} for name, m in metrics.items()}


def _show_slices(console: "Console", slices: Slices) -> None:
    """A line a metric, a column a slice; intervals of 95 % in brackets."""
    names = sorted(slices, key=reading_order)
    heads = [name.removeprefix("variant=") for name in names]
    made = table("metric", *heads, numbers=heads)
    for metric in dict.fromkeys(metric for name in names for metric in slices[name]):
        made.add_row(metric, *(told(slices[name].get(metric)) for name in names))
    console.print(made)


def told(metric: Metric | None) -> str:
    """`$1,250 ($900 to $1,600)`; `-` where there is nothing to say."""
    if metric is None:
        return "-"
    unit = meaning_of(metric.metric).unit
    value = _in_unit(metric.value, unit)
    if metric.low is None or metric.high is None:
        return value
    return f"{value} ({_in_unit(metric.low, unit)} to {_in_unit(metric.high, unit)})"


def _in_unit(value: float, unit: Unit) -> str:
    if unit == "cents":
        return show_cents(round(value))
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:.3g}" if unit == "ratio" else f"{value:,.0f}"


def checked(session: Session, reference: str, price_rule: str | None) -> Answer:
    """Whether what is stored follows from the verdicts; exit code 1 where it does not."""
    warehouse = open_warehouse(session.home)
    with warehouse.read("eval") as opened:
        run = find_run(opened, reference)
    found = check_scores(warehouse, run, check_price_rule(price_rule or run.price_rule))
    return Answer(
        found.as_json(),
        lambda console: _show_check(console, found),
        exit_code=1 if found.differences else 0,
    )


def _show_check(console: "Console", found: ScoreCheck) -> None:
    for line in found.differences[:_SHOWN_DIFFERENCES]:
        console.print(plain(line), soft_wrap=True)
    more = len(found.differences) - _SHOWN_DIFFERENCES
    if more > 0:
        console.print(f"and {more} more; --json lists them all")
    compared_rows = f"{found.payouts} payouts and {found.metrics} metrics"
    if found.differences:
        console.print(
            f"{len(found.differences)} rows differ of {compared_rows}; `paydag score "
            f"{short(found.run_id)} --price-rule {found.price_rule}` stores them anew"
        )
    else:
        console.print(f"{compared_rows} of run {found.run_id} are as the verdicts say")


def compared(
    session: Session,
    references: Sequence[str],
    price_rule: str | None,
    *,
    baselines: bool,
    html: bool = False,
) -> Answer:
    """Runs beside each other; with `html` also a report of them all, whose page is `report`."""
    rule = check_price_rule(price_rule) if price_rule else None
    found = compare_runs(session.home, references, rule, baselines=baselines)
    page = _page(session, found) if html else None
    data = found.model_dump(mode="json") | ({"report": page} if html else {})

    def show(console: "Console") -> None:
        show_comparison(console, found)
        if page is not None:
            console.print(f"report: {page}", soft_wrap=True, markup=False)

    return Answer(data, show)


def _page(session: Session, found: "Comparison") -> str:
    from tasks.publishing import Wanted, publish

    runs = tuple(run.run_id for run in found.runs)
    wanted = Wanted(runs=runs, price_rule=found.price_rule, baselines=False)
    return str(publish(session.home, wanted).index)


def show_comparison(console: "Console", found: "Comparison") -> None:
    """The runs with their headlines, then every pair."""
    console.print(f"{found.price_rule} prices; intervals of 95 %, over issues")
    made = table("run", "role", "", *map(_head, _COMPARED), numbers=tuple(map(_head, _COMPARED)))
    for run in found.runs:
        cells = [told(run.metrics.get(name)) for name in _COMPARED]
        made.add_row(short(run.run_id), run.role, plain(run.name), *cells)
    console.print(made)
    names = {run.run_id: run for run in found.runs}
    pairs = table("this", "minus", *map(_head, _PAIRED), numbers=tuple(map(_head, _PAIRED)))
    for pair in found.pairs:
        cells = [_paired(pair.metrics.get(name)) for name in _PAIRED]
        pairs.add_row(_named(names[pair.this]), _named(names[pair.other]), *cells)
    if found.pairs:
        console.print("\nOn the instances that both attempted; McNemar on first attempts:")
        console.print(pairs)
    for note in found.notes:
        console.print(plain(note), soft_wrap=True)


def _head(metric: str) -> str:
    return metric.removesuffix("_cents").replace("_", " ")


def _paired(metric: Metric | None) -> str:
    if metric is not None and metric.metric == "mcnemar_p":
        return f"{metric.value:.2g}"
    return told(metric)


def _named(run: "ComparedRun") -> str:
    return f"{plain(run.name)} {short(run.run_id)}"
