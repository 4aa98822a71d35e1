"""What others do to a repository while it is collected."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Literal, get_args

from tests.github_server import texts
from tests.github_server.records import Commit, Pull
from tests.github_server.world import World

Kind = Literal[
    "several",
    "one",
    "same second",
    "bulk",
    "comment edit",
    "new issue",
    "new pull",
    "update pull",
    "merge pull",
    "pause",
]
# What GitHub shows only to who sweeps everything again.
Silent = Literal["silent", "hide", "delete", "transfer", "rename repository"]
LOUD: tuple[Kind, ...] = get_args(Kind)
SILENT: tuple[Silent, ...] = get_args(Silent)


@dataclass(frozen=True)
class Change:
    """`gap` is how many seconds pass before each of its steps: none, or more than an overlap."""

    kind: Kind | Silent
    seed: int
    gap: int = 1

    def apply(self, world: World) -> None:
        rng = Random(self.seed)
        with world.lock:
            tick, world.tick = world.tick, timedelta(seconds=self.gap)
            if world.issues:
                self._apply(world, rng)
            world.tick = tick

    def _apply(self, world: World, rng: Random) -> None:
        number = rng.choice(sorted(world.issues))
        match self.kind:
            case "several":
                world.update_random(3, rng)
            case "one":
                world.update_random(1, rng)
            case "same second":
                _touch_the_newest_again(world, rng)
            case "bulk":
                _label_many(world, rng)
            case "comment edit" | "silent":
                _edit_a_comment(world, number, rng, silently=self.kind == "silent")
            case "new issue":
                world.open_issue(texts.title(rng), texts.body(rng))
            case "new pull":
                _open_pull(world, number, rng)
            case "update pull" | "merge pull":
                _change_pull(world, rng, merge=self.kind == "merge pull")
            case "pause":
                world.advance(3600)
            case "hide":
                if world.issues[number].comments:
                    world.minimize_comment(number, rng.choice(world.issues[number].comments))
            case "delete":
                _take_away(world, rng, world.delete_issue)
            case "transfer":
                _take_away(world, rng, world.transfer_issue)
            case "rename repository":
                world.rename_repository(f"quill-works/name-{rng.randrange(1000)}")


def _touch_the_newest_again(world: World, rng: Random) -> None:
    """Within the second of the last change, so that no update time tells of it."""
    newest = max(world.issues.values(), key=lambda issue: (issue.updated_at, issue.serial))
    if newest.updated_at == world.now:
        world.comment(newest.number, texts.comment(rng), at=newest.updated_at)
    else:
        world.comment(newest.number, texts.comment(rng))


def _label_many(world: World, rng: Random) -> None:
    moment = world.now + world.tick
    for number in rng.sample(sorted(world.issues), min(6, len(world.issues))):
        world.label(number, f"bulk {rng.randrange(10**6)}", at=moment)


def _edit_a_comment(world: World, number: int, rng: Random, *, silently: bool) -> None:
    comments = world.issues[number].comments
    if comments:
        comment = rng.choice(comments)
        body = texts.edited(comment.text.now, rng)
        world.edit_comment(number, comment, body, silently=silently)
    else:
        world.comment(number, texts.proposal(rng), silently=silently)


def _open_pull(world: World, closes: int, rng: Random) -> None:
    at, number = world.now + world.tick, world.last_number + 1
    oid = f"{rng.getrandbits(160):040x}"
    world.open_pull(
        Pull(
            *world.identity("PR"),
            number,
            texts.title(rng),
            texts.pull_body(world.url, (closes,), rng),
            texts.FREELANCERS[0],
            at,
            at,
            "main",
            oid,
            oid,
            1,
            2,
            3,
            (closes,),
        )
    )
    world.cross_reference(closes, number, at=at)


def _change_pull(world: World, rng: Random, *, merge: bool) -> None:
    if not world.pulls:
        return
    number = rng.choice(sorted(world.pulls))
    commit = None
    if merge and world.pulls[number].state == "OPEN":
        commit = Commit(f"{rng.getrandbits(160):040x}", world.now + world.tick, ("0" * 40,))
    world.update_pull(number, title=f"Fix {rng.randrange(10**6)}", merge=commit)


def _take_away(world: World, rng: Random, take: "object") -> None:
    """An issue that no pull request closes: the closing list would change without a trace."""
    linked = {number for pull in world.pulls.values() for number in pull.closes}
    free = sorted(set(world.issues) - linked)
    if free and len(world.issues) > 2:
        number = rng.choice(free)
        assert callable(take)
        take(number)
