"""Which issues a pull request fixes, which proposal it builds, and which other one it reverts."""

import time

import pytest

from tasks.domain.issues import PullRequest
from tasks.domain.links import (
    fixed_issues,
    is_revert,
    linked_proposal,
    proposal_line,
    reverted_pulls,
)
from tests.domain.builders import ISSUE, pull

APP = "https://github.com/ours/app/issues"
PULLS = "https://github.com/ours/app/pull"


def fixing(section: str, **changes: object) -> PullRequest:
    return pull(body=f"### Fixed Issues\n{section}\n\n### Tests\nNone.\n", **changes)


SECTIONS: list[tuple[str, set[str]]] = [
    (f"$ {APP}/7", {"ours/app#7"}),
    (f"{APP}/7", {"ours/app#7"}),
    (f"${APP}/7", {"ours/app#7"}),
    (f"\\$ {APP}/7", {"ours/app#7"}),
    (f"$$ {APP}/7", {"ours/app#7"}),
    ("$ #7", {"ours/app#7"}),
    ("$#7", {"ours/app#7"}),
    ("#7", {"ours/app#7"}),
    ("$ ours/app#7", {"ours/app#7"}),
    ("$ GH-7", {"ours/app#7"}),
    (f"$ [{APP}/7]({APP}/7)", {"ours/app#7"}),
    (f"$ [the leak]({APP}/7)", {"ours/app#7"}),
    (f"$ [#7](<{APP}/7>)", {"ours/app#7"}),
    (f'$ <a href="{APP}/7">#7</a>', {"ours/app#7"}),
    (f"$ <{APP}/7>", {"ours/app#7"}),
    (f"$ **{APP}/7**", {"ours/app#7"}),
    (f"`{APP}/7`", {"ours/app#7"}),
    (f"$ {APP}/7/", {"ours/app#7"}),
    (f"$ {APP}/7?notification=1", {"ours/app#7"}),
    (f"$ {APP}/7#issue-5", {"ours/app#7"}),
    (f"$ {APP}/7.", {"ours/app#7"}),
    ("$ http://github.com/ours/app/issues/7", {"ours/app#7"}),
    ("$ https://www.github.com/ours/app/issues/7", {"ours/app#7"}),
    ("$ github.com/ours/app/issues/7", {"ours/app#7"}),
    ("$ https://github.com/Ours/APP/issues/7", {"ours/app#7"}),
    ("$ HTTPS://GitHub.com/ours/app/issues/7", {"ours/app#7"}),
    (f"$ {APP}/007", {"ours/app#7"}),
    (f"$ {APP}/7\n$ {APP}/7#issuecomment-55", {"ours/app#7"}),
    (f"$ {APP}/8\n$ {APP}/7#issuecomment-55", {"ours/app#8"}),
    (f"$ {APP}/7#issuecomment-55", {"ours/app#7"}),
    (f"$ {APP}/7\nPROPOSAL: {APP}/9#issuecomment-55", {"ours/app#7"}),
    (f"$ {APP}/7\nPROPOSAL: {APP}/8", {"ours/app#7"}),
    (f"$ {APP}/7\nPROPOSAL: N/A", {"ours/app#7"}),
    (f"$ {APP}/7\n$ {APP}/71", {"ours/app#7", "ours/app#71"}),
    (f"$ {APP}/7, {APP}/71", {"ours/app#7", "ours/app#71"}),
    (f"$ {APP}/7 and $ {APP}/71", {"ours/app#7", "ours/app#71"}),
    ("$ #7, #71", {"ours/app#7", "ours/app#71"}),
    (f"$ [a]({APP}/7) & [b]({APP}/71)", {"ours/app#7", "ours/app#71"}),
    (f"Fixes {APP}/7", {"ours/app#7"}),
    (f"Fixes: $ {APP}/7", {"ours/app#7"}),
    ("Closes #7", {"ours/app#7"}),
    (f"Issue: {APP}/7", {"ours/app#7"}),
    (f"- {APP}/7", {"ours/app#7"}),
    (f"1. $ {APP}/7", {"ours/app#7"}),
    (f"- [x] $ {APP}/7", {"ours/app#7"}),
    (f"   $ {APP}/7", {"ours/app#7"}),
    ("$ https://github.com/ours/secret.repo/issues/7", {"ours/secret.repo#7"}),
    ("$ https://github.com/Ours/secret/issues/7", {"ours/secret#7"}),
    ("$ https://github.com/Theirs/Web/issues/7", {"Theirs/Web#7"}),
    (f"<!-- like this:\n$ {APP}/1\n-->\n$ {APP}/7", {"ours/app#7"}),
    (f"```\n$ {APP}/1\n```\n$ {APP}/7", {"ours/app#7"}),
    (f"<!-- $ {APP}/1", set()),
    (f"See {APP}/1 for background", set()),
    (f"PROPOSAL: {APP}/7", set()),
    (f"$ {PULLS}/7", set()),
    (f"$ {APP}/7abc", set()),
    ("$ https://docs.test/7", set()),
    ("$ https://docs.test/ours/app/issues/7", set()),
    ("$4105", set()),
    ("$", set()),
    ("$ N/A", set()),
    ("N/A", set()),
    ("", set()),
]


