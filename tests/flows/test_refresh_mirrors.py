"""A refresh over the network brings the code that fixes need; a build and --from stay offline."""

import base64
import shutil
import signal
import threading
import time
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tasks.repos import mirror_path
from tests.flows.command import Paydag
from tests.flows.loopback import TOKEN, add_dataset, leading_to
from tests.flows.tables import query
from tests.flows.test_bad_input import assert_one_sentence
from tests.github_server import texts
from tests.github_server.records import Commit, Pull
from tests.github_server.schema import need_schema
from tests.github_server.server import GithubServer
from tests.github_server.texts import FREELANCERS
from tests.github_server.world import World
from tests.repos.git_server import Asked, GitServer, Instead
from tests.repos.histories import Merged, rebase

pytestmark = pytest.mark.prefect

NAME: Final = "quill-works/ledger"
SECRETS: Final = (TOKEN, base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode())


@pytest.fixture
def made(tmp_path: Path) -> Merged:
    need_schema()
    return rebase(tmp_path / "served" / f"{NAME}.git")


@pytest.fixture
def datasets(tmp_path: Path) -> str:
    folder = add_dataset(tmp_path)
    file = Path(folder) / "quill" / "dataset.yaml"
    file.write_text(file.read_text().replace("[swe_manager]", "[ic_swe]"))
    return folder


def world_of(made: Merged) -> World:
    """A priced issue, and the pull request whose merge is the one that was made."""
    world, pull = World.small(60, issues=7, pulls=3), made.pull
    ada = FREELANCERS[0]
    issue = world.open_issue("[$250] The export rounds twice", "Sums are off.").number
    world.assign(issue, ada)
    body = texts.pull_body(world.url, (issue,), Random(0))
    number, at = world.last_number + 1, pull.created_at
    node, serial = world.identity("PR")
    head = pull.head_commit or ""
    size = (pull.changed_files or 0, pull.additions or 0, pull.deletions or 0)
    world.open_pull(
        Pull(node, serial, number, "Round once", body, ada, at, at, "main", made.base, head, *size)
    )
    world.cross_reference(issue, number, by=ada)
    world.update_pull(number, merge=Commit(made.fix, world.now, pull.parents))
    world.close(issue, closer=number)
    return world


@pytest.mark.exhaustive
def test_what_is_collected_is_built_from_its_own_code_offline(
    paydag: Paydag, made: Merged, datasets: str, tmp_path: Path
) -> None:
    home, other, archive = tmp_path / "home", tmp_path / "other", tmp_path / "archive"
    folder = {"PAYDAG_DATASETS": datasets}
    world = world_of(made)
    with (
        GithubServer(world, max_page=3, tokens={TOKEN: 5_000}) as api,
        GitServer(tmp_path / "served") as git,
    ):
        there = folder | leading_to(api) | {"GITHUB_GIT_URL": git.url}
        paydag.json("refresh", "quill", "--archive", archive, home=home, **there)
        assert {asked.token for asked in git.asked} == {TOKEN}
        asked = len(git.asked)
        paydag.json("refresh", "quill", home=home, **there)
        assert len(git.asked) == asked
        paydag.json("refresh", "quill", "--from", archive, home=other, **there)
        assert len(git.asked) == asked
    shutil.rmtree(tmp_path / "served")
    files = [path for path in mirror_path(home, NAME).rglob("*") if path.is_file()]
    assert [f for f in files for secret in SECRETS if secret.encode() in f.read_bytes()] == []

    built = paydag.json("build", "quill", home=home, **folder)
    assert (built["candidates"], built["instances"]) == (8, 1)
    assert query(home, "SELECT base FROM core.task_instances") == [(made.base,)]
    elsewhere = paydag.json("build", "quill", home=other, **folder)
    assert elsewhere["instances"] == 0
    assert elsewhere["rejections"] == 8
    details = query(other, "SELECT detail FROM core.rejections WHERE reason = 'missing_commit'")
    assert {detail for (detail,) in details} == {
        f"there is no mirror of {NAME}; `paydag refresh` fetches what is missing"
    }


@pytest.mark.exhaustive
def test_a_mirror_that_fails_is_told_and_takes_nothing_back(
    paydag: Paydag, made: Merged, datasets: str, tmp_path: Path
) -> None:
    home, archive = tmp_path / "home", tmp_path / "archive"
    with (
        GithubServer(world_of(made), max_page=3, tokens={TOKEN: 5_000}) as api,
        GitServer(tmp_path / "served", lambda _number, _asked: (404, {})) as git,
    ):
        there = {"PAYDAG_DATASETS": datasets, **leading_to(api), "GITHUB_GIT_URL": git.url}
        finished = paydag("refresh", "quill", "--archive", archive, home=home, **there)
    assert_one_sentence(finished, 2, f"there is no repository {NAME} at 127.0.0.1:")
    assert query(home, "SELECT count(*) FROM raw.documents WHERE kind = 'github.pull'") == [(4,)]
    assert len(list(archive.iterdir())) == 1


@pytest.mark.exhaustive
def test_a_terminated_refresh_stops_git_at_once(
    paydag: Paydag, made: Merged, datasets: str, tmp_path: Path
) -> None:
    home, end = tmp_path / "home", threading.Event()

    def silent(_number: int, _asked: Asked) -> Instead | None:
        end.wait(60)
        return (500, {})

    with (
        GithubServer(world_of(made), max_page=3, tokens={TOKEN: 5_000}) as api,
        GitServer(tmp_path / "served", silent) as git,
    ):
        there = {"PAYDAG_DATASETS": datasets, **leading_to(api), "GITHUB_GIT_URL": git.url}
        process = paydag.start("refresh", "quill", home=home, **there)
        while not git.asked and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        end.set()
    assert process.returncode == 143
    assert not mirror_path(home, NAME).exists()
    assert [path for path in (home / "mirrors").iterdir() if path.is_dir()] == []
