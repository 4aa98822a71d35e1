"""What the linter knows, and what it finds by comparing: patches, versions and moments."""

from typing import Any

import pytest
from pydantic import ValidationError

from tasks.domain.instances import Reference
from tasks.domain.issues import IssueHistory, TextVersion
from tasks.domain.leaks import LEAKS, Finding, LeakFacts, facts_of, lint, lint_instance
from tests.domain.bodies import DETAILS
from tests.domain.builders import assigned, comment, day, instance, issue, proposal, pull, title
from tests.domain.leaking import FACTS, codes

PATCH = """diff --git a/boat.py b/boat.py
@@ -1 +1,2 @@
 def sail(boat):
+    if boat.hull.is_tight(seams=boat.seams): raise Leak("The boat is not tight, please caulk it")
"""
SPOILED = "Use if boat.hull.is_tight(seams=boat.seams) there."


@pytest.mark.parametrize(
    ("statement", "absent", "findings"),
    [
        (SPOILED, True, [("patch_run", "leak")]),
        (SPOILED, False, []),
        (SPOILED, None, [("patch_run", "warning")]),
        ("Say: The boat is not tight, please caulk it", True, [("patch_run", "warning")]),
        ("Is the boat.hull tight?", True, []),
    ],
)
def test_a_run_of_the_fix_leaks_where_the_base_lacks_it(
    statement: str, absent: bool | None, findings: list[tuple[str, str]]
) -> None:
    task = instance(statement=statement, reference=Reference(gold_patch=PATCH))
    asked = None if absent is None else (lambda run: bool(absent))
    assert codes(lint(task, LeakFacts(), asked)) == findings


def test_the_patch_that_brings_a_bug_back_takes_the_fix_away() -> None:
    patch = PATCH.replace("@@ -1 +1,2 @@", "@@ -1,2 +1 @@").replace("\n+", "\n-")
    task = instance(statement=SPOILED, reference=Reference(bug_patch=patch))
    assert codes(lint_instance(task, None, None, None)) == [("patch_run", "warning")]


def history() -> IssueHistory:
    return issue(
        titles=(title(0, "[$250] Boats leak", at_creation=True), title(9, "[PAID] Hull cracks")),
        bodies=(
            TextVersion(day(0), "Water comes in."),
            TextVersion(day(2), f"Water comes in fast.\n\n{DETAILS}"),
            TextVersion(day(9), "Caulked."),
        ),
        comments=(
            comment(1, 1, "## Proposal\nCaulk.", later={8: "## Proposal\nCaulk as merged."}),
            comment(2, 7, "## Proposal\nTar."),
        ),
        assignments=(assigned(5, "ann"), assigned(0, "rae")),
    )


def test_facts_are_read_off_the_whole_history() -> None:
    reference = Reference(accepted_proposal_id=1, fix_commit="f" * 40)
    task = instance(as_of=day(5), base="b" * 40, reference=reference, proposals=(proposal(1),))
    fix = pull(also_named=("ours/boats",), head_commit="E" * 40, head_branch="tar-7")
    facts = facts_of(history(), fix, task, "Merge pull request #9 from ann/caulk/seams")
    assert facts.model_dump(exclude={"texts"}) == {
        "as_of": day(5),
        "repositories": ("ours/app", "ours/boats"),
        "fix_number": 9,
        "fix_url": "https://github.com/ours/app/pull/9",
        "fix_branches": ("tar-7", "caulk/seams"),
        "fix_commits": ("f" * 40, "e" * 40),
        "hired": ("ann-lee", "ann"),
        "accepted_id": 1,
        "accepted_url": None,
        "accepted_author": None,
        "job_urls": ("https://www.upwork.com/jobs/~0102cd",),
        "job_ids": ("~0102cd", "1598765432109876543"),
        "hold_dates": (),
        "later_comments": frozenset({2}),
    }
    assert facts_of(None, None, instance()) == LeakFacts(repositories=("ours/app",))


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({"statement": "Water comes in fast."}, []),
        ({"statement": "Water comes in."}, [("later_text", "warning")]),
        ({"statement": "Caulked."}, [("later_text", "leak")]),
        ({"title": "Hull cracks"}, [("later_text", "leak")]),
        ({"proposals": (proposal(1, "## Proposal\nCaulk.", posted_at=day(1)),)}, []),
        (
            {"proposals": (proposal(1, "## Proposal\nCaulk as merged.", posted_at=day(1)),)},
            [("later_text", "leak")],
        ),
        (
            {"proposals": (proposal(2, "## Proposal\nTar.", posted_at=day(7)),)},
            [("later_proposal", "leak"), ("later_text", "leak")],
        ),
    ],
)
def test_every_text_is_of_its_moment(
    changes: dict[str, Any], findings: list[tuple[str, str]]
) -> None:
    plain = {"title": "Boats leak", "statement": "Water comes in fast.", "as_of": day(5)}
    task = instance(**(plain | changes))
    assert codes(lint_instance(task, history(), pull(), None)) == findings


def test_a_finding_says_where_and_quotes_its_line() -> None:
    task = instance(statement="Boats leak.\nFixed by  #123 today\nWet.")
    (found,) = lint(task, FACTS)
    assert found == Finding(
        code="fix_number", severity="leak", field="statement", words="Fixed by #123 today"
    )


def test_the_list_of_codes_is_closed() -> None:
    assert all(sentence and sentence == sentence.strip(". ") for sentence in LEAKS.values())
    with pytest.raises(ValidationError, match="known: hold_date"):
        Finding(code="rumour", severity="leak", field="title", words="")
