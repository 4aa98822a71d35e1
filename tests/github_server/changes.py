"""What happens to an issue next, by chance."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING

from tests.github_server import texts

if TYPE_CHECKING:
    from tests.github_server.world import World


def change(
    world: "World", number: int, rng: Random, kinds: "Sequence[Callable[..., None]]"
) -> None:
    """One change that bumps updatedAt, now and then in the same second as the one before."""
    before, tick = world.issues[number].updated_at, world.tick
    if rng.random() < 0.3:
        world.tick = tick * 0
    rng.choice(kinds)(world, number, rng)
    world.tick = tick
    if world.issues[number].updated_at == before:
        world.comment(number, texts.comment(rng), by=texts.author(rng))


def _rename(world: "World", number: int, rng: Random) -> None:
    world.rename(number, texts.priced(world.issues[number].title, rng.choice(texts.AMOUNTS)))


def _comment(world: "World", number: int, rng: Random) -> None:
    by = texts.author(rng)
    association = texts.association(by, rng)
    world.comment(number, texts.comment(rng), by=by, association=association)


def _edit_comment(world: "World", number: int, rng: Random) -> None:
    comments = world.issues[number].comments
    if comments:
        comment = rng.choice(comments)
        world.edit_comment(number, comment, texts.edited(comment.text.now, rng), by=comment.by)


def _edit_body(world: "World", number: int, rng: Random) -> None:
    world.edit_body(number, texts.edited(world.issues[number].text.now, rng))


def _label(world: "World", number: int, rng: Random) -> None:
    name = rng.choice(texts.LABELS)
    if name in world.issues[number].labels:
        world.unlabel(number, name, by=texts.author(rng))
    else:
        world.label(number, name, by=texts.author(rng))


def _assign(world: "World", number: int, rng: Random) -> None:
    assignees = world.issues[number].assignees
    if assignees and rng.random() < 0.5:
        world.unassign(number, rng.choice(assignees))
    else:
        world.assign(number, rng.choice(texts.FREELANCERS))


def _open_or_close(world: "World", number: int, rng: Random) -> None:
    if world.issues[number].state == "CLOSED":
        world.reopen(number)
    else:
        world.close(number, rng.choice(("COMPLETED", "NOT_PLANNED")))


def _delete_comment(world: "World", number: int, rng: Random) -> None:
    comments = world.issues[number].comments
    if comments:
        world.delete_comment(number, rng.choice(comments))


KINDS: tuple[Callable[..., None], ...] = (
    _rename,
    _comment,
    _comment,
    _edit_comment,
    _edit_body,
    _label,
    _assign,
    _open_or_close,
    _delete_comment,
)
