"""Invoices: discounts by tiers, taxes by line or by invoice, and rounding to the cent."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject
from tasks.variants.freelance_code.writing import AWKWARD, csv_text, wrapped

_STATEMENT: Final = """
Write a program that reads the lines of invoices as a CSV file from standard input and prints what
each invoice comes to, as CSV, to standard output.

The first line of the input names the columns, in any order; `invoice`, `{quantity}`, `unit_price`
and `tax` are among them. A field that holds a comma, a quote or a line break is quoted, with quotes
in it doubled. `{quantity}` has at most three decimals and is negative for what is given back;
`unit_price` has two decimals; `tax` is a rate in percent, with at most two decimals. The lines of
an invoice may stand apart. Blanks around a field do not matter; letter case does.

- The gross amount of a line is `{quantity}` times `unit_price`, rounded.
- {discount} It is a percentage: {tiers}. The discount of a line is its gross amount times
  this percentage, rounded; the net amount is gross less discount.
- {tax}
- To round is to round to cents; {halves}.

Print the header `invoice,lines,gross,discount,tax,total`, then one line for each invoice, in
alphabetical order (by Unicode code point): its number, how many lines it has, the sums of gross
amounts and of discounts, the tax, and the total, which is gross less discount plus tax. A last line
has `all` in place of the number, and the sums of the others. Amounts have two decimals, and zero
has no sign. Every line ends with a line feed.
"""
_DISCOUNTS: Final = {
    "line": "The discount of a line depends on its `{quantity}`.",
    "invoice": (
        "The discount depends on the sum of the gross amounts of the invoice, and is the same\n"
        "  for all of its lines."
    ),
}
_TAXES: Final = {
    "line": (
        "The tax of a line is its net amount times its rate, rounded. The tax of an invoice is\n"
        "  the sum of these."
    ),
    "invoice": (
        "The tax of a rate is the sum of the net amounts of the lines of the invoice that have\n"
        "  this rate, times the rate, rounded. The tax of an invoice is the sum of these over its\n"
        "  rates. Rates that are the same number (`20` and `20.00`) are the same rate."
    ),
}
_HALVES: Final = {
    "half_even": "half a cent goes to the even neighbour",
    "half_up": "half a cent goes to the neighbour that is farther from zero",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    by = draws.pick(["line", "invoice"])
    lowest = draws.pick([5, 10, 20]) if by == "line" else draws.pick([200, 250, 500])
    return {
        "quantity": subject.quantity,
        "by": by,
        # From how many, or from how much, and the percentage from there on.
        "tiers": [[lowest, draws.pick([2, 3])], [lowest * draws.pick([2, 4]), draws.pick([5, 8])]],
        "tax": draws.pick(["line", "invoice"]),
        "rounding": draws.pick(sorted(_HALVES)),
    }


def statement(settings: Settings, subject: Subject) -> str:  # noqa: ARG001 - all is in settings
    (low, few), (high, more) = settings["tiers"]
    unit = "" if settings["by"] == "line" else ".00"
    return wrapped(
        _STATEMENT.format(
            quantity=settings["quantity"],
            discount=_DISCOUNTS[settings["by"]].format(quantity=settings["quantity"]),
            tiers=f"{few} from {low}{unit} on, {more} from {high}{unit} on, and 0 below these",
            tax=_TAXES[settings["tax"]],
            halves=_HALVES[settings["rounding"]],
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no line, 1 amounts that are exactly half a cent, 2 such that reach a tier exactly,
    3 small ones, whose taxes by line and by invoice differ; then anything."""
    numbers = [f"{draws.pick(['A', 'B', 'a'])}-{draws.whole(100, 999)}" for _ in range(5)]
    lines: list[tuple[str, str, str, str]] = []
    for _ in range(draws.whole(12, 26) if number else 0):
        count = draws.pick(
            [f"{draws.whole(1, 60)}", f"{draws.whole(1, 25)}.{draws.whole(1, 999):03d}"]
        )
        if draws.chance(10):
            count = f"-{count}"
        rate = draws.pick(["0", "5.5", "20", "20.00", "7"])
        lines.append((draws.pick(numbers), count, draws.money(1, 45), rate))
    if number == 1:
        # Half a cent above an even cent, which the two ways to round take to different ones.
        lines += [("H-1", "1.125", "1.00", "0"), ("H-2", "2.345", "1.00", "0")]
    if number == 2:
        for i, (lowest, _) in enumerate(settings["tiers"]):
            count = str(lowest) if settings["by"] == "line" else "1"
            price = "3.00" if settings["by"] == "line" else f"{lowest}.00"
            lines.append((f"T-{i}", count, price, "20"))
    if number == 3:
        # 20 percent of 0.02, twice: nothing by line, a cent by invoice.
        lines += [("S-1", "1", "0.02", rate) for rate in ("20", "20.00")]
    rows = [
        {
            "invoice": draws.pick([invoice, invoice, f" {invoice}"]),
            subject.label: draws.pick([*subject.labels, *AWKWARD]),
            subject.quantity: count,
            "unit_price": price,
            "tax": rate,
        }
        for invoice, count, price, rate in draws.shuffled(lines)
    ]
    names = ["invoice", subject.label, subject.quantity, "unit_price", "tax"]
    return {STDIN: csv_text(draws.shuffled(names), rows)}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

    def rounded(amount: Decimal) -> Decimal:
        mode = ROUND_HALF_UP if settings["rounding"] == "half_up" else ROUND_HALF_EVEN
        # Adding nothing takes the sign from zero.
        return amount.quantize(Decimal("0.01"), mode) + 0

    def discount_for(measure: Decimal) -> int:
        percent = 0
        for lowest, there in settings["tiers"]:
            if measure >= lowest:
                percent = there
        return percent

    def summed_up(lines: list[tuple[Decimal, Decimal, Decimal]]) -> list[Decimal]:
        """Gross, discount and tax of an invoice whose lines are count, price and rate."""
        zero = Decimal("0.00")
        amounts = [rounded(count * price) for count, price, _ in lines]
        gross = sum(amounts, zero)
        discounts = by_line = zero
        by_rate: dict[Decimal, Decimal] = {}
        for i, (count, _, rate) in enumerate(lines):
            percent = discount_for(count if settings["by"] == "line" else gross)
            discount = rounded(amounts[i] * percent / 100)
            discounts += discount
            net = amounts[i] - discount
            by_rate[rate] = by_rate.get(rate, zero) + net
            by_line += rounded(net * rate / 100)
        by_invoice = sum((rounded(net * rate / 100) for rate, net in by_rate.items()), zero)
        tax = by_line if settings["tax"] == "line" else by_invoice
        return [gross, discounts, tax, gross - discounts + tax]

    invoices: dict[str, list[tuple[Decimal, Decimal, Decimal]]] = {}
    for row in csv.DictReader(io.StringIO(inputs["stdin"], newline="")):
        numbers = [
            Decimal(row[name].strip()) for name in (settings["quantity"], "unit_price", "tax")
        ]
        count, price, rate = numbers
        invoices.setdefault(row["invoice"].strip(), []).append((count, price, rate))
    answer = ["invoice,lines,gross,discount,tax,total"]
    everything = [Decimal("0.00")] * 4
    for invoice in sorted(invoices):
        found = summed_up(invoices[invoice])
        everything = [everything[i] + found[i] for i in range(4)]
        answer.append(",".join([invoice, str(len(invoices[invoice])), *map(str, found)]))
    count_of_lines = str(sum(len(lines) for lines in invoices.values()))
    answer.append(",".join(["all", count_of_lines, *map(str, everything)]))
    return "\n".join(answer) + "\n"


