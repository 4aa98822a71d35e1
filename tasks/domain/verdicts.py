"""Evidence and the verdicts read off it."""

from typing import Final, Literal

from pydantic import BaseModel

Outcome = Literal["resolved", "unresolved", "invalid"]

# Raise this when a judge changes: stored evidence is then judged again, old verdicts stay.
GRADER_VERSION: Final = "3"
# The grader version of verdicts that were published, not reached here. It is no number, so that a
# verdict of ours on the same evidence would win over it.
PUBLISHED: Final = "published"


class Evidence(BaseModel, frozen=True, extra="forbid"):
    """What grading collected of one submission in one trial; a judge reads nothing else.

    `report` maps test name to passed / failed / error / skipped, None where no readable report
    came back. `failure` says what stopped the tests from running (patch_conflict, timeout, ...),
    `killed` what ended them (memory, disk, output). `sentinels` maps the names of the tests that
    were placed at grading to what each must come out as. `doubled` are names the report gives more
    than once, `stale` says that it is older than the run, `dropped` are paths whose changes the
    submission was not allowed to make.
    """

    decision: int | None = None
    exit_code: int | None = None
    report: dict[str, str] | None = None
    log: str = ""
    failure: str | None = None
    killed: str | None = None
    sentinels: dict[str, str] = {}
    doubled: tuple[str, ...] = ()
    stale: bool = False
    dropped: tuple[str, ...] = ()
    image: str | None = None


class Expectation(BaseModel, frozen=True, extra="forbid"):
    """What validation saw the reference do: tests by name that must pass.

    `others` are reported with the reference every time and do not pass: they have to be reported.
    Of the rest nothing is asked: `flaky` came out differently from one repetition to another,
    `gone` are reported only without the reference.
    """

    fail_to_pass: tuple[str, ...] = ()
    pass_to_pass: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class Judgement(BaseModel, frozen=True, extra="forbid"):
    """`reason` is a short code (wrong_proposal, tests_failed, no_submission, ...)."""

    outcome: Outcome
    reason: str
    detail: str = ""


class EnvironmentCheck(BaseModel, frozen=True, extra="forbid"):
    """The result of prepare: gradable means gold passes and null fails, every time.

    `gold` and `null` hold one piece of evidence a repetition.
    """

    gradable: bool
    reason: str = ""
    expectation: Expectation = Expectation()
    gold: tuple[Evidence, ...] = ()
    null: tuple[Evidence, ...] = ()
    image: str | None = None
