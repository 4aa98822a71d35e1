"""Titles of issues that are no work, and of work that looks like them."""

import time

import pytest

from tasks.domain.screening import is_pull_request, pays_elsewhere, tries_automation

TAGS = ["", "[$250] ", "[HOLD for payment 2024-05-02] [$250] ", "[PAID][$1,250]", "HIGH: [$50] "]


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize(
    "title",
    [
        "Payment for #36362",
        "Payment - #41816",
        "Payment #41816",
        "Payment: #41816",
        "Payments for #12 and #13",
        "Payment for 41816",
        "Payment for ours/app#12",
        "Payment for https://github.com/ours/app/issues/12",
        "Payment for PR https://github.com/ours/app/pull/12",
        "Payment for issue #12",
        "Payment for the review of #12",
        "Payment for @ann",
        "Payment for @ann (C+) for #12",
        "Payment to @ann for #12",
        "Pay @ann for #12",
        "Pay C+ for #12",
        "C+ payment for #12",
        "Payment issue for #12",
        "Bonus payment for @ann",
        "Payout for #12",
        "Compensation for @ann for #12",
        "Issue for payment for #19349",
        "Issue for payment",
        "Issue for payment - @ann",
        "New issue for payment of #12",
        "Reporting bonus for @ann",
        "Reporting bonus",
        "Bug reporting bonus for @ann",
        "Reporter bonus - @ann",
    ],
)
def test_an_issue_that_only_pays_is_no_work(title: str, tags: str) -> None:
    assert pays_elsewhere(f"{tags}{title}")


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize(
    "title",
    [
        "Payment fails on the boat page",
        'Payment - "All paid" is in the wrong language',
        "Payment - the total of 3 boats is off",
        "Payment for a booking is lost",
        "Payment for @here mentions crashes the page",
        "Payments page: sort by day",
        "Pay with a card twice",
        "Issue for payment screen on tablets",
        "Reporting bonus miles shows zero",
        "Bonus boats are missing",
        "Show who made the payment for #1 in the list",
        "Boats leak",
    ],
)
def test_work_about_payments_is_work(title: str, tags: str) -> None:
    assert not pays_elsewhere(f"{tags}{title}")


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize(
    "title",
    [
        "Test Upwork automation",
        "Testing Upwork automation - please ignore",
        "Testing the automation",
        "Automation test: please ignore this job",
        "Automation test: ignore me",
        "Upwork automation test 2",
        "TEST - ignore",
        "Test issue",
        "[Test] Dummy job",
        "Test job, do not apply",
        "Testing the Upwork posting of boats",
        "Please ignore, trying the new bot",
        "Ignore: Upwork",
    ],
)
def test_an_issue_that_tries_the_automation_is_no_work(title: str, tags: str) -> None:
    assert tries_automation(f"{tags}{title}")


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize(
    "title",
    [
        "Automate the test run",
        "Automation tests fail on tablets",
        "Add an automation test for the login",
        "Test drive button does nothing",
        "Test",
        "Ignore list is not kept",
        "Job list is empty",
        "Boats leak",
    ],
)
def test_work_about_tests_is_work(title: str, tags: str) -> None:
    assert not tries_automation(f"{tags}{title}")


def test_a_pull_request_is_known_by_its_address() -> None:
    assert is_pull_request("https://github.com/ours/app/pull/9")
    assert not is_pull_request("https://github.com/ours/app/issues/9")


@pytest.mark.parametrize(
    "filler", ["payment ", "payment for the ", "issue for ", "- ", "test ", "[", "bug bonus ", "a"]
)
def test_hostile_titles_take_no_time(filler: str) -> None:
    title = filler * (100_000 // len(filler))
    started = time.perf_counter()
    pays_elsewhere(f"Payment {title}")
    tries_automation(title)
    assert time.perf_counter() - started < 2
