"""What is asked of a refresh is in UTC, and what contradicts itself is refused in one sentence."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tasks.asking import collect_request, moment, refuse_files
from tasks.domain.collecting import CollectRequest
from tasks.domain.errors import UsageError

MARCH = datetime(2025, 3, 4, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-03-04", MARCH),
        (" 2025-03-04T12:30 ", MARCH.replace(hour=12, minute=30)),
        ("2025-03-04T12:30:00Z", MARCH.replace(hour=12, minute=30)),
        ("2025-03-04 02:00+02:00", MARCH),
        (None, None),
    ],
)
def test_a_time_without_a_zone_is_utc(text: str | None, meant: datetime | None) -> None:
    assert moment("--since", text) == meant


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-02-30", "04.03.2025", "0001-01-01T00:00+23:00", "1741046400"]
)
def test_what_is_no_date_is_refused_with_the_option_and_an_example(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        moment("--until", text)
    assert str(refused.value) == (
        f"--until {text!r} is no date; write 2025-03-04 or 2025-03-04T12:00"
    )


def test_a_request_holds_utc_times_and_every_issue_once() -> None:
    assert collect_request(
        since=datetime(2025, 3, 4, 2, tzinfo=EAST), until=datetime(2025, 3, 5), limit=3, wait=False
    ) == CollectRequest(since=MARCH, until=MARCH + timedelta(days=1), limit=3, wait=False)
    assert collect_request(issues=["7", "ours/app#8", "7"]) == CollectRequest(
        issues=("7", "ours/app#8")
    )
    assert collect_request() == CollectRequest()


LATER = MARCH + timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"limit": 0}, "--limit 0: at least one issue is needed"),
        ({"limit": -2}, "--limit -2: at least one issue is needed"),
        ({"issues": ["0"]}, "--issue '0' is no issue; write its number, or owner/name#N"),
        ({"issues": ["7", "app#7"]}, "--issue 'app#7' is no issue"),
        ({"issues": ["a/b/c#7"]}, "--issue 'a/b/c#7' is no issue"),
        ({"issues": ["7\n"]}, r"--issue '7\n' is no issue"),
        (
            {"since": LATER, "until": MARCH},
            "--since 2025-03-05T00:00:00+00:00 is not before --until 2025-03-04T00:00:00+00:00",
        ),
        ({"since": MARCH, "until": MARCH}, "is not before --until"),
        ({"issues": ["7"], "since": MARCH}, "--issue and --since contradict each other"),
        ({"issues": ["7"], "until": MARCH}, "--issue and --until contradict each other"),
        ({"issues": ["7"], "limit": 1}, "--issue and --limit contradict each other"),
        ({"issues": ["7"], "full": True}, "--issue and --full contradict each other"),
        ({"full": True, "since": MARCH}, "--full and --since contradict each other"),
        ({"full": True, "until": MARCH}, "--full and --until contradict each other"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        collect_request(**given)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"since": MARCH}, "--since"),
        ({"until": MARCH}, "--until"),
        ({"limit": 1}, "--limit"),
        ({"issues": ["7"]}, "--issue"),
        ({"full": True}, "--full"),
        ({"wait": False}, "--no-wait"),
    ],
)
def test_an_option_of_collecting_is_refused_where_files_are_landed(
    given: dict[str, Any], option: str
) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_files(collect_request(**given), "--from lands files instead")
    assert str(refused.value) == (
        f"{option} is for collecting over the network, but --from lands files instead"
    )


def test_without_such_options_files_are_landed() -> None:
    refuse_files(collect_request(), "--from lands files instead")