@pytest.mark.parametrize(("section", "named"), SECTIONS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_section_names_the_issues_it_fixes(section: str, named: set[str], newline: str) -> None:
    body = f"### Details\n$ {APP}/2\n\n### Fixed Issues\n{section}\n\n### Tests\n$ {APP}/3\n"
    assert fixed_issues(pull(body=body.replace("\n", newline))) == named


@pytest.mark.parametrize(
    "heading",
    [
        "### Fixed Issues",
        "### Fixed issues",
        "## Fixed Issue",
        "###Fixed Issues",
        "### Fixed Issues:",
        "### Fixed Issue(s)",
        "### Fixed Issues (links)",
        "### Issues fixed",
        "### Fixes",
        "**Fixed Issues**",
        "**Fixed Issues:**",
        "<h3>Fixed Issues</h3>",
        "Fixed Issues\n------------",
        "Fixed Issues",
    ],
)
def test_every_heading_of_the_section_is_known(heading: str) -> None:
    body = f"Text.\n\n{heading}\n$ {APP}/7\n\n### Tests\n$ {APP}/3"
    assert fixed_issues(pull(body=body)) == {ISSUE}


def test_the_link_may_stand_on_the_line_of_the_heading() -> None:
    assert fixed_issues(pull(body=f"### Fixed Issues: $ {APP}/7\n### Tests")) == {ISSUE}


@pytest.mark.parametrize("next_heading", ["### Tests", "## Tests", "**Tests**", "<h3>Tests</h3>"])
def test_the_next_heading_ends_the_section(next_heading: str) -> None:
    assert fixed_issues(pull(body=f"### Fixed Issues\n{next_heading}\n$ {APP}/7")) == frozenset()


def test_a_heading_within_code_opens_and_ends_nothing() -> None:
    body = f"```\n# Fixed issues\n$ {APP}/1\n```\n### Fixed Issues\n```\n# no\n```\n$ {APP}/7\n"
    assert fixed_issues(pull(body=body)) == {ISSUE}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (f"Fixes {APP}/7", {ISSUE}),
        (f"fixed: {APP}/7\n", {ISSUE}),
        (f"Some words.\n\nFixes {APP}/7 and {APP}/8\n", {ISSUE, "ours/app#8"}),
        ("Closes #7", {ISSUE}),
        (f"$ {APP}/7", {ISSUE}),
        (f"Fixed issues: {APP}/7", {ISSUE}),
        (f"This fixes nothing of {APP}/7", set()),
        (f"{APP}/7", set()),
        ("#7", set()),
        ("", set()),
    ],
)
def test_without_the_section_a_closing_word_or_a_dollar_sign_names_issues(
    body: str, named: set[str]
) -> None:
    assert fixed_issues(pull(body=body)) == named


