"""An invented end of an issue, and what the linter says of a text that comes before it."""

from datetime import date

from tasks.domain.leaks import Finding, LeakFacts, lint
from tests.domain.builders import URL, day, instance, proposal

COMMIT = "0123abc" + "d" * 33
FACTS = LeakFacts(
    as_of=day(5),
    repositories=("ours/app", "ours/old-app"),
    fix_number=123,
    fix_url="https://github.com/ours/app/pull/123",
    fix_branches=("ann/caulk-7",),
    fix_commits=(COMMIT,),
    hired=("ann-lee",),
    accepted_id=77001,
    accepted_url=f"{URL}#issuecomment-77001",
    accepted_author="ann-lee",
    job_urls=("https://www.upwork.com/jobs/~0102cd",),
    job_ids=("1598765432109876543",),
    hold_dates=(date(2024, 3, 20),),
    later_comments=frozenset({88001}),
)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in findings]


def in_statement(text: str) -> list[tuple[str, str]]:
    return codes(lint(instance(statement=text), FACTS))


def in_proposal(text: str, number: int = 5, author: str | None = "bo") -> list[tuple[str, str]]:
    return codes(lint(instance(proposals=(proposal(number, text, author=author),)), FACTS))


def in_title(text: str) -> list[tuple[str, str]]:
    return codes(lint(instance(title=text), FACTS))
