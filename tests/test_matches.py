"""Bounties stand beside the budgets of postings in like words, by skill and month."""

from pathlib import Path

from tasks.matches import METHOD, follow_matches
from tasks.stages import open_warehouse
from tests.flows import odd_jobs
from tests.flows.tables import query
from tests.sample_home import SampleHome
from tests.sources.postings import row

MATCHES = "SELECT posting_id, issue FROM core.market_matches"
MARKET = (
    "SELECT skill, bounties, median_bounty_cents, postings, median_budget_cents, all_postings "
    "FROM marts.market ORDER BY skill"
)


def with_posting_like(sample: SampleHome, folder: Path) -> tuple[str, int]:
    """Land a posting with the words of an issue of the sample; the issue and its bounty."""
    instance = next(iter(sample.instances.values()))
    rows = [
        row(
            "1",
            job_title=instance.title,
            job_description=instance.statement,
            tags="['python', 'Finance', ' finance', ' ']",
            max_price="100.0",
            min_price="50.0",
        ),
        row("2", job_title="Zebra", job_description="Paint a zebra.", tags="['python']"),
        row("3", job_title=instance.title, job_description="Hourly.", rate_type="hourly"),
    ]
    datasets = odd_jobs.write_dataset(folder)
    odd_jobs.land(sample.home, datasets, odd_jobs.write_postings(folder / odd_jobs.FILE, rows))
    odd_jobs.build(sample.home, datasets)
    final = instance.prices["final"]
    assert final is not None
    return instance.issue, final


def test_a_posting_in_an_issues_words_is_its_match_and_stands_beside_it(
    own_sample: SampleHome, tmp_path: Path
) -> None:
    issue, final = with_posting_like(own_sample, tmp_path)
    matched = query(own_sample.home, f"{MATCHES} WHERE issue = '{issue}' ORDER BY similarity DESC")
    assert matched[0] == (f"{odd_jobs.MARKET}#1", issue)
    assert f"{odd_jobs.MARKET}#2" not in {posting for posting, _ in matched}
    by_skill = {skill: rest for skill, *rest in query(own_sample.home, MARKET)}
    bounties, bounty, postings, budget, in_all = by_skill["finance"]
    assert (postings, budget, in_all) == (1, 7_500, 1)
    assert bounties >= 1
    assert (bounty == final) or bounties > 1
    assert by_skill["python"][-1] == 2
    # Market places spell skills in their own ways: one skill, and this posting once.
    assert sorted(by_skill) == ["finance", "python"]


def test_matching_again_without_a_change_writes_nothing(
    own_sample: SampleHome, tmp_path: Path
) -> None:
    with_posting_like(own_sample, tmp_path)
    core = own_sample.home / "warehouse" / "core.duckdb"
    before = core.read_bytes()
    follow_matches(open_warehouse(own_sample.home))
    assert core.read_bytes() == before
    assert [method for _, method in query(own_sample.home, "FROM core.matching")] == [METHOD]


def test_without_postings_there_are_no_matches(own_sample: SampleHome) -> None:
    follow_matches(open_warehouse(own_sample.home))
    assert query(own_sample.home, MATCHES) == []
    assert query(own_sample.home, MARKET) == []
