"""What a pull request's text names: the issues it fixes, the proposal it builds, what it reverts.

Source of the rules: the "Fixed Issues" section of Expensify/App's template and the ways in which
authors depart from it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from tasks.domain.code_spans import pieces
from tasks.domain.issue_links import FORMER_NAMES, Link, Names, link_at, links_behind
from tasks.domain.issues import PullRequest
from tasks.domain.proposal_openings import HTML_COMMENT

# What ends a section, too: a heading with marks, as a tag, or a bold line.
_HEADING: Final = re.compile(
    r"[ ]{0,3}(?:\#{1,6}(?=[ \t]|\Z)|<h[1-6]\b[^<>]{0,80}>)[ \t]*(?P<title>.*)"
    r"|[ ]{0,3}(?:\*\*|__)(?P<bold>[^*_\n]{1,80}):?(?:\*\*|__):?[ \t]*\Z",
    re.IGNORECASE,
)
_FIXED_TITLE: Final = re.compile(
    r"(?:[ ]{0,3}<h[1-6]\b[^<>]{0,80}>)?[\W_]{0,12}"
    r"(?:fix(?:ed|es)?[ \t]+(?:the[ \t]+)?(?:related[ \t]+)?"
    r"(?:issues?\b|issue\(s\)|tickets?\b|gh\b)"
    r"|issue(?:s|\(s\))?[ \t]+fixed\b|fixes\b(?=[\W_]*\Z))(?P<rest>.*)",
    re.IGNORECASE,
)
_MARKED: Final = re.compile(r"[ ]{0,3}(?:\#|\*\*|__|<h[1-6]\b)", re.IGNORECASE)
_UNDERLINE: Final = re.compile(r"[ ]{0,3}(?:=+|-{2,})[ \t]*\Z")
_PROPOSAL: Final = re.compile(r"(?<!\w)proposals?\b", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"[\W_]{0,12}proposals?\b(?:[ \t]*(?:link|comment|url))?[\W_]{0,12}", re.IGNORECASE
)
_REVERTS: Final = re.compile(
    r"[\W_]{0,12}(?:this[ \t]+)?(?:pr[ \t]+)?(?:revert(?:s|ing)?|backs?[ \t]+out)\b[: \t]*"
    r"(?:(?:pr|pull[ \t]+request|pull)\b[ \t:]*)?",
    re.IGNORECASE,
)
_TAGS: Final = re.compile(r"\[[^\[\]]*\]")
_REVERT_TITLE: Final = re.compile(
    r"[\W_]*(?:cp\b[\W_]*|hotfix\b[\W_]*)?revert(?:ing)?\b", re.IGNORECASE
)
_REDO_TITLE: Final = re.compile(r"[\W_]*(?:re-?appl|re-?land|redo|re-?introduc)", re.IGNORECASE)


def fixed_issues(
    pull: PullRequest, former_names: Mapping[str, str] = FORMER_NAMES
) -> frozenset[str]:
    """The issues (`owner/name#N`) that a pull request says it fixes, best evidence first.

    1. The links of its "Fixed Issues" section, a line each (or several on one): with `$` or
       without, as address, `#N`, `owner/name#N`, markdown or HTML link. `N/A`, blanks, documents,
       prose and the PROPOSAL line name nothing.
    2. Comments of issues that the section's `$` lines link to, where it names no issue.
    3. Without such a section: lines that begin with `Fixes` (or another closing word) or `$`.
    4. Where the text names nothing, what the source itself linked (`pull.closes`).

    HTML comments and fenced code are no part of the text: the template's own example stands in
    one. Repositories go by the name their pull requests have, whatever they were called: see
    `Names`. An issue in a repository that nobody can read is named as it stands.
    """
    if pull.fixes is not None and former_names is FORMER_NAMES:
        return pull.fixes
    names = Names(pull, former_names)
    lines = _lines(pull)
    section = _section(lines)
    if section is None:
        links = [link for line in lines for link in links_behind(line, names, marked=True)]
    else:
        links = [link for line in section for link in links_behind(line, names)]
    issues = {link.issue for link in links if link.comment is None}
    named = issues or {link.issue for link in links}
    return frozenset(named or {names.issue(name) for name in pull.closes})


def linked_proposal(
    pull: PullRequest, issue: str, former_names: Mapping[str, str] = FORMER_NAMES
) -> int | None:
    """The comment (its id) that a pull request names as the proposal it builds on `issue`.

    The first comment of that issue behind the label PROPOSAL, on its line or the next, or on a
    `$` line, which some authors use instead. None for `N/A`, documents and the issue's own address.
    """
    found = proposal_line(pull, issue, former_names)
    return found[0] if found else None


def proposal_line(
    pull: PullRequest, issue: str, former_names: Mapping[str, str] = FORMER_NAMES
) -> tuple[int, str] | None:
    """The comment's id, as `linked_proposal`, with the line that names it."""
    names = Names(pull, former_names)
    wanted = issue.lower()
    labelled = False
    for line in _lines(pull):
        label = _PROPOSAL.search(line) if _may_say_proposal(line) else None
        links: list[Link] = []
        if label is not None and (_LABEL.match(line) or ":" in line[label.end() :][:3]):
            links = list(names.addresses(line[label.end() :]))
            labelled = not links
        elif labelled and line.strip():
            links, labelled = links_behind(line, names), False
        if not links and "$" in line[:12]:
            links = links_behind(line, names)
        for link in links:
            if link.comment is not None and link.issue.lower() == wanted:
                return link.comment, line.strip()
    return None


