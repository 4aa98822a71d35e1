"""Published tables follow from their own counts where those suffice, and it is said where not."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.domain.papers import Paper, earn_rate_of, inconsistencies, pass_rate_of
from tasks.specs.papers import load_papers, parse_papers
from tests.sample_home import DATASETS

PAPERS = {paper.name: paper for paper in load_papers([DATASETS])}


def test_every_printed_earn_rate_is_earned_over_available_within_rounding() -> None:
    paper = PAPERS["swelancer"]
    assert len(paper.rows) == 22
    assert [earn_rate_of(paper, row).agrees for row in paper.rows] == [True] * 22


def test_sums_that_are_printed_to_the_dollar_give_the_rate_to_the_last_digit() -> None:
    paper = PAPERS["swelancer"]
    exact = [(row, earn_rate_of(paper, row)) for row in paper.rows if row.exact is not None]
    assert len(exact) == 4
    for row, rate in exact:
        assert rate.low == rate.high
        assert rate.low is not None
        assert row.earn_percent == pytest.approx(rate.low, abs=0.0501)


def test_every_printed_pass_rate_is_a_whole_number_of_tasks() -> None:
    for paper in PAPERS.values():
        assert all(pass_rate_of(paper, row).agrees for row in paper.rows)


def test_the_totals_of_the_postings_paper_do_not_reconcile_and_that_is_said() -> None:
    paper = PAPERS["freelancer"]
    assert [earn_rate_of(paper, row).agrees for row in paper.rows] == [None] * 4
    told = inconsistencies(paper)
    assert len(told) == 4
    assert told[0] == (
        "Claude 3.5 Haiku: $1,520,000 for 78.7 % of the tasks would make all of them worth about "
        "$1,931,385; 1,115 tasks of $306 on average are worth $341,190"
    )
    assert paper.human is not None
    assert paper.human.percent == 95


def test_the_other_paper_has_nothing_to_complain_of() -> None:
    assert inconsistencies(PAPERS["swelancer"]) == ()


def wrong(**changes: object) -> Paper:
    row = {"set": "A", "model": "m", "pass_percent": 50.0, "earned": 500, "earn_percent": 50.0}
    return Paper.model_validate(
        {
            "name": "p",
            "title": "P",
            "source": "ours",
            "url": "https://example.org",
            "step": 1,
            "sets": {"A": {"tasks": 10, "dollars": 1000}},
            "rows": [row | changes],
        }
    )


def test_a_figure_that_the_counts_do_not_give_is_told() -> None:
    assert inconsistencies(wrong()) == ()
    assert inconsistencies(wrong(earn_percent=50.2)) == (
        "m on A: an earn rate of 50.2 % is printed, the sums give 49.95 to 50.05 %",
    )
    assert inconsistencies(wrong(pass_percent=55.0)) == (
        "m on A: 55.0 % of 10 tasks is printed, and no whole number of tasks gives that; the "
        "nearest is 50.00 %",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("papers: [", "published.yaml:1: not YAML"),
        ("- a", "published.yaml:1: expected a mapping"),
        ("papers:\n  - name: x\n", "published.yaml:2: papers.0."),
        (
            "papers:\n  - {name: x, title: t, source: s, url: u, step: 1, sets: {}, rows: [\n"
            "    {set: A, model: m, pass_percent: 1, earned: 1}]}\n",
            "published.yaml:3: 'A' is no set",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_papers(text, Path("published.yaml"))
    assert told in str(error.value)


def test_where_no_folder_has_papers_there_are_none(tmp_path: Path) -> None:
    assert load_papers([tmp_path]) == ()
