"""Instances of the sample with something wrong planted in them, in a home of their own."""

from pathlib import Path
from typing import Final

from tasks.domain.instances import HiddenFile, TaskInstance
from tasks.judging import instance_row
from tasks.warehouse import Warehouse

# A test beside the others of the hidden tests; the body is what it does.
_TEST: Final = """import unittest


class Planted(unittest.TestCase):
    def test_planted(self):
{body}
"""
PLANTED: Final = "tests.test_planted.Planted::test_planted"

# Passes in every second process that runs it.
ALTERNATING: Final = """        counter = {file!r}
        with open(counter, "a+") as file:
            file.write("x")
            self.assertEqual(file.tell() % 2, 0)"""
# No process of one container knows of another's, so chance has to do.
CHANCE: Final = """        import os
        self.assertLess(os.urandom(1)[0], 128)"""
# Gold patches that are none: one ends every Python that imports a module of the runner, the other
# changes nothing that is tested.
BREAKING: Final = """--- /dev/null
+++ b/argparse.py
@@ -0,0 +1 @@
+raise SystemExit(3)
"""
IDLE: Final = """--- /dev/null
+++ b/note.txt
@@ -0,0 +1 @@
+nothing of use
"""


def with_test(instance: TaskInstance, body: str) -> TaskInstance:
    """The instance with one more hidden test, named PLANTED."""
    file = HiddenFile(path="tests/test_planted.py", text=_TEST.format(body=body))
    reference = instance.reference.model_copy(
        update={"hidden_tests": (*instance.reference.hidden_tests, file)}
    )
    return _changed(instance, reference=reference.model_dump())


def with_gold(instance: TaskInstance, patch: str) -> TaskInstance:
    """The instance with another gold patch."""
    reference = instance.reference.model_copy(update={"gold_patch": patch})
    return _changed(instance, reference=reference.model_dump())


def untrusted(instance: TaskInstance) -> TaskInstance:
    return in_environment(instance, trusted=False)


def in_environment(instance: TaskInstance, **changes: object) -> TaskInstance:
    """The instance with another environment."""
    return _changed(instance, environment=instance.environment.model_dump() | changes)


def _changed(instance: TaskInstance, **changes: object) -> TaskInstance:
    # Validated anew: a copy would keep the digest of what it was copied from.
    return TaskInstance.model_validate(instance.model_dump() | changes)


def with_bug(instance: TaskInstance) -> TaskInstance:
    """The published instance with the patch that puts the bug back, which folders bring along."""
    return _changed(instance, reference=instance.reference.model_dump() | {"bug_patch": IDLE})


def plant(home: Path, *instances: TaskInstance) -> Path:
    """Put these in place of the version's instances of the same ids; the home."""
    with Warehouse(home).write("core") as session:
        session.insert(
            "core.task_instances", [instance_row(one) for one in instances], on_conflict="keep"
        )
        for one in instances:
            session.execute(
                "UPDATE core.version_instances SET instance_digest = $digest "
                "WHERE instance_id = $name",
                {"digest": one.instance_digest, "name": one.instance_id},
            )
    return home
