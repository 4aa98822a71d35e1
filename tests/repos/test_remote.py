"""What goes wrong on the way to a remote is one sentence, and the token is in none of it."""

import base64
import contextvars
import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from tasks.domain.errors import PaydagError, SystemFault, UsageError
from tasks.repos import Fetched, Mirror, Remote, fetch_mirror, mirror_path, stoppable
from tasks.repos.commands import GitFailure
from tests.repos.git_server import Asked, GitServer, Instead
from tests.repos.histories import Merged, squash

NAME: Final = "ours/app"
TOKEN: Final = "ghp_4lpha8eta6ammaDe1taEpsi1onZetaEta7he"
SECRETS: Final = (TOKEN, base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode())


@pytest.fixture
def made(tmp_path: Path) -> Merged:
    return squash(tmp_path / "served" / f"{NAME}.git")


def fetch(home: Path, made: Merged, url: str, token: str | None = TOKEN) -> Fetched:
    secret = SecretStr(token) if token else None
    return fetch_mirror(home, NAME, [made.pull], Remote(url, secret), pause_s=0)


def refusal(home: Path, made: Merged, url: str, token: str | None = TOKEN) -> PaydagError:
    with pytest.raises(PaydagError) as refused:
        fetch(home, made, url, token)
    error = refused.value
    assert "\n" not in str(error)
    told: BaseException | None = error
    while told is not None:  # a traceback shows the causes, too
        assert not [secret for secret in SECRETS if secret in f"{told!r} {told}"]
        told = told.__cause__ or told.__context__
    assert not mirror_path(home, NAME).exists()
    assert list((home / "mirrors").glob(".new*")) == []
    return error


def answering(status: int, **headers: str) -> Callable[[int, Asked], Instead | None]:
    return lambda _number, _asked: (status, headers)


def test_the_token_goes_to_the_remote_as_a_header_and_nowhere_else(
    made: Merged, tmp_path: Path
) -> None:
    with GitServer(tmp_path / "served") as server:
        fetch(tmp_path / "home", made, server.url)
        assert {asked.token for asked in server.asked} == {TOKEN}
        server.asked.clear()
        fetch(tmp_path / "other", made, server.url, token=None)
        assert {asked.authorization for asked in server.asked} == {None}


def test_no_command_line_holds_the_token(
    made: Merged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, popen = list[str](), subprocess.Popen.__init__

    def noting(self: object, args: object, *rest: object, **named: object) -> None:
        lines.append(str(args))
        popen(self, args, *rest, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", noting)
    with GitServer(tmp_path / "served") as server:
        fetch(tmp_path / "home", made, server.url)
    assert any("fetch" in line for line in lines)
    assert not [line for line in lines for secret in SECRETS if secret in line]


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, UsageError, "git may not read ours/app at 127.0.0.1:"),
        (403, UsageError, "GITHUB_TOKEN needs a token that may read its contents"),
        (404, UsageError, "there is no repository ours/app at 127.0.0.1:"),
        (500, SystemFault, "the mirror of ours/app at 127.0.0.1:"),
        (429, SystemFault, "what was landed stays, and `paydag refresh` tries again"),
    ],
)
@pytest.mark.parametrize("token", [TOKEN, None])
def test_a_refusal_is_one_sentence(
    made: Merged,
    tmp_path: Path,
    status: int,
    kind: type[PaydagError],
    words: str,
    token: str | None,
) -> None:
    with GitServer(tmp_path / "served", answering(status)) as server:
        error = refusal(tmp_path / "home", made, server.url, token)
        assert len(server.asked) == (3 if isinstance(error, SystemFault) else len(server.asked))
    assert isinstance(error, kind)
    assert words in str(error)


