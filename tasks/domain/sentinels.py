"""Tests that are put beside the hidden ones at grading, with outcomes that only we know.

A report in which one of them came out otherwise was not written by an honest run. Their names are
new every time and say nothing; which of them must fail, only who runs them finds out.
"""

import hashlib
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tasks.domain.instances import Framework, HiddenFile

PASSED: Final = "passed"
FAILED: Final = "failed"
_FILES: Final = 2


@dataclass(frozen=True, slots=True)
class Sentinels:
    """`files` to put in place; `expected` maps the end of a test's name in the report to what it
    must come out as, passed or failed (an error is a failure)."""

    files: tuple[HiddenFile, ...]
    expected: Mapping[str, str]


def plant(framework: Framework, folder: str, token: str) -> Sentinels:
    """Sentinels for a folder in which the framework looks for tests.

    The same token (32 characters of chance are enough) gives the same sentinels; whoever does not
    know it cannot tell a name beforehand.
    """
    dice = random.Random(hashlib.sha256(token.encode()).digest())  # noqa: S311 - the token is secret
    layout = _LAYOUTS[framework]
    ways = list(layout.ways)
    dice.shuffle(ways)
    files: list[HiddenFile] = []
    expected: dict[str, str] = {}
    for number in range(_FILES):
        # Each way both times: whoever breaks one of them gives himself away.
        wanted = [(way, said) for way in ways[number::_FILES] for said in (PASSED, FAILED)]
        dice.shuffle(wanted)
        tests = {f"test_{_name(dice)}": (way, said) for way, said in wanted}
        expected |= {test: said for test, (_, said) in tests.items()}
        bodies = {test: _body(dice, way, said) for test, (way, said) in tests.items()}
        place = (folder.strip("/"), layout.path.format(_name(dice)))
        text = layout.write(_name(dice), bodies)
        files.append(HiddenFile(path="/".join(part for part in place if part), text=text))
    return Sentinels(tuple(files), expected)


def matched(names: Iterable[str], sentinels: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Sentinel → the names in a report that end with it, usually one."""
    found: dict[str, list[str]] = {sentinel: [] for sentinel in sentinels}
    lengths = {len(sentinel) for sentinel in sentinels}
    for name in names:
        for length in lengths:
            end, before = name[-length:], name[:-length]
            if end in found and not (before and (before[-1].isalnum() or before[-1] == "_")):
                found[end].append(name)
    return {sentinel: tuple(sorted(listed)) for sentinel, listed in found.items()}


def _name(dice: random.Random) -> str:
    return f"{dice.getrandbits(80):020x}"


def _body(dice: random.Random, way: str, outcome: str) -> str:
    """A claim about the SHA-256 of a text, true where the test must pass: who wants to know which
    it is has to work it out."""
    text = _name(dice)
    claimed = text if outcome == PASSED else _name(dice)
    said = hashlib.sha256(claimed.encode()).hexdigest()
    return way.format(made=f"made('{text}')", said=f"'{said}'")


# Ways to test a claim, one line each. A single function of a framework decides about few of them.
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
    "[{said}].remove({made})",
    "assert {made} == {said}",
    "self.fail({made}) if {made} != {said} else None",
)
_PYTEST: Final = (
    "assert {made} == {said}",
    "assert not {made} != {said}",
    "assert {made} in [{said}]",
    "assert [{made}] == [{said}]",
    "assert {{'a': {made}}} == {{'a': {said}}}",
    "assert int({made}[:8], 16) == pytest.approx(int({said}[:8], 16), rel=1e-12)",
    "pytest.raises(KeyError, {{{made}: 1}}.pop, {made} + 'x'[: {made} == {said}])",
    "pytest.fail({made}) if {made} != {said} else None",
    "[{said}].remove({made})",
    "unittest.TestCase().assertEqual({made}, {said})",
)
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
    "require('assert').strictEqual({made}, {said});",
)


def _unittest_file(name: str, bodies: Mapping[str, str]) -> str:
    tests = "".join(f"\n    def {test}(self):\n        {bodies[test]}\n" for test in bodies)
    return f"import unittest\n{_PYTHON}\n\nclass Case{name}(unittest.TestCase):{tests}"


def _pytest_file(name: str, bodies: Mapping[str, str]) -> str:  # noqa: ARG001
    tests = "".join(f"\n\ndef {test}():\n    {bodies[test]}\n" for test in bodies)
    return f"import unittest\n\nimport pytest\n{_PYTHON}{tests}"


def _jest_file(name: str, bodies: Mapping[str, str]) -> str:
    tests = "".join(f"  test('{test}', () => {{\n    {bodies[test]}\n  }});\n" for test in bodies)
    return f"{_JAVASCRIPT}\ndescribe('{name}', () => {{\n{tests}}});\n"


_PYTHON: Final = """from hashlib import sha256


def made(text):
    return sha256(text.encode()).hexdigest()
"""
_JAVASCRIPT: Final = """const made = (text) =>
  require('crypto').createHash('sha256').update(text).digest('hex');
"""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a framework's files are named (one `{}` for a name) and written."""

    path: str
    ways: tuple[str, ...]
    write: Callable[[str, Mapping[str, str]], str]


_LAYOUTS: Final[Mapping[Framework, _Layout]] = {
    "unittest": _Layout("test_{}.py", _UNITTEST, _unittest_file),
    "pytest": _Layout("test_{}.py", _PYTEST, _pytest_file),
    "jest": _Layout("{}.test.js", _JEST, _jest_file),
}
