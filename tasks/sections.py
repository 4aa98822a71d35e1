"""The sections of a report, in the order of the page; panels without a number are left out."""

from collections.abc import Collection, Iterable, Sequence

from tasks import cost_panels, market_panels, price_panels, result_panels
from tasks.domain.papers import Paper
from tasks.paper_panels import VARIANTS, published
from tasks.price_panels import banded, money_band
from tasks.reporting import Panel, ReportRun, Section
from tasks.statements import Desk


def sections(
    desk: Desk, runs: Sequence[ReportRun], variants: Collection[str], papers: Sequence[Paper]
) -> tuple[Section, ...]:
    """Everything but the list of tasks. Papers stand beside runs of their variants."""
    fitting = [
        paper for paper in papers if not set(variants).isdisjoint(VARIANTS.get(paper.name, ()))
    ]
    people = next((paper.human for paper in fitting if paper.human), None)
    made = (
        Section(
            name="results",
            title="Results",
            panels=_kept(
                result_panels.headline(desk, runs, people),
                result_panels.variants(desk, runs),
                result_panels.counts(desk, runs),
                result_panels.failures(desk, runs),
                result_panels.passes(desk, runs),
                result_panels.versus(desk, runs),
                *(published(desk, runs, paper) for paper in fitting),
            ),
        ),
        Section(
            name="dollars",
            title="Where the dollars are",
            panels=_kept(
                price_panels.curve(desk, runs),
                banded(
                    desk,
                    runs,
                    "price_band",
                    "Earn rate by price",
                    "Whether well paid tasks are solved less often.",
                    "price",
                    money_band,
                ),
                price_panels.prices(desk),
                cost_panels.concentration(desk, runs),
            ),
        ),
        Section(
            name="escalation",
            title="Escalation",
            panels=_kept(
                banded(
                    desk,
                    runs,
                    "raises",
                    "Earn rate by raises",
                    "A bounty that nobody took was raised: raises are the market's word for hard.",
                    "raises",
                ),
                price_panels.rungs(desk, runs),
                price_panels.ladders(desk, runs),
                price_panels.steepest(desk),
            ),
        ),
        Section(
            name="money",
            title="Costs and cutoffs",
            panels=_kept(cost_panels.costs(desk, runs), cost_panels.cutoffs(desk, runs)),
        ),
        Section(
            name="market",
            title="The market and its tasks",
            panels=_kept(
                market_panels.pipeline(desk),
                market_panels.rejections(desk),
                market_panels.engagement(desk, runs),
                market_panels.funnel(desk, runs),
                market_panels.market(desk),
            ),
        ),
        Section(name="slices", title="By everything else", panels=_kept(*_slices(desk, runs))),
    )
    return tuple(section for section in made if section.panels)


def _kept(*panels: Panel) -> tuple[Panel, ...]:
    return tuple(panel for panel in panels if not panel.is_empty)


def _slices(desk: Desk, runs: Sequence[ReportRun]) -> Iterable[Panel]:
    kinds = {
        "first_raise": (
            "Days to the first raise",
            "Days from the first bounty to its first raise.",
        ),
        "patch_size": ("Size of the fix", "Lines that the fix adds and removes."),
        "repository": ("Repository", "Where the issue is."),
        "label": ("Label", "An issue is under as many labels as it has."),
        "month": ("Month", "The month of the first bounty."),
        "family": ("Family of programs", "Of freelance_code tasks."),
    }
    for kind, (title, says) in kinds.items():
        yield result_panels.slice_panel(desk, runs, kind, title, says)
