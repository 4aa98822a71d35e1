"""How tests that are placed at grading are written: ways to fail, and files of each framework.

A way is a piece of a test with `{made}` and `{said}` in it, two texts: the test passes where they
are the same, and fails where they are not. They are many, so that whoever lets one kind of failure
pass meets one that must be told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Final

from tasks.domain.instances import Framework
from tasks.domain.reaching import Reach


@dataclass(frozen=True, slots=True)
class Test:
    """`body` makes its claim, after `calls` into the code under test; with `is_before` it makes it
    where a test is set up, and the calls are all that the test does itself."""

    name: str
    body: str
    calls: tuple[str, ...]
    is_before: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How a framework's files are named (one `{}` for a name) and written. `before` are ways to
    fail where a test is set up, `in_subtests` those that only some reports tell as others."""

    path: str
    ways: tuple[str, ...]
    before: tuple[str, ...]
    in_subtests: tuple[str, ...]
    write: Callable[[str, Sequence[Test], Reach], str]


def layouts(framework: Framework, reach: Reach) -> list[Layout]:
    """The framework's own, and those whose tests it runs, too, and the hidden ones are of."""
    if framework == "pytest" and reach.in_cases:
        return [_LAYOUTS["pytest"], _LAYOUTS["unittest"]]
    return [_LAYOUTS[framework]]


_UNITTEST: Final = (
    "self.assertEqual({made}, {said})",
    "self.assertEqual(int({made}, 16), int({said}, 16))",
    "self.assertEqual([{made}], [{said}])",
    "self.assertEqual({{'a': {made}}}, {{'a': {said}}})",
    "self.assertEqual(({made}, 1), ({said}, 1))",
    "self.assertEqual({{{made}}}, {{{said}}})",
    "self.assertAlmostEqual(int({made}[:8], 16), int({said}[:8], 16))",
    "self.assertNotEqual({made} == {said}, False)",
    "self.assertTrue({made} == {said})",
    "self.assertFalse({made} != {said})",
    "self.assertIs({made} == {said}, True)",
    "self.assertIsNot({made} == {said}, False)",
    "self.assertIsNone({{{said}: None}}.get({made}, 1))",
    "self.assertIsNotNone({{{said}: 1}}.get({made}))",
    "self.assertIn({made}, [{said}])",
    "self.assertNotIn({made} != {said}, [True])",
    "self.assertIsInstance({{{said}: 1}}.get({made}), int)",
    "self.assertGreater(int({made} == {said}), 0)",
    "self.assertGreaterEqual(int({made} == {said}), 1)",
    "self.assertLess(int({made} != {said}), 1)",
    "self.assertLessEqual(int({made} != {said}), 0)",
    "self.assertRegex({made}, {said})",
    "self.assertCountEqual([{made}, 1], [1, {said}])",
    "self.assertRaises(KeyError, {{{made}: 1}}.pop, {made} + 'x'[: {made} == {said}])",
    "self.assertRaisesRegex(ValueError, {said}[:8], int, {made}[:8] + 'x')",
    "with self.assertRaises(KeyError):\n    {{{made}: 1}}.pop({made} + 'x'[: {made} == {said}])",
    "with self.assertRaises(KeyError):\n    raise (KeyError if {made} == {said} else ValueError)",
    "with self.assertRaisesRegex(KeyError, {said}):\n    raise KeyError({made})",
    "[{said}].remove({made})",
    "{{{said}: 1}}[{made}]",
    "1 / ({made} == {said})",
    "if {made} != {said}:\n    raise RuntimeError({made})",
    "assert {made} == {said}",
    "self.fail({made}) if {made} != {said} else None",
    "if {made} != {said}:\n    raise self.failureException({made})",
)
_UNITTEST_BEFORE: Final = (
    "self.assertEqual({made}, {said})",
    "assert {made} == {said}",
    "[{said}].remove({made})",
)
_UNITTEST_SUBTESTS: Final = (
    "with self.subTest(number=1):\n    self.assertEqual({made}, {said})",
    "with self.subTest({made}):\n    [{said}].remove({made})",
)
_PYTEST: Final = (
    "assert {made} == {said}",
    "assert not {made} != {said}",
    "assert {made} in [{said}]",
    "assert [{made}] == [{said}]",
    "assert {{'a': {made}}} == {{'a': {said}}}",
    "assert int({made}[:8], 16) == pytest.approx(int({said}[:8], 16), rel=1e-12)",
    "pytest.raises(KeyError, {{{made}: 1}}.pop, {made} + 'x'[: {made} == {said}])",
    "with pytest.raises(KeyError):\n    {{{made}: 1}}.pop({made} + 'x'[: {made} == {said}])",
    "with pytest.raises(KeyError):\n    raise (KeyError if {made} == {said} else ValueError)",
    "with pytest.raises(KeyError, match={said}):\n    raise KeyError({made})",
    "pytest.fail({made}) if {made} != {said} else None",
    "[{said}].remove({made})",
    "{{{said}: 1}}[{made}]",
    "1 / ({made} == {said})",
    "if {made} != {said}:\n    raise RuntimeError({made})",
    "if {made} != {said}:\n    raise AssertionError({made})",
    "unittest.TestCase().assertEqual({made}, {said})",
)
_PYTEST_BEFORE: Final = ("assert {made} == {said}", "[{said}].remove({made})")
_JEST: Final = (
    "expect({made}).toBe({said});",
    "expect({made} !== {said}).not.toBe(true);",
    "expect({made} === {said}).toEqual(true);",
    "expect({{ a: {made} }}).toEqual({{ a: {said} }});",
    "expect([{made}]).toStrictEqual([{said}]);",
    "expect([{said}]).toContain({made});",
    "expect({made} === {said}).toBeTruthy();",
    "expect({made} !== {said}).toBeFalsy();",
    "expect({made}).toMatch({said});",
    "expect(Number({made} === {said})).toBeGreaterThan(0);",
    "expect(() => {{ if ({made} === {said}) throw new Error('x'); }}).toThrow();",
    "if ({made} !== {said}) throw new Error({said});",
    "if ({made} !== {said}) throw {made};",
    "if ({made} !== {said}) null.x;",
    "require('assert').strictEqual({made}, {said});",
    "return Promise.resolve({made}).then((text) => expect(text).toBe({said}));",
    "return {made} === {said} ? Promise.resolve() : Promise.reject(new Error({said}));",
)
_JEST_BEFORE: Final = (
    "expect({made}).toBe({said});",
    "if ({made} !== {said}) throw new Error({said});",
)


