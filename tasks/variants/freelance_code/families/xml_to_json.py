"""Feeds: an XML document turned into JSON lines."""

from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject

_EMPTIES: Final = {
    "null": "is `null`",
    "omit": "is left out, with its key",
}
_TAGS: Final = {
    "list": "the array of the texts of all elements `tag` in `tags`, at any depth, without empty "
    "ones; an empty array where there are none",
    "text": "the texts of all elements `tag` in `tags`, at any depth, without empty ones, as one "
    "text with `, ` between; missing where there are none",
}
_ORDERS: Final = {
    "listed": "in the order of the list above",
    "name": "in alphabetical order at every level",
}

_STATEMENT: Final = """
Write a program that reads a feed of {records} as XML (UTF-8) from standard input and prints them as
JSON, one object a line, to standard output.

The root of the document is `feed`; its children named `entry` are the {records}, and other children
do not matter. The document may have a default namespace, comments, CDATA sections and character
references; it has no DTD. An entry looks like this, with children in any order:

```xml
<entry id="{prefix}0001" status="open">
  <{label}>...</{label}>
  <{group}>...</{group}>
  <{amount} unit="EUR">12.5</{amount}>
  <{quantity}>3</{quantity}>
  <{person} email="...">...</{person}>
  <tags><tag>...</tag><tag>...</tag></tags>
</entry>
```

All but `id` may be missing. The text of an element is all text in it, that inside of elements in it
included, in the order of the document; each run of blanks and line breaks becomes one space, and
none is left at the ends. An element whose text is then empty is the same as a missing one. Where a
child comes several times in an entry, its first one counts, whatever its text.

The object of an entry has these keys:

- `{identifier}`: the attribute `id` as it is.
- `{label}` and `{group}`: the text.
- `{amount}_cents`: the text, a number with at most two decimals and perhaps a minus sign, times
  100, as a whole number.
- `{quantity}`: the text as a whole number.
- `{person}`: an object with the keys `name`, the text, and `email`, the attribute. The whole is
  missing only where the element is not there at all or has neither.
- `tags`: {tags}.

What is missing {empty}. Keys come {order}.

Leave out entries whose `status` is `{skip}`; without the attribute, an entry is as any other. Of
entries with the same `id`, take the {which} one that is not left out, at its own place.

Write JSON as in `{{"a": "é \\" \\\\", "b": [1, null]}}`: one space behind each comma and colon
between values and no other blanks, a backslash in front of double quotes and backslashes, and all
other characters as they are. At the end print one more line like `{{"entries": 12, "printed": 10}}`
with the number of all entries and of the objects printed. Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "identifier": subject.identifier,
        "label": subject.label,
        "group": subject.group,
        "amount": subject.amount,
        "quantity": subject.quantity,
        "person": subject.person,
        "skip": draws.pick(["deleted", "draft", "void"]),
        "empty": draws.pick([*_EMPTIES]),
        "order": draws.pick([*_ORDERS]),
        "which": draws.pick(["first", "last"]),
        "tags": draws.pick(["list", "text"]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "empty": _EMPTIES[settings["empty"]],
        "order": _ORDERS[settings["order"]],
        "tags": _TAGS[settings["tags"]],
    }
    names = {"records": subject.records, "prefix": subject.prefix}
    return _STATEMENT.format(**{**settings, **texts, **names})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no entry, 1 one that is bare, 2 a namespace; all others have an entry to leave
    out, one that comes twice, and text with markup."""
    entries = []
    if number == 1:
        entries = [f'<entry id="{subject.prefix}1"/>']
    elif number > 1:
        skip, twice = settings["skip"], draws.whole(1, 8)
        states = ["", "open", skip.upper(), ""]
        entries = [_entry(draws, subject, n, draws.pick(states)) for n in range(1, 9)]
        entries += [_entry(draws, subject, n, skip) for n in (draws.whole(1, 8), 9)]
        entries.append(_entry(draws, subject, 10, ""))
        entries = draws.shuffled(entries)
        entries.insert(draws.whole(0, 3), _entry(draws, subject, twice, "open"))
        entries.append(_entry(draws, subject, twice, ""))
    space = ' xmlns="urn:feed:example"' if number == 2 else ""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' if draws.chance(60) else ""
    body = "\n".join(["<title>Feed</title>", *entries])
    return {STDIN: f"{head}<feed{space}><!-- made nightly -->\n{body}\n</feed>\n"}


