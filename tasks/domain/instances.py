"""Task instances, what a solver may see of them, and rejections."""

from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

from pydantic import BaseModel

from tasks.domain.bounties import Rung
from tasks.domain.boxes import Limits
from tasks.domain.coding import CodingReference, CodingTask
from tasks.domain.digests import digest

# Whose conventions tests are found and named by.
Framework = Literal["unittest", "pytest", "jest"]

# One reason each, closed: what a candidate can be refused for.
REASONS: Final = {
    "gone": "the issue was deleted, moved or hidden after it was collected",
    "payment_vehicle": "the issue only pays for work done elsewhere",
    "automation_test": "the issue tests the job automation",
    "no_price": "no bounty was ever advertised",
    "no_fix": "no pull request fixes the issue",
    "fix_unmerged": "the fixing pull request was closed without a merge",
    "fix_elsewhere": "the fix lies in another repository",
    "reverted": "the fix was reverted and not redone",
    "too_few_proposals": "fewer than two proposals were open when one was accepted",
    "no_acceptance": "no evidence says which proposal was accepted",
    "no_tests": "the fix carries no test and no hidden test is supplied",
    "no_source_change": "the fix changes nothing outside the tests",
    "patch_conflict": "the reference patch does not apply to its own base",
    "missing_commit": "the mirror does not hold the fix's commit or its parent",
    "malformed": "the document cannot be read",
    "leak": "the task tells how it ended, and the dataset rejects what leaks",
    "duplicate_generation": "another published file describes the same task",
    "unsupported": "the document is of a shape this version does not build from",
    "hourly": "the posting is paid by the hour, and the dataset takes fixed prices",
    "near_duplicate": "another posting says the same in the same words",
    "no_family": "no family of programs fits the posting's tags and words",
    "no_rate": "the rate table does not hold the posting's currency",
    "not_selected": "the dataset takes so many postings, and others come first",
    "after_as_of": "the issue was opened after the date as of which the dataset stands",
    "filtered": "a filter of the dataset leaves the task out",
    "not_sampled": "the dataset takes a sample, and others were drawn",
    "degenerate": "the cases made for the posting can be passed by a constant answer",
    "not_authored": "no model has written a task from the posting as it is now",
    "no_program": "the model that writes the tasks says that the posting wants no program",
    "too_few_cases": "a written task has too few examples, hidden cases or wrong programs",
}


class Proposal(BaseModel, frozen=True, extra="forbid"):
    """A freelancer's plan. `proposal_id` is the source's own: a comment's, or the published one."""

    proposal_id: int
    text: str
    author: str | None = None
    url: str | None = None
    posted_at: datetime | None = None


class HiddenFile(BaseModel, frozen=True, extra="forbid"):
    """A file the graders put in place; without `text` and `base64` it deletes the path.

    `base64` is the content of a file that is no UTF-8 text. `mode` is git's; of a symbolic link
    (120000) the content is where it leads.
    """

    path: str
    text: str | None
    base64: str | None = None
    mode: Literal["100644", "100755", "120000"] = "100644"

    @property
    def content(self) -> bytes | None:
        """The file's bytes; None where the path is deleted."""
        if self.base64 is not None:
            return b64decode(self.base64)
        return None if self.text is None else self.text.encode()


def hidden_file(path: str, content: bytes | None, mode: str = "100644") -> HiddenFile:
    """The file as the graders keep it. Modes but those of links and programs are plain ones."""
    kept: Literal["100644", "100755", "120000"] = "100644"
    if mode in ("100755", "120000"):
        kept = "120000" if mode == "120000" else "100755"
    if content is None:
        return HiddenFile(path=path, text=None)
    with suppress(UnicodeDecodeError):
        text = content.decode()
        if "\0" not in text:  # which no column of text holds
            return HiddenFile(path=path, text=text, mode=kept)
    return HiddenFile(path=path, text=None, base64=b64encode(content).decode(), mode=kept)


class Overlay(BaseModel, frozen=True, extra="forbid"):
    """Hidden tests that a person wrote, for a fix that carries none or too few, and why."""

    files: tuple[HiddenFile, ...]
    reason: str


