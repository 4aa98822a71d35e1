"""A repository that comes with a dataset is there, or one sentence says what is not."""

from pathlib import Path

import pytest

from tasks.domain.errors import UsageError
from tasks.repos import import_stream


def test_a_stream_that_is_not_there_is_the_users_mistake(tmp_path: Path) -> None:
    file = tmp_path / "app.fast-import"
    with pytest.raises(UsageError) as refused:
        import_stream(tmp_path, "ours/app", file)
    assert str(refused.value) == (
        f"{file}, the mirror of ours/app, cannot be read: No such file or directory"
    )
