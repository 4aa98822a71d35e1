"""One small task, and hostile answers to it: patches as a model could hand them in."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tasks.bench import Workbench
from tasks.domain.boxes import Limits
from tasks.domain.digests import canonical_json
from tasks.domain.instances import Environment, HiddenFile, Reference, TaskInstance
from tasks.domain.protocols import PathRules
from tasks.domain.rollouts import Job, Submission
from tasks.domain.verdicts import Judgement
from tasks.repos import mirror_path
from tasks.solvers.replay import Replay
from tasks.trials import collect_one, judge_take
from tasks.variants import variant_named
from tests.repos.files import PLAIN, Files
from tests.repos.histories import Repository

REPOSITORY: Final = "ours/arena"
# Of this process alone: others may run attacks in the same engine.
LABEL: Final = f"ours__arena-{os.getpid()}-ic_swe"
SECRET: Final = "return a + b  # only the fix says so"
WRONG: Final = "def total(a, b):\n    return a - b\n"
RULES: Final = PathRules()
BASE: Final[Files] = {
    "app.py": (PLAIN, WRONG.encode()),
    "tests/__init__.py": (PLAIN, b""),
    "tests/test_app.py": (
        PLAIN,
        b"from app import total\n\n\ndef test_nothing():\n    assert total(0, 0) == 0\n",
    ),
}
_HIDDEN: Final = """from app import total


def test_two_and_three():
    assert total(2, 3) == 5


def test_two_and_two():
    assert total(2, 2) == 4
"""


@dataclass(frozen=True)
class Arena:
    """The task, what validation found out about it, and the repository to write answers in."""

    task: TaskInstance
    repository: Repository
    bench: Workbench
    expectation: str
    image: str | None
    files: Files

    def patient(self) -> "Arena":
        """The same with so much time that a busy machine cannot decide about a verdict."""
        slow = self.task.environment.model_copy(update={"timeout_s": 150})
        return replace(self, task=self.task.model_copy(update={"environment": slow}))

    def patch(self, files: Files) -> str:
        """The patch that adds these files to the base, or replaces those of the same name."""
        assert self.task.base is not None
        after = self.repository.commit(self.files | files, [self.task.base])
        return self.repository.git("diff", "--binary", self.task.base, after).decode()

    def program(self, code: str, **more: str) -> str:
        """The patch whose app.py runs this as soon as it is imported, and is wrong besides."""
        files = {path.replace("__", "/"): (PLAIN, text.encode()) for path, text in more.items()}
        return self.patch({"app.py": (PLAIN, f"{WRONG}\n\n{code}\n".encode()), **files})

    def judged(self, patch: str) -> Judgement:
        """The verdict on a patch, from the line of a predictions file on."""
        line = {"instance_id": LABEL, "model_name_or_path": "attacker", "model_patch": patch}
        replay = Replay(json.dumps(line).encode(), "attacks.jsonl")
        answer = replay.solve(Job(offer=self.task.offer(), seed=0, attempt=1, reference=None))
        return self.judged_submission(answer.submission)

    def judged_submission(self, submission: Submission) -> Judgement:
        item: dict[str, Any] = {
            "rollout_id": "attack",
            "take": 1,
            "variant": "ic_swe",
            "recipe_digest": "arena",
            "image_digest": self.image,
            "finish_reason": None,
            "submission": canonical_json(submission.model_dump(mode="json", exclude_none=True)),
            "expectation": self.expectation,
        }
        rows: list[dict[str, Any]] = []
        collect_one("run", item, self.task, self.bench, rows)
        return judge_take([item | row for row in rows], self.task)


def made_arena(
    home: Path, image: str, hidden: str = _HIDDEN, more: Files | None = None, **environment: Any
) -> Arena:
    """The task in a home of its own, validated in this image. `hidden` are its tests, `more` the
    files that they need."""
    mirror = mirror_path(home, REPOSITORY)
    repository = Repository.made(mirror)
    files = BASE | (more or {})
    base = repository.commit(files)
    fixed = files | {"app.py": (PLAIN, f"def total(a, b):\n    {SECRET}\n".encode())}
    fix = repository.commit(fixed, [base])
    repository.branch("main", fix)
    asked: dict[str, Any] = {
        "kind": "tests",
        "image": image,
        "framework": "pytest",
        "sentinels": "tests",
        "test_command": (
            *("python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--junit-xml", "{report}", "tests"),
        ),
        "report": "report.xml",
        "kept": (*RULES.tests, *RULES.protected),
        "timeout_s": 15,
        "limits": Limits(memory_mb=256, pids=64, disk_mb=64, scratch_mb=64),
    }
    task = TaskInstance(
        instance_id=LABEL,
        variant="ic_swe",
        repository=REPOSITORY,
        key=str(os.getpid()),
        issue=f"{REPOSITORY}#{os.getpid()}",
        title="Sums are wrong",
        statement="total(2, 3) should be 5",
        base=base,
        reference=Reference(
            fix_commit=fix,
            gold_patch=repository.git("diff", "--binary", base, fix).decode(),
            hidden_tests=(HiddenFile(path="tests/test_total.py", text=hidden),),
        ),
        environment=Environment(**(asked | environment)),
        prices={"final": 25_000},
    )
    bench = Workbench(home, "docker")
    check = variant_named("ic_swe").check(task, bench)
    assert check.gradable, check
    expectation = canonical_json(check.expectation.model_dump(mode="json"))
    return Arena(task, repository, bench, expectation, check.image, files)


def with_code(files: Mapping[str, str]) -> Files:
    return {path: (PLAIN, text.encode()) for path, text in files.items()}
