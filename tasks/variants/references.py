"""What a fix gives the graders: the gold patch, and the hidden tests."""

from collections.abc import Sequence

from tasks.domain.history import ABSENT, Change, CodeHistory
from tasks.domain.instances import HiddenFile, Overlay, Reference, hidden_file
from tasks.domain.paths import matches_any
from tasks.domain.protocols import PathRules


def reference_of(
    history: CodeHistory, base: str, fix: str, paths: PathRules, overlay: Overlay | None
) -> Reference:
    """The fix, split by path: source is the gold patch, tests and what decides how they run are
    hidden, a person's over them.

    A submodule is a commit's name and no file, so it is source wherever it lies.
    """
    changes = history.changes(base, fix)
    kept = (*paths.tests, *paths.protected)
    hidden = [c for c in changes if not c.is_submodule and matches_any(c.path, kept)]
    tested = {c.path for c in hidden}
    files = {c.path: _hidden(history, c) for c in hidden}
    files |= {file.path: file for file in (overlay.files if overlay else ())}
    return Reference(
        fix_commit=fix,
        gold_patch=history.patch(base, fix, [c.path for c in changes if c.path not in tested]),
        hidden_tests=tuple(files[path] for path in sorted(files)),
        hidden_tests_reason=overlay.reason if overlay else None,
    )


def tests_something(reference: Reference, tests: Sequence[str], overlay: Overlay | None) -> bool:
    """Whether a hidden file is a test that is there: one that is only deleted tests nothing."""
    own = {file.path for file in overlay.files} if overlay else set()
    return any(
        file.content is not None and (file.path in own or matches_any(file.path, tests))
        for file in reference.hidden_tests
    )


def _hidden(history: CodeHistory, change: Change) -> HiddenFile:
    if change.new_mode == ABSENT:
        return hidden_file(change.path, None)
    return hidden_file(change.path, history.read_blob(change.new_oid), change.new_mode)
