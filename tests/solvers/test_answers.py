"""Whatever a model writes: its answer is read, or it is told what is wrong with it."""

import pytest

from tasks.domain.coding import CodingTask
from tasks.domain.rollouts import Job, Submission
from tasks.solvers.answers import UnreadableError, submission_of
from tests.solvers.jobs import job, of_ids

CHOICE = job(of_ids(70, 80, 90)).model_copy(update={"shown": {1: 80, 2: 90, 3: 70}})
PATCH = job([], variant="ic_swe", name="ours__app-7-ic_swe")
DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


def program_job() -> Job:
    offer = PATCH.offer.model_copy(update={"coding": CodingTask(examples=())})
    return PATCH.model_copy(update={"offer": offer})


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ('{"selected_proposal_id": 1}', 80),
        ('At first {"selected_proposal_id": 1}, but no: {"selected_proposal_id": 3}', 70),
        ('```json\n{"selected_proposal_id": 2, "why": {"it": "{fits}"}}\n```', 90),
        ('{ broken {"selected_proposal_id": 2}', 90),
    ],
)
def test_a_choice_is_the_number_that_was_shown(text: str, chosen: int) -> None:
    assert submission_of(text, CHOICE) == Submission(selected_proposal_id=chosen)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("Proposal 2.", 'it holds no JSON object like {"selected_proposal_id": NUMBER}'),
        ('{"selected_proposal_id": 80}', "there is no proposal 80; there are 1, 2, 3"),
        (
            '{"selected_proposal_id": "2"}',
            "selected_proposal_id: Input should be a valid integer",
        ),
        (
            '{"selected_proposal_id": 2.5}',
            "selected_proposal_id: Input should be a valid integer",
        ),
        ("[" * 100_000, 'it holds no JSON object like {"selected_proposal_id": NUMBER}'),
        ('{"a":' * 5_000, 'it holds no JSON object like {"selected_proposal_id": NUMBER}'),
    ],
)
def test_what_is_no_choice_is_told_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        submission_of(text, CHOICE)
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("print(1)\n", "print(1)\n"),
        ("So:\n```python\nprint(1)\n```\nIt prints.", "print(1)\n"),
        ("```sh\nrun it, and wait for a long time\n```\n```py\nprint(1)\n```", "print(1)\n"),
        ("````\nprint('```')\n````", "print('```')\n"),
        ("```python\nx = 1\n```\n```python\nx = 1\nprint(x)\n```", "x = 1\nprint(x)\n"),
    ],
)
def test_a_program_is_the_longest_block_of_python_or_the_text(text: str, program: str) -> None:
    assert submission_of(text, program_job()) == Submission(program=program)


@pytest.mark.parametrize(
    ("text", "patch"),
    [
        (DIFF, DIFF),
        (f"Here:\n\n```diff\n{DIFF}```\nDone.", DIFF),
        (f"```\n{DIFF}```\nand\n```\n{DIFF}```", DIFF + DIFF),
        (f"I changed it.\n{DIFF.rstrip()}", DIFF),
        ("```diff\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n```", DIFF.partition("\n")[2]),
        (
            "```diff\n--- a/x.md\n+++ b/x.md\n@@ -1,2 +1,2 @@\n ```sh\n-a\n+b\n```",
            "--- a/x.md\n+++ b/x.md\n@@ -1,2 +1,2 @@\n ```sh\n-a\n+b\n",
        ),
    ],
)
def test_a_patch_begins_where_a_diff_begins(text: str, patch: str) -> None:
    assert submission_of(text, PATCH) == Submission(model_patch=patch)


def test_prose_is_no_patch() -> None:
    with pytest.raises(UnreadableError, match="it holds no unified diff"):
        submission_of("Change `a` to `b`.\n---\nThat is all.", PATCH)
