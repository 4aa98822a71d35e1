"""What has no files is collected, with what was asked for; what has files never is."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import refresh
from tasks.asking import collect_request
from tasks.domain.collecting import CollectRequest
from tasks.domain.errors import UsageError
from tasks.landings import Landing, plan_landings
from tasks.scrape import ScrapeResult
from tasks.specs import load_spec
from tests.sample_home import DATASETS

REQUEST = collect_request(since=datetime(2025, 3, 4, tzinfo=UTC), limit=3)


def test_a_source_without_files_is_collected_with_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Any] = []
    brought = ScrapeResult(source="github", read=0, landed=0, unchanged=0, calls=3)

    async def collect(
        home: Path, dataset: str, source: str, options: Mapping[str, Any], request: CollectRequest
    ) -> ScrapeResult:
        asked.append((home, dataset, source, options, request))
        return brought

    monkeypatch.setattr(refresh, "collect", collect)
    options = {"repositories": ["ours/app"]}
    landing = Landing("boats", "github", None, options)
    assert asyncio.run(refresh._land(tmp_path, landing, REQUEST)) is brought
    assert asked == [(tmp_path, "boats", "github", options, REQUEST)]


def test_a_mixed_plan_collects_what_has_no_files() -> None:
    specs = [load_spec(name, [DATASETS]) for name in ("sample", "expensify")]
    plan = plan_landings(specs, [], REQUEST)
    assert [(one.dataset, one.source, one.path) for one in plan] == [
        ("sample", "github", DATASETS / "sample" / "documents"),
        ("expensify", "github", None),
        ("expensify", "upwork", None),
    ]
    assert plan[1].options["repositories"] == ["Expensify/App"]
    assert plan[2].options["dataset"] == "expensify"
    assert plan[2].options["repositories"] == ["Expensify/App"]


def test_a_plan_of_files_alone_refuses_what_is_for_collecting(tmp_path: Path) -> None:
    specs = [load_spec("expensify", [DATASETS])]
    with pytest.raises(UsageError, match="--since is for collecting over the network, but expens"):
        plan_landings(specs, [str(tmp_path)], REQUEST)
    (landing,) = plan_landings(specs, [str(tmp_path)], collect_request())
    assert landing.path == tmp_path


def test_a_bare_path_is_of_the_source_that_the_others_add_to_and_nothing_is_collected_besides(
    tmp_path: Path,
) -> None:
    specs = [load_spec("expensify", [DATASETS])]
    for given, source in ((str(tmp_path), "github"), (f"upwork={tmp_path}", "upwork")):
        (landing,) = plan_landings(specs, [given], collect_request())
        assert (landing.source, landing.path) == (source, tmp_path)
