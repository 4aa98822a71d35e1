"""Payment summaries in other layouts: tables, several lines or several payments a line."""

from tests.domain.payment_shapes import Shape

LAYOUTS: list[Shape] = [
    (
        "table without a header, prices and precedents in its rows",
        "**@ann [#10](https://g.example/1) is a regression. This issue pays 50%.**\n\n"
        "| | |\n|---|---|\n| **Contributor** | @ann due $125, 50% |\n"
        "| **Contributor+** | @bob due $125, 50% |\n| **Job price** | $250, the usual |\n"
        "| **Reduction** | 50%, one regression |\n"
        "| **The fix PR** | unpaid for @ann. [#10](https://g.example/1) paid $250 to @kim |\n"
        "| **Precedent** | [#7](https://g.example/7) paid $750 to @zoe |",
        [("contributor", "ann", 125, "due"), ("reviewer", "bob", 125, "due")],
    ),
    (
        "table with a header, plain names and a total",
        "## Payments\n\n| Role | Person | Amount | Paid? |\n|---|---|---|---|\n"
        "| Contributor | @ann | $500 | ✅ |\n| C+ | Bob Oak | $500 | no |\n"
        "| QA | [@zoe](https://github.com/zoe) | $20 | yes |\n| Reporter | N/A | - | |\n"
        "| Total | | $1,020 | |",
        [
            ("contributor", "ann", 500, "paid"),
            ("reviewer", "Bob Oak", 500, "due"),
            ("other", "zoe", 20, "paid"),
        ],
    ),
    (
        "table without outer bars",
        "Payments\n\nPerson | Role | Amount\n--- | --- | ---\n@ann | Contributor | $500\n"
        "@bob | C+ | $500 + $250 (bonus) = $750",
        [("contributor", "ann", 500, "due"), ("reviewer", "bob", 750, "due")],
    ),
    (
        "everything on lines of its own",
        "**Payments**\n\nContributor:\n@ann\n$500 via Upwork\nContributor+:\n@bob\n$1k via NewDot",
        [("contributor", "ann", 500, "due"), ("reviewer", "bob", 1000, "due")],
    ),
    (
        "people under headings of roles",
        "### Payouts\n**Contributor**\n- @ann $250\n- @carl $250\n**Reviewer**\n- @bob $250",
        [
            ("contributor", "ann", 250, "due"),
            ("contributor", "carl", 250, "due"),
            ("reviewer", "bob", 250, "due"),
        ],
    ),
    (
        "amount and state below the person",
        "Payment due\n- @ann (Contributor)\n  - $500\n  - paid via Upwork\n"
        "- @bob (C+)\n  - $500 via NewDot\n  - due",
        [("contributor", "ann", 500, "paid"), ("reviewer", "bob", 500, "due")],
    ),
    (
        "person below the amount",
        "Payments\nC+: $250\n@bob\nContributor: $500\n@ann",
        [("reviewer", "bob", 250, "due"), ("contributor", "ann", 500, "due")],
    ),
    (
        "several people in a role, amounts in other spellings, a total",
        "Payments:\nContributors: @ann and @carl $250 each\nReviewer: @bob 250 USD\n"
        "Reporter: @eve 2500$\nTotal: $3,250",
        [
            ("contributor", "ann", 250, "due"),
            ("contributor", "carl", 250, "due"),
            ("reviewer", "bob", 250, "due"),
            ("reporter", "eve", 2500, "due"),
        ],
    ),
    (
        "shared between two",
        "Payments\n$500 split between @ann and @carl for the fix",
        [("contributor", "ann", 250, "due"), ("contributor", "carl", 250, "due")],
    ),
    (
        "two roles for two people",
        "Payments:\nContributor and C+: @ann and @bob $250 each",
        [("contributor", "ann", 250, "due"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "two sums for one person",
        "Payments:\n- @ann $500 for the fix and $50 for reporting",
        [("contributor", "ann", 500, "due"), ("reporter", "ann", 50, "due")],
    ),
    (
        "all on the heading's line",
        "Payment summary: Contributor: @ann $500, C+: @bob $250; Reporter: N/A",
        [("contributor", "ann", 500, "due"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "states as headings",
        "## Payments\nPaid:\n- Contributor: @ann $500\nDue:\n- C+: @bob $500",
        [("contributor", "ann", 500, "paid"), ("reviewer", "bob", 500, "due")],
    ),
    (
        "plain names",
        "## Payment summary\nContributor: Ann Oak - $500 (Upwork)\nC+: $250 bob\n"
        "- Eve Elm: $50 (reporter)\nReporter: $50 - paid",
        [
            ("contributor", "Ann Oak", 500, "due"),
            ("reviewer", "bob", 250, "due"),
            ("reporter", "Eve Elm", 50, "due"),
            ("reporter", None, 50, "paid"),
        ],
    ),
    (
        "struck amounts and profile links",
        "## Payment summary\nContributor: @ann ~~$500~~ $250 paid\n"
        "C+: [bob](https://github.com/bob-x) due $250\nReporter: https://github.com/eve $50",
        [
            ("contributor", "ann", 250, "paid"),
            ("reviewer", "bob-x", 250, "due"),
            ("reporter", "eve", 50, "due"),
        ],
    ),
    (
        "HTML instead of markdown",
        "<h3>Payment Summary</h3><ul><li>Contributor: @ann $250 paid</li>"
        "<li>C+: @bob $250 due</li></ul>",
        [("contributor", "ann", 250, "paid"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "no payment in all its words",
        "Payment summary\n- Contributor: @ann $500 (no urgency bonus)\n"
        "- C+: @bob no payment required ($500 by contract)\n- Reporter: not eligible\n"
        "- @kim $250 (not eligible, employee)\n- QA: @zoe N/A",
        [("contributor", "ann", 500, "due")],
    ),
    ("paid in a sentence", "paid @ann $500 for the fix", [("contributor", "ann", 500, "paid")]),
    ("paid to in a sentence", "$250 paid to @bob", [("other", "bob", 250, "paid")]),
    ("owed in a sentence", "@ann owed $1,000", [("other", "ann", 1000, "due")]),
]
