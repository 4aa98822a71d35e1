"""What hidden tests change of a base commit, as a patch."""

from collections.abc import Sequence
from pathlib import Path

from tasks.domain.instances import HiddenFile
from tasks.repos.commands import run
from tasks.repos.diffs import text_patch
from tasks.repos.short_lived import scratch


def overlay_patch(repository: Path, base: str, files: Sequence[HiddenFile]) -> str:
    """The difference between a commit and the same tree with these files put over it.

    The contents are added to the objects of `repository`, which must be a borrowing one. Raises
    GitFailure where it lacks files of the commit.
    """
    with scratch() as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}

        def git(*arguments: str, stdin: bytes | None = None) -> bytes:
            return run(repository, arguments, stdin=stdin or b"", environment=index)

        git("read-tree", base)
        gone = [f"0 {'0' * 40}\t{file.path}\0" for file in files if file.content is None]
        kept = []
        for file in files:
            if file.content is not None:
                oid = git("hash-object", "-w", "--no-filters", "--stdin", stdin=file.content)
                kept.append(f"{file.mode} {oid.decode().strip()}\t{file.path}\0")
        lines = "".join([*gone, *kept]).encode()
        git("update-index", "-z", "--index-info", stdin=lines)
        tree = git("write-tree").decode().strip()
        return text_patch(git, (base, tree), sorted({file.path for file in files}))
