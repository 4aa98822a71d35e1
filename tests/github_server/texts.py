"""Invented words: titles, chat, proposals, amounts, and texts that break careless programs."""

from random import Random

from tests.github_server.records import Actor

MEMBERS = tuple(Actor(f"keeper-{name}") for name in ("ada", "bo", "cyd", "dov"))
FREELANCERS = tuple(Actor(f"hand-{n:02d}") for n in range(30))
BOTS = (Actor("tally-bot"), Actor("nightly-labels"))
LABELS = (
    *("Bug", "Daily", "Weekly", "Monthly", "External", "Help Wanted", "Internal", "Reviewing"),
    *("Overdue", "NewFeature", "Awaiting Payment", "Design: später", "needs 🔍", 'say "when"'),
)
AMOUNTS = (125, 250, 500, 1000, 2000, 4000)
_PLACES = ("the ledger page", "the receipt scanner", "sign-up", "the export", "search", "settings")
_FAULTS = ("shows a blank row", "forgets the draft", "loops for ever", "rounds twice", "is slow")
_CHAT = (
    "Any news here?",
    "Not overdue, we wait for the next release.",
    "I cannot reproduce this on my machine, which version is it?",
    "Reviewing today.",
    "Thanks, assigning.",
    "Still happens on the newest build.",
    "Let us keep this on hold.",
    "Paid, thank you all!",
)
_STRANGE = (
    "🧾🦊👩‍👩‍👧 emoji, joined and alone: \U0001f9ff",
    "first line\r\nsecond line\r\n\r\nfourth line",
    "quotes: \" ' ` “ ” and \\ back\\slashes \\n \\u0041",
    "controls: \x01\x02\x07\x0b\x1b[31m\x7f and tabs\t\t.",
    "separators:\u2028\u2029\u0085 and a nbsp\u00a0here",
    "right to left: שלום عليكم \u202e reversed \u202c",
    "e\u0301 is not é; ﬁ is not fi; K is not K",
    "'; DROP TABLE issues; -- {{ template }} ${jndi} %s %(x)s \\x00",
    '{"nodes": [{"__typename": "Issue"}]}',
    " \n leading and trailing blanks \n ",
    "",
)


def title(rng: Random) -> str:
    return f"{rng.choice(_PLACES).capitalize()} {rng.choice(_FAULTS)}"


def priced(title: str, amount: int | None) -> str:
    """The title with its price in front; without one where the amount is None."""
    bare = title.partition("] ")[2] if title.startswith("[") else title
    return f"[${amount}] {bare}" if amount is not None else bare


def body(rng: Random) -> str:
    if rng.random() < 0.1:
        return strange(rng)
    what = f"Opening {rng.choice(_PLACES)} {rng.choice(_FAULTS)}."
    return f"## What happens\n{what}\n\nStep {rng.randrange(9)}."


def strange(rng: Random) -> str:
    if rng.random() < 0.1:
        return "long " * 4000 + str(rng.random())
    return rng.choice(_STRANGE)


def proposal(rng: Random) -> str:
    return (
        f"## Proposal\n\n### What is the problem?\n{rng.choice(_PLACES)} {rng.choice(_FAULTS)}.\n\n"
        f"### What should change?\nTouch {rng.randrange(1, 6)} files, plan {rng.randrange(10**6)}."
    )


def money(rng: Random) -> str:
    amount = rng.choice(AMOUNTS)
    return rng.choice(
        (
            f"Upping the price to ${amount}.",
            f"We doubled the bounty, now ${amount}",
            f"${amount} was paid to @{rng.choice(FREELANCERS).login}",
            "The price was doubled, please have a look",
        )
    )


def chat(rng: Random) -> str:
    return f"{rng.choice(_CHAT)} ({rng.randrange(10**6)})"


def comment(rng: Random) -> str:
    """Mostly chat; some plans, some amounts, a few strange ones."""
    kind = rng.random()
    if kind < 0.12:
        return proposal(rng)
    if kind < 0.2:
        return money(rng)
    return strange(rng) if kind < 0.24 else chat(rng)


def edited(text: str, rng: Random) -> str:
    """The text after somebody changed it."""
    return f"{text}\n\nUPDATE {rng.randrange(10**6)}: {rng.choice(_CHAT)}"


def pull_body(url: str, closes: tuple[int, ...], rng: Random) -> str:
    lines = "\n".join(
        f"$ {url}/issues/{number}\n"
        f"PROPOSAL: {url}/issues/{number}#issuecomment-{rng.randrange(10**6)}"
        for number in closes
    )
    return f"### Details\n{chat(rng)}\n\n### Fixed Issues\n{lines}\n\n### Tests\n- [x] all\n"


def author(rng: Random) -> Actor | None:
    """Somebody; None for an account that is gone, as GitHub answers for it."""
    kind = rng.random()
    if kind < 0.03:
        return None
    if kind < 0.1:
        return rng.choice(BOTS)
    return rng.choice(MEMBERS if kind < 0.4 else FREELANCERS)


def association(actor: Actor | None, rng: Random) -> str:
    if actor in MEMBERS:
        return "MEMBER"
    return rng.choice(("NONE", "NONE", "CONTRIBUTOR"))
