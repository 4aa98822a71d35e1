"""The card of an export: what it holds, where that comes from, and what it must not be used for."""

from collections.abc import Iterable, Mapping
from typing import Final

from tasks.domain.exporting import ExportFacts, Format, Tally
from tasks.domain.money import show_cents

_ANSWERS: Final = (
    "This export holds answers: what graders need (references, hidden tests, accepted proposals) "
    "is in it. Show a solver nothing but the statement, the base and the proposals."
)
_LICENCES: Final = {
    "github": (
        "Texts of issues and comments belong to who wrote them on GitHub. Code, patches and tests "
        "are under the licence of their repository:"
    ),
    "swelancer": (
        "Tasks of the published SWE-Lancer files are under the terms of that publication "
        "(arXiv:2502.12115), the code they speak of under those of its repository:"
    ),
    "kaggle": (
        "Postings come from a dataset on Kaggle and are under the licence stated there; the "
        "programs, cases and solutions made of them are synthetic:"
    ),
    "upwork": "Jobs of Upwork come through its API, under its terms of use:",
}
_CITATIONS: Final = {
    "swelancer": "SWE-Lancer: arXiv:2502.12115",
    "kaggle": "The Kaggle dataset {dataset}; the idea of freelance programming tasks: "
    "arXiv:2505.13511",
}


def card(facts: ExportFacts, chosen: Format, tally: Tally, held_back: int) -> str:
    """Markdown, with front matter where the format has some. `held_back` counts the instances of
    the holdout that are not in the export."""
    parts = [
        f"# {facts.title or facts.dataset}",
        facts.description.strip(),
        _ANSWERS,
        _contents(facts, chosen, tally, held_back),
        "## Fields\n\n" + _table(("field", "type", "meaning"), _fields(chosen)),
        _lost(tally),
        _funnel(facts),
        "## Licence\n\n" + "\n".join(_licences(facts, tally)),
        f"## Canary\n\n`{facts.canary}`\n\nAn instance that brought a canary of its own keeps it.",
        "## Citation\n\n" + "\n".join(_citations(facts)),
    ]
    return chosen.front_matter(facts, tally) + "\n\n".join(p for p in parts if p) + "\n"


def _contents(facts: ExportFacts, chosen: Format, tally: Tally, held_back: int) -> str:
    rows = [
        ("version", f"`{facts.dataset}@{facts.version}`"),
        ("format", f"{chosen.name}, for {chosen.consumer}"),
        ("split", facts.split or "the whole version"),
        ("instances", f"{tally.instances:,}"),
        *((f"… {name}", f"{count:,}") for name, count in sorted(tally.variants.items())),
        ("dollars", f"{show_cents(tally.price_cents)} under the price rule {facts.price_rule}"),
        ("held back", f"{held_back:,} of the holdout"),
    ]
    return "## Contents\n\n" + _table(("what", "how much"), rows)


def _fields(chosen: Format) -> list[tuple[str, ...]]:
    return [(f"`{c.name}`", f"`{c.kind}`", c.meaning) for c in chosen.columns]


def _lost(tally: Tally) -> str:
    parts = []
    if tally.lost:
        parts.append("This format cannot hold, in so many instances: " + _listed(tally.lost))
    if tally.unknown:
        parts.append("No instance says, in so many: " + _listed(tally.unknown))
    if tally.left_out:
        parts.append("Left out: " + _listed(tally.left_out, sign=" × "))
    return "## What is not here\n\n" + "\n\n".join(parts) if parts else ""


def _listed(counts: Mapping[str, int], sign: str = " in ") -> str:
    if sign == " in ":
        return "; ".join(f"{name} in {count:,}" for name, count in sorted(counts.items())) + "."
    return "; ".join(f"{count:,}{sign}{name}" for name, count in sorted(counts.items())) + "."


def _funnel(facts: ExportFacts) -> str:
    rows = [
        ("candidates", f"{facts.candidates:,}"),
        *((f"rejected: {name}", f"−{n:,}") for name, n in sorted(facts.rejections.items())),
        ("instances of the version", f"{facts.instances:,}"),
    ]
    return "## How candidates became instances\n\n" + _table(("step", "count"), rows)


def _licences(facts: ExportFacts, tally: Tally) -> Iterable[str]:
    named = ", ".join(sorted(tally.repositories)) or "none"
    for source in sorted(facts.sources):
        note = _LICENCES.get(source, f"What comes from {source} is under its own terms:")
        yield f"- {note} {named}."
    yield "- Selection, prices and everything else that paydag adds: MIT."


def _citations(facts: ExportFacts) -> Iterable[str]:
    yield f"- This dataset: {facts.title or facts.dataset}, version `{facts.version}`, by paydag."
    for source, section in sorted(facts.sources.items()):
        if source in _CITATIONS:
            yield f"- {_CITATIONS[source].format(dataset=section.get('dataset', ''))}"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(_cell(c) for c in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
