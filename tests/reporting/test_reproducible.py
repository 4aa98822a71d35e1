"""Every number on the pages is what the line beside it gives, typed into `paydag sql`."""

import html
import json
import re
from pathlib import Path

from benchmarks.scored_market import Made
from tasks.publishing import Published, Wanted, publish
from tasks.reporting.compact import task_data
from tasks.reports import How, Pricing, chosen_runs, make_report
from tasks.warehouse import Warehouse
from tests.reporting.shown import asked, assert_reproducible, panels_of

_SQL = re.compile(r"<code data-sql>(.*?)</code>", re.DOTALL)


def test_every_number_of_the_index_is_what_its_statement_gives(
    market: Made, written: Published
) -> None:
    assert written.index is not None
    assert assert_reproducible(Warehouse(market.home), written.index) > 900
    assert {
        "panel-headline",
        "panel-curve",
        "panel-price-band",
        "panel-raises",
        "panel-rungs",
        "panel-pass-at-k",
        "panel-costs",
        "panel-cutoff",
        "panel-prices",
        "panel-ladders",
        "panel-pipeline",
        "panel-published-swelancer",
    } <= set(panels_of(written.index))


def test_the_list_of_tasks_is_what_its_statements_give(market: Made, written: Published) -> None:
    assert written.index is not None
    page = written.index.read_text(encoding="utf-8")
    held = re.search(r'id="tasks-data">(.*?)</script>', page, re.DOTALL)
    assert held is not None
    data = json.loads(held[1])
    section = page[page.index('<section id="tasks">') :]
    tasks_line, attempts_line = map(html.unescape, _SQL.findall(section)[:2])
    warehouse = Warehouse(market.home)
    tasks = asked(warehouse, tasks_line)
    assert [(row[0], row[1], row[4], row[5]) for row in data["tasks"]] == [
        (t["instance_id"], t["title"], t["price_cents"], t["raises"]) for t in tasks
    ]
    codes = {character: place for place, character in enumerate(data["alphabet"])}
    shown = {
        (task["instance_digest"], data["runs"][run], number): data["states"][codes[character]]
        for task, row in zip(tasks, data["tasks"], strict=True)
        for run, text in enumerate(row[7])
        for number, character in enumerate(text, 1)
    }
    with warehouse.read("eval") as session:
        ids = [row[0] for row in session.tuples("SELECT run_id FROM eval.runs")]
    names = {run.run_id: run.name for run in chosen_runs(warehouse, ids, "final", baselines=False)}
    assert shown == {
        (a["instance_digest"], names[a["run_id"]], a["attempt"]): [a["state"], a["reason"]]
        for a in asked(warehouse, attempts_line)
    }


def test_a_task_page_shows_what_its_statements_give(market: Made, written: Published) -> None:
    assert written.index is not None
    page = sorted((written.index.parent / "tasks").glob("*ic_swe*"))[0].read_text(encoding="utf-8")
    prices, ladder, attempts = (
        asked(Warehouse(market.home), html.unescape(line)) for line in _SQL.findall(page)
    )
    shown = dict(re.findall(r'data-rule="(\w+)" data-value="(\d*)"', page))
    assert shown == {
        rule: "" if cents is None else str(cents) for rule, cents in prices[0]["prices"].items()
    }
    assert ladder == []  # nobody scraped this market: its ladders are frozen in the tasks alone
    verdicts = re.findall(r'<td class="(\w+)"><a href="#attempt-\d+">', page)
    assert sorted(verdicts) == sorted(row["state"] for row in attempts)


def test_a_report_of_one_run_has_the_baselines_beside_it(market: Made, tmp_path: Path) -> None:
    warehouse = Warehouse(market.home)
    runs = chosen_runs(warehouse, [market.run_ids[0]], "final", baselines=True)
    assert [(run.role, run.asked) for run in runs] == [("model", True), *(("baseline", False),) * 2]
    with warehouse.read("core", "eval") as session:
        how = How(single=True, draws=False)
        report = make_report(session, runs, Pricing(rule="final"), "state", how)
    assert all(row[6] is None for row in task_data(report)["tasks"])
    assert not any(panel.chart for panel in report.panels)


def test_pages_that_show_the_present_state_are_left_alone(market: Made, written: Published) -> None:
    again = publish(market.home, Wanted())
    assert (again.pages, again.index) == (0, written.index)