def test_an_unknown_repository_is_the_users_mistake(made: Merged, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    error = refusal(tmp_path / "home", made, f"file://{tmp_path}/empty")
    assert isinstance(error, UsageError)
    with GitServer(tmp_path / "empty") as server:
        assert isinstance(refusal(tmp_path / "home", made, server.url), UsageError)


def test_a_host_that_cannot_be_reached_is_a_fault(made: Merged, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        error = refusal(tmp_path / "home", made, f"http://127.0.0.1:{port}")
        assert isinstance(error, SystemFault)
        assert f"ours/app at 127.0.0.1:{port} cannot be fetched: unable to access" in str(error)


def test_what_breaks_off_is_tried_again(made: Merged, tmp_path: Path) -> None:
    with GitServer(
        tmp_path / "served", lambda number, _: (502, {}) if number in (2, 4) else None
    ) as server:
        assert fetch(tmp_path / "home", made, server.url).fetched == 1


def test_a_token_is_not_sent_along_a_redirection(made: Merged, tmp_path: Path) -> None:
    with GitServer(tmp_path / "served") as other:
        there = answering(301, Location=f"{other.url}/{NAME}.git/info/refs?service=git-upload-pack")
        with GitServer(tmp_path / "served", there) as server:
            error = refusal(tmp_path / "home", made, server.url)
            assert isinstance(error, UsageError)
            assert other.asked == []
            assert fetch(tmp_path / "home", made, server.url, token=None).fetched == 1


def test_a_renamed_repository_is_found_under_what_else_it_is_called(
    made: Merged, tmp_path: Path
) -> None:
    renamed = made.pull.model_copy(update={"also_named": ("old/app",), "repository": "old/app"})

    def moved(_number: int, asked: Asked) -> Instead | None:
        new = asked.path.replace("old/app", NAME)
        return None if new == asked.path else (301, {"Location": new})

    both = renamed.model_copy(update={"also_named": ("older/app", NAME)})
    with GitServer(tmp_path / "served", moved) as server:
        remote = Remote(server.url, SecretStr(TOKEN))
        found = fetch_mirror(tmp_path / "home", "old/app", [both], remote, pause_s=0)
        assert found.fetched == 1
        with pytest.raises(UsageError, match="no repository old/app at"):
            fetch_mirror(tmp_path / "other", "old/app", [renamed], remote, pause_s=0)


@pytest.mark.parametrize(
    ("said", "kind", "retryable"),
    [
        ("fatal: write error: No space left on device\n", SystemFault, False),
        ("error: file write error: Disk quota exceeded", SystemFault, False),
        ("remote: Repository not found.\nfatal: repository 'x' not found", UsageError, None),
        ("fatal: Authentication failed for 'x'", UsageError, None),
        ("fatal: could not read Username for 'x': terminal prompts disabled", UsageError, None),
        ("fatal: unable to access 'x': Could not resolve host: nowhere", SystemFault, False),
        ("error: RPC failed; curl 56\nfatal: early EOF", SystemFault, True),
        ("fatal: something new", SystemFault, False),
        ("", SystemFault, False),
    ],
)
def test_what_git_says_is_told_as_what_it_means(
    said: str, kind: type[PaydagError], retryable: bool | None
) -> None:
    error = Remote("https://git.test").explain(GitFailure("fetch", said), NAME)
    assert type(error) is kind
    assert getattr(error, "retryable", None) is retryable
    assert NAME in str(error)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full: the mirror of ours/app"), (errno.EACCES, "cannot be writ")],
)
def test_a_file_that_cannot_be_written_is_told(
    made: Merged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tasks.repos.fetching.write_record", full)
    error = refusal(tmp_path / "home", made, f"file://{tmp_path}/served")
    assert isinstance(error, SystemFault)
    assert words in str(error)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ssh://git@github.com", "no http(s) or file address"),
        ("ext::sh -c true", "no http(s) or file address"),
        ("github.com", "no http(s) or file address"),
        ("http://", "no http(s) or file address"),
        ("https://github.com?x=1", "no http(s) or file address"),
        ("https://user:secret@github.com", "holds a user name"),
    ],
)
def test_an_address_that_can_be_none_is_refused_without_its_secrets(url: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        Remote(url)
    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_stopped_fetch_leaves_no_git_behind(made: Merged, tmp_path: Path) -> None:
    waiting = threading.Event()

    def silent(_number: int, _asked: Asked) -> Instead | None:
        waiting.wait(30)
        return (500, {})

    failures: list[BaseException] = []
    with GitServer(tmp_path / "served", silent) as server:
        url = server.url

        def work() -> None:
            try:
                fetch(tmp_path / "home", made, url)
            except BaseException as failure:  # noqa: BLE001 - looked at below
                failures.append(failure)

        def begin() -> threading.Thread:
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(work,))
            thread.start()
            return thread

        def interrupted() -> threading.Thread:
            with suppress(KeyboardInterrupt), stoppable():
                thread = begin()
                while not server.asked:
                    time.sleep(0.01)
                raise KeyboardInterrupt
            return thread

        started = time.monotonic()
        thread = interrupted()
        thread.join(10)
        assert not thread.is_alive()
        assert time.monotonic() - started < 10
        waiting.set()
    assert [type(failure) for failure in failures] == [SystemFault]
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert url not in processes.stdout
    assert not mirror_path(tmp_path / "home", NAME).exists()


_KILLED: Final = """
import sys
from pathlib import Path
from tasks.domain.issues import PullRequest
from tasks.repos import Remote, fetch_mirror
home, url, text = sys.argv[1:]
fetch_mirror(Path(home), "ours/app", [PullRequest.model_validate_json(text)], Remote(url))
"""


@pytest.mark.parametrize("request_number", [1, 2, 3, 4, 5])
def test_a_killed_fetch_leaves_the_old_mirror_or_the_new_one(
    made: Merged, tmp_path: Path, request_number: int
) -> None:
    home, at_place = tmp_path / "home", threading.Event()
    made.repository.git("config", "uploadpack.allowFilter", "true")

    def hold(number: int, _asked: Asked) -> Instead | None:
        if number == request_number and not at_place.is_set():
            at_place.set()
            time.sleep(1)
        return None

    with GitServer(tmp_path / "served", hold) as server:
        command = [sys.executable, "-c", _KILLED, str(home), server.url]
        process = subprocess.Popen([*command, made.pull.model_dump_json()])
        while not at_place.wait(0.05) and process.poll() is None:
            pass
        process.kill()
        process.wait()
        target = mirror_path(home, NAME)
        if target.exists():
            assert Mirror(target).has_commit(made.fix) in (True, False)
        assert fetch(home, made, server.url).fixes == 1
    assert Mirror(target).archive(made.fix) == Mirror(made.repository.folder).archive(made.fix)
    assert [path.name for path in target.parent.glob(".new*")] == []
