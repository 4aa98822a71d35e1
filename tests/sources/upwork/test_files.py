"""Saved answers land as the same documents as collected ones; what is none is named."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.documents import Document
from tasks.domain.errors import UsageError
from tasks.sources.upwork import SOURCE
from tests.upwork_server.jobs import Job

NOW = datetime(2025, 1, 1, tzinfo=UTC)
A, B = Job(1), Job(2)


def landed(path: Path) -> list[Document]:
    return list(SOURCE.fetch(path, {}, NOW))


def saved(folder: Path, answer: Any, name: str = "answer.json") -> Path:
    file = folder / name
    file.write_text(answer if isinstance(answer, str) else json.dumps(answer), encoding="utf-8")
    return file


def document(kind: str, node: dict[str, Any]) -> Document:
    return Document("upwork", kind, node["id"], NOW, node)


CONNECTION = {"edges": [{"cursor": "0", "node": A.result()}, {"cursor": "1", "node": B.result()}]}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (A.posting(), [document("upwork.job", A.posting())]),
        (A.contents(), [document("upwork.job_contents", A.contents())]),
        (A.result(), [document("upwork.job_found", A.result())]),
        (
            [A.posting(), B.contents()],
            [
                document("upwork.job", A.posting()),
                document("upwork.job_contents", B.contents()),
            ],
        ),
        (
            {"data": {"job0": A.posting(), "job1": None}, "errors": [{"message": "404"}]},
            [document("upwork.job", A.posting())],
        ),
        (
            {"data": {"marketplaceJobPostingsContents": [A.contents(), B.contents()]}},
            [document("upwork.job_contents", j.contents()) for j in (A, B)],
        ),
        (
            {"data": {"marketplaceJobPostingsSearch": {"totalCount": 2, **CONNECTION}}},
            [document("upwork.job_found", j.result()) for j in (A, B)],
        ),
        (
            {"marketplaceJobPostingsSearch": CONNECTION},
            [document("upwork.job_found", j.result()) for j in (A, B)],
        ),
        (CONNECTION, [document("upwork.job_found", j.result()) for j in (A, B)]),
        ([], []),
        ({"data": {"marketplaceJobPosting": None}}, []),
    ],
)
def test_an_answer_of_any_shape_lands_node_by_node(
    tmp_path: Path, answer: Any, expected: list[Document]
) -> None:
    assert landed(saved(tmp_path, answer)) == expected


@pytest.mark.parametrize(
    ("answer", "row", "reason"),
    [
        ("{", 0, "no JSON: Expecting property name"),
        (
            {"data": None, "errors": [{"message": "no"}]},
            1,
            "an answer that holds errors and no job",
        ),
        ([A.posting(), 7], 2, "expected a job, not int"),
        ([{"id": " "}], 1, "a job without an id"),
        ([{"id": 7}], 1, "a job without an id"),
        ([{"id": "7", "colour": "red"}], 1, "no field of a job besides its id"),
        ({"colour": "red"}, 1, "a job without an id"),
        ("null", 1, "expected a job, not NoneType"),
    ],
)
def test_what_is_no_job_is_named_with_its_place(
    tmp_path: Path, answer: Any, row: int, reason: str
) -> None:
    found = landed(saved(tmp_path, answer))[-1]
    assert (found.kind, found.external_id) == ("upwork.malformed", f"answer.json#{row}")
    assert (found.payload["file"], found.payload["row"]) == ("answer.json", row)
    assert found.payload["reason"].startswith(reason)
    (seen,) = SOURCE.parse([found]).malformed
    assert (seen.file, seen.row, seen.reason) == ("answer.json", row, found.payload["reason"])


def test_an_archive_lands_as_it_was_fetched(tmp_path: Path) -> None:
    held = Document("upwork", "upwork.job", A.id, datetime(2024, 5, 1, tzinfo=UTC), A.posting())
    line = {
        "source": held.source,
        "kind": held.kind,
        "external_id": held.external_id,
        "fetched_at": held.fetched_at.isoformat(),
        "payload": held.payload,
    }
    other = line | {"source": "github"}
    lines = f"{json.dumps(line)}\n\n{json.dumps(other)}\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    saved(tmp_path, lines, "b.jsonl")
    saved(tmp_path, B.posting(), "c.json")
    assert landed(tmp_path) == [held, held, document("upwork.job", B.posting())]


def test_a_broken_line_of_an_archive_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"b\.jsonl:1 is not JSON"):
        landed(saved(tmp_path, "{\n", "b.jsonl"))


@pytest.mark.parametrize(("name", "said"), [("x", "does not exist"), ("", "holds no .json, ")])
def test_nothing_to_read_is_told(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        landed(tmp_path / name)


def test_what_is_malformed_in_a_file_whose_name_is_no_utf_8_can_be_stored(tmp_path: Path) -> None:
    saved(tmp_path, [5], "a\udcff.json")
    (found,) = landed(tmp_path)
    assert (found.external_id, found.payload["file"]) == ("a\\udcff.json#1", "a\\udcff.json")
