"""Payment summaries of one line a payment, in the shapes of 2022–2026; the words are invented."""

from tasks.domain.payment_words import Role, Status

Row = tuple[Role, str | None, float, Status]
# (name, text, (role, person, dollars, status) of each payment)
Shape = tuple[str, str, list[Row]]

SHAPES: list[Shape] = [
    (
        "heading, role: @person status amount via",
        "### Payment Summary\nContributor: @ann paid $250 via Upwork\n"
        "Contributor+: @bob due $250 via NewDot\n\n@ann could you accept the job below?\n",
        [("contributor", "ann", 250, "paid"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "a blank in Contributor +, a tick in parentheses",
        "### Payment summary\n\nContributor: @ann - $250 paid via Upwork (done ✅ )\n"
        "Contributor +: @bob - $250 paid via NewDot",
        [("contributor", "ann", 250, "paid"), ("reviewer", "bob", 250, "paid")],
    ),
    (
        "amount before person, link in parentheses",
        "Payment summary:\n\n- Contributor: $250 @ann (paid in [Upwork](https://u.example/x))\n"
        "- Reviewer: $250 @bob (to be paid in [Upwork](https://u.example/y))",
        [("contributor", "ann", 250, "paid"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "payouts due, a name behind the login, a question about the bonus",
        "It was quick, so the bonus it is.\n\nPayouts due:\n\n"
        "Issue Reporter: $250 @eve77/Eve Oak\nContributor: $1500 @ann\nContributor+: $1500 @bob\n\n"
        "Eligible for 50% #urgency bonus? Y",
        [
            ("reporter", "eve77", 250, "due"),
            ("contributor", "ann", 1500, "due"),
            ("reviewer", "bob", 1500, "due"),
        ],
    ),
    (
        "a sum without its result, a contract instead of a payment",
        "Payouts due:\n\nIssue Reporter: $50 @eve (paid in Upwork)\n"
        "Contributor: $500 + $250 @ann (paid in Upwork)\nContributor+: @bob NA payment by contract",
        [("reporter", "eve", 50, "paid"), ("contributor", "ann", 750, "paid")],
    ),
    (
        "payouts after a regression, roles without people",
        "Payouts due after the regression that we found\n\nIssue Reporter: $250 @eve\n"
        "Contributor: $500\nContributor+: $500",
        [
            ("reporter", "eve", 250, "due"),
            ("contributor", None, 500, "due"),
            ("reviewer", None, 500, "due"),
        ],
    ),
    (
        "checklist without roles",
        "### Payments\n- [x] @ann ($1000 via NewDot)\n- [ ] @bob ($250 via Upwork)",
        [("other", "ann", 1000, "paid"), ("other", "bob", 250, "due")],
    ),
    (
        "checklist that says what to do",
        "# Payment Summary\n\n- [ ] paid $250 to @ann for the fix\n"
        "- [X] $250 @bob for the review ([offer](https://u.example/1))",
        [("contributor", "ann", 250, "due"), ("reviewer", "bob", 250, "paid")],
    ),
    (
        "sentences under a heading",
        "### Payment summary\n@ann (Contributor) was paid $500 via Upwork.\n"
        "@bob (C+) has been paid $250.",
        [("contributor", "ann", 500, "paid"), ("reviewer", "bob", 250, "paid")],
    ),
    (
        "role in parentheses at the end",
        "Payment Summary:\n\n- $250 paid to @ann via NewDot Requests (Reviewer)",
        [("reviewer", "ann", 250, "paid")],
    ),
    (
        "confirming payments as follows",
        "Confirming payments as follows:\n\n$500 to @ann for the C+ review of #321\n\nOffers sent!",
        [("reviewer", "ann", 500, "due")],
    ),
    (
        "the following payments, broken down",
        "Both are fast enough. We need to issue the following payments:\n\n"
        "- @eve - $250 for reporting.\n"
        "- @bob - $1,500 for C+ ($1000 for reviewing, and $500 speed bonus).\n"
        "- @ann - $1500 for PR ($1000 for fixing the bug, and $500 speed bonus).\n\nOn it!",
        [
            ("reporter", "eve", 250, "due"),
            ("reviewer", "bob", 1500, "due"),
            ("contributor", "ann", 1500, "due"),
        ],
    ),
    (
        "requires payment, with an offer's link",
        "**payment summary**\n\n@kim does not require payment (Contractor)\n"
        "@ann requires payment [offer](https://u.example/1) (Contributor) - paid $500\n"
        "@eve requires payment [offer](https://u.example/2) (Reporter) paid $50",
        [("contributor", "ann", 500, "paid"), ("reporter", "eve", 50, "paid")],
    ),
    (
        "roles in full sentences, NA",
        "# Payment Summary\n\nExternal issue reporter - NA\nContributor that fixed the issue - NA\n"
        "Contributor+ that helped on the issue and/or PR - @bob - $1000 to be paid via NewDot\n\n"
        "cc @carl",
        [("reviewer", "bob", 1000, "due")],
    ),
    (
        "roles in full sentences without a dash",
        "Here is the payment summary:\n\n-  External issue reporter @eve $50\n"
        "-  Contributor that fixed the issue @ann $500\n"
        "-  Contributor+ that helped on the issue and/or PR @bob $500\n\n"
        "*Bonuses, if there are any, come later",
        [
            ("reporter", "eve", 50, "due"),
            ("contributor", "ann", 500, "due"),
            ("reviewer", "bob", 500, "due"),
        ],
    ),
    (
        "summary of payments under a mention",
        "@carl \n## Summary of payments:\nExternal issue reporter - @eve - $250\n"
        "Contributor that fixed the issue - @ann - $1500",
        [("reporter", "eve", 250, "due"), ("contributor", "ann", 1500, "due")],
    ),
    (
        "so payments for this issue",
        "Okay, so payments for this issue. It's one [PR](https://g.example/4) that we fixed.\n\n"
        "- $250 to @ann for the fix (will need an offer)\n"
        "- $250 to @bob for the C+ review (to request via NewDot)\n\nSound right?",
        [("contributor", "ann", 250, "due"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "summarizing payment, with a note",
        "Summarizing payment on this issue (Note: on top of https://g.example/5):\n\n"
        "Contributor: @ann $250, paid via Upwork\n"
        "Contributor+: @bob $250, please request on Newdot",
        [("contributor", "ann", 250, "paid"), ("reviewer", "bob", 250, "due")],
    ),
    (
        "duties",
        "Payment summaries as follows: \n\n- $2,500 to @ann for Contributor duties (Offer sent)\n"
        "- $2,500 to @bob for Contributor Plus duties. (Go ahead and request it)",
        [("contributor", "ann", 2500, "due"), ("reviewer", "bob", 2500, "due")],
    ),
    (
        "the word role, no heading",
        "@bob Role C+ - requires payment through NewDot Manual Requests - owed $250\n"
        "@ann  Role Contributor - Paid $250 via UpWorks",
        [("reviewer", "bob", 250, "due"), ("contributor", "ann", 250, "paid")],
    ),
    (
        "one labelled line, no heading",
        "Contributor+: @bob is due $500 via NewDot (is that the right sum?)",
        [("reviewer", "bob", 500, "due")],
    ),
    (
        "a list without a heading",
        "- Contributor: @ann $500 (Upwork)\n- C+: @bob $500 (NewDot)",
        [("contributor", "ann", 500, "due"), ("reviewer", "bob", 500, "due")],
    ),
    (
        "paid to, owed to",
        "payment summary\n\npaid $250 to @ann on upwork\n$250 owed to @bob - please request on ND.",
        [("other", "ann", 250, "paid"), ("other", "bob", 250, "due")],
    ),
    (
        "C and C+, the way before the person",
        "**Payment summary**:\n\nReporter: $250 Upwork @eve - Please have a look at Upwork, "
        "thank you!\nC: $250 Upwork @ann - PAID \nC+: $250 NewDot @bob",
        [
            ("reporter", "eve", 250, "due"),
            ("contributor", "ann", 250, "paid"),
            ("reviewer", "bob", 250, "due"),
        ],
    ),
    (
        "reported by, fixed by, C+ review",
        "Payment summary:\n\nIssue reported by @eve $250\nC+ Review: @bob $1000\n"
        "Issue fixed by: @ann $1000\n\nAssigned to @ann on July 19\nNot eligible for urgency bonus",
        [
            ("reporter", "eve", 250, "due"),
            ("reviewer", "bob", 1000, "due"),
            ("contributor", "ann", 1000, "due"),
        ],
    ),
    (
        "one person in two roles, a cut in words",
        "Updated payment summary below:\n\n## Payment Summary\n\n"
        "@ann (reporter) — paid $250 via Upwork ✅\n"
        "@ann (contributor) — paid $1000 via Upwork ✅  (50% cut due to regression)\n"
        "@bob (C+) — to be paid $1000 via NewDot",
        [
            ("reporter", "ann", 250, "paid"),
            ("contributor", "ann", 1000, "paid"),
            ("reviewer", "bob", 1000, "due"),
        ],
    ),
]
