"""What a new source, variant, solver or sandbox must offer. They meet here and nowhere else."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel

from tasks.domain.bounties import BountyEvent
from tasks.domain.documents import Document
from tasks.domain.history import Change, ChangeSize, CommitFacts
from tasks.domain.instances import Environment, Offer, Overlay, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.published import PublishedTask
from tasks.domain.rollouts import Job, Solution, Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence, Expectation, Judgement


class Malformed(BaseModel, frozen=True, extra="forbid"):
    """A document that cannot be read: which, where from, and why."""

    document_id: str
    file: str
    row: int | None
    reason: str


class Market(BaseModel, frozen=True, extra="forbid"):
    """What a source's documents say, parsed. Order and duplicates of the input do not matter."""

    issues: tuple[IssueHistory, ...] = ()
    pulls: tuple[PullRequest, ...] = ()
    published: tuple[PublishedTask, ...] = ()
    malformed: tuple[Malformed, ...] = ()


class Source(Protocol):
    """fetch() reads the world and yields documents; parse() is pure."""

    name: ClassVar[str]

    def fetch(
        self, path: Path | None, options: Mapping[str, Any], fetched_at: datetime
    ) -> Iterator[Document]:
        """Documents from `path`, or from the place `options` (the specification's section) names.

        Raises UsageError where nothing can be read, with what to do about it.
        """
        ...

    def parse(self, documents: Iterable[Document]) -> Market:
        """The newest copy of each document, read. What cannot be read is listed, never dropped."""
        ...


class CodeHistory(Protocol):
    """A repository's mirror, read only and offline. Commits and blobs are 40 hex digits.

    Raises DataError with the reason `missing_commit` where something asked for is not there.
    """

    def has_commit(self, commit: str) -> bool:
        """Whether the commit is there with every file of its tree."""
        ...

    def commit(self, commit: str) -> CommitFacts | None:
        """What the commit says of itself, files or not; None where it is not there."""
        ...

    def changes(self, base: str, fix: str) -> Sequence[Change]:
        """The paths that differ between two commits, sorted; both sides of a rename."""
        ...

    def change_sizes(self, base: str, fix: str) -> Collection[ChangeSize]:
        """How large the change is, counted with renames found and not; empty where it cannot be
        counted because files are not there."""
        ...

    def patch(self, base: str, fix: str, paths: Sequence[str]) -> str:
        """The difference on `paths` as `git apply` takes it; empty where there is none."""
        ...

    def read_blob(self, oid: str) -> bytes: ...

    def applies(self, base: str, patch: str) -> bool: ...

    def absent_runs(self, base: str, runs: Collection[str]) -> frozenset[str]:
        """Which of these runs of words stand in no file of a commit's tree. What lies between
        words (blanks, line breaks, punctuation) does not count; letter case does."""
        ...

    def archive(self, commit: str) -> bytes:
        """The tree at a commit as a tar, byte for byte and without any of git's own files."""
        ...


class ExecResult(BaseModel, frozen=True, extra="forbid"):
    """`timed_out` means the limit of the command ended it; output is cut at the sandbox's cap."""

    exit_code: int
    output: str
    timed_out: bool = False


class Box(Protocol):
    """A started sandbox. Paths are relative to its workspace."""

    def put_tar(self, tar: bytes) -> None: ...

    def put_text(self, path: str, text: str) -> None: ...

    def put_file(self, path: str, content: bytes, mode: str = "100644") -> None:
        """Put a file in place of whatever is there or in its way. `mode` is git's: 100644, 100755
        or 120000, a symbolic link to `content`."""
        ...

    def remove(self, path: str) -> None: ...

    def get_text(self, path: str, max_bytes: int = 8_000_000) -> str | None: ...

    def run(self, command: Sequence[str], timeout_s: float) -> ExecResult: ...


class Sandbox(Protocol):
    """Starts boxes; raises SystemFault where it cannot or must not."""

    name: ClassVar[str]

    def start(self, environment: Environment, label: str) -> AbstractContextManager[Box]: ...


class Bench(Protocol):
    """What a variant may use while it collects evidence."""

    sandbox: Sandbox

    def repository(self, name: str) -> CodeHistory: ...


class PathRules(BaseModel, frozen=True, extra="forbid"):
    """Which changed paths are tests (glob patterns, `**` crosses folders)."""

    tests: tuple[str, ...] = ("tests/**", "test/**", "**/__tests__/**")


class BuildContext(Protocol):
    """What a variant may ask while it turns candidates into instances."""

    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    ledgers: Mapping[str, tuple[BountyEvent, ...]]
    paths: PathRules
    environment: Environment

    def repository(self, name: str) -> CodeHistory | None: ...

    def overlay(self, instance_id: str) -> Overlay | None:
        """The hidden tests that a person wrote for this instance.

        Raises UsageError where there are some that cannot be used.
        """
        ...


class Variant(Protocol):
    """A kind of work: how candidates become instances, how it is asked, collected and judged."""

    name: ClassVar[str]
    cost: ClassVar[Literal["cheap", "sandboxed"]]

    def from_issue(self, issue: IssueHistory, context: BuildContext) -> TaskInstance | Rejection:
        """One scraped issue. Raises DataError where a document breaks a promise."""
        ...

    def from_published(
        self, task: PublishedTask, events: Sequence[BountyEvent]
    ) -> TaskInstance | Rejection:
        """One published task of this variant, generations already merged."""
        ...

    def prompt(self, offer: Offer, seed: int) -> tuple[str, Mapping[int, int]]:
        """The text for a model and, where proposals are shuffled, shown number → original id."""
        ...

    def check(self, instance: TaskInstance, bench: Bench) -> EnvironmentCheck:
        """Prepare: whether gold passes and null fails, and which tests tell."""
        ...

    def collect(self, instance: TaskInstance, submission: Submission, bench: Bench) -> Evidence:
        """Grade, first half: run what has to be run. Raises SystemFault for the machine's part."""
        ...

    def judge(
        self, instance: TaskInstance, evidence: Evidence, expectation: Expectation
    ) -> Judgement:
        """Grade, second half: pure."""
        ...


class Solver(Protocol):
    """A strategy. `sees_reference` is for the gold solver alone."""

    name: ClassVar[str]
    cost: ClassVar[Literal["cheap", "expensive"]]
    sees_reference: ClassVar[bool]

    def parameters(self) -> Mapping[str, Any]:
        """What, besides the seed, decides the answers: part of the run's identity."""
        ...

    def solve(self, job: Job) -> Solution:
        """An empty submission where there is no answer. Raises SystemFault for an outage."""
        ...
