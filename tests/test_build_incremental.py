"""A build stores the same whichever way the documents came, and touches only what they change."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tasks import changes
from tasks.domain.documents import Document
from tasks.storing import store_issues
from tasks.warehouse import Warehouse
from tests.build_homes import (
    SPEC,
    build,
    built_whole,
    history,
    home_with,
    issue,
    land_also,
    of_issue,
    renamed,
    stored,
)

TURNS = history()
DOCUMENTS = [document for turn in TURNS for document in turn]


@pytest.mark.exhaustive
def test_every_turn_leaves_what_a_build_from_nothing_leaves(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home")
    landed: list[Document] = []
    versions = set()
    for number, turn in enumerate(TURNS):
        land_also(home, turn)
        landed += turn
        result = build(home)
        versions.add(result.version)
        assert stored(home, result) == built_whole(tmp_path / str(number), landed), number
    assert len(versions) > 5


@pytest.mark.exhaustive
@given(st.data())
# A build takes a second: what fails is looked at as it is, and not made smaller.
@settings(max_examples=10, phases=[Phase.generate])
def test_neither_the_order_of_landing_nor_the_builds_between_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("any")
    order = list(DOCUMENTS)
    data.draw(st.randoms(use_true_random=False)).shuffle(order)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    home = home_with(folder / "home")
    for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        land_also(home, order[start:end])
        result = build(home, batch=data.draw(st.integers(1, 3)))
    assert stored(home, result) == built_whole(folder / "whole", DOCUMENTS)


@pytest.mark.exhaustive
def test_two_processes_store_what_one_does(tmp_path: Path) -> None:
    issues = [of_issue(issue(number), 1) for number in range(20, 30)]
    documents = [*DOCUMENTS, *issues]
    one = built_whole(tmp_path / "one", documents, batch=2)
    assert built_whole(tmp_path / "two", documents, workers=2, batch=2) == one


def test_a_build_with_nothing_new_writes_the_date_alone(
    tmp_path: Path, read_issues: list[tuple[str, ...]]
) -> None:
    home = home_with(tmp_path / "home", DOCUMENTS)
    first = build(home)
    before, times = stored(home, first), _times(home)
    read_issues.clear()
    assert build(home) == first
    assert (stored(home, first), read_issues) == (before, [])
    (built, last), (again, later) = times, _times(home)
    assert built == again
    assert last < later


def _times(home: Path) -> tuple[Any, Any]:
    with Warehouse(home).read("core") as session:
        rows = session.tuples(
            "SELECT first_built_at, last_built_at FROM core.dataset_versions "
            "ORDER BY last_built_at DESC"
        )
    return rows[0][0], rows[0][1]


def test_only_issues_that_a_document_changes_are_read(
    tmp_path: Path, read_issues: list[tuple[str, ...]]
) -> None:
    home = home_with(tmp_path / "home")
    seen = []
    for turn in TURNS[:10]:
        land_also(home, turn)
        read_issues.clear()
        build(home)
        seen.append(sorted(int(n.partition("#")[2]) for names in read_issues for n in names))
    assert seen == [[5, 7, 8], [7], [7], [7], [8], [5, 7], [8], [5, 7], [8], [8]]


def test_a_build_that_was_interrupted_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_issues: list[tuple[str, ...]]
) -> None:
    documents = [of_issue(issue(number), 1) for number in range(20, 26)]
    home = home_with(tmp_path / "home", documents)

    def failing() -> Iterator[bool]:
        yield from (False, False, True)

    turns = failing()

    def store_or_fail(*given: Any) -> None:
        if next(turns):
            raise KeyboardInterrupt
        store_issues(*given)

    with monkeypatch.context() as broken:
        broken.setattr(changes, "store_issues", store_or_fail)
        with pytest.raises(KeyboardInterrupt):
            build(home, batch=2)
    read_issues.clear()
    result = build(home, batch=2)
    assert len(read_issues) == 1
    assert stored(home, result) == built_whole(tmp_path / "whole", documents)


def test_a_build_that_stopped_after_the_small_documents_forgets_no_issue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_with(tmp_path / "home", [d for turn in TURNS[:4] for d in turn])
    build(home)
    land_also(home, [d for turn in TURNS[4:] for d in turn])

    def stop(*given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(changes, "_read_issues", stop)
        with pytest.raises(KeyboardInterrupt):
            build(home)
    assert stored(home, build(home)) == built_whole(tmp_path / "whole", DOCUMENTS)


def test_other_rules_have_everything_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_issues: list[tuple[str, ...]]
) -> None:
    home = home_with(tmp_path / "home", DOCUMENTS)
    first = stored(home, build(home))
    read_issues.clear()
    monkeypatch.setattr(changes, "reading_rules", lambda names: "other rules")
    result = build(home)
    assert stored(home, result) == first
    assert sorted(n for names in read_issues for n in names) == [f"ours/app#{n}" for n in (5, 7, 8)]


def test_what_one_dataset_reads_anew_another_judges_anew(tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [of_issue(issue(7), 1)])
    other = SPEC.model_copy(update={"name": "ships"})
    before = build(home, other)
    build(home)
    land_also(home, [of_issue(renamed(7, 250, 2000), 2)])
    build(home)
    after = build(home, other)
    assert {c.price_cents for c in before.by_origin.values()} == {50_000}
    assert {c.price_cents for c in after.by_origin.values()} == {400_000}


def test_another_specification_judges_anew_and_stages_nothing(
    tmp_path: Path, read_issues: list[tuple[str, ...]]
) -> None:
    home = home_with(tmp_path / "home", DOCUMENTS)
    build(home)
    read_issues.clear()
    only = SPEC.model_copy(update={"variants": ("swe_manager",)})
    result = build(home, only)
    assert sorted(n for names in read_issues for n in names) == [f"ours/app#{n}" for n in (5, 7, 8)]
    assert stored(home, result) == built_whole(tmp_path / "whole", DOCUMENTS, spec=only)


@pytest.mark.exhaustive
def test_random_prices_fold_to_the_same_ledger_in_any_batch(tmp_path: Path) -> None:
    draw = random.Random(3)
    ladders = [draw.choices((125, 250, 500, 1000), k=draw.randint(1, 5)) for _ in range(12)]
    documents = [of_issue(renamed(n + 1, *prices), 1) for n, prices in enumerate(ladders)]
    found = [built_whole(tmp_path / str(size), documents, batch=size) for size in (1, 5, 100)]
    assert found[0] == found[1] == found[2]
