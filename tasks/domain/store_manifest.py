"""What a store holds of a warehouse at one moment: the list that makes its files visible."""

import json
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ValidationError

from tasks.domain.digests import sha256_hex
from tasks.domain.errors import UsageError

# Raise this when what is written would be misread by those that know the present number only.
FORMAT: Final = 1


class Chunk(BaseModel, frozen=True, extra="forbid"):
    """The rows of a table at positions from `first` to before `beyond`, as one Parquet file."""

    first: int
    beyond: int
    rows: int
    sha256: str
    size: int


class StoredTable(BaseModel, frozen=True, extra="forbid"):
    """A table with its columns (name, type); `end` is the position after its last row."""

    name: str
    columns: tuple[tuple[str, str], ...]
    end: int
    chunks: tuple[Chunk, ...]


class StoredFile(BaseModel, frozen=True, extra="forbid"):
    """One file of the warehouse: the migrations (name, digest of the text) that made its schema,
    and its tables."""

    migrations: tuple[tuple[str, str], ...]
    tables: tuple[StoredTable, ...]

    def table(self, name: str) -> StoredTable | None:
        return next((one for one in self.tables if one.name == name), None)


class HomeFile(BaseModel, frozen=True, extra="forbid"):
    """A file of the home beside the warehouse, by its path in the home."""

    path: str
    sha256: str
    size: int


class Manifest(BaseModel, frozen=True, extra="forbid"):
    """One generation of a store. `lineage` names the warehouse, `nonce` this very writing of it,
    `parent` the nonce of the generation that it follows."""

    format: int
    generation: int
    nonce: str
    parent: str | None
    lineage: str
    code_version: str
    written_at: datetime
    files: dict[str, StoredFile]
    home_files: tuple[HomeFile, ...]

    def data(self) -> dict[str, int]:
        """Where its data lies in the store → size in bytes."""
        found = {
            table_key(table.name, chunk.sha256): chunk.size
            for file in self.files.values()
            for table in file.tables
            for chunk in table.chunks
        }
        return found | {home_file_key(one.sha256): one.size for one in self.home_files}


def table_key(table: str, sha256: str) -> str:
    """The place of a Parquet file in a store: named by content, in a folder for each table."""
    return f"tables/{table}/{sha256}.parquet"


def home_file_key(sha256: str) -> str:
    return f"files/{sha256}"


def manifest_text(manifest: Manifest) -> str:
    """The manifest with its own digest, so that half a file is never taken for a whole one."""
    body = manifest.model_dump_json()
    return json.dumps({"sha256": sha256_hex(body), "manifest": body})


def read_manifest(text: str) -> Manifest | None:
    """The manifest of `text`; None where it is not whole.

    Raises UsageError where a newer version has written it.
    """
    try:
        outer = json.loads(text)
        body = str(outer["manifest"])
        if outer["sha256"] != sha256_hex(body):
            return None
        number = json.loads(body).get("format")
        if isinstance(number, int) and number > FORMAT:
            raise UsageError(
                f"the store was written by a newer paydag (format {number}, this one knows "
                f"{FORMAT}); upgrade paydag"
            )
        return Manifest.model_validate_json(body)
    except (ValueError, KeyError, TypeError, ValidationError):
        return None
