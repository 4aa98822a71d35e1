"""The past of a world, made up from a seed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.github_server import texts
from tests.github_server.ground import BEGIN
from tests.github_server.records import Commit, Foreign, Issue, Pull
from tests.github_server.world import World

_YEARS = timedelta(days=4 * 365)
_GAP_SHARE = 0.04
_MANY_EDITS_SHARE = 0.004
_KIND_WEIGHTS = {
    "label": 45,
    "refer": 20,
    "rename": 8,
    "assign": 14,
    "close": 6,
    "connect": 3,
    "duplicate": 1,
    "comment_deleted": 2,
    "transferred": 1,
}
_KINDS = tuple(_KIND_WEIGHTS)
_WEIGHTS = tuple(_KIND_WEIGHTS.values())


@dataclass(frozen=True, slots=True)
class Plan:
    issues: int
    pulls: int
    busy_share: float
    chatty_share: float
    page: int


def populate(world: World, plan: Plan, rng: Random) -> None:
    numbers = _numbers(plan, rng)
    pulls = sorted(rng.sample(numbers, plan.pulls))
    issues = sorted(set(numbers) - set(pulls))
    step = _YEARS / max(1, len(numbers))
    born = {number: _whole(BEGIN + step * place) for place, number in enumerate(numbers)}
    for number in issues:
        _issue(world, number, born[number], pulls, rng)
    for number in pulls:
        _pull(world, number, born[number], issues, rng)
    _threads(world, issues, pulls, plan, rng)
    _bulk_labels(world, plan, rng)
    world.advance(3600)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _numbers(plan: Plan, rng: Random) -> list[int]:
    numbers: list[int] = []
    last = 0
    for _ in range(plan.issues + plan.pulls):
        last += rng.randrange(2, 5) if rng.random() < _GAP_SHARE else 1
        numbers.append(last)
    return numbers


def _issue(world: World, number: int, at: datetime, pulls: list[int], rng: Random) -> None:
    title = texts.priced(texts.title(rng), rng.choice((None, 250, 250, 500)))
    world.open_issue(title, texts.body(rng), by=texts.author(rng), at=at, number=number)


def _oid(rng: Random) -> str:
    return f"{rng.getrandbits(160):040x}"


def _pull(world: World, number: int, at: datetime, issues: list[int], rng: Random) -> None:
    older = [issue for issue in issues[-400:] if issue < number] or issues[:1]
    closes = tuple(sorted(rng.sample(older, min(len(older), rng.choice((0, 1, 1, 2))))))
    by = texts.author(rng)
    pull = world.open_pull(
        Pull(
            *world.identity("PR"),
            number,
            texts.title(rng),
            texts.pull_body(world.url, closes, rng) if rng.random() < 0.9 else texts.strange(rng),
            by,
            at,
            at,
            "main",
            _oid(rng),
            _oid(rng),
            rng.randrange(1, 30),
            rng.randrange(900),
            rng.randrange(900),
            closes,
        )
    )
    for issue in closes:
        world.cross_reference(issue, number, by=by, at=at)
    _end(world, pull, at + timedelta(seconds=rng.randrange(60, 30 * 86400)), rng)


def _end(world: World, pull: Pull, at: datetime, rng: Random) -> None:
    """Most pull requests are merged and close their issues; some are closed, some stay open."""
    kind = rng.random()
    if kind < 0.7:
        parents = tuple(_oid(rng) for _ in range(rng.choice((1, 2))))
        pull.merge, pull.state = Commit(_oid(rng), at, parents), "MERGED"
        for issue in pull.closes:
            world.close(issue, closer=pull.number, by=texts.author(rng), at=at)
    elif kind < 0.85:
        pull.state = "CLOSED"
    if kind < 0.85:
        pull.ended_at = pull.updated_at = world.moment(at)  # the clock is never behind an update


def _threads(world: World, issues: list[int], pulls: list[int], plan: Plan, rng: Random) -> None:
    busy = set(rng.sample(issues, round(plan.busy_share * len(issues))))
    chatty = set(rng.sample(issues, round(plan.chatty_share * len(issues))))
    rewritten = set(rng.sample(issues, round(_MANY_EDITS_SHARE * len(issues) + 0.4)))
    for number in issues:
        items = _length(plan.page, rng) if number in busy else rng.randrange(min(plan.page, 8) + 1)
        said = _length(plan.page, rng) if number in chatty else rng.randrange(min(plan.page, 8) + 1)
        edits = _length(plan.page, rng) if number in rewritten else rng.choice((0, 0, 0, 1, 2))
        issue = world.issues[number]
        span = timedelta(days=rng.choice((2, 20, 60, 400)))
        acts = [_happen] * items + [_say] * said + [_rewrite] * edits
        rng.shuffle(acts)
        for act, at in zip(acts, _times(issue, span, len(acts), rng), strict=True):
            act(world, issue, at, pulls, rng)


def _length(page: int, rng: Random) -> int:
    """More than a page holds, sometimes more than two."""
    extra = rng.randrange(1, 2 + 2 * page // 5)
    return (2 * page if rng.random() < 0.15 else page) + extra


def _times(issue: Issue, span: timedelta, count: int, rng: Random) -> list[datetime]:
    """In order, some of them in the same second."""
    seconds = sorted(rng.randrange(int(span.total_seconds())) for _ in range(count))
    if count > 3:
        seconds[count // 2] = seconds[count // 2 - 1]
    return [issue.at + timedelta(seconds=1 + second) for second in seconds]


def _say(world: World, issue: Issue, at: datetime, pulls: list[int], rng: Random) -> None:
    by = texts.author(rng)
    comment = world.comment(
        issue.number,
        texts.comment(rng),
        by=by,
        at=at,
        association=texts.association(by, rng),
        silently=False,
    )
    if rng.random() < 0.02:
        comment.minimized = rng.choice(("off-topic", "outdated", "spam"))
    for place in range(rng.choice((0, 0, 0, 0, 0, 1, 1, 3))):
        later = at + timedelta(seconds=30 + 90 * place)
        text = texts.edited(comment.text.now, rng)
        editor = rng.choice((by, by, texts.BOTS[0]))
        world.edit_comment(issue.number, comment, text, by=editor, at=later)


def _rewrite(world: World, issue: Issue, at: datetime, pulls: list[int], rng: Random) -> None:
    kept = issue.text.now.partition("\n\nUPDATE")[0]  # else a hundred edits grow beyond measure
    world.edit_body(issue.number, texts.edited(kept, rng), by=texts.author(rng), at=at)


def _happen(world: World, issue: Issue, at: datetime, pulls: list[int], rng: Random) -> None:
    """One item in the timeline."""
    number = issue.number
    how: dict[str, Any] = {"by": texts.author(rng), "at": at}
    kind = rng.choices(_KINDS, _WEIGHTS)[0]
    if kind == "label":
        name = rng.choice(texts.LABELS)
        (world.unlabel if name in issue.labels else world.label)(number, name, **how)
    elif kind == "assign":
        free = [who for who in texts.FREELANCERS[:6] if who not in issue.assignees]
        if issue.assignees and (not free or rng.random() < 0.5):
            world.unassign(number, rng.choice(issue.assignees), **how)
        else:
            world.assign(number, rng.choice(free), **how)
    elif kind == "rename":
        amount = rng.choice(
            [amount for amount in texts.AMOUNTS if f"[${amount}]" not in issue.title]
        )
        world.rename(number, texts.priced(issue.title, amount), **how)
    elif kind == "close":
        if issue.state == "OPEN":
            world.close(number, rng.choice(("COMPLETED", "NOT_PLANNED")), _closer(rng), **how)
        else:
            world.reopen(number, **how)
    elif kind == "refer":
        world.cross_reference(number, _source(pulls, rng), **how)
    else:
        _rare(world, number, kind, pulls, rng, how)


def _rare(
    world: World, number: int, kind: str, pulls: list[int], rng: Random, how: dict[str, Any]
) -> None:
    add = world.event
    if kind == "connect":
        event = rng.choice(("CONNECTED", "CONNECTED", "DISCONNECTED"))
        add(number, event, subject=_source(pulls, rng), **how)
    elif kind == "duplicate":
        canonical = rng.choice(sorted(world.issues))
        add(number, "MARKED_AS_DUPLICATE", canonical=canonical, **how)
    elif kind == "comment_deleted":
        add(number, "COMMENT_DELETED", author=texts.author(rng), **how)
    else:
        add(number, "TRANSFERRED", from_repository="quill-works/inbox", **how)


def _closer(rng: Random) -> str | None:
    return rng.choice((None, None, "commit"))


def _source(pulls: list[int], rng: Random) -> int | Foreign:
    if pulls and rng.random() < 0.7:
        return rng.choice(pulls)
    merged, is_issue = rng.random() < 0.5, rng.random() < 0.3
    return Foreign("quill-works/mobile", rng.randrange(1, 9000), merged and not is_issue, is_issue)


def _bulk_labels(world: World, plan: Plan, rng: Random) -> None:
    """Many issues updated in one second, more than a page of issues holds."""
    size = min(len(world.issues), 40 if plan.page >= 40 else plan.page + 2)
    for turn in range(1 + len(world.issues) // 250):
        times = sorted(issue.updated_at for issue in world.issues.values())
        moment = times[rng.randrange(len(times) // 2, len(times))] + timedelta(seconds=1)
        quiet = [n for n, issue in world.issues.items() if issue.updated_at < moment]
        for number in rng.sample(quiet, min(size, len(quiet))):
            world.label(number, f"Sweep {turn}", by=texts.BOTS[1], at=moment)
