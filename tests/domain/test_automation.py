"""The job automation's block is read and cut out in every shape it has ever had."""

import time
from datetime import date

import pytest

from tasks.domain.automation import (
    AutomaticOffer,
    AutomationBlock,
    read_automation,
    read_owners,
    strip_automation,
)
from tests.domain.bodies import (
    BARE_DATE,
    BLOCKS,
    BOLD,
    CUT,
    DETAILS,
    LINKED,
    LISTED,
    OWNER,
    RENDERED,
    RENDERED_DETAILS,
    STRAY,
)

STEPS = "## Steps\nOpen a boat."
ANN = AutomaticOffer(user="ann-lee", role="Contributor")
BO = AutomaticOffer(user="bo", role="Reviewer", offer_id=25111222)
WHOLE = AutomationBlock(
    job_urls=("https://www.upwork.com/jobs/~0102cd",),
    job_ids=("~0102cd", "1598765432109876543"),
    last_price_increase=date(2024, 3, 1),
    offers=(ANN, BO),
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            LISTED,
            AutomationBlock(
                job_urls=("https://www.upwork.com/jobs/~0101ab",),
                job_ids=("~0101ab",),
                last_price_increase=date(2022, 11, 30),
            ),
        ),
        (DETAILS, WHOLE),
        (BARE_DATE, WHOLE),
        (CUT, WHOLE),
        (RENDERED_DETAILS, WHOLE),
        (
            LINKED,
            WHOLE.model_copy(
                update={
                    "job_urls": ("https://www.upwork.com/jobs/~021888",),
                    "job_ids": ("~021888", "1598765432109876543"),
                }
            ),
        ),
        (
            f"{DETAILS}\n\n{LISTED.replace('2022', '2025')}",
            AutomationBlock(
                job_urls=(*WHOLE.job_urls, "https://www.upwork.com/jobs/~0101ab"),
                job_ids=(*WHOLE.job_ids, "~0101ab"),
                last_price_increase=date(2025, 11, 30),
                offers=(ANN, BO),
            ),
        ),
        (
            RENDERED,
            AutomationBlock(
                job_urls=("https://www.upwork.com/jobs/~0103ef",),
                job_ids=("~0103ef",),
                offers=(AutomaticOffer(user="ann-lee", role="Contributor", offer_id=7),),
            ),
        ),
        (
            BOLD,
            AutomationBlock(
                job_urls=("https://www.upwork.com/jobs/~02187",),
                job_ids=("~02187", "187654321012345678"),
            ),
        ),
        (STRAY, AutomationBlock(last_price_increase=date(2023, 1, 2), offers=(ANN,))),
        (LISTED.replace("2022-11-30", "2022-02-31"), None),
    ],
)
def test_a_block_says_the_same_whatever_its_shape(body: str, said: AutomationBlock | None) -> None:
    found = read_automation(f"{STEPS}\n\n{body}")
    if said is None:  # no such day
        assert found is not None
        assert found.last_price_increase is None
    else:
        assert found == said


@pytest.mark.parametrize("body", ["", STEPS, OWNER, "Our Upwork automation is slow today."])
def test_a_body_without_a_block_has_none(body: str) -> None:
    assert read_automation(body) is None


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("after", ["", "\n\n### Notes\nWet.", "\n\nAlso in a canoe."])
def test_the_block_goes_and_what_people_wrote_around_it_stays(block: str, after: str) -> None:
    stripped = strip_automation(f"{STEPS}\n\n{block}{after}")
    assert [line for line in stripped.split("\n") if line.strip()] == [
        line for line in f"{STEPS}{after}".split("\n") if line.strip()
    ]
    assert strip_automation(stripped) == stripped


def test_a_rendered_body_of_one_line_keeps_what_stands_beside_the_block() -> None:
    body = f"<p>Leak.</p>{RENDERED}<p>Wet.</p>{RENDERED_DETAILS}<p>Cold.</p>"
    assert strip_automation(body) == "<p>Leak.</p>\n<p>Wet.</p>\n<p>Cold.</p>"


def test_other_details_and_quoted_blocks_stay() -> None:
    own = "<details><summary>Log of the Upwork automation job</summary>\ndrip\n</details>"
    quoted = f"```html\n{DETAILS}\n```"
    assert strip_automation(f"{own}\n{DETAILS}\n{quoted}") == f"{own}\n\n{quoted}"
    assert read_automation(quoted) is None


def test_a_block_behind_quotation_marks_goes_with_its_offers() -> None:
    lines = [*LISTED.split("\n"), "- Automatic offers:", "  - ann-lee | Contributor | 7"]
    quoted = "\n".join(f"> {line}" for line in lines)
    assert strip_automation(f"{STEPS}\n\n{quoted}").strip() == STEPS


def test_a_fence_that_nobody_closes_hides_no_block() -> None:
    assert strip_automation(f"```\ndrip\n\n{DETAILS}") == "```\ndrip\n\n"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Issue Owner: @rae", ("rae",)),
        ("Current Issue Owner: @rae / @kim", ("rae", "kim")),
        ("Issue OwnerCurrent Issue Owner: @rae-b", ("rae-b",)),
        ("**Current Issue Owner:** @", ()),
        ("<p>Current Issue Owner: <a href='https://github.com/rae'>@rae</a></p>", ("rae",)),
        (OWNER, ("rae", "kim")),
        ("### Issue Owner\n@rae", ("rae",)),
    ],
)
def test_owner_lines_are_read_and_go(line: str, names: tuple[str, ...]) -> None:
    body = f"{STEPS}\n\n{line}"
    assert (read_owners(body), strip_automation(body).rstrip()) == (names, STEPS)


@pytest.mark.parametrize(
    "line",
    [
        "Issue owner: the person who pays for the boat",
        "The current issue owner sees no boats",
        "Job ID: 42 stays in the queue",
        "Shows the last price increase as a chart",
        "Automatic offers are shown twice",
        "- Issue Owner",
    ],
)
def test_sentences_that_only_sound_like_the_automation_stay(line: str) -> None:
    assert strip_automation(f"{STEPS}\n{line}\nThen wait.") == f"{STEPS}\n{line}\nThen wait."


HOSTILE = {
    "details": "<details><summary>Upwork Automation</summary>" * 2000,
    "summaries": "<details><summary>" * 5000,
    "lists": "<h3>Upwork Automation</h3><ul>" * 3000,
    "blank": f"Upwork{' ' * 50_000}Automation{chr(10) * 50_000}",
    "pipes": "Last Price Increase:\n" + "a | b |" * 14_000,
    "owners": "Issue Owner: @" + "a/@" * 33_000,
    "fences": "".join(f"{'`' * (3 + n % 300)}x\nupwork\n" for n in range(650)),
    "ticks": "upwork " + "` `` " * 20_000,
    "tags": "upwork " + "<" * 100_000,
    "digits": "Job ID: " + "1" * 100_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_length(body: str) -> None:
    begun = time.process_time()
    strip_automation(body)
    read_automation(body)
    assert time.process_time() - begun < 3