def test_what_the_source_linked_counts_where_the_text_names_nothing() -> None:
    closes = ("Ours/App#7", "theirs/web#3")
    linked = {"ours/app#7", "theirs/web#3"}
    assert fixed_issues(pull(body="", closes=closes)) == linked
    assert fixed_issues(fixing("$ N/A", closes=closes)) == linked
    assert fixed_issues(fixing(f"$ {APP}/8", closes=closes)) == {"ours/app#8"}


def test_a_renamed_repository_goes_by_its_name_of_now() -> None:
    old = "$ https://github.com/Ours/Boats.old/issues/7"
    assert fixed_issues(fixing(old)) == {"ours/Boats.old#7"}
    assert fixed_issues(fixing(old, also_named=("ours/boats.old",))) == {ISSUE}
    assert fixed_issues(fixing(old), {"ours/boats.OLD": "ours/App"}) == {ISSUE}
    chain = {"ours/boats.old": "ours/boats.new", "ours/boats.new": "ours/app"}
    assert fixed_issues(fixing(old), chain) == {ISSUE}
    circle = {"ours/boats.old": "ours/b", "ours/b": "ours/boats.old"}
    assert len(fixed_issues(fixing(old), circle)) == 1


@pytest.mark.parametrize("name", ["Expensify.cash", "expensify.CASH", "ReactNativeChat", "App"])
def test_the_names_that_the_market_has_had_are_known(name: str) -> None:
    subject = fixing(
        f"$ https://github.com/Expensify/{name}/issues/7\n"
        f"PROPOSAL: https://github.com/Expensify/{name}/issues/7#issuecomment-5",
        repository="Expensify/App",
    )
    assert fixed_issues(subject) == {"Expensify/App#7"}
    assert linked_proposal(subject, "Expensify/App#7") == 5


def test_documents_under_the_old_name_keep_it() -> None:
    subject = fixing(
        "$ https://github.com/Expensify/App/issues/7", repository="Expensify/Expensify.cash"
    )
    assert fixed_issues(subject) == {"Expensify/Expensify.cash#7"}


def test_what_has_been_read_of_a_pull_request_is_not_read_again() -> None:
    read = fixing("$ #8", fixes=frozenset({ISSUE}), reverts=frozenset({"ours/app#3"}))
    assert fixed_issues(read) == {ISSUE}
    assert reverted_pulls(read) == {"ours/app#3"}
    assert fixed_issues(read, {"ours/boats": "ours/app"}) == {"ours/app#8"}


def test_a_host_of_its_own_is_a_host() -> None:
    subject = fixing(
        "$ https://git.ours.test/ours/app/issues/7", url="https://git.ours.test/ours/app/pull/9"
    )
    assert fixed_issues(subject) == {ISSUE}


