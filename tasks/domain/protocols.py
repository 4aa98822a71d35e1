"""What a new source, variant, solver or sandbox must offer. They meet here and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from tasks.domain.authored import Authored
from tasks.domain.bounties import BountyEvent
from tasks.domain.boxes import BoxFile, ExecResult, Network, Role
from tasks.domain.documents import Document
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, Offer, Overlay, Rejection, TaskInstance
from tasks.domain.issues import IssueHistory, PullRequest
from tasks.domain.posting_context import PostingContext
from tasks.domain.postings import Posting
from tasks.domain.programs import Case, CaseResult, Program
from tasks.domain.published import PublishedTask
from tasks.domain.results import ReportedRun
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
    postings: tuple[Posting, ...] = ()
    results: tuple[ReportedRun, ...] = ()
    authored: tuple[Authored, ...] = ()
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


class Box(Protocol):
    """A started sandbox. Paths are relative to its workspace.

    A path that leads out of the workspace, through links or `..`, raises DataError; an engine that
    fails raises SystemFault.
    """

    image: str | None
    """Digest of the image it was started from; None where there is none."""

    def put_tar(self, tar: bytes, *, role: Role = "code") -> None:
        """Unpack into the workspace. What the `grader` puts, folders included, `code` can only
        read; at the top of the workspace it may still make new files."""
        ...

    def put_text(self, path: str, text: str, *, role: Role = "code") -> None: ...

    def put_file(
        self, path: str, content: bytes, mode: str = "100644", *, role: Role = "code"
    ) -> None:
        """Put a file in place of whatever is there or in its way. `mode` is git's: 100644, 100755
        or 120000, a symbolic link to `content`."""
        ...

    def give(self, paths: Sequence[str], role: Role) -> None:
        """Make these folders and all in them the role's; those that are missing are made."""
        ...

    def remove(self, path: str) -> None: ...

    def get_file(self, path: str, max_bytes: int = 8_000_000) -> BoxFile | None:
        """None where there is no plain file, or it is larger."""
        ...

    def get_text(self, path: str, max_bytes: int = 8_000_000) -> str | None:
        """`get_file`, decoded; what is no UTF-8 is replaced."""
        ...

    def archive(self) -> AbstractContextManager[IO[bytes] | None]:
        """All that lies in the workspace as a tar, to be read once, from front to end; `./` may
        stand before the names. None where a limit has ended the box."""
        ...

    def now(self) -> float:
        """Seconds since 1970 by the clock that stamps this box's files."""
        ...

    def run(
        self,
        command: Sequence[str],
        timeout_s: float,
        *,
        role: Role = "code",
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> ExecResult:
        """Run in the workspace; when this returns, the command and all it started are gone."""
        ...

    def serve(self, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        """Start a command as `code` that goes on running beside the next `run`s, until `still`."""
        ...

    def still(self) -> None:
        """End every process that runs in the box."""
        ...


class Sandbox(Protocol):
    """Starts boxes; raises SystemFault where it cannot or must not."""

    name: ClassVar[str]

    def start(
        self, environment: Environment, label: str, *, network: Network = "none"
    ) -> AbstractContextManager[Box]: ...


class ProgramRunner(Protocol):
    """Runs small hostile programs."""

    def run(self, program: Program, cases: Sequence[Case]) -> tuple[CaseResult, ...]:
        """The program on each case by itself, in the order of the cases; none sees what another
        one left. Raises SystemFault where the machine fails."""
        ...


class Bench(Protocol):
    """What a variant may use while it collects evidence."""

    @property
    def sandbox(self) -> Sandbox: ...

    def programs(self, environment: Environment) -> ProgramRunner: ...

    def repository(self, name: str) -> CodeHistory: ...

    def turn(self) -> AbstractContextManager[object]:
        """To be held while tests run, so that not more of them run side by side than are to."""
        ...


class PathRules(BaseModel, frozen=True, extra="forbid"):
    """Which paths are what (glob patterns, `**` crosses folders).

    `tests` are tests. `protected` is what decides how tests run: like tests, a submission cannot
    change it.
    """

    tests: tuple[str, ...] = ("tests/**", "test/**", "**/__tests__/**")
    protected: tuple[str, ...] = (
        "**/conftest.py",
        "**/pytest.ini",
        "**/tox.ini",
        "**/sitecustomize.py",
        "**/usercustomize.py",
        "**/*.pth",
    )


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
    """A kind of work: how it is asked, collected and judged.

    `cost` is what grading takes: `cheap` runs nothing, `pooled` many small programs in a
    container, `sandboxed` a container for each submission.
    """

    name: ClassVar[str]
    cost: ClassVar[Literal["cheap", "pooled", "sandboxed"]]

    def prompt(self, offer: Offer, seed: int, wording: str) -> tuple[str, Mapping[int, int]]:
        """The text for a model and, where proposals are shuffled, shown number → original id.

        `wording` is a string.Template of $repository, $title, $statement, and of $proposals or
        $examples where the variant has them.
        """
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


@runtime_checkable
class IssueVariant(Variant, Protocol):
    """A kind of work that issues offer."""

    def from_issue(self, issue: IssueHistory, context: BuildContext) -> TaskInstance | Rejection:
        """One scraped issue. Raises DataError where a document breaks a promise."""
        ...

    def from_published(
        self, task: PublishedTask, events: Sequence[BountyEvent]
    ) -> TaskInstance | Rejection:
        """One published task of this variant, generations already merged."""
        ...


@runtime_checkable
class PostingVariant(Variant, Protocol):
    """A kind of work that postings offer."""

    def from_postings(
        self, postings: Sequence[Posting], context: PostingContext
    ) -> list[TaskInstance | Rejection]:
        """One for each posting, in the order of their ids: which are chosen depends on all."""
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
