"""The same tables in other formats, a leaderboard, and one page alone."""

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.scored_market import Made
from flows.tables import show_leaderboard
from tasks.domain.errors import UsageError
from tasks.publishing import Published, Wanted, publish
from tests.reporting.shown import panels_of


def folder_of(published: Published) -> Path:
    assert published.index is not None
    return published.index.parent


def test_every_table_has_its_file_and_all_digits(written: Published) -> None:
    folder = folder_of(written)
    data = json.loads((folder / "report.json").read_text())
    assert {f"panel-{panel['name']}" for panel in data["panels"]} == set(
        panels_of(folder / "index.html")
    )
    headline = next(panel for panel in data["panels"] if panel["name"] == "headline")
    with (folder / "tables" / "headline.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == [row["value"] for row in headline["rows"]]
    text = (folder / "report.md").read_text()
    assert all(f"### {panel['title']}\n" in text for panel in data["panels"])
    assert all(panel["sql"] in text for panel in data["panels"] if panel["sql"])


def test_hostile_text_is_text_in_every_format(hostile: Published) -> None:
    folder = folder_of(hostile)
    assert "<script" not in (folder / "report.md").read_text().replace("\\<script", "")
    for file in (folder / "tables").glob("*.csv"):
        with file.open(newline="") as opened:
            fields = [field for row in csv.reader(opened) for field in row]
        assert not [one for one in fields if one.startswith(("=", "+", "@", "\t"))]
    pictures = list((folder / "charts").glob("*.svg"))
    assert pictures
    assert all("<script" not in picture.read_text() for picture in pictures)
    assert len(list((folder / "charts").glob("*.png"))) == len(pictures)


def test_a_leaderboard_and_one_page_alone(market: Made, tmp_path: Path) -> None:
    board = tmp_path / "board" / "LEADERBOARD.md"
    wanted = Wanted(runs=market.run_ids[:2], single=True, leaderboard=board, name="alone")
    made = publish(market.home, wanted)
    assert (made.pages, made.files) == (0, (board,))
    text = board.read_text()
    assert "| openai:o1 |" in text
    assert "| openai:gpt\\-4o |" in text or "| openai:gpt-4o |" in text
    assert made.index is not None
    assert made.index.name == "single.html"
    assert not (made.index.parent / "tasks").exists()
    assert '"page"' not in made.index.read_text()


def test_a_terminal_says_whose_answers_a_run_hands_in(market: Made) -> None:
    made = publish(market.home, Wanted(runs=market.run_ids[:2], single=True, name="told"))
    console = Console(record=True, width=200, quiet=False, file=io.StringIO())
    show_leaderboard(console, made.summaries)
    text = console.export_text()
    assert "model openai:gpt-4o " in text
    assert "model openai:o1 " in text


def test_pages_of_tasks_lead_back_to_an_index_that_is_there(market: Made) -> None:
    wanted = Wanted(runs=market.run_ids[:1], price_rule="initial", name="elsewhere")
    folder = folder_of(publish(market.home, wanted))
    page = next((folder / "tasks").iterdir())
    assert 'href="../initial.html">All tasks' in page.read_text()
    publish(market.home, wanted.model_copy(update={"price_rule": None}))
    assert 'href="../index.html">All tasks' in page.read_text()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(runs=("nope",)), "unknown run 'nope'"),
        (Wanted(formats=("pdf",)), "unknown format 'pdf'; known: md, json, csv, png, svg"),
        (Wanted(name="../x"), "'../x' is no name for a folder"),
        (Wanted(price_rule="dear"), "unknown price rule 'dear'"),
        (Wanted(terms="fair"), "unknown terms 'fair'"),
        (Wanted(leaderboard=Path("/")), "/ is a folder; name a file for the leaderboard"),
    ],
)
def test_what_cannot_be_written_is_a_mistake_in_one_sentence(
    market: Made, wanted: Wanted, said: str
) -> None:
    with pytest.raises(UsageError, match=said.replace(".", r"\.")):
        publish(market.home, wanted)