def _unittest_file(name: str, tests: Sequence[Test], reach: Reach) -> str:
    cases = [f"\n\nclass Case{name}(unittest.TestCase):"]
    for test in tests:
        if not test.is_before:
            cases.append(f"\n    def {test.name}(self):\n" + _python_body(test, 8))
    for test in tests:
        if test.is_before:
            cases.append(
                f"\n\nclass Case{test.name.removeprefix('test_')}(unittest.TestCase):"
                f"\n    def setUp(self):\n{indent(test.body, ' ' * 8)}\n"
                f"\n    def {test.name}(self):\n" + _python_body(test, 8)
            )
    return f"import unittest\n{_PYTHON}{_python_imports(reach)}{''.join(cases)}"


def _pytest_file(name: str, tests: Sequence[Test], reach: Reach) -> str:  # noqa: ARG001
    made: list[str] = []
    for test in tests:
        fixture = f"given_{test.name.removeprefix('test_')}" if test.is_before else ""
        if fixture:
            body = indent(test.body, " " * 4)
            made.append(f"\n\n@pytest.fixture\ndef {fixture}():\n{body}\n")
        made.append(f"\n\ndef {test.name}({fixture}):\n" + _python_body(test, 4))
    head = f"import unittest\n\nimport pytest\n{_PYTHON}"
    return f"{head}{_python_imports(reach)}{''.join(made)}"


def _python_body(test: Test, depth: int) -> str:
    """The calls, one after the other whatever each comes to, and the claim."""
    lines = [f"with quiet():\n    {call}" for call in test.calls]
    if not test.is_before:
        lines.append(test.body)
    return indent("\n".join(lines) or "return", " " * depth) + "\n"


def _python_imports(reach: Reach) -> str:
    """Without the fix, a name may not be there yet; a call that needs it comes to nothing."""
    return "".join(f"\nwith suppress(Exception):\n    {said}\n" for _, said in reach.imports)


def _jest_file(name: str, tests: Sequence[Test], reach: Reach) -> str:
    loads = "".join(f"const {local} = load(() => {said});\n" for local, said in reach.imports)
    made: list[str] = []
    for test in tests:
        calls = "".join(f"    quiet(() => {call});\n" for call in test.calls)
        if test.is_before:
            made.append(
                f"  describe('{test.name[-6:]}', () => {{\n"
                f"  beforeEach(() => {{\n    {test.body}\n  }});\n"
                f"  test('{test.name}', () => {{\n{calls}  }});\n  }});\n"
            )
        else:
            made.append(f"  test('{test.name}', () => {{\n{calls}    {test.body}\n  }});\n")
    return f"{_JAVASCRIPT}{loads}\ndescribe('{name}', () => {{\n{''.join(made)}}});\n"


# What a call comes to is no matter: it has no arguments to speak of.
_PYTHON: Final = """import warnings
from contextlib import contextmanager, suppress
from hashlib import sha256


def made(text):
    return sha256(text.encode()).hexdigest()


@contextmanager
def quiet():
    with suppress(Exception, SystemExit), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

"""
_JAVASCRIPT: Final = """const made = (text) =>
  require('crypto').createHash('sha256').update(text).digest('hex');
const load = (from) => {
  try { return from(); } catch (error) { return {}; }
};
const quiet = (call) => {
  try { Promise.resolve(call()).catch(() => 0); } catch (error) { return; }
};
"""


_LAYOUTS: Final[Mapping[Framework, Layout]] = {
    "unittest": Layout(
        "test_{}.py", _UNITTEST, _UNITTEST_BEFORE, _UNITTEST_SUBTESTS, _unittest_file
    ),
    "pytest": Layout("test_{}.py", _PYTEST, _PYTEST_BEFORE, (), _pytest_file),
    "jest": Layout("{}.test.js", _JEST, _JEST_BEFORE, (), _jest_file),
}
