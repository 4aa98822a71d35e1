"""Reports are read as the work of an adversary: what is doubtful does not pass."""

from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.variants.junit import Report, read_report

BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<testsuite><testcase classname="t" name="&b;"/></testsuite>"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd">]>
<testsuite><testcase classname="t" name="&passwd;"/></testsuite>"""


def results(text: str | None) -> dict[str, str] | None:
    report = read_report(text)
    return None if report is None else report.results


def test_every_result_of_every_suite_is_read_by_name() -> None:
    text = """<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite>
        <testcase classname="t" name="d"><skipped/></testcase>
        <testcase classname="t" name="c"><error>boom</error></testcase>
        <properties><property name="p" value="1"/></properties>
      </testsuite><testsuite><testsuite>
        <testcase classname="t" name="b"><failure message="no"/><system-out/></testcase>
        <testcase classname="t" name="a" time="0.1"><system-out>ok</system-out></testcase>
        <testcase classname="t" name="e"><skipped/><failure/></testcase>
        <testcase name="bare"/>
      </testsuite></testsuite></testsuites>"""
    expected = {
        "::bare": "passed",
        "t::a": "passed",
        "t::b": "failed",
        "t::c": "error",
        "t::d": "skipped",
        "t::e": "failed",
    }
    assert read_report(text) == Report(expected)


@pytest.mark.parametrize("second", ["", "<failure/>", "<skipped/>"])
@pytest.mark.parametrize("first", ["", "<failure/>", "<error/>"])
def test_a_name_that_occurs_twice_is_an_error_and_doubled_unless_it_always_failed(
    first: str, second: str
) -> None:
    cases = [f'<testcase classname="t" name="a">{body}</testcase>' for body in (first, second)]
    apart = "</testsuite><testsuite>".join(cases)
    doubled = () if first and second == "<failure/>" else ("t::a",)
    for body in ("".join(cases), "".join(reversed(cases)), apart):
        text = f"<testsuites><testsuite>{body}</testsuite></testsuites>"
        assert read_report(text) == Report({"t::a": "error"}, doubled)


CASE = '<testcase classname="t" name="a"/>'
UNREADABLE = {
    "none": None,
    "empty": "",
    "text": "no report",
    "cut off": "<testsuite>",
    "nul": "<testsuite>\x00</testsuite>",
    "a surrogate": "<testsuite>\udcff</testsuite>",
    "entity bomb": BOMB,
    "outside entity": OUTSIDE,
    "a document type": f"<!DOCTYPE testsuite><testsuite>{CASE}</testsuite>",
    "another root": f"<html><testsuite>{CASE}</testsuite></html>",
    "a test for a root": CASE,
    "another namespace": f'<testsuite xmlns="urn:x">{CASE}</testsuite>',
    "a test in a test": f'<testsuite><testcase name="b">{CASE}</testcase></testsuite>',
    "a test in a test's output": (
        f'<testsuite><testcase name="b"><system-out>{CASE}</system-out></testcase></testsuite>'
    ),
    "a test in output": f"<testsuite><system-out>{CASE}</system-out></testsuite>",
    "a test without a name": '<testsuite><testcase classname="t"/></testsuite>',
    "an attribute twice": '<testsuite><testcase name="a" name="b"/></testsuite>',
    "two roots": "<testsuite/><testsuite/>",
    "a long name": f'<testsuite><testcase name="{"x" * 5_000}"/></testsuite>',
    "deep suites": "<testsuite>" * 60 + "</testsuite>" * 60,
    "very deep elements": "<testsuite>" + "<a>" * 200_000 + "</a>" * 200_000 + "</testsuite>!",
    "a large text": f"<testsuite>{' ' * 8_000_000}</testsuite>",
    "many tests": "<testsuite>" + '<testcase name="x"/>' * 200_001 + "</testsuite>",
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_safely_and_whole_is_no_report(kind: str) -> None:
    assert read_report(UNREADABLE[kind]) is None


def test_a_report_without_tests_is_empty() -> None:
    assert read_report("<testsuite/>") == Report({})


def test_a_suite_that_failed_without_a_failed_test_is_an_error_of_its_own() -> None:
    assert results('<testsuite name="s" errors="1"/>') == {"s::": "error"}
    assert results(f'<testsuite name="s" failures=" 2 ">{CASE}</testsuite>') == {
        "s::": "error",
        "t::a": "passed",
    }
    failed = '<testcase name="a"><failure/></testcase>'
    assert results(f'<testsuite failures="1" errors="1">{failed}</testsuite>') == {"::a": "failed"}
    assert results('<testsuite name="s" errors="0" failures=""/>') == {}
    nested = f'<testsuites errors="1"><testsuite errors="1">{failed}</testsuite></testsuites>'
    assert results(nested) == {"::a": "failed"}


@settings(max_examples=60)
@given(
    cases=st.dictionaries(
        st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])).filter(
            lambda name: name.isprintable()
        ),
        st.sampled_from(["passed", "failed", "error", "skipped"]),
    )
)
def test_what_a_runner_writes_is_what_is_read(cases: dict[str, str]) -> None:
    suite = Element("testsuite")
    for name, result in cases.items():
        case = SubElement(suite, "testcase", classname="t", name=name)
        if result != "passed":
            SubElement(case, {"failed": "failure"}.get(result, result))
    assert results(tostring(suite, encoding="unicode")) == {
        f"t::{name}": result for name, result in sorted(cases.items())
    }
