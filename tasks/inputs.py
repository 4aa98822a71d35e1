"""What outcomes rest on besides their documents: rules, specification, corrections, mirrors."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from tasks.domain.digests import digest, sha256_hex
from tasks.domain.instances import instance_id
from tasks.domain.overrides import Override
from tasks.overlays import Overlays
from tasks.repos import mirror_path
from tasks.specs import DatasetSpec, judged
from tasks.variants import issue_variants

# Code that decides what is read from a document and what becomes of a candidate.
_RULES: Final = (
    *("domain/*.py", "variants/*.py", "repos/*.py", "sources/swelancer/*.py"),
    *("sources/kaggle/*.py", *(f"sources/{name}.py" for name in ("cells", "newest", "records"))),
    *("postings.py", "learning/prices.py", "sources/authored.py"),
    *("variants/freelance_code/**/*.py", "variants/freelance_code/*.toml"),
    *(f"sources/github/{name}.py" for name in ("parse", "plain", "texts", "timeline", "fields")),
    *("sources/upwork/parse.py", "sources/upwork/kinds.py"),
    *("judging.py", "market.py", "narrowing.py", "reading.py", "staging.py", "vantage.py"),
)
# A rejection that another state of the mirror may take back.
RETRIED: Final = "missing_commit"


class Inputs(BaseModel, frozen=True, extra="forbid"):
    """Digests of what the outcomes of a dataset rest on.

    Datasets whose `general` is the same share outcomes, but for those of `own`.
    `own` holds those of candidates that differ from `general`, by `candidate variant`; `mirrors`
    maps repository → state of its mirror.
    """

    general: str
    own: dict[str, str] = {}
    mirrors: dict[str, str] = {}

    def of(self, candidate: str, variant: str, reason: str | None, repository: str) -> str:
        """`reason` is why the candidate was rejected, None where it was not."""
        found = self.own.get(f"{candidate} {variant}", self.general)
        return self.lacking(found, repository) if reason == RETRIED else found

    def lacking(self, found: str, repository: str) -> str:
        """The digest of an outcome that may change with the mirror."""
        return digest([found, self.mirrors.get(repository)])


@cache
def rules_of_code() -> str:
    """Digest of the code that decides: nobody has to remember to count it up.

    A change that decides nothing has everything read once more, to the same result.
    """
    root = Path(__file__).parent
    files = sorted(file for pattern in _RULES for file in root.glob(pattern))
    return digest(
        [[f.relative_to(root).as_posix(), sha256_hex(f.read_text(encoding="utf-8"))] for f in files]
    )


def reading_rules(names: Mapping[str, str]) -> str:
    """Digest of what documents are read by; `names` are those of renamed repositories."""
    return digest([rules_of_code(), sorted(names.items())])


def inputs_of(
    home: Path,
    spec: DatasetSpec,
    repositories: Sequence[str],
    overrides: Mapping[str, Sequence[Override]],
    overlays: Overlays,
) -> Inputs:
    general = digest([rules_of_code(), judged(spec)])
    differing: dict[str, list[object]] = {}
    for issue, entries in overrides.items():
        listed = sorted(override.document_id for override in entries)
        for variant in issue_variants(spec.variants):
            differing.setdefault(f"{issue} {variant}", []).append(listed)
    for candidate, name in _overlaid(spec, repositories, overlays.names()).items():
        overlay = overlays.overlay(name)
        if overlay is not None:
            differing.setdefault(candidate, []).append(overlay.model_dump(mode="json"))
    return Inputs(
        general=general,
        own={candidate: digest([general, *parts]) for candidate, parts in differing.items()},
        mirrors={name: mirror_state(mirror_path(home, name)) for name in repositories},
    )


def _overlaid(
    spec: DatasetSpec, repositories: Sequence[str], names: Sequence[str]
) -> dict[str, str]:
    """`candidate variant` → the name of its overlay."""
    found = {}
    for repository in repositories:
        for variant in issue_variants(spec.variants):
            before, _, after = instance_id(repository, "\0", variant).partition("\0")
            for name in names:
                if name.startswith(before) and name.endswith(after):
                    key = name.removeprefix(before).removesuffix(after)
                    found[f"{repository}#{key} {variant}"] = name
    return found


def mirror_state(path: Path) -> str:
    """Digest that changes whenever the mirror gets objects or references."""
    files = [path / "packed-refs", *path.glob("objects/pack/*.pack"), *path.glob("refs/**/*")]
    sizes = [(f.relative_to(path).as_posix(), f.stat().st_size) for f in files if f.is_file()]
    loose = [(p.name, p.stat().st_mtime_ns) for p in path.glob("objects/??")]
    return digest([sorted(sizes), sorted(loose)])
