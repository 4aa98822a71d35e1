"""A specification's digest is its content: what was set, and no words for people."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.errors import UsageError
from tasks.specs import DatasetSpec, canonical, limited, load_spec, spec_digest
from tasks.specs.model import GithubSection, Sources, check_price_rule
from tasks.specs.reader import parse_spec
from tests.specs.texts import TEXT

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


def spec(text: str = TEXT) -> DatasetSpec:
    return parse_spec(text, Path("dataset.yaml"))


class WiderSources(Sources, frozen=True):
    gazette: dict[str, str] | None = None


class WiderSpec(DatasetSpec, frozen=True):
    """DatasetSpec as a later version of the product might have it."""

    sources: WiderSources
    canary: str = "none"
    tags: tuple[str, ...] = ()


def wider(**more: Any) -> WiderSpec:
    return WiderSpec.model_validate(canonical(spec()) | {"title": "Boats"} | more)


def test_an_optional_key_added_later_leaves_the_digest_alone() -> None:
    assert spec_digest(wider()) == spec_digest(spec())
    assert spec_digest(wider(canary="bird")) != spec_digest(spec())


def test_the_canonical_form_holds_only_what_was_set() -> None:
    short = spec("name: boats\nsources: {swelancer: {}}\nvariants: [swe_manager, ic_swe, ic_swe]\n")
    assert canonical(short) == {
        "name": "boats",
        "sources": {"swelancer": {}},
        "variants": ["ic_swe", "swe_manager"],
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Boats", "title: Ships"),
        ("title: Boats\n", ""),
        ("description: Leaks.", "description: >\n  Leaks\n  everywhere."),
        ("name: boats", "# a remark\nname:   'boats'"),
        ("  - ic_swe\n  - swe_manager", "  - swe_manager\n  - ic_swe"),
    ],
)
def test_words_for_people_and_spelling_are_not_in_the_digest(old: str, new: str) -> None:
    assert old in TEXT
    assert spec_digest(spec(TEXT.replace(old, new))) == spec_digest(spec())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: boats", "name: ships"),
        ("[ours/app]", "[ours/app, ours/web]"),
        ("[ours/app]", "[ours/app]\n    title: [leak]"),
        ("[ours/app]", "[ours/app]\n    labels: [External]"),
        ("[ours/app]", "[ours/app]\n    bots: [tidy]"),
        ("[ours/app]", "[ours/app]\n    conventions: expensify"),
        ("[ours/app]", "[ours/app]\n    since: 2024-05-01"),
        ("price_rule: final", "price_rule: initial"),
        ("  - swe_manager\n", ""),
        ('["tests/**"]', '["test/**"]'),
        ("timeout_s: 60", "timeout_s: 61"),
        ("trusted: true", "trusted: false"),
    ],
)
def test_what_changes_the_benchmark_changes_the_digest(old: str, new: str) -> None:
    assert old in TEXT
    assert spec_digest(spec(TEXT.replace(old, new))) != spec_digest(spec())


def test_a_price_rule_is_known_or_refused_with_the_list() -> None:
    assert check_price_rule("peak") == "peak"
    with pytest.raises(UsageError, match=r"unknown price rule 'x'; known: initial, final, peak"):
        check_price_rule("x")


def github(lines: str) -> GithubSection:
    """The section of a specification that has these lines under `github`."""
    text = "name: boats\nvariants: [ic_swe]\nsources:\n  github:\n"
    section = spec(text + "".join(f"    {line}\n" for line in lines.splitlines())).sources.github
    assert section is not None
    return section


def test_the_digest_of_a_section_without_the_newer_keys_is_as_it_was() -> None:
    assert spec_digest(spec()) == "f4051c58cced16567dc904d54aa477869dd2c0e64b61a0a6187e17db64f7f682"


def test_what_narrows_a_collection_is_read_and_handed_to_the_source() -> None:
    section = github(
        "repositories: [ours/app]\n"
        'labels: [External, "Help Wanted"]\n'
        'title: ["[$", bounty]\n'
        'bots: ["tidy[bot]"]\n'
        "conventions: expensify\n"
        "since: 2024-05-01"
    )
    assert section.model_dump(mode="json") == {
        "repositories": ["ours/app"],
        "archive": None,
        "mirrors": {},
        "labels": ["External", "Help Wanted"],
        "title": ["[$", "bounty"],
        "bots": ["tidy[bot]"],
        "conventions": "expensify",
        "since": "2024-05-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01T12:00:00", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("'2024-05-01 12:00'", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T12:00:00+02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_beginning_without_a_zone_is_utc(text: str, moment: datetime) -> None:
    assert github(f"repositories: [ours/app]\nsince: {text}").since == moment


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("repositories: [app]", "'app' is no repository; write owner/name"),
        ("repositories: [ours/app/web]", "'ours/app/web' is no repository"),
        ("repositories: [https://github.com/ours/app]", "is no repository; write owner/name"),
        ("repositories: ['ours/app ']", "'ours/app ' is no repository"),
        ("repositories: ['ours/']", "'ours/' is no repository"),
        ("repositories: [ours/app, ours/web, Ours/App]", "'Ours/App' is named twice"),
        ("repositories: []", "at least 1 item"),
        ("repositories: [ours/app]\ntitle: ['']", "at least 1 character"),
        ("repositories: [ours/app]\nlabels: External", "valid tuple"),
        ("repositories: [ours/app]\nconventions: upwork", "Input should be 'expensify'"),
        ("repositories: [ours/app]\nsince: soon", "valid datetime"),
    ],
)
def test_a_section_that_cannot_be_collected_is_refused_with_its_line(lines: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"dataset\.yaml:[56]: sources\.github\.") as refused:
        github(lines)
    assert said in str(refused.value)


def test_the_collected_dataset_ignores_the_automation_and_not_the_bot_that_writes_proposals() -> (
    None
):
    section = load_spec("expensify", [DATASETS])[0].sources.github
    assert section == GithubSection(
        repositories=("Expensify/App",), bots=("melvin-bot[bot]",), conventions="expensify"
    )


def kaggle(lines: str) -> DatasetSpec:
    section = lines.replace("\n", "\n    ")
    head = "name: ours\nvariants: [freelance_code]\nprice_rule: band_mid\n"
    return parse_spec(f"{head}sources:\n  kaggle:\n    {section}\n", Path("dataset.yaml"))


def test_a_kaggle_dataset_may_be_pinned_and_its_columns_called_otherwise() -> None:
    section = kaggle("dataset: mill/jobs/3\nfile: a.csv\ncolumns: {key: id}").sources.kaggle
    assert section is not None
    assert (section.market, section.version) == ("mill/jobs", 3)
    assert (section.columns.key, section.columns.title) == ("id", "job_title")
    assert "id" in section.columns.needed()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("file: a.csv", "dataset: this key is required"),
        ("dataset: mill/jobs", "file: this key is required"),
        ("dataset: mill\nfile: a.csv", "'mill' is no Kaggle dataset; write owner/slug"),
        ("dataset: mill/jobs/0\nfile: a.csv", "'mill/jobs/0' is no Kaggle dataset"),
        ("dataset: mill/../x\nfile: a.csv", "'mill/../x' is no Kaggle dataset"),
        ("dataset: m/j\nfile: a.csv\ncolumns: {price: p}", "columns.price: unknown key"),
        ("dataset: m/j\nfile: a.csv\ncolumns: {key: ''}", "at least 1 character"),
        (
            "dataset: m/j\nfile: a.csv\n"
            "bids: {file: a.csv, columns: {key: k, bid_id: b, amount: a}}",
            "the bids stand in a file of their own",
        ),
    ],
)
def test_a_kaggle_section_that_cannot_be_meant_is_refused_with_its_line(
    lines: str, said: str
) -> None:
    with pytest.raises(UsageError, match=r"dataset\.yaml:[45678]: sources\.kaggle") as refused:
        kaggle(lines)
    assert said in str(refused.value)


def section(text: str) -> DatasetSpec:
    return spec(f"name: boats\nsources: {text}\nvariants: [ic_swe]\n")


def test_jobs_of_the_market_place_are_linked_searched_for_or_both() -> None:
    github = "github: {repositories: [ours/app]}"
    both = section(f"{{{github}, upwork: {{linked: true, search: [a, b, a], limit: 7}}}}")
    assert both.sections()["upwork"] == {"linked": True, "search": ["a", "b"], "limit": 7}
    assert section("{upwork: {search: [a]}}").sections()["upwork"]["limit"] == 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{upwork: {limit: 7}}", "say `linked: true`, or name expressions to `search` for"),
        ("{upwork: {linked: true}}", "`linked` jobs are those of issues: name repositories under"),
        ("{upwork: {search: [a], limit: 0}}", "greater than or equal to 1"),
        ("{upwork: {search: ['']}}", "at least 1 character"),
    ],
)
def test_a_section_of_jobs_that_asks_for_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        section(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: {github: {repositories: [a/b]}}\nvariants: [freelance_code]", "needs `kaggle`"),
        ("sources: {kaggle: {dataset: a/b, file: c}}\nvariants: [ic_swe]", "needs `github` or"),
        (
            "sources: {kaggle: {dataset: a/b, file: c}}\nvariants: [freelance_code, ic_swe]",
            "give it a dataset of its own",
        ),
        (
            "sources: {kaggle: {dataset: a/b, file: c}}\nvariants: [freelance_code]",
            "price_rule 'final' is not one of postings: band_min,",
        ),
        (
            "sources: {github: {repositories: [a/b]}}\nvariants: [ic_swe]\nprice_rule: predicted",
            "price_rule 'predicted' is not one of issues: initial, final, peak,",
        ),
        (
            "sources: {kaggle: {dataset: a/b, file: c}}\nvariants: [freelance_code]\n"
            "price_rule: band_max\nfreelance_code: {authored: gpt-5}",
            "'gpt-5' is no model",
        ),
        (
            "sources: {kaggle: {dataset: a/b, file: c}}\nvariants: [freelance_code]\n"
            "price_rule: band_max\nfreelance_code: {limit: 0}",
            "greater than 0",
        ),
    ],
)
def test_a_variant_without_what_it_is_made_of_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        spec(f"name: boats\n{text}\n")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_limit_makes_another_version_of_postings_and_is_refused_for_issues() -> None:
    given = kaggle("dataset: a/b\nfile: c.csv")
    fewer = limited(given, 5)
    assert (fewer.freelance_code.limit, fewer.freelance_code.seed) == (5, 1)
    assert spec_digest(fewer) != spec_digest(given)
    assert spec_digest(limited(given, 5)) == spec_digest(fewer)
    with pytest.raises(UsageError, match="at least one posting"):
        limited(given, 0)
    with pytest.raises(UsageError, match="made of issues"):
        limited(section("{github: {repositories: [a/b]}}"), 5)
