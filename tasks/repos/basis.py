"""What a hostile patch may see of a repository: the tree of one commit, and nothing else."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tasks.repos.commands import run
from tasks.repos.objects import lay_out

_NOBODY: Final = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in {"NAME": "paydag", "EMAIL": "paydag"}.items()
}


class Basis:
    """A bare repository with the files of one commit's tree.

    A patch names the contents it begins and ends with, and git looks for both among its objects:
    beside a whole mirror, whoever knows the name of the fixed file would have it put in place
    without sending it. So there is no history here, no later commit and no other branch.
    """

    def __init__(self, mirror: Path, commit: str, made_at: int) -> None:
        """`mirror` is a repository that holds the commit; raises GitFailure where it lacks files.

        `made_at` (seconds since 1970) dates the files of archives.
        """
        self.commit = commit
        self.path = Path(tempfile.mkdtemp(prefix="basis-", dir=mirror))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        lay_out(self.path)
        listed = run(mirror, ["rev-list", "--objects", "--no-object-names", f"{commit}^{{tree}}"])
        self.tree = listed.split(b"\n", 1)[0].decode()
        pack = str(self.path / "objects" / "pack" / "pack")
        # Deltas are reused where their base is part of the tree, and none are looked for.
        run(mirror, ["pack-objects", "-q", "--window=0", pack], stdin=listed)
        self._index = self.path / "index"
        self._date = f"{made_at} +0000"
        run(self.path, ["read-tree", self.tree], environment={"GIT_INDEX_FILE": str(self._index)})

    @contextmanager
    def scratch(self) -> Iterator[Mapping[str, str]]:
        """An environment for git in which index and new objects are the block's own."""
        with tempfile.TemporaryDirectory(dir=self.path) as name:
            folder = Path(name)
            shutil.copy(self._index, folder / "index")
            (folder / "objects").mkdir()
            yield {
                **_NOBODY,
                "GIT_AUTHOR_DATE": self._date,
                "GIT_COMMITTER_DATE": self._date,
                "GIT_INDEX_FILE": str(folder / "index"),
                "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.fspath(self.path / "objects"),
            }
