"""Extraction: e-mails, phone numbers, order numbers and amounts found in free text."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject

_REPEATS: Final = {
    True: "Where the same kind has the same value several times, print its first place alone.",
    False: "Print each place, even where the same value was printed before.",
}
_ORDERS: Final = {
    "place": "Lines come in the order in which what they name stands in the text.",
    "kind": "Lines come by kind, in the order above; those of a kind in the order of the text.",
}

_STATEMENT: Final = """
Write a program that reads a text (UTF-8) from standard input and prints, as CSV to standard
output, the e-mail addresses, {record} numbers, phone numbers and amounts of money in it.

The lines of the text end with a line feed; nothing that is looked for goes on in the next line.
Letters are A to Z and a to z, digits are 0 to 9, blanks are spaces. The kinds are looked for in
this order, and text that is part of something found is not looked at again for the kinds after it
(it stands in their way like a punctuation mark):

1. `email`: one or more letters, digits or `._%+-`, then `@`, then parts of letters, digits and
   hyphens with a point behind each (one part at least), then two or more letters, as much as there
   is. The value is in small letters.
2. `{record}`: the letters `{prefix}`, in any letter case, then at most one character out of hyphen,
   `#` and blank, then exactly {digits} digits. Neither a letter nor a digit stands right before or
   right behind it. The value is `{prefix}-` and the digits.
3. `phone`: a `+` or a `0`, and behind it 8 to 12 more digits, each with at most one character out
   of blank, hyphen and point in front of it (but none between the `+` or `0` and the first digit).
   Neither a letter nor a digit nor a `+` stands right before it, and neither a letter nor a digit
   right behind it. Take as many digits as these rules allow. The value is `+` and the digits
   without anything between; where it began with `0`, that becomes `+{country}`.
4. `amount`: `$`, `€` or `£`, at most one blank, and a number; or a number, at most one blank, and
   `USD`, `EUR` or `GBP` in capital letters with no letter or digit right behind. A number is one or
   more digits, or one to three digits and groups of a comma and three digits; then perhaps a point
   and two digits. Neither a digit, nor a point or comma with a digit behind it, stands right behind
   a number, and neither a letter or digit nor a point or comma right before an amount. The value is
   `USD`, `EUR` or `GBP`, a blank, and the number without commas, with two decimals.

Print the header `line,kind,value` and a line for each find: the number of its line (the first is
1), its kind and its value. {repeats} {order} Every line ends with a line feed. Where nothing is
found, print the header alone.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "record": subject.record,
        "prefix": subject.prefix,
        "digits": draws.whole(4, 6),
        "country": draws.pick(["33", "44", "49", "61"]),
        "once": draws.chance(50),
        "order": draws.pick([*_ORDERS]),
    }


