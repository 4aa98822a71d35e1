"""How results look on a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.domain.comparisons import model_of
from tasks.domain.digests import short
from tasks.domain.engagements import PLAIN
from tasks.domain.money import show_cents

if TYPE_CHECKING:
    from tasks.build import BuildResult
    from tasks.doctor import Check
    from tasks.domain.engagements import EngagementTally
    from tasks.domain.payouts import Tally
    from tasks.funnels import Funnel
    from tasks.queries import RunSummary
    from tasks.scrape import ScrapeResult


# Titles of issues have 256 characters at most; documents from elsewhere may hold anything.
_LONGEST_TITLE = 300


def table(*columns: str, numbers: Sequence[str] = ()) -> Table:
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        is_number = column in numbers
        made.add_column(column, justify="right" if is_number else "left", no_wrap=is_number)
    return made


def plain(text: object) -> str:
    """Text from outside: no markup, no control characters, one line."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return escape(shown)


def rate(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def show_scrape(console: Console, results: Sequence["ScrapeResult"]) -> None:
    numbers = ("read", "landed", "unchanged", "malformed", "gone", "calls", "points")
    made = table("source", *numbers, numbers=numbers)
    for result in results:
        counts = result.model_dump(include=set(numbers)) | {"malformed": len(result.malformed)}
        made.add_row(result.source, *(f"{counts[name]:,}" for name in numbers))
    console.print(made)
    for result in results:
        if result.note or not result.complete:
            note = plain(result.note or "resume with the same command")
            console.print(f"{result.source}: {'' if result.complete else 'incomplete: '}{note}")
        if result.archive:
            console.print(f"archive: {plain(result.archive)}", soft_wrap=True)


def show_build(console: Console, result: "BuildResult") -> None:
    if not result.stored:
        show_funnel(console, result.funnel)
        console.print(
            f"dry run: {result.dataset}@{short(result.version)} is not stored", highlight=False
        )
        return
    console.print(
        f"{result.dataset}@{short(result.version)}: {result.candidates} candidates = "
        f"{result.instances} instances + {result.rejections} rejections, "
        f"{show_cents(result.price_cents)}"
    )
    made = table("variant", "instances", "price", numbers=("instances", "price"))
    for name, count in result.by_variant.items():
        made.add_row(name, str(count.instances), show_cents(count.price_cents))
    console.print(made)
    numbers = ("candidates", "price", "instances", "duplicates", "rejections")
    origins = table("from", *numbers, numbers=numbers)
    for origin, one in result.by_origin.items():
        origins.add_row(
            plain(origin),
            str(one.rows),
            show_cents(one.price_cents),
            f"{one.instances} ({show_cents(one.instance_cents)})",
            str(one.duplicates),
            str(one.rejections),
        )
    console.print(origins)
    show_funnel(console, result.funnel)


def show_funnel(console: Console, funnel: "Funnel") -> None:
    """From all candidates to the instances: what each step takes away, and what it leaves."""
    numbers = ("candidates", "price", "left", "left price")
    made = table("step", *numbers, numbers=numbers)
    made.add_row("candidates", "", "", *_counted(funnel.candidates, funnel.price_cents))
    for step in funnel.steps:
        taken = (f"-{step.candidates:,}", show_cents(-step.price_cents))
        made.add_row(plain(step.name), *taken, *_counted(step.left, step.left_cents))
    made.add_row("instances", "", "", *_counted(funnel.instances, funnel.instance_cents))
    console.print(made)


def _counted(count: int, cents: int) -> tuple[str, str]:
    return f"{count:,}", show_cents(cents)


_COUNTS = (
    "attempted",
    "resolved",
    "unresolved",
    "invalid",
    "available",
    "earned",
    "earn rate",
)


def _counts(counts: "Tally") -> list[str]:
    return [
        str(counts.attempted),
        str(counts.resolved),
        str(counts.unresolved),
        str(counts.invalid),
        show_cents(counts.available_cents),
        show_cents(counts.earned_cents),
        rate(counts.earn_rate),
    ]


def show_run(console: Console, summary: "RunSummary") -> None:
    run = summary.run
    console.print(
        f"run {run.run_id}: {plain(run.solver)} on {run.dataset}@{short(run.dataset_version)}, "
        f"{summary.price_rule} prices"
    )
    made = table("variant", *_COUNTS, numbers=_COUNTS)
    for name, counts in [*summary.by_variant.items(), ("in all", summary.total)]:
        made.add_row(name, *_counts(counts))
    console.print(made)
    total = summary.total
    console.print(
        f"{total.excluded} excluded, {total.unpriced} unpriced, "
        f"{show_cents(total.gradable_cents)} gradable (available without invalid)"
    )
    console.print(engagement_line(summary.engagement), soft_wrap=True)
    show_sandboxes(console, summary.sandboxes, summary.notes)
    stages = table("stage", "done", "pending", "failed", numbers=("done", "pending", "failed"))
    for stage, counted in summary.stages.items():
        stages.add_row(stage, *(str(counted[key]) for key in ("done", "pending", "failed")))
    console.print(stages)
    told = [(r, n) for r, n in summary.reasons.items() if not r.startswith("excluded: ")]
    for reason, found in told[:8]:
        console.print(f"  {found} x {plain(reason)}", style="dim")
    show_exclusions(console, summary.exclusions)
    if summary.report:
        console.print(f"report: {plain(summary.report)}", soft_wrap=True)


def engagement_line(found: "EngagementTally") -> str:
    """The offers of a run and what came of them, every attempt an offer of its own."""
    terms = "" if found.terms == PLAIN else f" by the terms of {found.terms}"
    asked = "1 question" if found.questions == 1 else f"{found.questions} questions"
    return (
        f"{found.offered} offered, {found.accepted} accepted, {found.delivered} delivered, "
        f"{found.approved} accepted by the client; invoiced {show_cents(found.invoiced_cents)}, "
        f"paid {show_cents(found.paid_cents)}{terms}; {asked} asked"
    )


def show_sandboxes(console: Console, sandboxes: Mapping[str, int], notes: Sequence[str]) -> None:
    """Where code ran, in a line, where any did; then what there is to know of it."""
    ran = [f"{name} for {count}" for name, count in sandboxes.items() if name != "none"]
    if ran:
        console.print(f"sandbox: {', '.join(ran)} of {sum(sandboxes.values())} instances")
    for note in notes:
        console.print(note, soft_wrap=True)


def show_exclusions(console: Console, exclusions: Mapping[str, str]) -> None:
    """Instances that are not attempted, each with its reason."""
    for instance_id, reason in exclusions.items():
        console.print(f"  excluded {plain(instance_id)}: {plain(reason)}", soft_wrap=True)


def show_leaderboard(console: Console, summaries: Sequence["RunSummary"]) -> None:
    """Solvers, and whose answers they hand in, x tasks resolved x dollars earned x earn rate."""
    variants = sorted({name for s in summaries for name in s.by_variant})
    terms = {s.engagement.terms for s in summaries} - {PLAIN}
    by_terms = [f"paid by {name}" for name in sorted(terms)]
    numbers = (*variants, "invalid", "earned", "available", "earn rate", *by_terms)
    made = table("solver", *numbers, "run", numbers=numbers)
    console.print("Resolved of attempted tasks per variant, and what they paid:")
    for summary in summaries:
        total = summary.total
        cells = []
        for name in variants:
            counts = summary.by_variant.get(name)
            cells.append(f"{counts.resolved}/{counts.attempted}" if counts else "-")
        made.add_row(
            plain(" ".join(filter(None, (summary.run.solver, model_of(summary.run.parameters))))),
            *cells,
            str(total.invalid),
            show_cents(total.earned_cents),
            show_cents(total.available_cents),
            rate(total.earn_rate),
            *([show_cents(summary.engagement.paid_cents)] if by_terms else []),
            short(summary.run.run_id),
        )
    console.print(made)
    excluded = {name: why for summary in summaries for name, why in summary.exclusions.items()}
    show_exclusions(console, excluded)


def show_demo(
    console: Console, summaries: Sequence["RunSummary"], page: Path, advice: Sequence[str]
) -> None:
    console.print()
    show_leaderboard(console, summaries)
    console.print(f"\nreport: {page}", soft_wrap=True, markup=False)
    console.print("next:")
    for line in advice:
        console.print(f"  {line}", soft_wrap=True, markup=False)


def show_rejections(console: Console, found: dict[str, Any]) -> None:
    console.print(
        f"{found['dataset']}@{short(found['version'])}: {len(found['rejections'])} rejections"
    )
    made = table("candidate", "variant", "reason", "price", "detail", numbers=("price",))
    for row in found["rejections"]:
        made.add_row(
            plain(row["candidate_id"]),
            row["variant"],
            row["reason"],
            show_cents(row["price_cents"]),
            plain(row["detail"])[:100],
        )
    console.print(made)


def show_instance(console: Console, found: dict[str, Any]) -> None:
    console.print(f"{plain(found['instance_id'])}  {short(found['instance_digest'])}", style="bold")
    console.print(plain(found["title"][:_LONGEST_TITLE]))
    prices = ", ".join(f"{k} {show_cents(v)}" for k, v in found["prices"].items() if v is not None)
    console.print(f"{found['variant']} of {plain(found['issue'])}; prices: {prices or 'none'}")
    for proposal in found.get("proposals", []):
        accepted = found.get("reference", {}).get("accepted_proposal_id") == proposal["proposal_id"]
        mark = "accepted" if accepted else "proposal"
        console.print(f"  {mark} {proposal['proposal_id']} ({len(proposal['text'])} characters)")
    for version in found["versions"]:
        console.print(f"  in {version['dataset']}@{short(version['dataset_version'])}")
    for verdict in found["verdicts"]:
        console.print(
            f"  {short(verdict['run_id'])} {plain(verdict['solver'])} attempt "
            f"{verdict['attempt']}: {verdict['state']} ({plain(verdict['reason'])[:80]})"
        )
    console.print("")
    console.print(escape("\n".join(plain_lines(found["statement"]))))


def plain_lines(text: str) -> list[str]:
    """Lines of outside text without control characters."""
    return ["".join(c if c.isprintable() else " " for c in line) for line in text.splitlines()]


def show_rows(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    made = table(*(plain(c) for c in columns))
    for row in rows:
        made.add_row(*("" if value is None else plain(value) for value in row))
    console.print(made)


def show_checks(console: Console, checks: Sequence["Check"]) -> None:
    made = table("check", "status", "detail", "what to do")
    for check in checks:
        made.add_row(check.name, check.status, plain(check.detail), plain(check.advice))
    console.print(made)


def show_cleaned(console: Console, cleaned: Sequence[str]) -> None:
    """What was removed of what commands that are gone had left."""
    if not cleaned:
        console.print("nothing was left behind")
    for name in cleaned:
        console.print(f"removed {plain(name)}", soft_wrap=True)
