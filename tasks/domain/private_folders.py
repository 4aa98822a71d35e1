"""Whether a folder is a user's alone: among all users' temporary files anybody may have made it."""

import stat
from os import stat_result


def is_private(found: stat_result, user: int) -> bool:
    """Whether what `lstat` found is a folder that belongs to the user id and that nobody else may
    write to. A link is none, wherever it leads."""
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022
