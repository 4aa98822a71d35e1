"""Grading in containers: the code under test can neither change its tests nor speak for them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.boxes import Limits
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, HiddenFile, Reference, TaskInstance
from tasks.domain.protocols import Sandbox
from tasks.domain.rollouts import Submission
from tasks.domain.verdicts import EnvironmentCheck, Evidence
from tasks.repos import Mirror
from tasks.sandbox import sandbox_named
from tasks.variants import issue_variant
from tests.domain.builders import instance
from tests.repos.files import PLAIN, Files
from tests.repos.histories import Repository
from tests.repos.patches import difference
from tests.variants.benches import NoPrograms

VARIANT = issue_variant("ic_swe")
RUNNER = """
import sys, unittest, xml.etree.ElementTree as ET
suite = ET.Element("testsuite")
bad = 0
for file in unittest.TestLoader().discover("tests", top_level_dir="."):
    for group in file:
        for test in group if isinstance(group, unittest.TestSuite) else [group]:
            result = unittest.TestResult()
            test.run(result)
            name = test.id().rpartition(".")
            case = ET.SubElement(suite, "testcase", classname=name[0], name=name[2])
            for tag, found in (("error", result.errors), ("failure", result.failures)):
                if found:
                    bad = 1
                    ET.SubElement(case, tag).text = found[0][1]
ET.ElementTree(suite).write(sys.argv[1])
sys.exit(bad)
"""
INSIDE = """
import unittest
from app import answer
class T(unittest.TestCase):
    def test_answer(self):
        self.assertEqual(answer(), 42)
    def test_type(self):
        self.assertIsInstance(answer(), int)
"""
OUTSIDE = """
import time, unittest, urllib.error, urllib.request
def asked():
    for _ in range(15):
        try:
            return urllib.request.urlopen("http://127.0.0.1:8000/", timeout=5).read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
class T(unittest.TestCase):
    def test_answer(self):
        self.assertEqual(asked(), "42")
    def test_type(self):
        self.assertTrue(asked().isdigit())
"""
SERVER = """
import http.server
from app import answer
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(answer()).encode())
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""
BASE: Files = {
    "app.py": (PLAIN, b"def answer():\n    return 41\n"),
    "server.py": (PLAIN, SERVER.encode()),
    "run.py": (PLAIN, RUNNER.encode()),
    "tests/__init__.py": (PLAIN, b""),
}
FIXED = "def answer():\n    return 42\n"


@dataclass
class World(NoPrograms):
    """A repository, its mirror and the real engine: what a variant gets as its bench."""

    made: Repository
    base: str
    sandbox: Sandbox = field(default_factory=lambda: sandbox_named("docker"))

    def repository(self, name: str) -> CodeHistory:
        return Mirror(self.made.folder)

    def patch(self, app: str, **more: str) -> str:
        files = {f"{name}.py": (PLAIN, text.encode()) for name, text in more.items()}
        return difference(self.made, self.base, BASE | {"app.py": (PLAIN, app.encode())} | files)

    def graded(self, task: TaskInstance, check: EnvironmentCheck, app: str) -> tuple[str, Evidence]:
        evidence = VARIANT.collect(task, Submission(model_patch=self.patch(app)), self)
        found = VARIANT.judge(task, evidence, check.expectation)
        return f"{found.outcome}: {found.reason}", evidence


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = Repository.made(tmp_path_factory.mktemp("docker") / "app.git")
    return World(made, made.commit(BASE))


def task_of(world: World, image: str, test: str, **changes: Any) -> TaskInstance:
    environment = Environment(
        kind="tests",
        image=image,
        test_command=("python3", "-B", "run.py", "{report}"),
        report="report.xml",
        framework="unittest",
        sentinels="tests",
        kept=("tests/**", "run.py"),
        timeout_s=60,
        repeats=1,
        limits=Limits(memory_mb=256, pids=64, disk_mb=64, scratch_mb=32),
    )
    return instance(
        variant="ic_swe",
        base=world.base,
        environment=environment.model_copy(update=changes),
        reference=Reference(
            gold_patch=world.patch(FIXED),
            hidden_tests=(HiddenFile(path="tests/test_hidden.py", text=test),),
        ),
    )


