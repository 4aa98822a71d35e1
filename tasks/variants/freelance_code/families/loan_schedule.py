"""Loans: a plan of instalments to the cent, with extra payments and a last one that fits."""

from datetime import date
from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

LOANS: Final = "loans.csv"
EXTRA: Final = "extra.csv"
SCHEDULE: Final = "schedule.csv"

_STATEMENT: Final = """
Write a program that reads two CSV files of its folder and writes `schedule.csv`: how the loans of
each {person} are paid back, month by month.

- `loans.csv`: `loan` (never repeated), `{person}`, `amount` (more than 0), `rate` (percent a year,
  0 or more, with at most three decimals), `months` (how many instalments, at least one) and `first`
  (the day of the first one, year-month-day).
- `extra.csv`: extra payments: `loan`, `number` (of the instalment together with which it is paid)
  and `payment`. Several for the same instalment add up. One for a loan that is not in
  `loans.csv`, or for an instalment that does not take place, is ignored.

Columns come in any order. A field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. Amounts have two decimals.

For each instalment:

- `interest` is the balance before it (at first the amount) times `rate / 1200`.
- {kind}
- The instalment with the number `months`, or an earlier one whose principal would be as large as
  the balance or larger, is the last: its principal is the balance.
- `instalment` is interest plus principal.
- `extra` is what is paid beside it; of a larger extra payment no more than the balance that is then
  left is taken. The loan ends where the balance is 0.
- `balance` is the balance before, less principal and extra.
- {after}
- Interest {rounded} are rounded to cents from their exact values: {halves}. All else is sums and
  differences of rounded amounts.
- `due`: the first one is due on the day `first`; the others on the same day of the months that
  follow, or on the last day of a month that is too short for it.

`schedule.csv` has the header `loan,number,due,instalment,interest,principal,extra,balance`. The
loans come in the order of `loans.csv`; each has one line for each instalment, numbered from 1, and
then a line of sums: the loan, the word `total`, an empty field, the sums of `instalment`,
`interest`, `principal` and `extra`, and an empty field. Amounts have two decimals. Every line ends
with a line feed.
"""
_KINDS: Final = {
    "annuity": (
        "The full instalment is always the same: `amount * i / (1 - 1 / (1 + i) ** months)`,\n"
        "  where i is `rate / 1200` and `**` means to the power of; with a rate of 0, it is\n"
        "  `amount / months`. `principal` is the full instalment less interest."
    ),
    "equal": "`principal` is always the same: `amount / months`.",
}
_AFTERS: Final = {
    ("annuity", "shorter"): (
        "An extra payment does not change the full instalment; the loan ends sooner instead."
    ),
    ("annuity", "lower"): (
        "Where something extra was paid and a balance is left, the full instalment is computed\n"
        "  anew: as above, with this balance as the amount, and as months the number of\n"
        "  instalments that are left."
    ),
    ("equal", "shorter"): (
        "An extra payment does not change the principal that follows; the loan ends sooner instead."
    ),
    ("equal", "lower"): (
        "Where something extra was paid and a balance is left, `principal` is computed anew: this\n"
        "  balance divided by the number of instalments that are left."
    ),
}
_HALVES: Final = {
    "half_even": "half a cent goes to the even neighbour",
    "half_up": "half a cent goes up",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "person": subject.person,
        "kind": draws.pick(sorted(_KINDS)),
        "after": draws.pick(["lower", "shorter"]),
        "rounding": draws.pick(sorted(_HALVES)),
    }


