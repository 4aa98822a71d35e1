"""Whole instances as the rows of a Parquet file, in the form that dataset hubs show and load."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.domain.errors import DataError
from tasks.domain.exporting import (
    Column,
    Entry,
    ExportFacts,
    Need,
    ReadableFormat,
    Tally,
)
from tasks.domain.instances import TaskInstance
from tasks.exports.jsonl import verified
from tasks.exports.rows import instance_of, row_of

FILE: Final = "data/test-00000-of-00001.parquet"
_ROWS_A_GROUP: Final = 500
_MOMENT: Final = pa.timestamp("us", tz="UTC")
_TEXT: Final = pa.string()
_FILES: Final = pa.list_(
    pa.struct([("path", _TEXT), ("text", _TEXT), ("base64", _TEXT), ("mode", _TEXT)])
)
_RUNGS: Final = pa.list_(
    pa.struct([("occurred_at", _MOMENT), ("kind", _TEXT), ("amount_cents", pa.int64())])
)
_PLAN: Final = {"proposal_id": pa.int64(), "text": _TEXT, "author": _TEXT, "url": _TEXT}
_PROPOSALS: Final = pa.list_(pa.struct({**_PLAN, "posted_at": _MOMENT}))
# A list of pairs, not a map: the libraries that load hubs' datasets have no maps.
_PRICES: Final = pa.list_(pa.struct([("rule", _TEXT), ("cents", pa.int64())]))
# Name, type, meaning; in the order of the file.
_COLUMNS: Final[tuple[tuple[str, pa.DataType, str], ...]] = (
    ("instance_digest", _TEXT, "names the content; reading a row back gives it again"),
    ("instance_id", _TEXT, "`<owner>__<name>-<key>-<variant>`"),
    ("variant", _TEXT, "the kind of work"),
    ("repository", _TEXT, "`owner/name`, or the market of a posting"),
    ("key", _TEXT, "number of the issue, or the published id"),
    ("issue", _TEXT, "where the work was offered"),
    ("title", _TEXT, "as of the moment the work began"),
    ("statement", _TEXT, "as of the moment the work began"),
    ("base", _TEXT, "commit that the work begins at"),
    ("as_of", _MOMENT, "the moment the work began"),
    ("price_cents", pa.int64(), "US cents under the version's price rule; null: unpriced"),
    ("prices", _PRICES, "US cents under every price rule"),
    ("ladder", _RUNGS, "the history of the bounty"),
    ("proposals", _PROPOSALS, "what a manager chooses from"),
    ("accepted_proposal_id", pa.int64(), "answer: the proposal that was accepted"),
    ("accepted_by", _TEXT, "answer: the evidence of that"),
    ("fix_commit", _TEXT, "answer: the commit that fixed it"),
    ("gold_patch", _TEXT, "answer: what it changed outside of tests"),
    ("hidden_tests", _FILES, "answer: files that the graders put in place"),
    ("hidden_tests_reason", _TEXT, "why a person added to them"),
    ("bug_patch", _TEXT, "answer: the patch that puts the bug back"),
    ("coding", _TEXT, "JSON: what a program reads and writes, with examples"),
    ("coding_reference", _TEXT, "answer, JSON: solution, wrong solutions, hidden cases"),
    ("environment", _TEXT, "JSON: where a submission is graded"),
    ("canary", _TEXT, "the instance's own canary"),
    ("exact", _TEXT, "JSON of the instance where the columns alone do not give it back"),
)
SCHEMA: Final = pa.schema([(name, kind) for name, kind, _ in _COLUMNS])


class Parquet:
    name: ClassVar[str] = "parquet"
    consumer: ClassVar[str] = "pyarrow, pandas, polars, DuckDB and dataset hubs"
    needs: ClassVar[frozenset[Need]] = frozenset()
    columns: ClassVar[tuple[Column, ...]] = tuple(
        Column(name=name, kind=str(kind), meaning=meaning) for name, kind, meaning in _COLUMNS
    )

    def refusal(self, entry: Entry) -> str | None:  # noqa: ARG002
        return None

    def lost(self, entry: Entry) -> Iterable[str]:  # noqa: ARG002
        return ()

    def unknown(self, entry: Entry) -> Iterable[str]:  # noqa: ARG002
        return ()

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:
        """One file. Its metadata name the version and the canary, and nothing of the moment."""
        file = folder / FILE
        file.parent.mkdir()
        schema = SCHEMA.with_metadata(
            {"paydag.version": f"{facts.dataset}@{facts.version}", "paydag.canary": facts.canary}
        )
        rows = map(row_of, entries)
        with pq.ParquetWriter(file, schema, version="2.6", compression="zstd") as writer:
            while group := list(islice(rows, _ROWS_A_GROUP)):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:
        """YAML of which every value is JSON, which YAML contains."""
        values = {
            "pretty_name": facts.title or facts.dataset,
            "license": "other",
            "license_name": "mixed",
            "license_link": "#licence",
            "language": ["en"],
            "task_categories": ["text-generation"],
            "tags": ["code", "agents", "freelance", *sorted(tally.variants)],
            "size_categories": [_size(tally.instances)],
            "configs": [
                {"config_name": "default", "data_files": [{"split": "test", "path": FILE}]}
            ],
        }
        lines = [f"{key}: {json.dumps(value)}" for key, value in values.items()]
        return "\n".join(["---", *lines, "---"]) + "\n"

    def read(self, folder: Path) -> Iterator[TaskInstance]:
        where = folder / FILE
        try:
            with pq.ParquetFile(where) as file:
                for batch in file.iter_batches(_ROWS_A_GROUP):
                    for row in batch.to_pylist():
                        yield verified(instance_of(row), row["instance_digest"], str(where))
        except (OSError, pa.ArrowException, ValueError, KeyError) as error:
            raise DataError(f"{where} holds no instances: {error}") from error


def _size(count: int) -> str:
    """The hub's word for a number of rows."""
    bounds = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")]
    return next((word for most, word in bounds if count < most), "100K<n<1M")


FORMAT: ReadableFormat = Parquet()
