"""Findings are kept with their version, and shown with the leaks first."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from flows.findings import show_findings as print_findings
from tasks.domain.errors import UsageError
from tasks.domain.instances import TaskInstance
from tasks.domain.leaks import LEAKS, Finding
from tasks.lint import show_findings
from tasks.warehouse import Warehouse
from tests.domain.builders import START, instance
from tests.warehouse.homes import fresh

VERSION = "ab12" * 16
DRY = instance(instance_id="ours__app-7-ic_swe", variant="ic_swe")
WET = instance(instance_id="ours__app-8-ic_swe", variant="ic_swe")
NUMBER = Finding(code="fix_number", severity="leak", field="statement", words="Fixed by #9")
BOUNTY = Finding(
    code="bounty_words", severity="warning", field="proposal 5", words="[red]a bounty", detail="?"
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse with one version of two instances."""
    made = fresh(tmp_path)
    with made.write("core") as session:
        session.insert(
            "core.dataset_versions",
            [
                {
                    "dataset_version": VERSION,
                    "dataset": "boats",
                    "specification": "{}",
                    "price_rule": "final",
                    "candidates": 2,
                    "instances": 2,
                    "rejections": 0,
                    "price_cents": 0,
                    "code_version": "1",
                    "first_built_at": START,
                    "last_built_at": START,
                }
            ],
        )
        session.insert(
            "core.version_instances",
            [
                {
                    "dataset_version": VERSION,
                    "instance_id": one.instance_id,
                    "instance_digest": one.instance_digest,
                }
                for one in (DRY, WET)
            ],
        )
    return made


def store(warehouse: Warehouse, *found: tuple[TaskInstance, tuple[Finding, ...]]) -> int:
    rows = [
        {"dataset_version": VERSION, **row(one, finding)}
        for one, findings in found
        for finding in findings
    ]
    with warehouse.write("core") as session:
        return session.insert("core.lint_findings", rows)


def row(one: TaskInstance, finding: Finding) -> dict[str, str]:
    named = {"instance_id": one.instance_id, "instance_digest": one.instance_digest}
    return {**named, **finding.model_dump()}


def test_findings_come_back_with_their_totals_and_leaks_first(warehouse: Warehouse) -> None:
    assert store(warehouse, (DRY, (BOUNTY,)), (WET, (BOUNTY, NUMBER))) == 3
    assert show_findings(warehouse, "boats@ab12") == {
        "dataset": "boats",
        "version": VERSION,
        "instances": 2,
        "leaking": 1,
        "leaks": 1,
        "warnings": 2,
        "by_code": {
            "bounty_words": {"leak": 0, "warning": 2},
            "fix_number": {"leak": 1, "warning": 0},
        },
        "codes": {code: LEAKS[code] for code in ("bounty_words", "fix_number")},
        "findings": [row(WET, NUMBER), row(DRY, BOUNTY), row(WET, BOUNTY)],
    }


def test_a_version_without_findings_shows_none(warehouse: Warehouse) -> None:
    shown = show_findings(warehouse, "boats")
    assert (shown["findings"], shown["leaks"], shown["instances"]) == ([], 0, 2)


def test_a_dataset_that_was_never_built_is_an_error(warehouse: Warehouse) -> None:
    with pytest.raises(UsageError, match="no version of 'ships'"):
        show_findings(warehouse, "ships")


def test_the_table_shows_every_finding_and_what_its_code_means(warehouse: Warehouse) -> None:
    store(warehouse, (WET, (BOUNTY, NUMBER)))
    output = StringIO()
    console = Console(width=200, file=output)
    print_findings(console, show_findings(warehouse, "boats"))
    lines = [" ".join(line.split()) for line in output.getvalue().splitlines()]
    assert lines == [
        "boats@ab12ab12ab12: 1 of 2 instances leak; leaks: 1, warnings: 1",
        "instance severity code field words",
        "ours__app-8-ic_swe leak fix_number statement Fixed by #9",
        "ours__app-8-ic_swe warning bounty_words proposal 5 [red]a bounty (?)",
        "",
        "code leaks warnings meaning",
        f"bounty_words 0 1 {LEAKS['bounty_words']}",
        f"fix_number 1 0 {LEAKS['fix_number']}",
    ]
