"""Where the collection of linked jobs stands: what its stream's cursor says, as JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class LinkedState:
    """read_to: the position in raw up to which issues were searched for links.
    pending: (number, ciphertext) of jobs that were found there and are still to be asked for.
    open: numbers of jobs whose budget and state may still change.
    """

    read_to: int = 0
    pending: list[tuple[str | None, str | None]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str | None) -> "LinkedState":
        if text is None:
            return cls()
        data: dict[str, Any] = json.loads(text)
        data["pending"] = [(number, ciphertext) for number, ciphertext in data["pending"]]
        return cls(**data)
