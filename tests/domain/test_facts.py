"""What is known of a task beside it: dates, counts, the size and languages of its patch."""

from tasks.domain.facts import (
    Facts,
    facts_of_issue,
    facts_of_posting,
    facts_of_published,
    languages_of,
)
from tasks.domain.instances import Reference
from tasks.domain.postings import Posting
from tests.domain.builders import (
    START,
    assigned,
    comment,
    day,
    instance,
    issue,
    proposal,
    pull,
    rung,
)

PATCH = """diff --git a/src/hull.ts b/src/hull.ts
index 1..2 100644
--- a/src/hull.ts
+++ b/src/hull.ts
@@ -1,3 +1,3 @@
 keel
--- old seam
+++ new seam
 deck
@@ -9 +9,2 @@
 mast
+sail
diff --git a/sail boat.css b/sail boat.css
new file mode 100644
--- /dev/null
+++ b/sail boat.css
@@ -0,0 +1 @@
+boat {}
"""
THREAD = issue(
    closed_at=day(9),
    labels=("Help", "Bug"),
    comments=(
        comment(51, 1, "## Proposal\n\nCaulk the seams of the boat with tar."),
        comment(52, 2, "## Proposal\n\nPaint the boat with a coat of wax.", author="bob"),
        comment(53, 7, "## Proposal\n\nBuy another boat and sell this one.", author="cyd"),
    ),
    assignments=(assigned(3, "ann"),),
)
LADDER = (rung(0, 25_000), rung(1, 50_000).model_copy(update={"kind": "raised"}))


def test_an_issue_and_its_fix_say_when_how_often_and_how_large() -> None:
    task = instance(as_of=day(3), ladder=LADDER)
    fix = pull(
        changed_files=3,
        additions=10,
        deletions=2,
        body="### Fixed Issues\n$ https://github.com/ours/app/issues/7\n"
        "PROPOSAL: https://github.com/ours/app/issues/7#issuecomment-51\n",
    )
    assert facts_of_issue(task, THREAD, fix) == Facts(
        created=START,
        assigned=day(3),
        merged=day(8),
        closed=day(9),
        labels=("Bug", "Help"),
        raises=1,
        proposals=2,
        files=3,
        lines=12,
        evidence=("assignment", "pull_link"),
    )


def test_the_patch_to_write_counts_before_the_whole_fix() -> None:
    task = instance(reference=Reference(gold_patch=PATCH), ladder=LADDER)
    found = facts_of_issue(task, THREAD, pull(changed_files=30, additions=1, deletions=1))
    assert (found.files, found.lines, found.languages) == (2, 4, ("css", "typescript"))


def test_without_a_fix_there_is_no_merge_and_no_evidence() -> None:
    found = facts_of_issue(instance(), THREAD, None)
    assert (found.merged, found.assigned, found.files, found.evidence) == (None, None, None, ())


def test_a_published_task_is_not_dated_and_its_bug_is_its_patch() -> None:
    task = instance(
        reference=Reference(bug_patch=PATCH), proposals=(proposal(1), proposal(2)), ladder=()
    )
    assert facts_of_published(task) == Facts(
        proposals=2, files=2, lines=4, languages=("css", "typescript")
    )
    assert facts_of_published(instance()) == Facts()


def test_how_often_an_undated_ladder_was_raised_is_not_known() -> None:
    assert facts_of_issue(instance(ladder=(rung(None, 1),)), THREAD, None).raises is None


def test_a_posting_has_tags_and_bids() -> None:
    posting = Posting(
        market="mill/jobs",
        key="1",
        title="Sort",
        description="Sort it.",
        tags=("python", "csv"),
        currency="USD",
        band_min_cents=1,
        band_max_cents=2,
        rate_type="fixed",
        posted_at=START,
        bid_count=4,
        document_id="d",
    )
    assert facts_of_posting(posting) == Facts(created=START, labels=("csv", "python"), proposals=4)


def test_a_language_is_known_by_the_ending_in_any_case() -> None:
    assert languages_of(["a/B.TSX", "c.py", "Makefile", "d.unknown", "e.py"]) == (
        "python",
        "typescript",
    )


def test_facts_are_stored_without_what_is_not_known() -> None:
    found = Facts(raises=0, labels=())
    written = found.model_dump_json(exclude_defaults=True)
    assert written == '{"labels":[],"raises":0}'
    assert Facts.model_validate_json(written) == found
