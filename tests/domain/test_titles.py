"""A title says what is to be done, whatever people hung on it since."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.title_prices import title_price_cents
from tasks.domain.titles import clean_title, is_state_tag

STATE_TAGS = [
    "[$250]",
    "[$1,000]",
    "[ $187.50 ]",
    "[HOLD for payment 2024-05-02]",
    "[HOLD for payment 5/02]",
    "[Hold for Payment June 19]",
    "[HOLD for payment June 19th, 2024]",
    "[ON HOLD for #25]",
    "[Due for payment 2025-03-04]",
    "[Payment due 2025-03-04]",
    "[PAID]",
    "[Paid]",
    "[Paid 2024-05-02]",
    "[Awaiting Payment]",
    "[WAITING ON CHECKLIST]",
    "[Waiting on the release checklist]",
    "[HOLD for checklist]",
    "[HOLD #123]",
    "[HOLD on #123]",
    "[HOLD 12345]",
    "[HOLD #1/#2]",
    "[HOLD ours/app#12, ours/web#3]",
    "[HOLD until the new API]",
    "[HOLD New API]",
    "[BONUS PAYMENT]",
    "[Pending payment]",
    "[NEEDS PAYMENT]",
    "[Pay on May 2nd]",
    "[Payment on 2024-05-02]",
    "[C+ Checklist Needs Completion]",
    "[Checklist pending]",
    "[Contributor hired]",
    "[Price increased to $250]",
    "[In Review]",
    "[PR in progress]",
    "[PR ready for review]",
    "[Assigned]",
    "[Refund pending]",
    "[DEPLOYED to production 5/2]",
    "[Deployed to staging]",
    "[Reg. date 5/9]",
    "[HIGH]",
    "[CRITICAL]",
]
WORK_TAGS = [
    "[Wave 6: Tags]",
    "[Hold requests]",
    "[Held boats]",
    "[Paid invoices]",
    "[Payment card]",
    "[Awaiting approval page]",
    "[High contrast]",
    "[Critical path]",
    "[Polish]",
    "[$ sign]",
    "[2024 season]",
    "[Review page]",
    "[Assigned tasks]",
    "[In progress bar]",
    "[Refund policy]",
    "[Merged cells]",
    "[Limit of $250]",
    "[over $1,000]",
    "[Checklist page]",
    "[Price tags]",
    "[Pay button]",
    "[]",
]


@pytest.mark.parametrize(
    "tag", [*STATE_TAGS, "HIGH:", "CRITICAL:", "[$500] HIGH:", "[HOLD #1]HIGH:"]
)
@pytest.mark.parametrize("blank", ["", " "])
def test_no_price_state_or_urgency_tag_stays(tag: str, blank: str) -> None:
    assert clean_title(f"{tag}{blank}Boats leak") == "Boats leak"


@pytest.mark.parametrize("tag", STATE_TAGS)
def test_a_tag_goes_wherever_it_stands(tag: str) -> None:
    assert clean_title(f"Boats {tag} leak") == "Boats leak"
    assert clean_title(f"Boats leak{tag}") == "Boats leak"


@pytest.mark.parametrize("tag", WORK_TAGS)
def test_a_tag_that_describes_the_work_stays(tag: str) -> None:
    assert not is_state_tag(tag[1:-1])
    assert clean_title(f"[$250]{tag} Boats leak [PAID]") == f"{tag} Boats leak"


@pytest.mark.parametrize(
    "title",
    [
        "Boats leak",
        "Total of $80.60 is wrong",
        "Highlights: gone",
        "Low tide warning",
        "Hold for payment page is blank",
        "Paid boats show as unpaid",
        "Payment - total is wrong",
        "`[PAID]` overlaps the boat",
        "Array[ index",
        "Shows 'reported by @' twice",
        "Totals reported by the harbour",
    ],
)
def test_what_describes_the_task_stays(title: str) -> None:
    assert clean_title(title) == title


@pytest.mark.parametrize(
    "tag",
    [
        "[HOLD for payment 2024-05-02",
        "HOLD for payment 2024-05-02]",
        "[HOLD for payment 2024-05-02]]",
        "[[HOLD for payment 2024-05-02]",
        "[HOLD for payment [2024-05-02]",
        "HOLD for payment 2024-05-02",
        "[$250",
        "$250]",
        "[[$250]",
        "[PAID",
        "PAID]",
        "[HOLD #123",
        "[HOLD for payment 2024-05-02 [$250]",
        "] [$250]",
    ],
)
def test_a_tag_that_lost_a_bracket_goes_with_what_is_left_of_it(tag: str) -> None:
    assert clean_title(f"{tag} Boats leak") == "Boats leak"


@pytest.mark.parametrize(
    "tail",
    [
        "- reported by @rae",
        "reported by: @rae-b",
        "| Reported by @rae and @kim",
        "(reported by @rae)",
    ],
)
def test_who_reported_it_goes(tail: str) -> None:
    assert clean_title(f"[$500] Boats leak {tail} [PAID]") == "Boats leak"


@pytest.mark.parametrize(
    "tag",
    ["[$1.5k]", "[250$]", "[250 USD]", "[US$250]", "[Bounty: $250]", "[$250 bounty]", "[$250.]",
     "[€250]", "[$1.000]", "[$12,50]", "[$250 AUD]", "[$２５０]", "[$1000000000000]"],
)  # fmt: skip
def test_a_price_goes_however_it_is_written(tag: str) -> None:
    assert clean_title(f"{tag} Boats leak [250 boats]") == "Boats leak [250 boats]"


def test_five_holds_are_no_more_than_one() -> None:
    holds = "".join(f"[HOLD for payment 2024-05-{day:02}] " for day in (20, 18, 11, 7, 2))
    assert (
        clean_title(f"{holds}[$250] [Wave 6: Tags] - Boats leak") == "[Wave 6: Tags] - Boats leak"
    )


@given(
    tags=st.lists(st.sampled_from(STATE_TAGS), max_size=6),
    words=st.sampled_from(["Boats leak", "[Wave 6: Tags] Boats leak"]),
    blank=st.sampled_from(["", " ", "  "]),
    data=st.data(),
)
def test_order_and_blanks_of_tags_do_not_matter(
    tags: list[str], words: str, blank: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(tags)))
    title = blank.join([*tags[:place], f" {words} ", *tags[place:]])
    assert clean_title(title) == words
    assert title_price_cents(clean_title(title)) is None


@given(
    st.lists(
        st.sampled_from(
            [*"[]`: -$#", "[", "]", "HOLD", "for payment", "2024-05-02", "PAID", "$250", "HIGH:",
             "#12", "boats", "reported by", "@rae", "HO", "LD", "and", "`a`", "Tags"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_cleaning_twice_changes_nothing_more(title: str) -> None:
    once = clean_title(title)
    assert clean_title(once) == once


HOSTILE = {
    "open": "[" * 100_000,
    "nested": "[" * 30_000 + "$1]" * 30_000,
    "tags": "[$1]" * 25_000,
    "halves": "[PAID " * 16_000,
    "split": "[HO[$250]LD #1]" * 6000,
    "urgent": "HIGH: " * 16_000,
    "reporters": "- reported by @a " * 6000,
    "reported": "reported by @a, " * 6000,
    "issues": "[HOLD #1/" * 11_000,
    "amounts": "[$" + "1," * 50_000,
    "ticks": "` " * 50_000,
    "blanks": "[HOLD" + " " * 100_000 + "for payment",
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_title_costs_no_more_than_its_length(title: str) -> None:
    begun = time.process_time()
    clean_title(title)
    title_price_cents(title)
    assert time.process_time() - begun < 3
