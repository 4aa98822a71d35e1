"""One commit of a mirror, on its way to a machine that has no mirror."""

from pathlib import Path

from tasks.repos.commands import GitFailure, run
from tasks.repos.mirror import Mirror
from tasks.repos.places import alone, made_beside
from tasks.repos.streams import make_bare


def cut(mirror: Path, commit: str) -> bytes | None:
    """A pack of the commit and of all files of its tree, without any other commit; None where the
    mirror lacks one of them."""
    if not holds(mirror, commit):
        return None
    try:
        tree = run(mirror, ["rev-list", "--objects", "--no-object-names", f"{commit}^{{tree}}"])
        wanted = f"{commit}\n".encode() + tree
        return run(mirror, ["pack-objects", "-q", "--window=0", "--stdout"], stdin=wanted)
    except GitFailure:
        return None


def paste(mirror: Path, pack: bytes) -> None:
    """Add what was cut to a mirror of such slices, which is made where there is none."""
    with alone(mirror):
        if not mirror.is_dir():
            with made_beside(mirror) as fresh:
                make_bare(fresh)
        run(mirror, ["index-pack", "--stdin"], stdin=pack)


def holds(mirror: Path, commit: str) -> bool:
    """Whether there is such a mirror, and the commit in it with every file."""
    return mirror.is_dir() and Mirror(mirror).has_commit(commit)
