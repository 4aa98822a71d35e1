"""What variants may ask about the market and its code while candidates become instances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.domain.bounties import BountyEvent
from tasks.domain.history import CodeHistory
from tasks.domain.instances import Environment, Overlay
from tasks.domain.issues import PullRequest
from tasks.domain.protocols import PathRules
from tasks.overlays import Overlays
from tasks.repos import Mirror, mirror_path


@dataclass
class Context:
    """A BuildContext of the issues of one batch: the pull requests are those that name them."""

    home: Path
    pulls: Mapping[str, PullRequest]
    fixes: Mapping[str, Sequence[PullRequest]]
    ledgers: Mapping[str, tuple[BountyEvent, ...]]
    paths: PathRules
    environment: Environment
    overlays: Overlays = field(default_factory=lambda: Overlays(None))
    _mirrors: dict[str, CodeHistory | None] = field(default_factory=dict)

    def repository(self, name: str) -> CodeHistory | None:
        if name not in self._mirrors:
            path = mirror_path(self.home, name)
            self._mirrors[name] = Mirror(path) if path.is_dir() else None
        return self._mirrors[name]

    def overlay(self, instance_id: str) -> Overlay | None:
        return self.overlays.overlay(instance_id)