def statement(settings: Settings, subject: Subject) -> str:  # noqa: ARG001 - one signature for all
    texts = {"repeats": _REPEATS[settings["once"]], "order": _ORDERS[settings["order"]]}
    return _STATEMENT.format(**{**settings, **texts})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has only what looks like something, 1 a single find; all others some of each kind,
    one of them twice, and all that looks like something."""
    if number == 0:
        return {STDIN: _text(draws, draws.shuffled(_bait(draws, settings)))}
    if number == 1:
        return {STDIN: f"Hello,\n\nsee {subject.prefix}{_figures(draws, settings['digits'])}.\n"}
    finds = [find for _ in range(draws.whole(2, 4)) for find in _finds(draws, subject, settings)]
    email = f"{draws.pick(PEOPLE).split()[0]}.{draws.whole(1, 99)}@Shop.Example"
    twice = [f"write to {email}, please", f"<{email.lower()}>"]
    bait = _bait(draws, settings)
    # Of each kind something stands on the same line as another kind, before and behind it.
    mixed = [" and ".join(_finds(draws, subject, settings)[::step]) for step in (1, -1)]
    return {STDIN: _text(draws, draws.shuffled([*finds, *twice, *bait, *mixed]))}


def _finds(draws: Draws, subject: Subject, settings: Settings) -> list[str]:
    first, last = draws.pick(PEOPLE).split()
    prefix = draws.pick([subject.prefix, subject.prefix.lower()])
    number = _figures(draws, settings["digits"])
    area, line = draws.whole(20, 99), draws.whole(100000, 999999)
    sign, code = draws.pick(["$", "€", "£"]), draws.pick(["USD", "EUR", "GBP"])
    sum_ = draws.pick([f"{draws.whole(1, 99)}", f"{draws.whole(1, 9)},{draws.whole(100, 999)}"])
    cents = draws.pick(["", f".{draws.whole(10, 99)}"])
    return [
        draws.pick([f"{first}.{last}@mail.example", f"{last.upper()}_7@a-b.Example.org"]),
        f"{prefix}{draws.pick(['', '-', '#', ' '])}{number}",
        draws.pick([f"0{area} {line // 1000}-{line % 1000:03d}1", f"+{area}.{line}.{area}"]),
        draws.pick([f"{sign}{sum_}{cents}", f"{sign} {sum_}{cents}", f"{sum_}{cents} {code}"]),
    ]


def _bait(draws: Draws, settings: Settings) -> list[str]:
    """What looks like something and is not, whatever is drawn."""
    prefix, digits = settings["prefix"], settings["digits"]
    return [
        f"{prefix}{_figures(draws, digits + 1)}",
        f"X{prefix}-{_figures(draws, digits)}",
        f"{prefix}--{_figures(draws, digits)}",
        draws.pick(["someone@home", "@handle", "a@b."]),
        draws.pick(["05.03.2024", "+49 30 12", f"+{_figures(draws, 15)}", "0 123456789"]),
        draws.pick(["12 USDT", "$12.505", "1,23 EUR", "EUR 12", "USD"]),
    ]


def _figures(draws: Draws, count: int) -> str:
    return "".join(str(draws.whole(1, 9)) for _ in range(count))


def _text(draws: Draws, parts: list[str]) -> str:
    """Lines with one or two of the parts each, between words."""
    lines, left = ["Bonjour, ça va?"], parts
    while left:
        here, left = left[:2], left[2:]
        words = draws.pick(["It was {}; see {}.", "{}\t({})", "«{}» – née {}!", "re: {}, or {}"])
        lines.append(words.format(*here, *["nothing"] * (2 - len(here))))
        if draws.chance(20):
            lines.append("")
    return "\n".join(lines) + "\n"


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import re

    record, prefix = settings["record"], settings["prefix"]
    word = "0-9A-Za-z"
    number = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{2})?(?![0-9]|[.,][0-9])"
    forms = {
        "email": re.compile(rf"[{word}._%+-]+@(?:[{word}-]+\.)+[A-Za-z]{{2,}}"),
        record: re.compile(
            rf"(?<![{word}])(?i:{prefix})[-# ]?([0-9]{{{settings['digits']}}})(?![{word}])"
        ),
        "phone": re.compile(rf"(?<![{word}+])[+0][0-9](?:[ .-]?[0-9]){{7,11}}(?![{word}])"),
        "amount": re.compile(
            rf"(?<![{word}.,])(?:([$€£]) ?({number})|({number}) ?(USD|EUR|GBP)(?![{word}]))"
        ),
    }

    def value_of(kind: str, found: "re.Match[str]") -> str:
        if kind == "email":
            return found[0].lower()
        if kind == record:
            return f"{prefix}-{found[1]}"
        if kind == "phone":
            digits = re.sub("[^0-9]", "", found[0])
            return f"+{settings['country']}{digits[1:]}" if found[0][0] == "0" else f"+{digits}"
        code = found[4] or {"$": "USD", "€": "EUR", "£": "GBP"}[found[1]]
        figures = (found[2] or found[3]).replace(",", "")
        return f"{code} {figures}" + ("" if "." in figures else ".00")

    finds: list[tuple[int, int, int, str, str]] = []
    for line, text in enumerate(inputs["stdin"].split("\n"), 1):
        for rank, (kind, form) in enumerate(forms.items()):
            for found in form.finditer(text):
                finds.append((line, found.start(), rank, kind, value_of(kind, found)))
            text = form.sub(lambda found: "|" * len(found[0]), text)
    finds.sort(key=lambda find: (find[2], find[:2]) if settings["order"] == "kind" else find[:2])
    printed, lines = set(), ["line,kind,value"]
    for line, _, _, kind, value in finds:
        if settings["once"] and (kind, value) in printed:
            continue
        printed.add((kind, value))
        lines.append(f"{line},{kind},{value}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="text_extraction",
    title="Numbers and addresses found in text",
    tags={
        "data extraction": 4,
        "regular expressions": 4,
        "web scraping": 1,
        "data scraping": 2,
        "pdf": 3,
        "nlp": 2,
        "natural language": 2,
        "ocr": 3,
        "email handling": 3,
        "perl": 3,
        "word": 1,
        "data mining": 1,
        "python": 1,
        "data collection": 1,
    },
    words={
        r"\bextract": 4,
        r"\bregex|\bregular expressions?\b": 5,
        r"\bpars(?:e|er|ing)\b": 3,
        r"\be-?mails?\b": 1,
        r"\bphone numbers?\b": 2,
        r"\bpdfs?\b": 2,
        r"\bunstructured\b": 3,
        r"\btext\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes numbers that are too long", "}}})(?![{word}])", "}}})"),
        Mutant(
            "does the other thing with repeats", 'if settings["once"]', 'if not settings["once"]'
        ),
        Mutant("leaves e-mails as they are written", "found[0].lower()", "found[0]"),
        Mutant("leaves the zero of phones at home", 'if found[0][0] == "0"', "if False"),
        Mutant("leaves amounts without decimals", '("" if "." in figures else ".00")', '""'),
    ),
)
