"""Tables of payments: which of their cells are sums."""

import pytest

from tasks.domain.money_words import speaks_of_money
from tasks.domain.payments import read_payments


@pytest.mark.parametrize(
    ("heading", "cell", "cents", "currency"),
    [
        ("Amount", "500", 500_00, "USD"),
        ("**Payout**", "1,000.50", 1000_50, "USD"),
        ("Payment (EUR)", "500", 500_00, "EUR"),
        ("Amount (€)", "500", 500_00, "EUR"),
        ("Amount", "€500", 500_00, "EUR"),
    ],
)
def test_a_bare_number_in_a_column_of_sums_is_one(
    heading: str, cell: str, cents: int, currency: str
) -> None:
    table = f"|Name|Role|{heading}|Status|\n|-|-|-|-|\n|@ann|Contributor|{cell}|paid|"
    (found,) = read_payments(table)
    assert (found.person, found.role, found.status) == ("ann", "contributor", "paid")
    assert (found.amount_cents, found.currency) == (cents, currency)
    assert speaks_of_money(table)


@pytest.mark.parametrize(
    ("heading", "cell"), [("Due", "500"), ("Total", "3"), ("Amount", "12 items"), ("Amount", "1.5")]
)
def test_a_bare_number_elsewhere_is_no_sum(heading: str, cell: str) -> None:
    assert read_payments(f"|Name|Role|{heading}|\n|-|-|-|\n|@ann|Contributor|{cell}|") == ()
