"""From what a user asks of a refresh to a CollectRequest; what contradicts itself is refused."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tasks.domain.collecting import CollectRequest
from tasks.domain.errors import UsageError
from tasks.domain.solver_options import SolverChoice, SolverUse, flag_of

_ISSUE: Final = re.compile(r"(?:[^/#\s]+/[^/#\s]+#)?[1-9][0-9]*")

_LARGEST: Final = 2**31 - 1  # GraphQL's Int


def moment(option: str, text: str | None) -> datetime | None:
    """The ISO 8601 date (its first moment) or time in `text`, UTC where it names no zone.

    Raises UsageError, naming the option, for anything else.
    """
    if text is None:
        return None
    try:
        return _in_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{option} {text!r} is no date; write 2025-03-04 or 2025-03-04T12:00"
        ) from error


def collect_request(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    issues: Sequence[str] | None = None,
    full: bool = False,
    wait: bool = True,
) -> CollectRequest:
    """What is asked for, with times in UTC. Raises UsageError for what cannot be meant."""
    request = CollectRequest(
        since=_in_utc(since) if since else None,
        until=_in_utc(until) if until else None,
        limit=limit,
        issues=tuple(dict.fromkeys(issues or ())),
        full=full,
        wait=wait,
    )
    if request.limit is not None and request.limit < 1:
        raise UsageError(f"--limit {request.limit}: at least one issue is needed")
    for issue in request.issues:
        if not _ISSUE.fullmatch(issue):
            raise UsageError(f"--issue {issue!r} is no issue; write its number, or owner/name#N")
        if int(issue.rpartition("#")[2]) > _LARGEST:
            raise UsageError(f"--issue {issue}: issue numbers end at {_LARGEST:,}")
    if request.since and request.until and request.since >= request.until:
        raise UsageError(
            f"--since {request.since.isoformat()} is not before --until {request.until.isoformat()}"
        )
    _refuse_both(request, "--issue", ("--since", "--until", "--limit", "--full"))
    _refuse_both(request, "--full", ("--since", "--until"))
    return request


def refuse_files(request: CollectRequest, why: str) -> None:
    """Raise UsageError where an option says how to collect, but nothing is collected."""
    given = options_given(request)
    if given:
        raise UsageError(f"{given[0]} is for collecting over the network, but {why}")


def refuse_beside_author(options: Sequence[str]) -> None:
    """Raise UsageError for an option that says what to collect: an author collects nothing."""
    if options:
        raise UsageError(
            f"{options[0]} is for landing documents, and --author asks about postings that have "
            "landed; leave one of them out"
        )


def refuse_without_author(choice: SolverChoice, use: SolverUse, workers: int | None) -> None:
    """Raise UsageError for an option that says how a model is asked, where none is."""
    given = [*choice.given(), *use.given(), *(["workers"] if workers is not None else [])]
    if given:
        raise UsageError(
            f"{flag_of(given[0])} is for --author PROVIDER:NAME, a model that writes tasks"
        )


def options_given(request: CollectRequest) -> list[str]:
    """The options that were set, as they are typed."""
    present = {
        "--since": request.since is not None,
        "--until": request.until is not None,
        "--limit": request.limit is not None,
        "--issue": bool(request.issues),
        "--full": request.full,
        "--no-wait": not request.wait,
    }
    return [option for option, there in present.items() if there]


def _refuse_both(request: CollectRequest, option: str, others: Sequence[str]) -> None:
    given = options_given(request)
    for other in others:
        if option in given and other in given:
            raise UsageError(f"{option} and {other} contradict each other; leave one of them out")


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
