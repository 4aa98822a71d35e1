"""A specification on top of another one: merged by key, and a mistake is found where it stands."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.specs import bases_of, canonical, found_in, load_spec, place_in, spec_digest
from tests.specs.places import BASE, put


def refusal(root: Path, name: str) -> str:
    with pytest.raises(UsageError) as refused:
        load_spec(name, [root])
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_mappings_are_merged_and_everything_else_is_replaced(tmp_path: Path) -> None:
    put(tmp_path, "boats", BASE)
    put(
        tmp_path,
        "ships",
        "name: ships\nextends: boats\nsources:\n  github:\n    labels: [Leak]\n"
        "filters:\n  price: {max: 1000}\n  raises: null\nvariants: [swe_manager]\n",
    )
    spec, folder = load_spec("ships", [tmp_path])
    assert folder == tmp_path / "ships"
    assert (spec.extends, spec.title, spec.description) == ("boats", "", "")
    assert canonical(spec) == {
        "name": "ships",
        "sources": {"github": {"repositories": ["ours/app"], "labels": ["Leak"]}},
        "variants": ["swe_manager"],
        "filters": {"price": {"min": "250", "max": "1000"}},
    }


def test_what_is_resolved_has_the_digest_of_what_is_written_out(tmp_path: Path) -> None:
    put(tmp_path, "boats", BASE)
    put(tmp_path, "ships", "name: ships\nextends: boats\nlint: reject\n")
    put(tmp_path / "whole", "ships", BASE.replace("name: boats", "name: ships") + "lint: reject\n")
    resolved, written = load_spec("ships", [tmp_path])[0], load_spec("ships", [tmp_path / "whole"])
    assert spec_digest(resolved) == spec_digest(written[0])
    assert spec_digest(resolved) != spec_digest(load_spec("boats", [tmp_path])[0])


def test_a_chain_of_three_has_the_last_word_in_the_first(tmp_path: Path) -> None:
    put(tmp_path, "boats", BASE)
    put(tmp_path, "ships", "name: ships\nextends: boats\nprice_rule: peak\ncanary: aaaaaaaa\n")
    put(tmp_path, "tugs", "name: tugs\nextends: ships\nprice_rule: initial\n")
    spec, _ = load_spec("tugs", [tmp_path])
    assert (spec.price_rule, spec.canary, spec.extends) == ("initial", "aaaaaaaa", "ships")
    names = [place.name for place in bases_of(tmp_path / "tugs", [tmp_path])]
    assert names == ["tugs", "ships", "boats"]


def test_a_mistake_is_told_with_the_file_and_line_it_stands_in(tmp_path: Path) -> None:
    base = put(tmp_path, "boats", BASE.replace("min: 1\n", "least: 1\n"))
    own = put(tmp_path, "ships", "name: ships\n\nextends: boats\n")
    assert refusal(tmp_path, "ships") == (
        f"{base}/dataset.yaml:12: filters.raises.least: unknown key; remove it or correct its "
        "spelling"
    )
    (base / "dataset.yaml").write_text(BASE, encoding="utf-8")
    (own / "dataset.yaml").write_text(
        "name: ships\nextends: boats\nfilters:\n  raises:\n    max: 0\n", encoding="utf-8"
    )
    assert refusal(tmp_path, "ships") == (
        f"{own}/dataset.yaml:4: filters.raises: `min` must not be more than `max`"
    )


def test_extending_goes_round_in_no_circle(tmp_path: Path) -> None:
    put(tmp_path, "a", "name: a\nextends: b\n")
    put(tmp_path, "b", "name: b\n# on top\nextends: c\n")
    put(tmp_path, "c", "name: c\n\n\nextends: b\n")
    put(tmp_path, "d", "name: d\nextends: d\n")
    assert refusal(tmp_path, "a") == (
        f"{tmp_path}/c/dataset.yaml:4: extends: a → b → c → b goes round in a circle; take one of "
        "them out"
    )
    assert refusal(tmp_path, "d").startswith(f"{tmp_path}/d/dataset.yaml:2: extends: d → d goes ")


def test_a_base_that_is_not_there_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    put(tmp_path, "a", "name: a\nextends: boots\n")
    put(tmp_path, "boats", BASE)
    assert refusal(tmp_path, "a") == (
        f"{tmp_path}/a/dataset.yaml:2: extends: unknown dataset 'boots'; known: a, boats"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("filters: {created: {since: soon}}", "filters.created.since: Input should be a valid d"),
        ("filters: {created: {since: 2024-02-30}}", "not a date: day is out of range for month"),
        ("as_of: 2024-13-01", "not a date: month must be in 1..12"),
        ("filters: {created: {since: 2024}}", "filters.created.since: 2024 is no date; write 2024"),
        ('filters: {merged: {until: "20240101"}}', "filters.merged.until: 20240101 is no date; "),
        ("filters: {closed: {since: 12:30:00}}", "filters.closed.since: 45000 is no date; write"),
        ("sources: {github: {since: 2024}}", "sources.github.since: 2024 is no date; write 2024"),
        ("as_of: 2024", "as_of: 2024 is no date; write 2024-03-01, or 2024-03-01T12:00:00Z"),
        ("as_of: then", "as_of: 'then' is neither `variant` nor a date"),
        ("filters: {created: {}}", "filters.created: say `since`, `until` or `last_days`"),
        (
            "filters: {created: {since: 2024-02-01, until: 2024-02-01}}",
            "filters.created: `since` must lie before `until`",
        ),
        (
            "filters: {created: {since: 2024-02-01, last_days: 2}}",
            "filters.created: `last_days` stands alone",
        ),
        ("filters: {price: {min: -1}}", "filters.price.min: "),
        ("filters: {price: {min: 0.001}}", "filters.price.min: '0.001' is not a non-negative "),
        ("filters: {price: {min: 9, rule: best}}", "filters.price.rule: unknown price rule 'best'"),
        ("filters: {price: {min: 9, max: 8}}", "filters.price: `min` must not be more than `max`"),
        ("filters: {labels: {}}", "filters.labels: name words under `any`, `all` or `none`"),
        ("filters: {languages: [cobol]}", "filters.languages: unknown language 'cobol'; known: c,"),
        ("filters: {patch: {}}", "filters.patch: say `files`, `lines` or both"),
        ("sample: {count: 3, stratify: [size]}", "sample.stratify.0: Input should be 'price_band'"),
        ("sample: {count: 3, price_bands: [100]}", "sample: `price_bands` needs `stratify:"),
        (
            "sample: {count: 3, stratify: price_band, price_bands: [200, 100]}",
            "sample: `price_bands` must rise",
        ),
        ("contamination: {merged: after}", "contamination.model: this key is required"),
        ("splits: {holdout: {seed: 1}}", "splits: holdout needs a `share`"),
        ("splits: {dev: {without: [dev]}}", "splits: dev cannot be without itself"),
        ("splits: {dev: {share: 1}}", "splits.dev.share: Input should be less than 1"),
        ("canary: short", "canary: String should have at least 8 characters"),
        ("extends: [boats]", "extends: Input should be a valid string"),
    ],
)
def test_a_section_that_cannot_be_meant_is_refused_with_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    put(tmp_path, "boats", BASE)
    head = "name: ships\n" if line.startswith("extends") else "name: ships\nextends: boats\n"
    put(tmp_path, "ships", f"{head}{line}\n")
    number = head.count("\n") + 1
    if line.startswith("extends"):
        head = BASE.replace("name: boats", "name: ships")
        (tmp_path / "ships" / "dataset.yaml").write_text(head + line + "\n", encoding="utf-8")
        number = head.count("\n") + 1
    assert refusal(tmp_path, "ships").startswith(f"{tmp_path}/ships/dataset.yaml:{number}: {said}")


def test_published_files_and_postings_have_no_other_date(tmp_path: Path) -> None:
    text = "name: a\nsources: {swelancer: {}}\nvariants: [ic_swe]\nas_of: 2024-01-01\n"
    put(tmp_path, "a", text)
    assert refusal(tmp_path, "a").endswith("swelancer has no history, only issues have")


def test_files_beside_a_specification_are_found_in_what_it_extends(tmp_path: Path) -> None:
    base = put(tmp_path, "boats", BASE)
    own = put(tmp_path, "ships", "name: ships\nextends: boats\nlint: report\n")
    (base / "documents").mkdir()
    assert found_in(own, [tmp_path], "documents") == base / "documents"
    (own / "documents").mkdir()
    assert found_in(own, [tmp_path], "documents") == own / "documents"
    assert place_in(own, [tmp_path], ("lint",)) == f"{own}/dataset.yaml:3"
    assert place_in(own, [tmp_path], ("filters", "raises")) == f"{base}/dataset.yaml:11"
    assert place_in(tmp_path, [tmp_path], ("lint",)) == str(tmp_path)
    assert bases_of(tmp_path, [tmp_path]) == (tmp_path,)


def test_null_takes_away_what_is_inherited_and_nothing_else(tmp_path: Path) -> None:
    sections = (
        "lint: reject\nprice_rule: peak\npaths: {tests: [spec/**]}\nenvironment: {repeats: 7}\n"
        "splits: {dev: {share: 0.1}, late: {share: 0.2}}\n"
    )
    put(tmp_path, "boats", BASE + sections)
    gone = "lint: null\nprice_rule: null\npaths: null\nenvironment: null\nsplits: {late: null}\n"
    put(tmp_path, "ships", f"name: ships\nextends: boats\n{gone}")
    spec, _ = load_spec("ships", [tmp_path])
    plain, _ = load_spec("boats", [tmp_path])
    assert set(canonical(plain)) - set(canonical(spec)) == {
        "lint", "price_rule", "paths", "environment"
    }  # fmt: skip
    assert list(spec.splits) == ["dev"]
    put(tmp_path, "rafts", "name: rafts\nextends: boats\nenvironment: {repeats: null}\n")
    with pytest.raises(UsageError, match=r"dataset\.yaml:3: environment\.repeats"):
        load_spec("rafts", [tmp_path])
    put(tmp_path, "alone", BASE.replace("boats", "alone") + "lint: null\n")
    with pytest.raises(UsageError, match="lint"):
        load_spec("alone", [tmp_path])
