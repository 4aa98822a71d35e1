"""Other people's published results, and how far they follow from their own counts."""

from math import ceil, floor

from pydantic import BaseModel, Field

# Percentages are printed with one decimal.
_HALF_STEP = 0.05


class PublishedSet(BaseModel, frozen=True, extra="forbid"):
    """Tasks and what they are worth together; `parts` are the sets that it consists of."""

    tasks: int = Field(ge=1)
    dollars: int | None = None
    parts: tuple[str, ...] = ()


class PublishedRow(BaseModel, frozen=True, extra="forbid"):
    """One line of a table, as printed: percentages with one decimal, dollars rounded to the paper's
    step. `exact` is the sum in dollars where the text has it, `solved` a count of tasks."""

    set: str
    model: str
    user_tool: bool | None = None
    effort: str | None = None
    solved: int | None = None
    pass_percent: float
    earned: int
    exact: int | None = None
    earn_percent: float | None = None


class Human(BaseModel, frozen=True, extra="forbid"):
    """What people would solve, in percent of the tasks: an estimate, not a measurement."""

    percent: float
    says: str


class Paper(BaseModel, frozen=True, extra="forbid"):
    """A paper's table. `step`: dollars are rounded to so many. `mean_price` is in dollars."""

    name: str
    title: str
    source: str
    url: str
    step: int = Field(ge=1)
    mean_price: int | None = None
    human: Human | None = None
    sets: dict[str, PublishedSet]
    notes: tuple[str, ...] = ()
    rows: tuple[PublishedRow, ...]


class Reproduced(BaseModel, frozen=True, extra="forbid"):
    """What a printed figure can be by the paper's own counts, in percent: from `low` to `high`
    before it is rounded to one decimal. None: they do not suffice. `agrees`: it can be as printed.
    """

    low: float | None
    high: float | None
    agrees: bool | None


_UNKNOWN = Reproduced(low=None, high=None, agrees=None)


def earn_rate_of(paper: Paper, row: PublishedRow) -> Reproduced:
    """earned / available, from what the printed sum may have been before it was rounded."""
    available = paper.sets[row.set].dollars
    if available is None or row.earn_percent is None:
        return _UNKNOWN
    half = paper.step / 2
    ends = (row.exact, row.exact) if row.exact else (row.earned - half, row.earned + half)
    low, high = (100 * end / available for end in ends)
    return _reproduced(low, high, row.earn_percent)


def pass_rate_of(paper: Paper, row: PublishedRow) -> Reproduced:
    """solved / tasks: of the count where it is printed, else of the whole number of tasks that
    comes nearest to the printed percentage."""
    tasks = paper.sets[row.set].tasks
    solved = row.solved
    if solved is None:
        # One attempt a task: only whole numbers of tasks can be solved.
        exact = row.pass_percent * tasks / 100
        solved = min(floor(exact), ceil(exact), key=lambda n: abs(n - exact))
    rate = 100 * solved / tasks
    return _reproduced(rate, rate, row.pass_percent)


def inconsistencies(paper: Paper) -> tuple[str, ...]:
    """What does not follow from the paper's own counts, a sentence each."""
    found = []
    for row in paper.rows:
        told = f"{row.model} on {row.set}"
        rate, passed = earn_rate_of(paper, row), pass_rate_of(paper, row)
        if rate.agrees is False:
            found.append(
                f"{told}: an earn rate of {row.earn_percent} % is printed, the sums give "
                f"{rate.low:.2f} to {rate.high:.2f} %"
            )
        if passed.agrees is False:
            found.append(
                f"{told}: {row.pass_percent} % of {paper.sets[row.set].tasks} tasks is printed, "
                f"and no whole number of tasks gives that; the nearest is {passed.low:.2f} %"
            )
    return (*found, *_sets(paper), *_totals(paper))


def _sets(paper: Paper) -> list[str]:
    """Sets whose parts do not add up."""
    found = []
    for name, whole in paper.sets.items():
        parts = [paper.sets[part] for part in whole.parts]
        if parts and sum(part.tasks for part in parts) != whole.tasks:
            found.append(f"{name}: its parts have another number of tasks")
        if parts and sum(part.dollars or 0 for part in parts) != whole.dollars:
            found.append(f"{name}: its parts are worth another sum")
    return found


def _totals(paper: Paper) -> list[str]:
    """What all tasks would have to be worth by each row, beside the mean price times their number;
    told where the two are more than a tenth apart."""
    if paper.mean_price is None:
        return []
    found = []
    for row in paper.rows:
        tasks = paper.sets[row.set].tasks
        stated = tasks * paper.mean_price
        implied = row.earned / (row.pass_percent / 100)
        if abs(implied - stated) > stated / 10:
            found.append(
                f"{row.model}: ${row.earned:,} for {row.pass_percent} % of the tasks would make "
                f"all of them worth about ${implied:,.0f}; {tasks:,} tasks of "
                f"${paper.mean_price} on average are worth ${stated:,}"
            )
    return found


def _reproduced(low: float, high: float, printed: float) -> Reproduced:
    # A printed 9.9 was anything from 9.85 to 9.95; the slack is for floats, not for papers.
    agrees = low - _HALF_STEP <= printed + 1e-9 and printed <= high + _HALF_STEP + 1e-9
    return Reproduced(low=low, high=high, agrees=agrees)
