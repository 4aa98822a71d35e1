"""The word Proposal opens a comment in many shapes; talk about proposals opens none."""

import time

import pytest

from tasks.domain.proposal_openings import Opening, opening_of, template_headings

PLAN = "Caulk the seams."
HEADINGS = [
    "## Proposal",
    "### Proposal",
    "# Proposal",
    "###### Proposal",
    "**Proposal**",
    "__Proposal__",
    "*Proposal*",
    "***Proposal***",
    "Proposal",
    "## **Proposal**",
    "# *Proposal*",
    "## Proposal ##",
    "##Proposal",
    "#Proposal#",
    "\n\n## Proposal:",
    "\ufeff## Proposal",
    "PROPOSAL:",
    "Proposal -",
    "## Proposal.",
    "## proposal\r",
    "Proposal\n========",
    "Proposal\n---",
    "<h2>Proposal</h2>",
    "## <b>Proposal</b>",
    "📣 Proposal",
    "## 📣 Proposal",
    "## ✍️ **Proposal**",
    "## :bulb: Proposal",
    "<!-- written in a hurry -->\n## Proposal",
    "Edited by the-police: this was edited at noon.\n## Proposal",
]
EDITIONS = [
    "## Updated Proposal",
    "Updated proposal",
    "**Updated** Proposal",
    "## Proposal (updated)",
    "Proposal (updated)",
    "**Proposal (Updated)**",
    "## Proposal - Updated",
    "## Proposal [UPDATED]",
    "### Proposal Update",
    "## Edited proposal",
]
NUMBERED = [
    "## Proposal 2",
    "Proposal 2",
    "## Proposal #2",
    "## Proposal v2",
    "## **Proposal (v2)**",
    "## Second Proposal",
    "## Alternative proposal",
    "## Proposal (Alternative)",
    "## My proposal",
]


@pytest.mark.parametrize("heading", [*HEADINGS, *NUMBERED])
def test_every_heading_opens_the_plan_below_it(heading: str) -> None:
    assert opening_of(f"{heading}\n{PLAN}\n") == Opening(body=PLAN, updated=False, gone=False)


@pytest.mark.parametrize("heading", EDITIONS)
def test_a_heading_may_say_that_the_plan_was_updated(heading: str) -> None:
    assert opening_of(f"{heading}\n{PLAN}") == Opening(body=PLAN, updated=True, gone=False)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Proposal: caulk it", "caulk it"),
        ("**Proposal:** caulk it", "caulk it"),
        ("**Proposal**: caulk it\nthen tar it", "caulk it\nthen tar it"),
        ("## Proposal – caulk it", "caulk it"),
        ("## Proposal | caulk it", "caulk it"),
        ("## Proposal to caulk it", "to caulk it"),
        ("## Proposal we could caulk it", "we could caulk it"),
    ],
)
def test_the_plan_may_begin_on_the_line_of_the_heading(text: str, body: str) -> None:
    found = opening_of(text)
    assert found is not None
    assert (found.body.strip(), found.gone) == (body, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Proposals are welcome",
        "Proposal looks good to me",
        "**Proposal** looks good to me",
        "Proposal of ann sounds right",
        "Proposal?",
        "A proposal would be nice",
        "I have a proposal:\nCaulk it.",
        "@ann Proposal\nCaulk it.",
        "> ## Proposal\n> Caulk it.\n\nI like that.",
        "```\n## Proposal\n```\nis how to begin",
        "`## Proposal` is how to begin",
        "## [Proposal](https://docs.test/a) of last week",
        "## Proposal for a new label\nBlue.",
        "## Proposal review\nThe first is best.",
        "## Proposal by @ann\nis fine",
        "This proposal was withdrawn as a duplicate.",
        "#### 🚫 Duplicated proposal withdrawn by the bot",
        "Some words before it\n## Proposal\nCaulk it.",
    ],
)
def test_talk_opens_nothing(text: str) -> None:
    assert opening_of(text) is None


def test_the_templates_headings_make_a_proposal_of_an_odd_heading() -> None:
    below = (
        "### What is the problem?\nLeaks.\n### Root cause\nSeams.\n### What should change?\nAll."
    )
    found = opening_of(f"## Proposal for the leak\n{below}")
    assert found is not None
    assert found.body == f"for the leak\n{below}"
    assert template_headings(below) == 3
    assert template_headings(PLAN) == 0


@pytest.mark.parametrize(
    "text",
    [
        "## Proposal (withdrawn)\nCaulk it.",
        "## Proposal - WITHDRAWN\nCaulk it.",
        "## Proposal [Retracted]\nCaulk it.",
        "Proposal withdrawn",
        "## ~~Proposal~~\nCaulk it.",
        "~~## Proposal~~\nCaulk it.",
    ],
)
def test_a_heading_may_say_that_the_plan_is_gone(text: str) -> None:
    found = opening_of(text)
    assert found is not None
    assert found.gone


@pytest.mark.parametrize(
    "text",
    [
        "## Proposal " + "(" * 100_000,
        "#" * 100_000 + " proposal",
        "## Proposal\n" + "<!--" * 25_000,
        "<!--" * 25_000,
        ":a" * 50_000 + " proposal",
        "## Proposal" + " *_" * 33_000,
        " \n" * 50_000 + "## Proposal\nx",
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    opening_of(text)
    assert time.perf_counter() - started < 1