class Environment(BaseModel, frozen=True, extra="forbid"):
    """Where a submission is graded.

    kind `none`: a pure judge. `tests`: the repository at the base commit, `test_command` run in
    it, results in the JUnit file `report`. `swelancer`: the published image contract. `programs`:
    small programs, many to a container of `image`.

    The image is `image` as it is, or `base` with `setup` run on it once, one shell line after the
    other, beside those files of the repository that match `dependencies`. `service` is a command
    that runs the submission while the tests, in processes of another user, speak to it. With a
    `framework`, tests that must pass and tests that must fail are put into `sentinels`, a folder,
    at every grading. A submission cannot change paths that match `kept`; the code that runs can
    write to the folders of `writable`. `repeats` is how often validation runs all tests without
    and with the gold patch. `user_tool` is a command that goes through the user's steps and prints
    a trace of them, without a verdict. Of the kind `swelancer`, `service` starts what the image
    needs around its tests, where that is another command than the published one.
    """

    kind: Literal["none", "tests", "swelancer", "programs"] = "none"
    image: str | None = None
    base: str | None = None
    setup: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    test_command: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    user_tool: tuple[str, ...] = ()
    report: str | None = None
    framework: Framework | None = None
    sentinels: str | None = None
    kept: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    timeout_s: int = 600
    repeats: int = 2
    limits: Limits = Limits()
    trusted: bool = False


class Reference(BaseModel, frozen=True, extra="forbid"):
    """What only graders (and the gold solver) may see.

    `hidden_tests_reason` is why a person added to the tests that the fix carries.
    """

    accepted_proposal_id: int | None = None
    accepted_by: str | None = None
    fix_commit: str | None = None
    gold_patch: str | None = None
    hidden_tests: tuple[HiddenFile, ...] = ()
    hidden_tests_reason: str | None = None
    bug_patch: str | None = None
    coding: CodingReference | None = None


class Offer(BaseModel, frozen=True, extra="forbid"):
    """What a solver sees of an instance."""

    instance_id: str
    variant: str
    repository: str
    title: str
    statement: str
    base: str | None = None
    proposals: tuple[Proposal, ...] = ()
    coding: CodingTask | None = None


class TaskInstance(BaseModel, frozen=True, extra="forbid"):
    """A priced task, frozen: statement, base, tests, proposals, ladder and prices.

    `instance_id` is `<owner>__<name>-<key>-<variant>`. `prices` maps price rule to cents; None
    is unpriced. Nothing here says when it was fetched or which version lists it.
    """

    instance_id: str
    variant: str
    repository: str
    key: str
    issue: str
    title: str
    statement: str
    base: str | None = None
    as_of: datetime | None = None
    proposals: tuple[Proposal, ...] = ()
    coding: CodingTask | None = None
    reference: Reference = Reference()
    environment: Environment = Environment()
    ladder: tuple[Rung, ...] = ()
    prices: dict[str, int | None]
    canary: str | None = None

    @cached_property
    def instance_digest(self) -> str:
        """Digest of the content. Keys at their default are left out, so that an optional key
        added later leaves the digests of existing instances as they were."""
        return digest(self.model_dump(mode="json", exclude_defaults=True))

    def offer(self) -> Offer:
        """The public part; built field by field so that nothing hidden can slip through."""
        return Offer(
            instance_id=self.instance_id,
            variant=self.variant,
            repository=self.repository,
            title=self.title,
            statement=self.statement,
            base=self.base,
            proposals=self.proposals,
            coding=self.coding,
        )


class Rejection(BaseModel, frozen=True, extra="forbid"):
    """A candidate that became no instance, and the one reason why."""

    candidate_id: str
    variant: str
    reason: str
    detail: str
    price_cents: int | None = None
    origin: str | None = None


def instance_id(repository: str, key: str, variant: str) -> str:
    """`Expensify/App`, `41239`, `swe_manager` → `Expensify__App-41239-swe_manager`."""
    return f"{repository.replace('/', '__')}-{key}-{variant}"
