"""Which files are results: they land as they are, the others are left alone."""

from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.sources.results import SOURCE
from tests.sources.postings import NOW
from tests.sources.results.reports import answer, instance_report, report, write


def kinds(path: Path) -> dict[str, str]:
    """File → kind."""
    return {d.payload["file"]: d.kind for d in SOURCE.fetch(path, {}, NOW)}


def test_files_land_verbatim_under_the_digest_of_them_all(tmp_path: Path) -> None:
    text = '{"resolved_ids": ["\u00e9"],\r\n "unresolved_ids": []}\n'
    (tmp_path / "m.r.json").write_bytes(text.encode())
    (found,) = SOURCE.fetch(tmp_path / "m.r.json", {}, NOW)
    assert (found.source, found.kind) == ("results", "results.run_report")
    assert found.payload == {"file": "m.r.json", "text": text}
    results_id, _, name = found.external_id.partition("/")
    assert (len(results_id), name) == (16, "m.r.json")
    (again,) = SOURCE.fetch(tmp_path, {}, NOW)
    assert again == found


def test_only_what_is_a_result_is_taken_of_a_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "m.r.json": report(resolved=["a"]),
            "x/a/report.json": {"a": instance_report(True)},
            "x/a/patch.diff": "diff",
            "x/a/eval.sh": "true",
            "preds.jsonl": [answer("a")],
            "trajectory.json": {"steps": [1]},
            "package.json": {"name": "x"},
            "log.jsonl": [{"a": 1}],
            "broken.json": "{",
            "empty.json": "[]",
        },
    )
    assert kinds(tmp_path) == {
        "m.r.json": "results.run_report",
        "preds.jsonl": "results.predictions",
        "x/a/patch.diff": "results.patch",
        "x/a/report.json": "results.instance_report",
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no results of a known form; known are a run's report"),
        ({"a.txt": "x"}, "holds no results of a known form"),
        ({"a.json": {"accuracy": 1.0}}, "holds no results of a known form"),
        ({"p.jsonl": [answer("a")]}, "holds answers and no results; `paydag evaluate DATASET"),
        ({"p.diff/patch.diff": "x"}, "holds no results of a known form"),
    ],
)
def test_a_folder_without_results_says_what_would_be_some(
    tmp_path: Path, files: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        kinds(write(tmp_path, files))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_are_no_results(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"results\.csv is no UTF-8 text"):
        kinds(tmp_path)