def statement(settings: Settings, subject: Subject) -> str:
    kind = settings["kind"]
    return wrapped(
        _STATEMENT.format(
            person=subject.person,
            kind=_KINDS[kind],
            after=_AFTERS[kind, settings["after"]],
            rounded="and full instalments"
            if kind == "annuity"
            else "and principal where it is the result of a division,",
            halves=_HALVES[settings["rounding"]],
        )
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no loan, 1 interest of half a cent and a rate of 0, 2 the last days of months,
    3 an extra payment larger than the balance; then anything."""
    loans: list[dict[str, Any]] = []
    for row in range(draws.whole(3, 4) if number else 0):
        loans.append(
            {
                "loan": f"L{draws.whole(10, 99)}{row}",
                subject.person: draws.pick([*PEOPLE, "O'Hara, Pat", "Zoë Ørsted"]),
                "amount": draws.money(300, 9000),
                "rate": draws.pick(["3.5", "4", "5.25", "7.125", "9.9", "12.75"]),
                "months": draws.whole(3, 9),
                "first": draws.day(date(2023, 1, 1), date(2025, 12, 28)).isoformat(),
            }
        )
    if number == 1:
        # A balance of 4 k + 1 whole units bears 2 k + 1/2 cents a month: both roundings differ.
        loans[0].update(amount=f"{4 * draws.whole(60, 300) + 1}.00", rate="6")
        # A seventh of it is rounded down, which leaves something for the last instalment.
        cents = 7 * draws.whole(9000, 90000) + 2
        loans[1].update(amount=f"{cents // 100}.{cents % 100:02d}", rate="0", months=7)
    if number == 2:
        loans[0].update(first=f"{draws.whole(2023, 2025)}-01-31", months=5)
        loans[1].update(first="2024-08-30", months=8)
    extra = []
    for _ in range(draws.whole(4, 8) if loans else 1):
        paying = [loan for loan in loans if loan["rate"] != "0"]
        loan = draws.pick([*paying, *paying, {"loan": "L0", "months": 9}])
        payment = draws.money(5, 90)
        extra.append(
            {"loan": loan["loan"], "number": draws.whole(1, loan["months"])} | {"payment": payment}
        )
    if loans:
        extra.append({"loan": loans[0]["loan"], "number": 2, "payment": draws.money(20, 60)})
    if number == 3:
        extra.append({"loan": loans[1]["loan"], "number": 2, "payment": "9000.00"})
    names = ["loan", subject.person, "amount", "rate", "months", "first"]
    return {
        LOANS: csv_text(draws.shuffled(names), loans),
        EXTRA: csv_text(draws.shuffled(["loan", "number", "payment"]), draws.shuffled(extra)),
    }


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import calendar
    import csv
    import io
    from datetime import date
    from fractions import Fraction

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    def rounded(cents: Fraction) -> int:
        whole = cents.numerator // cents.denominator
        rest = cents - whole
        half_goes_up = settings["rounding"] == "half_up" or whole % 2 == 1
        return whole + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and half_goes_up))

    def steady(balance: int, rate: Fraction, months: int) -> int:
        """What stays the same: the full instalment, or the principal."""
        if settings["kind"] == "equal" or rate == 0:
            return rounded(Fraction(balance, months))
        growth = (1 + rate) ** months
        return rounded(balance * rate * growth / (growth - 1))

    def due(first: date, later: int) -> date:
        year, month = divmod(first.year * 12 + first.month - 1 + later, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(first.day, last))

    def printed(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02d}"

    extras: dict[tuple[str, int], int] = {}
    for row in table("extra.csv"):
        key = (row["loan"], int(row["number"]))
        extras[key] = extras.get(key, 0) + int(Fraction(row["payment"]) * 100)
    lines = ["loan,number,due,instalment,interest,principal,extra,balance"]
    for row in table("loans.csv"):
        loan, months = row["loan"], int(row["months"])
        balance = amount = int(Fraction(row["amount"]) * 100)
        rate = Fraction(row["rate"]) / 1200
        fixed = steady(amount, rate, months)
        sums = [0, 0, 0, 0]
        number = 0
        while balance > 0 and number < months:
            number += 1
            interest = rounded(balance * rate)
            principal = fixed if settings["kind"] == "equal" else fixed - interest
            if principal >= balance or number == months:
                principal = balance
            extra = min(extras.get((loan, number), 0), balance - principal)
            balance -= principal + extra
            if extra and balance and settings["after"] == "lower":
                fixed = steady(balance, rate, months - number)
            paid = [interest + principal, interest, principal, extra]
            sums = [sums[i] + paid[i] for i in range(4)]
            day = due(date.fromisoformat(row["first"]), number - 1).isoformat()
            lines.append(",".join([loan, str(number), day, *map(printed, [*paid, balance])]))
        lines.append(",".join([loan, "total", "", *map(printed, sums), ""]))
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="loan_schedule",
    title="Plans of instalments",
    tags={
        "finance": 3,
        "financial analysis": 3,
        "financial modeling": 4,
        "financial planning": 3,
        "accounting": 2,
        "mortgage brokering": 4,
        "credit analysis": 4,
        "investment management": 3,
        "excel": 1,
        "financial software development": 3,
        "economics": 1,
    },
    words={
        r"\bloans?\b": 4,
        r"\bmortgage": 4,
        r"\bamorti[sz]": 4,
        r"\binstal?lments?\b": 4,
        r"\binterest rates?\b": 3,
        r"\brepay": 3,
        r"\bfinancial model": 3,
        r"\bcash ?flow": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "rounds halves the other way", '"rounding"] == "half_up"', '"rounding"] != "half_up"'
        ),
        Mutant(
            "takes interest of the whole amount",
            "rounded(balance * rate)",
            "rounded(amount * rate)",
        ),
        Mutant("has a last instalment like the others", " or number == months:", ":"),
        Mutant("ignores the last days of months", "min(first.day, last)", "min(first.day, 28)"),
        Mutant("forgets extra payments", "extras.get((loan, number), 0)", "0"),
        Mutant("mixes up what follows", '"after"] == "lower"', '"after"] != "lower"'),
    ),
    reads=(LOANS, EXTRA),
    writes=SCHEDULE,
)
