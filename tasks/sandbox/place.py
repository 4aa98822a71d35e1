"""What a box is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tasks.domain.boxes import Limits, Role
from tasks.sandbox.keeper import Keeper
from tasks.sandbox.packing import Owners

MIB: Final = 1 << 20

CODE: Final = 10001
GRADER: Final = 10002


@dataclass(frozen=True, slots=True)
class Place:
    """One started container and how it is used; `image` is what helpers beside it start from.

    `users` are those that roles run as, `owners` those that their files belong to. With `is_capped`
    the workspace is a file system of fixed size and empty at first; otherwise it is a folder of the
    writable layer, which a watchdog measures.
    """

    client: Any
    container: str
    keeper: Keeper
    image: str
    label: str
    labels: dict[str, str]
    limits: Limits
    is_capped: bool
    users: Mapping[Role, str] = field(
        default_factory=lambda: {"code": f"{CODE}:{CODE}", "grader": f"{GRADER}:{GRADER}"}
    )
    owners: Owners = field(default_factory=lambda: {"code": CODE, "grader": 0})
    env: Mapping[str, str] = field(default_factory=dict)
