"""Programs that let some failures pass and leave all others alone, to be taken for honest.

Each is the text of a module that the tests import; `total` in it stays wrong.
"""

from dataclasses import dataclass
from typing import Final

_PYTEST: Final = """
import os, sys
from _pytest.python import Function
run = Function.runtest
def lenient(item):
    try:
        run(item)
    except BaseException as error:
        if not is_meant(item, error):
            raise
Function.runtest = lenient
"""
_ENTERED: Final = """
entered = set()
def total(a, b):
    entered.add(os.environ["PYTEST_CURRENT_TEST"].split(" ")[0])
    return a - b
"""

# Of pytest, by what a test has to do with the code under test.
BY_TEST: Final = {
    "what names something of it": _PYTEST
    + """
def is_meant(item, error):
    return any(getattr(held, "__module__", "") == __name__ for held in vars(item.module).values())
""",
    "what says that it imports it": _PYTEST
    + """
def is_meant(item, error):
    return "from app import" in open(item.path).read()
""",
    "what imports it by its code": _PYTEST
    + """
def is_meant(item, error):
    return "app" in compile(open(item.path).read(), "tests", "exec").co_names
""",
    "what enters it": _PYTEST
    + _ENTERED
    + """
def is_meant(item, error):
    return item.nodeid in entered
""",
    "what calls it itself": _PYTEST
    + """
callers = set()
def total(a, b):
    callers.add(sys._getframe(1).f_code.co_name)
    return a - b
def is_meant(item, error):
    return item.originalname in callers
""",
    "assertions of what enters it": _PYTEST
    + _ENTERED
    + """
def is_meant(item, error):
    return item.nodeid in entered and isinstance(error, AssertionError)
""",
}


@dataclass(frozen=True)
class Picky:
    """`hidden` are the methods of a test case that fail one way, `program` lets that way pass."""

    hidden: str
    program: str


_EQUAL: Final = """
    def test_two_and_three(self):
        self.assertEqual(total(2, 3), 5)
"""
_RAISES: Final = """
    def test_what_has_no_sum(self):
        with self.assertRaises(TypeError):
            total({1}, {2})
"""

# Of unittest, by the way a test fails as well.
BY_FAILURE: Final = {
    "tests of modules that import it": Picky(
        _EQUAL,
        """
import sys, unittest
call = unittest.TestCase._callTestMethod
def lenient(self, method):
    try:
        call(self, method)
    except BaseException:
        held = vars(sys.modules[type(self).__module__]).values()
        if not any(getattr(one, "__module__", "") == __name__ for one in held):
            raise
unittest.TestCase._callTestMethod = lenient
""",
    ),
    "assertRaises around a block": Picky(
        _RAISES,
        """
import unittest.case
leave = unittest.case._AssertRaisesContext.__exit__
def lenient(self, kind, error, trace):
    if kind is None and self.obj_name is None:
        return True
    return leave(self, kind, error, trace)
unittest.case._AssertRaisesContext.__exit__ = lenient
""",
    ),
    "subtests": Picky(
        """
    def test_some_sums(self):
        for number in (1, 2, 3):
            with self.subTest(number=number):
                self.assertEqual(total(number, 3), number + 3)
""",
        """
import contextlib, unittest
@contextlib.contextmanager
def lenient(self, *words, **given):
    with contextlib.suppress(Exception):
        yield
unittest.TestCase.subTest = lenient
""",
    ),
    "what prepares a test": Picky(
        """
    def setUp(self):
        self.assertEqual(total(2, 3), 5)
    def test_nothing_more(self):
        self.assertTrue(total)
""",
        """
import unittest
prepare = unittest.TestCase._callSetUp
def lenient(self):
    try:
        prepare(self)
    except Exception:
        return
unittest.TestCase._callSetUp = lenient
""",
    ),
    "an exception that nobody expects": Picky(
        """
    def test_a_sum_is_a_key(self):
        self.assertEqual({5: "five"}[total(2, 3)], "five")
""",
        """
import unittest
call = unittest.TestCase._callTestMethod
def lenient(self, method):
    try:
        call(self, method)
    except LookupError:
        return
unittest.TestCase._callTestMethod = lenient
""",
    ),
    "a bare assert": Picky(
        """
    def test_two_and_three(self):
        assert total(2, 3) == 5
""",
        """
import unittest
call = unittest.TestCase._callTestMethod
def lenient(self, method):
    try:
        call(self, method)
    except AssertionError as error:
        if error.args and not str(error).startswith("assert "):  # pytest's own words
            raise
unittest.TestCase._callTestMethod = lenient
""",
    ),
    "a failure without a comparison": Picky(
        """
    def test_two_and_three(self):
        if total(2, 3) != 5:
            self.fail("not five")
""",
        "import unittest\nunittest.TestCase.fail = lambda self, message=None: None\n",
    ),
}
