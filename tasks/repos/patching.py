"""Applying a hostile patch: on an index and objects of its own, never in a work tree.

What a patch does is read off the tree that it makes, not off its text: however it names, renames or
replaces a path, there is one outcome to look at.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from tasks.domain.errors import SystemFault
from tasks.domain.history import ABSENT, SUBMODULE, Patched
from tasks.domain.paths import matches_any, may_hold
from tasks.repos.basis import Basis
from tasks.repos.commands import Bounds, GitFailure, OutOfBounds, run
from tasks.repos.objections import (
    LINKS,
    TARGET_BYTES,
    content_objection,
    path_objection,
    target_objection,
)

_LINK: Final = "120000"
# Of the whole patch, in bytes, and of what git may use to apply it.
PATCH_BYTES: Final = 50_000_000
_BOUNDS: Final = Bounds(seconds=120.0, memory=3 << 30, file=512 << 20)
_APPLY: Final = ("apply", "--cached", "--3way", "--binary", "--whitespace=nowarn")
# Names that some file system takes for `.git` are git's own on all of them.
_STRICT: Final = ("-c", "core.protectHFS=true", "-c", "core.protectNTFS=true")
_NO_SPACE: Final = "No space left on device"
_SAID_CAP: Final = 2_000
_EXCLUDED_BYTES: Final = 100_000


class Entry(NamedTuple):
    """A path that the patch changed, both sides of it."""

    path: bytes
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The patch is not taken, and why; `final` where no other way of reading it can help."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def patched(basis: Basis, patch: str, kept: Sequence[str]) -> Patched:
    """The tree of `basis` with the patch applied three-way, without its changes to kept paths.

    Raises SystemFault where the machine, and not the patch, is why there is none.
    """
    try:
        raw = _bytes(patch)
    except _Refused as refused:
        return Patched(None, str(refused))
    try:
        return _first_that_works(basis, raw, kept)
    except OSError as error:
        raise _no_room(basis, error) from error


def _first_that_works(basis: Basis, raw: bytes, kept: Sequence[str]) -> Patched:
    """What a patch does to kept paths is undone afterwards and must not conflict either: if it
    does, these paths are left out. Lines that all end with a carriage return were not written by
    git: such a patch is tried without them, too."""
    texts = [raw]
    if raw.count(b"\r\n") == raw.count(b"\n"):
        texts.append(raw.replace(b"\r\n", b"\n"))
    refusals = []
    for text in texts:
        for leave_out in (False, True):
            try:
                with basis.scratch() as environment:
                    return _applied(basis, text, kept, environment, leave_out=leave_out)
            except _Refused as refused:
                refusals.append(str(refused))
                if refused.final:
                    return Patched(None, str(refused))
    return Patched(None, refusals[0])


def _applied(
    basis: Basis,
    raw: bytes,
    kept: Sequence[str],
    environment: Mapping[str, str],
    *,
    leave_out: bool,
) -> Patched:
    left_out = _apply(basis, raw, kept if leave_out else (), environment)
    tree, restored = _without_kept(basis, kept, environment)
    return Patched(_archive(basis, tree, environment), "", tuple(sorted(left_out | restored)))


def _bytes(patch: str) -> bytes:
    try:
        raw = patch.encode()
    except UnicodeEncodeError as error:
        raise _Refused("the patch is no UTF-8 text") from error
    if len(raw) > PATCH_BYTES:
        raise _Refused(f"the patch has {len(raw):,} bytes; at most {PATCH_BYTES:,} are read")
    return raw if raw.endswith(b"\n") else raw + b"\n"


def _apply(
    basis: Basis, raw: bytes, kept: Sequence[str], environment: Mapping[str, str]
) -> set[str]:
    """Apply the patch but for the kept paths it names; those, as they can be told in words."""
    left_out: set[str] = set()
    if kept:
        named = _named_paths(_hostile(basis, ["apply", "--numstat", "-z", "-"], environment, raw))
        left_out = {path for path in named if _is_kept(path, _LINK, kept)}
        if not left_out:
            raise _Refused("there is nothing to leave out")
    patterns = [f"--exclude={_literal(path)}" for path in sorted(left_out)]
    if sum(map(len, patterns)) > _EXCLUDED_BYTES:
        raise _Refused("the patch changes more tests than can be left out one by one")
    _hostile(basis, [*_STRICT, *_APPLY, *patterns, "-"], environment, raw)
    return {path.encode("utf-8", "surrogateescape").decode(errors="replace") for path in left_out}


def _named_paths(numstat: bytes) -> set[str]:
    rows = [row.split(b"\t", 2) for row in numstat.split(b"\0")]
    paths = [row[2] for row in rows if len(row) == 3]
    return {path.decode("utf-8", errors="surrogateescape") for path in paths}


def _literal(path: str) -> str:
    """The glob that means this path and no other."""
    return "".join(f"\\{c}" if c in "*?[\\" else c for c in path)


def _is_kept(path: str, mode: str, kept: Sequence[str]) -> bool:
    return matches_any(path, kept) or (mode == _LINK and may_hold(path, kept))


def _without_kept(
    basis: Basis, kept: Sequence[str], environment: Mapping[str, str]
) -> tuple[str, set[str]]:
    """The tree with kept paths as they were, and which of them were not. Raises _Refused where a
    path or a link is none that may be put anywhere."""
    tree = _tree(basis, environment)
    entries = _entries(basis, tree, environment)
    wrong = next((said for e in entries if (said := path_objection(e.path))), None)
    if wrong:
        raise _Refused(wrong)
    dropped = _dropped(entries, kept)
    left = set(entries).difference(dropped)
    _check(basis, [e for e in entries if e in left], environment)
    if dropped:
        lines = [b"0 %s\t%s\0" % (b"0" * 40, e.path) for e in dropped if e.new_mode != ABSENT]
        lines += [
            b"%s %s\t%s\0" % (e.old_mode.encode(), e.old_oid.encode(), e.path)
            for e in dropped
            if e.old_mode != ABSENT
        ]
        _git(basis, ["update-index", "-z", "--index-info"], environment, b"".join(lines))
        tree = _tree(basis, environment)
    return tree, {e.path.decode() for e in dropped}


def _tree(basis: Basis, environment: Mapping[str, str]) -> str:
    return _git(basis, ["write-tree"], environment).decode().strip()


def _entries(basis: Basis, tree: str, environment: Mapping[str, str]) -> list[Entry]:
    command = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", basis.tree, tree]
    parts = _git(basis, command, environment).split(b"\0")
    found = []
    for head, path in zip(parts[0:-1:2], parts[1:-1:2], strict=True):
        old_mode, new_mode, old_oid, new_oid, _ = head.decode().lstrip(":").split(" ")
        found.append(Entry(path, old_mode, new_mode, old_oid, new_oid))
    return found


def _dropped(entries: Sequence[Entry], kept: Sequence[str]) -> list[Entry]:
    """Changes of kept paths, and whatever stands where a kept file or its folders were."""
    own = [e for e in entries if _is_kept(e.path.decode(), e.new_mode, kept)]
    restored = {e.path for e in own if e.old_mode != ABSENT}
    folders = {above for path in restored for above in _above(path)}
    taken = set(own)
    return [
        e
        for e in entries
        if e in taken
        or (e.old_mode == ABSENT and e.path in folders)
        or (e.old_mode == ABSENT and not restored.isdisjoint(_above(e.path)))
    ]


def _above(path: bytes) -> list[bytes]:
    parts = path.split(b"/")
    return [b"/".join(parts[:end]) for end in range(1, len(parts))]


def _check(basis: Basis, entries: Sequence[Entry], environment: Mapping[str, str]) -> None:
    """Raise _Refused for more than fits, and for links that lead out of the tree."""
    changed = [e for e in entries if e.new_mode not in (ABSENT, SUBMODULE)]
    asked = "".join(f"{e.new_oid}\n" for e in changed).encode()
    sizes = _git(basis, ["cat-file", "--batch-check=%(objectsize)"], environment, asked)
    wrong = content_objection([int(size) for size in sizes.split()])
    if wrong:
        raise _Refused(wrong)
    if sum(e.new_mode == _LINK for e in changed) > LINKS:
        raise _Refused(f"the patch makes more than {LINKS} links")
    links = [(e, int(size)) for e, size in zip(changed, sizes.split(), strict=True)]
    for entry, size in links:
        if entry.new_mode == _LINK:
            long = size > TARGET_BYTES
            target = b"" if long else _git(basis, ["cat-file", "blob", entry.new_oid], environment)
            wrong = target_objection(entry.path.decode(), target)
            if wrong:
                raise _Refused(wrong)


def _archive(basis: Basis, tree: str, environment: Mapping[str, str]) -> bytes:
    # A commit, because the files of a bare tree would be dated today.
    commit = _git(basis, ["commit-tree", tree], environment).decode().strip()
    return _git(basis, ["archive", "--format=tar", commit], environment)


def _hostile(
    basis: Basis, arguments: Sequence[str], environment: Mapping[str, str], patch: bytes
) -> bytes:
    """git on the patch itself, within bounds; what it says against the patch is a refusal."""
    try:
        return run(basis.path, arguments, stdin=patch, environment=environment, bounds=_BOUNDS)
    except OutOfBounds as failure:
        raise _Refused(
            f"git needs more than {_BOUNDS.seconds:.0f} s, or than {_BOUNDS.memory >> 20} MB of "
            "memory, to apply the patch",
            final=True,
        ) from failure
    except GitFailure as failure:
        if _NO_SPACE in failure.said:
            raise _no_room(basis, failure) from failure
        raise _Refused(failure.said.strip()[-_SAID_CAP:] or "git refuses the patch") from failure


def _git(
    basis: Basis, arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes = b""
) -> bytes:
    """git on what has been applied; where it fails, the machine does."""
    try:
        return run(basis.path, arguments, stdin=stdin, environment=environment)
    except GitFailure as failure:
        raise _no_room(basis, failure) from failure


def _no_room(basis: Basis, why: Exception) -> SystemFault:
    return SystemFault(f"a patch cannot be applied in {basis.path}; is the disk full? ({why})")
