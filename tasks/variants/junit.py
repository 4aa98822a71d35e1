"""Reading a JUnit XML report that code under test could have written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_SUITES: Final = ("testsuites", "testsuite")
_FAILURES: Final = ("failed", "error")
_DEPTH: Final = 50
_TESTS: Final = 200_000
_NAME: Final = 4_000
_CHARACTERS: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """`results` maps test name (`classname::name`) to passed, failed, error or skipped.

    `doubled` are names that are given more than once and did not fail each time; their result is
    an error. A runner that tells of a failed test and of its failed clean-up gives it twice, too.
    """

    results: dict[str, str]
    doubled: tuple[str, ...] = ()


class _NoReport(Exception):  # noqa: N818 - never leaves this module
    """The text is no report of the expected form."""


def read_report(text: str | None) -> Report | None:
    """None where there is no report that can be read safely and whole.

    A suite that says it failed and holds no test that did is told as an error named
    `suite name::`.
    """
    if text is None or len(text) > _CHARACTERS:
        return None
    try:
        root = fromstring(text, forbid_dtd=True)
        if root.tag not in _SUITES:
            return None
        return _report(list(_cases(root)))
    except (ParseError, DefusedXmlException, ValueError, RecursionError, _NoReport):
        return None


def _report(cases: list[tuple[str, str]]) -> Report:
    given: dict[str, list[str]] = {}
    for name, result in cases:
        given.setdefault(name, []).append(result)
    results = {name: found[0] if len(found) == 1 else "error" for name, found in given.items()}
    doubled = (
        name
        for name, found in given.items()
        if len(found) > 1 and not all(result in _FAILURES for result in found)
    )
    return Report(dict(sorted(results.items())), tuple(sorted(doubled)))


def _cases(root: Element) -> Iterator[tuple[str, str]]:
    """Name and result of each test. Tests lie in suites, suites in suites; nothing else counts as
    either, and a test somewhere else was put there by nobody's runner."""
    waiting, seen = [(root, 1)], 0
    while waiting:
        suite, depth = waiting.pop()
        if depth > _DEPTH:
            raise _NoReport
        failed = False
        for child in suite:
            if child.tag == "testcase":
                seen += 1
                if seen > _TESTS:
                    raise _NoReport
                name, result = _named(child), _result(child)
                failed = failed or result in _FAILURES
                yield name, result
            elif child.tag == "testsuite":
                waiting.append((child, depth + 1))
            elif next(child.iter("testcase"), None) is not None:
                raise _NoReport
        if not failed and suite.find("testsuite") is None and _says_failed(suite):
            yield f"{suite.get('name', '')[:_NAME]}::", "error"


def _named(case: Element) -> str:
    name, classname = case.get("name"), case.get("classname", "")
    if name is None or len(name) + len(classname) > _NAME:
        raise _NoReport
    if next((inner for inner in case.iter("testcase") if inner is not case), None) is not None:
        raise _NoReport
    return f"{classname}::{name}"


def _result(case: Element) -> str:
    for tag, result in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        if case.find(tag) is not None:
            return result
    return "passed"


def _says_failed(suite: Element) -> bool:
    return any(suite.get(count, "0").strip() not in ("", "0") for count in ("failures", "errors"))