@pytest.fixture(scope="module")
def inside(world: World, base_image: str) -> tuple[TaskInstance, EnvironmentCheck]:
    task = task_of(world, base_image, INSIDE)
    return task, VARIANT.check(task, world)


@pytest.fixture(scope="module")
def outside(world: World, base_image: str) -> tuple[TaskInstance, EnvironmentCheck]:
    task = task_of(world, base_image, OUTSIDE, service=("python3", "-B", "server.py"))
    return task, VARIANT.check(task, world)


def test_gold_passes_and_null_fails_inside_and_from_outside(
    world: World,
    inside: tuple[TaskInstance, EnvironmentCheck],
    outside: tuple[TaskInstance, EnvironmentCheck],
) -> None:
    for task, check in (inside, outside):
        assert check.reason == "", (check.gold[0].log, check.null[0].log)
        assert check.expectation.fail_to_pass == ("tests.test_hidden.T::test_answer",)
        assert check.expectation.pass_to_pass == ("tests.test_hidden.T::test_type",)
        assert check.image
        assert check.image == check.gold[0].image
        assert world.graded(task, check, FIXED)[0] == "resolved: tests_passed"


WRITING = """
import glob, os
kept = []
for path in [*glob.glob("tests/*"), *glob.glob("*.xml"), "tests", "run.py", "app.py"]:
    for act in (lambda: open(path, "w"), lambda: os.remove(path), lambda: os.chmod(path, 0o777),
                lambda: os.rename(path, path + "x"), lambda: open("tests/new.py", "w")):
        try:
            act()
        except OSError:
            kept.append(path)
        else:
            print("WROTE", path)
def answer():
    return 41
"""


def test_code_cannot_write_what_the_graders_put(
    world: World,
    inside: tuple[TaskInstance, EnvironmentCheck],
    outside: tuple[TaskInstance, EnvironmentCheck],
) -> None:
    for task, check in (inside, outside):
        said, evidence = world.graded(task, check, WRITING)
        assert said == "unresolved: tests_failed", evidence.log
        assert "WROTE" not in evidence.log
        report = evidence.report or {}
        assert report["tests.test_hidden.T::test_answer"] in ("failed", "error")


ATTACKS = {
    "leave early": ("import os\nos._exit(0)\n", "tampering"),
    "crash": ("import os\nos.abort()\n", "crashed"),
    "memory": ("x = []\nwhile True:\n    x.append(b'x' * 10_000_000)\n", "memory"),
    "never end": ("while True:\n    pass\n", "timeout"),
    "all tests pass": (
        "import unittest\nunittest.TestCase.run = lambda self, result: None\n"
        "def answer():\n    return 41\n",
        "tampering",
    ),
    "all is equal": (
        "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n"
        "def answer():\n    return 41\n",
        "tampering",
    ),
    "a forged report": (
        "import sys, os\n"
        "open(sys.argv[1], 'w').write('<testsuite>' + ''.join(f'<testcase classname="
        '"tests.test_hidden.T" name="{n}"/>\' for n in ("test_answer", "test_type"))'
        " + '</testsuite>')\nos._exit(0)\n",
        "tampering",
    ),
}


@pytest.mark.parametrize("kind", ATTACKS)
def test_what_code_does_to_its_own_tests_is_seen(
    world: World, inside: tuple[TaskInstance, EnvironmentCheck], kind: str
) -> None:
    app, reason = ATTACKS[kind]
    task, check = inside
    if kind == "never end":
        hasty = task.environment.model_copy(update={"timeout_s": 3})
        task = task.model_copy(update={"environment": hasty})
    said, evidence = world.graded(task, check, app)
    assert said == f"unresolved: {reason}", (evidence.exit_code, evidence.report, evidence.log)


def test_from_outside_none_of_it_reaches_the_tests(
    world: World, outside: tuple[TaskInstance, EnvironmentCheck]
) -> None:
    task, check = outside
    for kind in ("leave early", "all is equal"):
        said, evidence = world.graded(task, check, ATTACKS[kind][0])
        assert said == "unresolved: tests_failed", (kind, evidence.log)


def test_nothing_of_a_grading_is_left_on_this_machine(tmp_path: Path, world: World) -> None:
    assert sorted(p.name for p in world.made.folder.parent.iterdir()) == ["app.git"]
