"""A code history in memory that holds every commit a golden history names."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from tasks.domain.history import Change, ChangeSize, CommitFacts, Patched
from tests.golden.histories import GoldenPull, oid

_PLAIN = "100644"
_OLD = {True: "# Weeks are closed.", False: "first = 1"}
_NEW = {True: "# Weeks are half-open.", False: "first = 0"}


class EveryCommit:
    """A CodeHistory: each merge changes the paths its pull request is said to change."""

    def __init__(self, pulls: Sequence[GoldenPull]) -> None:
        self.merges: Mapping[str, GoldenPull] = {p.commit: p for p in pulls}

    def has_commit(self, commit: str) -> bool:
        return True

    def commit(self, commit: str) -> CommitFacts | None:
        merge = self.merges.get(commit)
        if merge is None:
            return CommitFacts(commit, (), datetime(2020, 1, 1, tzinfo=UTC), "Start")
        subject = f"{merge.pull.title} (#{merge.pull.number})"
        return CommitFacts(commit, (merge.base,), merge.pull.ended, subject)

    def changes(self, base: str, fix: str) -> Sequence[Change]:
        merge = self.merges[fix]
        return [Change(p, _PLAIN, _PLAIN, oid("blob", fix, p)) for p in sorted(merge.paths)]

    def change_sizes(self, base: str, fix: str) -> Collection[ChangeSize]:
        return (ChangeSize(len(self.merges[fix].paths), 12, 3),)

    def patch(self, base: str, fix: str, paths: Sequence[str]) -> str:
        comment = self.merges[fix].only_comments
        return "".join(
            f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
            f"@@ -1 +1 @@\n-{_OLD[comment]}\n+{_NEW[comment]}\n"
            for path in sorted(paths)
        )

    def read_blob(self, oid: str) -> bytes:
        return b"assert True\n"

    def applies(self, base: str, patch: str) -> bool:
        return True

    def absent_runs(self, base: str, runs: Collection[str]) -> frozenset[str]:
        return frozenset()

    def patched(self, base: str, patch: str, kept: Sequence[str]) -> Patched:
        return Patched(b"")

    def archive(self, commit: str) -> bytes:
        return b""
