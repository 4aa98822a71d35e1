"""What a patch adds is found again in another text, token by token."""

import time

import pytest

from tasks.domain.patch_runs import NewLines, changed_lines, reads_like_code

PATCH = """diff --git a/boat.py b/boat.py
--- a/boat.py
+++ b/boat.py
@@ -1,3 +1,4 @@
 def sail(boat):
-    boat.leave()
+    if boat.hull.is_tight(seams=boat.seams):
+        boat.leave(at="noon", to=harbour)
     return boat
@@ -9 +10,2 @@ def moor(boat):
 ropes = 2
++++ counted = True
diff --git a/sail.bin b/sail.bin
GIT binary patch
literal 3
+abc
"""


def test_the_stretches_of_new_and_of_old_lines_are_read() -> None:
    added = (
        '    if boat.hull.is_tight(seams=boat.seams):\n        boat.leave(at="noon", to=harbour)'
    )
    assert changed_lines(PATCH, "+") == (added, "+++ counted = True")
    assert changed_lines(PATCH, "-") == ("    boat.leave()",)
    assert changed_lines("", "+") == ()


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (
            "Try `if boat.hull.is_tight( seams = boat.seams )` first",
            ["if boat.hull.is_tight(seams=boat.seams)"],
        ),
        ("if boat.hull.is_tight\n(seams", ["if boat.hull.is_tight(seams"]),
        ("hull.is_tight(seams", []),  # six tokens
        ("the hull is tight and all seams of the boat are, too", []),
        ("boat.leave() return boat; ropes = 2", []),
        ("IF BOAT.HULL.IS_TIGHT(SEAMS=BOAT.SEAMS)", []),
    ],
)
def test_a_run_of_eight_tokens_is_found_whatever_its_blanks(text: str, runs: list[str]) -> None:
    lines = NewLines(changed_lines(PATCH, "+"))
    assert [run for run, _ in lines.shared_runs(text)] == runs


def test_marks_alone_and_one_address_say_nothing() -> None:
    lines = NewLines(("}); }); }); }); })", "see https://github.com/ours/app/issues/1 and go"))
    assert lines.shared_runs("}); }); }); }); })") == []
    assert lines.shared_runs("https://github.com/ours/app/issues/1") == []


@pytest.mark.parametrize(
    ("run", "code"),
    [
        ("if boat.hull.is_tight(seams=boat.seams)", True),
        ("Please enter a valid number of boats, then try again", False),
        ("The boat's hull (wood) is tight", False),
    ],
)
def test_a_sentence_is_no_code(run: str, code: bool) -> None:
    assert reads_like_code(run) is code


def test_a_hostile_pair_costs_no_more_than_its_length() -> None:
    begun = time.process_time()
    lines = NewLines(("a b c " * 16_000, "aa bb " * 16_000))
    lines.shared_runs("a b c a " * 12_000)
    lines.shared_runs("aa bb " * 16_000)
    assert time.process_time() - begun < 3
