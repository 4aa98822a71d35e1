"""What an export is made of, and what a format must offer. Formats and stage meet here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from tasks.domain.digests import digest
from tasks.domain.instances import TaskInstance
from tasks.domain.verdicts import Expectation

Need = Literal["prompts", "test_patches", "expectations"]
"""What costs something to find out, so that it is found out for the formats that hold it."""

MANIFEST: Final = "export.json"
CARD: Final = "README.md"


class ExportFacts(BaseModel, frozen=True, extra="forbid"):
    """The version that is exported, as its card tells it.

    `canary` is the export's own; an instance may bring another. `candidates` and `rejections`
    (reason → count) are those of the whole version, as its newest build counted them; `split` is
    the list of ids that narrows the export. `sources` maps a source to its section of the
    specification.
    """

    dataset: str
    version: str
    title: str
    description: str
    price_rule: str
    split: str | None
    canary: str
    sources: dict[str, dict[str, Any]]
    candidates: int
    instances: int
    rejections: dict[str, int]

    @property
    def reference(self) -> str:
        return f"{self.dataset}@{self.version[:12]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One instance, its price in cents under the version's rule, and what its format needs beside
    it.

    `prompt` is the task in words, and `shown` the number that a proposal has in them → its own id.
    `test_patch` is what the hidden tests change of the base, as a unified diff. `expectation` is
    None where the instance was not validated, or is not gradable.
    """

    instance: TaskInstance
    price_cents: int | None
    prompt: str = ""
    shown: Mapping[int, int] = field(default_factory=dict)
    test_patch: str = ""
    expectation: Expectation | None = None


@dataclass(slots=True)
class Tally:
    """What went into an export so far, and what did not: `left_out` counts instances by reason,
    `lost` instances by the field that the format cannot carry."""

    instances: int = 0
    price_cents: int = 0
    variants: Counter[str] = field(default_factory=Counter)
    repositories: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def passing(self, entries: Iterable[Entry], chosen: "Format") -> Iterator[Entry]:
        """Those that the format can hold, counted as they go by."""
        for entry in entries:
            reason = chosen.refusal(entry)
            if reason is not None:
                self.left_out[reason] += 1
                continue
            self.instances += 1
            self.price_cents += entry.price_cents or 0
            self.variants[entry.instance.variant] += 1
            self.repositories[entry.instance.repository] += 1
            self.lost.update(chosen.lost(entry))
            self.unknown.update(chosen.unknown(entry))
            yield entry


class Column(BaseModel, frozen=True, extra="forbid"):
    """A field of a format's main file, for its card."""

    name: str
    kind: str
    meaning: str


class Format(Protocol):
    """A way to write instances down."""

    name: ClassVar[str]
    consumer: ClassVar[str]
    needs: ClassVar[frozenset[Need]]
    columns: ClassVar[tuple[Column, ...]]

    def refusal(self, entry: Entry) -> str | None:
        """Why an instance has no place in this format; None where it has one."""
        ...

    def lost(self, entry: Entry) -> Iterable[str]:
        """The fields of an instance that this format cannot hold, those of its reference as
        `reference.<field>`."""
        ...

    def unknown(self, entry: Entry) -> Iterable[str]:
        """The format's own fields that stay empty, since the instance does not say."""
        ...

    def write(self, facts: ExportFacts, entries: Iterable[Entry], folder: Path) -> None:
        """Write the files into an empty folder, the same bytes for the same entries."""
        ...

    def front_matter(self, facts: ExportFacts, tally: Tally) -> str:
        """What the card begins with for machines; empty where nobody reads it."""
        ...


@runtime_checkable
class ReadableFormat(Format, Protocol):
    """A format that holds instances whole."""

    def read(self, folder: Path) -> Iterator[TaskInstance]:
        """The instances of a written folder. Raises DataError for one that is not what its
        digest says."""
        ...


def filled_fields(instance: TaskInstance) -> set[str]:
    """The fields that say something: whatever is not at its default."""
    body = instance.model_dump(exclude_defaults=True)
    hidden = body.pop("reference", {})
    return {*body, *(f"reference.{name}" for name in hidden)}


def canary_of(dataset: str, stated: str | None) -> str:
    """The words by which a copy of the data is found again: those of the specification, else
    some of our own with an id that is the dataset's."""
    if stated:
        return stated
    name = digest(["canary", dataset])
    guid = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:32]))
    return f"Benchmark data: keep it out of training corpora. canary GUID {guid}"
