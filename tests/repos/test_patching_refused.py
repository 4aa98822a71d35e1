"""A patch that cannot or must not be applied is refused in words, in time, and leaves nothing."""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from tasks.domain.errors import DataError
from tasks.repos import Mirror, patching
from tasks.repos.objections import path_objection, target_objection
from tests.repos.files import LINK, PLAIN
from tests.repos.histories import Repository
from tests.repos.patches import BASE, KEPT, adding, binary, difference, files_in, literal

REFUSED = {
    "no patch": "this is no patch\n",
    "nothing": "\n",
    "cut off": "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n one\n",
    "an unknown file": "--- a/no.py\n+++ b/no.py\n@@ -1 +1 @@\n-a\n+b\n",
    "other lines": "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-nine\n+ten\n",
    "binary without content": "diff --git a/a.py b/a.py\nindex 1..2\nBinary files differ\n",
    "above": adding("b/../x", "x"),
    "far above": adding("b/src/../../../x", "x"),
    "absolute": adding("b//etc/x", "x"),
    "two slashes": adding("b/tests//new.py", "x"),
    "git's own": adding("b/.git/hooks/pre-commit", "x"),
    "git's own deeper": adding("b/src/.git/config", "x"),
    "git's own, shouted": adding("b/.GIT/config", "x"),
    "git's own on windows": adding("b/git~1/config", "x"),
    "git's own with an invisible letter": adding("b/.g\u200cit/config", "x"),
    "no UTF-8": adding('"b/\\377.py"', "x"),
    "a surrogate": adding("b/\udcff.py", "x"),
    "a long name": adding(f"b/{'x' * 300}", "x"),
    "a deep path": adding(f"b/{'x/' * 200}x", "x"),
    "a link to the root": adding("b/link", "/", LINK),
    "a link to a file outside": adding("b/link", "/etc/passwd", LINK),
    "a link above": adding("b/link", "..", LINK),
    "a link further above": adding("b/src/link", "../../x", LINK),
    "a link through a link": adding("b/src/link", "../there/../..", LINK),
    "a link in a new folder": adding("b/new/deep/link", "../../../etc", LINK),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_or_must_not_be_applied_is_refused_in_words(
    base: str, mirror: Mirror, kind: str
) -> None:
    found = mirror.patched(base, REFUSED[kind], KEPT)
    assert found.tar is None
    assert found.refusal


def test_names_are_told_as_text_with_what_is_none_escaped() -> None:
    shown = {
        b"/etc/passwd": "'/etc/passwd'",
        "/stra\u00dfe/\u202e".encode(): "'/stra\u00dfe/\\u202e'",
        b"/\xff\n": "'/\\xff\\n'",
    }
    assert {target: target_objection("a/link", target) for target in shown} == {
        target: f"the link 'a/link' to {said} leads out of the repository"
        for target, said in shown.items()
    }
    assert path_objection(b"caf\xe9.py") == "the path 'caf\\xe9.py' is no UTF-8 text"


def test_a_conflict_is_refused_and_lines_moved_by_others_are_not(
    repository: Repository, mirror: Mirror
) -> None:
    old = BASE["src/b.py"][1]
    base = repository.commit(BASE | {"src/b.py": (PLAIN, b"above\n" * 9 + old)})
    before = repository.commit(BASE)
    moved = difference(
        repository, before, BASE | {"src/b.py": (PLAIN, old.replace(b"line 20\n", b"new\n"))}
    )
    tar = mirror.patched(base, moved, KEPT).tar
    assert files_in(tar)["src/b.py"] == (PLAIN, b"above\n" * 9 + old.replace(b"line 20", b"new"))
    clash = repository.commit(BASE | {"src/b.py": (PLAIN, old.replace(b"line 20", b"other"))})
    found = mirror.patched(clash, moved, KEPT)
    assert found.tar is None
    assert "src/b.py" in found.refusal


def test_a_patch_cannot_name_what_the_mirror_holds_and_the_base_does_not(
    repository: Repository, base: str, mirror: Mirror
) -> None:
    """Git takes a binary file that it has by its name alone, without looking into the patch."""
    secret = b"the fixed file\0\n"
    repository.commit(BASE | {"a.bin": (PLAIN, secret)}, [base])
    oid = repository.blob(secret)
    named = f"diff --git a/x.bin b/x.bin\nnew file mode 100644\nindex {'0' * 40}..{oid}\n"
    for body in ("Binary files /dev/null and b/x.bin differ\n", literal(b"something else")):
        found = mirror.patched(base, named + body, KEPT)
        assert found.tar is None or secret not in found.tar


def test_bombs_of_every_kind_are_refused_in_time(base: str, mirror: Mirror) -> None:
    """Git looks at the size that a patch states before it makes room for it."""
    for patch in (
        binary("bomb.bin", b"\0" * 4_000_000, 8 << 30),
        binary("bomb.bin", b"x", 1 << 62),
        "x" * (patching.PATCH_BYTES + 1),
    ):
        found = mirror.patched(base, patch, KEPT)
        assert found.tar is None
        assert found.refusal


def test_a_patch_that_makes_too_much_is_refused(
    base: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch = adding("b/one.txt", "x" * 900) + adding("b/two.txt", "y" * 900)
    monkeypatch.setattr("tasks.repos.objections.CONTENT_BYTES", 1_000)
    assert "1,800 bytes" in mirror.patched(base, patch, KEPT).refusal
    monkeypatch.setattr("tasks.repos.objections.FILES", 1)
    assert "2 files" in mirror.patched(base, patch, KEPT).refusal


def test_git_is_stopped_when_it_takes_too_long(
    base: str, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(f"+{n}\n" for n in range(400_000))
    patch = f"--- /dev/null\n+++ b/long.txt\n@@ -0,0 +1,400000 @@\n{lines}"
    assert mirror.patched(base, patch, KEPT).tar is not None
    for bounds in (
        patching._BOUNDS._replace(seconds=0.001),
        patching._BOUNDS._replace(memory=1 << 20),
        patching._BOUNDS._replace(file=1 << 10),
    ):
        monkeypatch.setattr(patching, "_BOUNDS", bounds)
        found = mirror.patched(base, patch, KEPT)
        assert found.tar is None
        assert found.refusal.startswith("git needs more than"), found.refusal


def test_an_unknown_base_is_the_mirrors_failure(mirror: Mirror) -> None:
    with pytest.raises(DataError) as refused:
        mirror.patched("e" * 40, adding("b/x", "x"), KEPT)
    assert refused.value.reason == "missing_commit"


def test_nothing_is_left_behind(repository: Repository, base: str) -> None:
    def kept() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob(f"paydag-mirror-{os.getpid()}-*"))

    gc.collect()  # the mirrors of other tests
    before = kept()
    mirror = Mirror(repository.folder)
    (own,) = kept() - before
    mirror.patched(base, adding("b/x", "x"), KEPT)
    mirror.patched(repository.commit(BASE | {"y": (PLAIN, b"")}), "no patch", KEPT)
    assert len(list(own.glob("basis-*"))) == 1
    assert list(own.glob("basis-*/tmp*")) == []
    del mirror
    gc.collect()
    assert kept() == before