@pytest.mark.parametrize(
    ("line", "linked"),
    [
        (f"PROPOSAL: {APP}/7#issuecomment-55", 55),
        (f"PROPOSAL:{APP}/7#issuecomment-55", 55),
        (f"Proposal: {APP}/7#issuecomment-55", 55),
        (f"**PROPOSAL**: {APP}/7#issuecomment-55", 55),
        (f"- PROPOSAL - {APP}/7#issuecomment-55", 55),
        (f"$ PROPOSAL: {APP}/7#issuecomment-55", 55),
        (f"PROPOSAL: $ {APP}/7#issuecomment-55", 55),
        (f"PROPOSAL LINK: {APP}/7#issuecomment-55", 55),
        (f"PROPOSAL: [plan]({APP}/7#issuecomment-55)", 55),
        (f"PROPOSAL: <{APP}/7#issuecomment-55>", 55),
        (f"PROPOSAL:\n{APP}/7#issuecomment-55", 55),
        (f"PROPOSAL:\n\n$ {APP}/7#issuecomment-55", 55),
        (f"$ {APP}/7#issuecomment-55", 55),
        (f"$ {APP}/7/#issuecomment-55", 55),
        (f"$ {APP}/7?x=1#issuecomment-55", 55),
        ("PROPOSAL: http://www.github.com/Ours/App/issues/7#issuecomment-55", 55),
        (f"PROPOSAL: {APP}/8#issuecomment-54\nPROPOSAL: {APP}/7#issuecomment-55", 55),
        (f"PROPOSAL: {APP}/7#issuecomment-55 and {APP}/7#issuecomment-56", 55),
        (f"PROPOSAL: {APP}/7\n$ {APP}/7#issuecomment-55", 55),
        (f"<!-- PROPOSAL: {APP}/7#issuecomment-54 -->", None),
        (f"PROPOSAL: {APP}/8#issuecomment-55", None),
        (f"PROPOSAL: {APP}/7", None),
        ("PROPOSAL: N/A", None),
        ("PROPOSAL:", None),
        ("PROPOSAL: https://docs.test/plan#issuecomment-55", None),
        (f"Discussed in {APP}/7#issuecomment-55", None),
        (f"We looked at another proposal in {APP}/7#issuecomment-55", None),
    ],
)
def test_only_the_line_that_names_a_comment_of_the_issue_links_a_proposal(
    line: str, linked: int | None
) -> None:
    body = f"### Fixed Issues\n$ {APP}/7\n{line}\n"
    assert linked_proposal(pull(body=body), ISSUE) == linked
    assert linked_proposal(pull(body=body), "Ours/APP#7") == linked


def test_the_line_that_links_the_proposal_is_kept_as_evidence() -> None:
    line = f"PROPOSAL: {APP}/7#issuecomment-55"
    assert proposal_line(fixing(f"$ {APP}/7\n{line}  "), ISSUE) == (55, line)


@pytest.mark.parametrize(
    ("title", "body", "revert", "named"),
    [
        ('Revert "Caulk the boats"', "Reverts ours/app#9", True, {"ours/app#9"}),
        ('Revert "Caulk the boats"', "### Fixed issues\n$ #7", True, set()),
        ('[CP staging] Revert "Caulk the boats"', "", True, set()),
        ("Revert #9: caulk", "", True, {"ours/app#9"}),
        ("Revert PR 9", f"Reverts {PULLS}/9", True, {"ours/app#9"}),
        ("Take the caulk out", "Reverts #9\n\nIt smells.", True, {"ours/app#9"}),
        ('Revert "Revert "Caulk the boats""', "Reverts ours/app#10", False, {"ours/app#10"}),
        ('Reapply "Caulk the boats"', "Reverts ours/app#10", False, {"ours/app#10"}),
        ("Reland: caulk the boats", "Reverts ours/app#10", False, {"ours/app#10"}),
        ("Caulk the boats", "This reverts nothing", False, set()),
        ("Reverted order of boats", "", False, set()),
    ],
)
def test_a_revert_says_so_and_what_it_takes_back(
    title: str, body: str, revert: bool, named: set[str]
) -> None:
    subject = pull(number=13, title=title, body=body)
    assert is_revert(subject) == revert
    assert reverted_pulls(subject) == named


HOSTILE: tuple[str, ...] = (
    "[",
    "$ ",
    "#",
    "https://github.com/",
    f"{APP}/7#issuecomment-",
    "a/b/",
    "a.",
    "<a href=",
)
HOSTILE += ("**", "<!--", "```\n", "PROPOSAL: ", "proposal ", "### Fixed Issues\n", "Fixes ", "\n")
HOSTILE += (", and ", "[](", "revert ", "> ", "- [ ] ")


@pytest.mark.parametrize("filler", HOSTILE)
def test_hostile_texts_take_no_time(filler: str) -> None:
    text = filler * (100_000 // len(filler))
    started = time.perf_counter()
    for subject in (fixing(f"$ {text}"), pull(body=text, title=text), fixing(f"$ {APP}/7 {text}")):
        fixed_issues(subject)
        linked_proposal(subject, ISSUE)
        reverted_pulls(subject)
    assert time.perf_counter() - started < 8  # quadratic would take minutes