def _may_say_proposal(line: str) -> bool:
    return not line.isascii() or "proposal" in line.lower()


def is_revert(pull: PullRequest) -> bool:
    """Whether a pull request takes back another: its title says so an odd number of times.

    `Revert "Revert "X""` does X again, as `Reapply "X"` does. Without it in the title, a body that
    begins with "Reverts #N" says so.
    """
    titled = _titled_revert(pull)
    if titled is not None:
        return titled
    first = next((line for line in _lines(pull) if line.strip()), "")
    return _REVERTS.match(first) is not None and bool(
        _reverted_on(first, Names(pull, FORMER_NAMES))
    )


def reverted_pulls(
    pull: PullRequest, former_names: Mapping[str, str] = FORMER_NAMES
) -> frozenset[str]:
    """The pull requests (`owner/name#N`) that a revert's body or title names as taken back.

    A revert of a revert, and what applies something again, may name the revert that they undo.
    """
    if pull.reverts is not None and former_names is FORMER_NAMES:
        return pull.reverts
    if _titled_revert(pull) is None and not is_revert(pull):
        return frozenset()
    names = Names(pull, former_names)
    lines = [*_lines(pull), _TAGS.sub("", pull.title)]
    return frozenset(name for line in lines for name in _reverted_on(line, names))


def _titled_revert(pull: PullRequest) -> bool | None:
    """Whether the title takes something back (or brings it back); None where it says neither."""
    title, count = _TAGS.sub("", pull.title), 0
    while (found := _REVERT_TITLE.match(title)) is not None:
        title, count = title[found.end() :], count + 1
    return count % 2 == 1 if count or _REDO_TITLE.match(title) else None


def _reverted_on(line: str, names: Names) -> list[str]:
    found = _REVERTS.match(line)
    if found is None:
        return []
    link = link_at(line, found.end(), names, pulls=True)
    return [link.issue] if link else []


def _lines(pull: PullRequest) -> Sequence[str]:
    return _shown_lines(pull.body)


# A pull request is asked in turn what it fixes, what it reverts, and which proposal it builds.
@lru_cache(maxsize=1024)
def _shown_lines(body: str) -> Sequence[str]:
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    text = HTML_COMMENT.sub("", text) if "<!--" in text else text
    shown = ["\n" * p.text.count("\n") if p.is_code else p.text for p in pieces(text)]
    return tuple("".join(shown).split("\n"))


def _section(lines: Sequence[str]) -> list[str] | None:
    """The lines below every heading "Fixed Issues"; None where there is no such heading."""
    found: list[str] | None = None
    inside = False
    for number, line in enumerate(lines):
        rest = _fixed_heading(line, lines[number + 1] if number + 1 < len(lines) else "")
        if rest is not None:
            inside, found = True, [*(found or []), rest]
        elif _is_heading(line):
            inside = False
        elif inside and found is not None:
            found.append(line)
    return found


def _fixed_heading(line: str, below: str) -> str | None:
    """What stands behind a "Fixed Issues" on its own line; None for other lines."""
    if line.isascii() and "fix" not in line.lower():
        return None  # most lines: to look for the word costs a third of the pattern
    found = _FIXED_TITLE.match(line[:400])
    if found is None:
        return None
    rest = line[found.start("rest") :].lstrip("*_:#) \t")
    if _MARKED.match(line) or _UNDERLINE.match(below) or not rest:
        return rest
    return None


def _is_heading(line: str) -> bool:
    return "/issues/" not in line and _HEADING.match(line) is not None