def _entry(draws: Draws, subject: Subject, number: int, status: str) -> str:
    label = draws.pick([*subject.labels, "Çay & <tea>", 'the "big" \\ one'])
    amount = draws.money(1, 999)
    email = f' email="p{draws.whole(1, 99)}@mail.example"' if draws.chance(60) else ""
    name = draws.pick([draws.pick(PEOPLE), "", "Zoë <i>Q.</i>\n  Öz"])
    tags = draws.some(["new", "", " sale ", "r&amp;d", "caf&#233;"], draws.whole(0, 3))
    price = draws.pick([amount, f" {amount[:-1]}", amount[:-3], f"-{amount}", ""])
    children = [
        f"<{subject.label}>{_marked(draws, label)}</{subject.label}>",
        f"<{subject.group}>{draws.pick([*subject.groups, ' '])}</{subject.group}>",
        f'<{subject.amount} unit="EUR">{price}</{subject.amount}>',
        f"<{subject.quantity}>{draws.pick([str(draws.whole(0, 40)), ''])}</{subject.quantity}>",
        f"<{subject.person}{email}>{name}</{subject.person}>",
        f"<tags>{''.join(f'<tag>{tag}</tag>' for tag in tags)}</tags>",
    ]
    kept = draws.shuffled(children)[: draws.whole(3, 6)]
    if number == 10:
        # A binary fraction times 100 falls short of these.
        cents = draws.pick(["1.15", "4.35", "8.29", "9.95", "19.99"])
        kept = [
            f"<{subject.label}>1 &lt; <b>2</b> <![CDATA[& <3>]]></{subject.label}>",
            f"<{subject.amount}>{cents}</{subject.amount}><{subject.amount}>7</{subject.amount}>",
            f"<tags><tag>\n old</tag><x><tag>{cents}</tag></x><tag/></tags>",
        ]
    state = f" status={quoteattr(status)}" if status else ""
    return f'<entry{state} id="{subject.prefix}{number:04d}">{"".join(kept)}</entry>'


def _marked(draws: Draws, text: str) -> str:
    """The same text, marked up in one of the ways that XML has."""
    return draws.pick(
        [escape(text), f"<![CDATA[{text}]]>", f"\n  {escape(text)}<!-- ? --> ", escape(text)]
    )


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import json
    import xml.etree.ElementTree as ElementTree
    from decimal import Decimal

    def name_of(element: Any) -> str:
        return str(element.tag).split("}")[-1]

    def text_of(element: Any) -> str:
        return " ".join("".join(element.itertext()).split())

    def object_of(entry: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in entry:
            found.setdefault(name_of(child), child)

        def text(name: str) -> str:
            return text_of(found[name]) if name in found else ""

        person, amount = settings["person"], text(settings["amount"])
        quantity = text(settings["quantity"])
        email = found[person].get("email", "") if person in found else ""
        inner = {"name": text(person) or None, "email": email or None}
        listed = found["tags"].iter() if "tags" in found else ()
        tags = [text_of(tag) for tag in listed if name_of(tag) == "tag" and text_of(tag)]
        return {
            settings["identifier"]: entry.get("id"),
            settings["label"]: text(settings["label"]) or None,
            settings["group"]: text(settings["group"]) or None,
            f"{settings['amount']}_cents": int(Decimal(amount) * 100) if amount else None,
            settings["quantity"]: int(quantity) if quantity else None,
            person: cleaned(inner) if any(inner.values()) else None,
            "tags": tags if settings["tags"] == "list" else ", ".join(tags) or None,
        }

    def cleaned(found: dict[str, Any]) -> dict[str, Any]:
        if settings["empty"] == "omit":
            found = {key: value for key, value in found.items() if value is not None}
        return dict(sorted(found.items())) if settings["order"] == "name" else found

    root = ElementTree.fromstring(inputs["stdin"])  # noqa: S314 - a feed without a DTD
    entries: list[Any] = [child for child in root if name_of(child) == "entry"]
    chosen: dict[str, Any] = {}
    for entry in entries:
        if entry.get("status") == settings["skip"]:
            continue
        if settings["which"] == "last" or entry.get("id") not in chosen:
            chosen[entry.get("id")] = entry
    printed = [entry for entry in entries if chosen.get(entry.get("id")) is entry]
    objects = [cleaned(object_of(entry)) for entry in printed]
    objects.append({"entries": len(entries), "printed": len(printed)})
    return "".join(json.dumps(found, ensure_ascii=False) + "\n" for found in objects)


FAMILY = Family(
    name="xml_to_json",
    title="A feed turned into JSON lines",
    tags={
        "xml": 5,
        "json": 2,
        "java": 2,
        "c# programming": 2,
        ".net": 2,
        "asp.net": 2,
        "sap": 2,
        "erp": 2,
        "j2ee": 2,
        "data integration": 2,
        "web services": 4,
        "ssis (sql server integration services)": 2,
        "wordpress": 1,
        "magento": 3,
        "woocommerce": 3,
        "shopify": 3,
        "ecommerce": 2,
        "etl": 2,
        "python": 1,
    },
    words={
        r"\bxml\b": 5,
        r"\bfeeds?\b": 4,
        r"\brss\b": 4,
        r"\bsoap\b": 3,
        r"\b(?:transform|conver(?:t|sion))\w*": 1,
        r"\bimport(?:s|ing|ed)?\b": 2,
        r"\bsync\w*": 2,
        r"\bintegrat\w+": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("does not know namespaces", 'str(element.tag).split("}")[-1]', "str(element.tag)"),
        Mutant(
            "takes the text up to the first markup",
            '"".join(element.itertext())',
            '(element.text or "")',
        ),
        Mutant("prints what is to be left out", 'entry.get("status") == settings["skip"]', "False"),
        Mutant("takes the other one of two", '["which"] == "last"', '["which"] != "last"'),
        Mutant(
            "counts cents in binary fractions",
            "int(Decimal(amount) * 100)",
            "int(float(amount) * 100)",
        ),
        Mutant("escapes all but ASCII", "ensure_ascii=False", "ensure_ascii=True"),
    ),
)
