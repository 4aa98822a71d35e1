"""The published files: every price is read, and no tag and no block is left of what people see."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tasks.domain.automation import read_automation
from tasks.domain.instances import TaskInstance
from tasks.domain.leaks import lint_instance
from tasks.domain.published import PublishedTask
from tasks.domain.statements import clean_body, clean_title
from tasks.domain.title_prices import title_price_cents
from tasks.sources import source_named

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "swelancer"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no published files at {DATA}"),
]

# Simple on purpose, and nothing of the code under test: what must be gone, however it is spelt.
PRICE_TAG = re.compile(r"\[\s*\$")
STATE_TAG = re.compile(r"\[\s*(?:on )?(?:hold\b|paid\]|due for|awaiting pay|waiting on)", re.I)
HOLD = re.compile(r"hold for payment\W+\d", re.IGNORECASE)
BLOCK = re.compile(
    r"upwork|last price increase|automatic offers|issue owner|\| contributor \|", re.IGNORECASE
)


@cache
def published() -> tuple[PublishedTask, ...]:
    source = source_named("swelancer")
    return source.parse(source.fetch(DATA, {}, datetime(2024, 1, 1, tzinfo=UTC))).published


def test_every_price_in_a_title_is_the_price_of_the_file() -> None:
    priced = [t for t in published() if t.title and PRICE_TAG.search(t.title)]
    assert len(priced) >= 290
    assert {t.document_id: title_price_cents(t.title or "") for t in priced} == {
        t.document_id: t.price_cents for t in priced if t.price_cents is not None
    }


def test_no_title_keeps_a_price_or_a_state() -> None:
    left = [clean_title(t.title or "") for t in published()]
    assert [title for title in left if PRICE_TAG.search(title)] == []
    assert [title for title in left if STATE_TAG.search(title) or HOLD.search(title)] == []
    assert all(left)


def test_no_statement_keeps_the_block_an_owner_or_a_hold() -> None:
    left = [clean_body(t.statement or "") for t in published()]
    assert [BLOCK.findall(text) for text in left if BLOCK.search(text)] == []
    assert [text for text in left if HOLD.search(text)] == []
    assert all(left)


def test_only_lines_of_the_automation_are_lost() -> None:
    """What goes is the block at the end, so all that remains stands in the text, in order."""
    for task in published():
        lines = iter((task.statement or "").split("\n"))
        kept = [line.strip() for line in clean_body(task.statement or "").split("\n")]
        missing = [
            line for line in kept if line and not any(line == other.strip() for other in lines)
        ]
        assert missing == []


def test_every_block_is_read() -> None:
    mentioned = [t for t in published() if "Upwork Automation" in (t.statement or "")]
    blocks = [read_automation(t.statement or "") for t in mentioned]
    assert len(mentioned) >= 285
    assert [b for b in blocks if b is None or not (b.job_urls and b.job_ids)] == []
    assert all(b.last_price_increase for b in blocks if b)


def test_cleaning_twice_changes_nothing_more() -> None:
    for task in published():
        title, body = clean_title(task.title or ""), clean_body(task.statement or "")
        assert (clean_title(title), clean_body(body)) == (title, body)


def test_published_instances_leak_in_known_ways_only() -> None:
    """A permanent link in one statement points at the very commit its row names as the fix."""
    from tasks.variants import issue_variant

    leaks = []
    for task in published():
        if not (task.title and task.statement and task.price_cents):
            continue
        made = issue_variant(task.variant).from_published(task, ())
        assert isinstance(made, TaskInstance)
        findings = lint_instance(made, None, None, None)
        leaks += [(task.variant, f.code) for f in findings if f.severity == "leak"]
    assert set(leaks) <= {("swe_manager", "fix_commit")}
    assert len(leaks) <= 3
