"""Whole instances, one JSON object a line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final

from pydantic import ValidationError

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
from tasks.exports.lines import read_lines, write_lines

FILE: Final = "instances.jsonl"
# What a line says besides the instance.
_OWN: Final = ("instance_digest", "price_cents")


class Jsonl:
    name: ClassVar[str] = "jsonl"
    consumer: ClassVar[str] = "anything that reads JSON lines"
    needs: ClassVar[frozenset[Need]] = frozenset()
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="instance_digest", kind="text", meaning="names the content"),
        Column(name="price_cents", kind="integer", meaning="the price under the version's rule"),
        Column(
            name="instance_id, variant, …",
            kind="any",
            meaning="the instance's own fields; one that is left out is at its default",
        ),
    )

    def refusal(self, entry: Entry) -> str | None:  # noqa: ARG002
        return None

    def lost(self, entry: Entry) -> Iterable[str]:  # noqa: ARG002
        return ()

    def unknown(self, entry: Entry) -> Iterable[str]:  # noqa: ARG002
        return ()

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:  # noqa: ARG002
        write_lines(
            folder / FILE,
            (
                {
                    "instance_digest": entry.instance.instance_digest,
                    "price_cents": entry.price_cents,
                    **entry.instance.model_dump(mode="json", exclude_defaults=True),
                }
                for entry in entries
            ),
        )

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:  # noqa: ARG002
        return ""

    def read(self, folder: Path) -> Iterator[TaskInstance]:
        for number, line in read_lines(folder / FILE):
            where = f"{folder / FILE}:{number}"
            try:
                data = json.loads(line)
                stated = {key: data.pop(key) for key in _OWN}
                found = TaskInstance.model_validate(data)
            except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
                raise DataError(f"{where} holds no instance") from error
            yield verified(found, stated["instance_digest"], where)


def verified(instance: TaskInstance, stated: object, where: str) -> TaskInstance:
    """The instance, if it has the digest that stands beside it. Raises DataError otherwise."""
    if instance.instance_digest != stated:
        raise DataError(f"{where}: {instance.instance_id} is not what its digest says")
    return instance


FORMAT: ReadableFormat = Jsonl()