FAMILY = Family(
    name="invoice_totals",
    title="Totals of invoices",
    tags={
        "accounting": 4,
        "bookkeeping": 4,
        "intuit quickbooks": 4,
        "xero": 4,
        "financial accounting": 3,
        "tax": 4,
        "payroll": 2,
        "erp": 2,
        "sap": 2,
        "ecommerce": 2,
        "finance": 1,
        "excel": 1,
        "account receivables management": 4,
    },
    words={
        r"\binvoic": 4,
        r"\bdiscounts?\b": 3,
        r"\b(?:vat|gst|sales tax)\b": 4,
        r"\btax(?:es)?\b": 3,
        r"\bbilling\b": 3,
        r"\bquotes?\b|\bquotations?\b": 2,
        r"\bprices?\b|\bpricing\b": 1,
        r"\bbook-?keep": 3,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "rounds halves the other way", '"rounding"] == "half_up"', '"rounding"] != "half_up"'
        ),
        Mutant("begins a tier above its edge", "measure >= lowest", "measure > lowest"),
        Mutant("takes the other discount", '"by"] == "line"', '"by"] != "line"'),
        Mutant("rounds taxes at the other place", '"tax"] == "line"', '"tax"] != "line"'),
        Mutant("taxes what was discounted", "net = amounts[i] - discount", "net = amounts[i]"),
    ),
)
