"""De-duplication: people who are listed more than once, found by what they have in common."""

from datetime import date
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import csv_text

_MATCHES: Final = {
    "either": "they have the same e-mail, or the same phone number",
    "name too": "they have the same name and, besides, the same e-mail or the same phone number",
    "email": "they have the same e-mail, or the same name and the same phone number",
}
_KEEPS: Final = {
    "first": "the first one in the file",
    "latest": "the one with the latest `updated`, the first of them in the file where several have "
    "it",
    "fullest": "the one with the most fields that are not blank, the first of them in the file "
    "where several have as many",
}
_TAGS: Final = {
    True: "From a `+` before the `@` on, all up to the `@` is left out: `ana+shop@x.example` is "
    "`ana@x.example`.",
    False: "A `+` and what follows it count like all else.",
}

_STATEMENT: Final = """
Write a program that finds {person}s who are listed more than once. It reads a CSV file from
standard input and prints a CSV without duplicates to standard output.

The columns of the input are `id`, `{person}` (a name), `email`, `phone`, `city` and `updated` (a
date like `2024-03-05`, never empty), in any order. A field that holds a comma, a quote or a line
break is quoted, with quotes in it doubled. Every `id` occurs once. Blanks around a field never
count and are not printed.

Two rows are of the same {person} where {match}. Whoever is the same as somebody who is the same as
a third one is the same as that one too, in chains of any length. What is empty is never the same as
anything. Compared are:

- names without letter case and accents (`É` is `e`), with all but letters a to z and digits taken
  for blanks, and by their words in any order: `Núñez, Ana` is `ana nunez`;
- e-mails without letter case. {tags}
- phone numbers by their last {digits} digits, all else left out; where a phone has fewer than
  {digits} digits, it is taken for empty.

Of the rows of one {person}, one is kept: {keep}. Where `{person}`, `email`, `phone` or `city` of
that row is empty, it gets the value of the first of the other rows, in the order of the file, where
that field is not empty. Nothing else is changed: the kept row keeps its spelling.

Print the header `id,{person},email,phone,city,merged` and a line for each {person}, in the order in
which their first rows stand in the file. `merged` lists the `id`s of the rows that were not kept,
in the order of the file, with `;` between; it is empty where there are none. Quote a field only
where it holds a comma or a quote. Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:
    return {
        "person": subject.person,
        "match": draws.pick([*_MATCHES]),
        "keep": draws.pick([*_KEEPS]),
        "tags": draws.chance(50),
        "digits": draws.pick([7, 8, 9]),
    }


def statement(settings: Settings, subject: Subject) -> str:  # noqa: ARG001 - one signature for all
    texts = {
        "match": _MATCHES[settings["match"]],
        "keep": _KEEPS[settings["keep"]],
        "tags": _TAGS[settings["tags"]],
    }
    return _STATEMENT.format(**{**settings, **texts})


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no row, 1 one, 2 rows of one person alone; the others people of all kinds. All
    but the first two hold a chain, a tagged e-mail, a short phone and gaps to fill."""
    names = draws.some(PEOPLE, len(PEOPLE))
    people = [_person(draws, name) for name in names[: number if number < 2 else 6]]
    rows = [dict(person) for person in people]
    if number > 1:
        base = _person(draws, names[7])
        rows = _variants(draws, base)
        if number > 2:
            rows += [*people, *(_again(draws, draws.pick(people)) for _ in range(5))]
            rows += _lookalikes(draws, names[8], settings["digits"])
    columns = ["id", subject.person, "email", "phone", "city", "updated"]
    prefix = subject.person[0].upper()
    listed = [
        {
            "id": f"{prefix}{draws.whole(1, 9)}{row:02d}",
            subject.person: found["name"],
            "updated": draws.day(date(2023, 1, 1), date(2023, 12, 31)),
            **{name: found[name] for name in columns[2:] if name in found},
        }
        for row, found in enumerate(rows, 1)
    ]
    return {STDIN: csv_text(draws.shuffled(columns), listed)}


def _person(draws: Draws, name: str) -> dict[str, str]:
    email = f"{name.replace(' ', '.').lower()}@mail{draws.whole(1, 99)}.example"
    city = draws.pick(["Łódź", "Porto", "Leeds, UK", "Graz", ""])
    return {"name": name, "email": email, "phone": _phone(draws), "city": city}


def _phone(draws: Draws) -> str:
    return f"0{draws.whole(20, 79)} {draws.whole(100, 999)} {draws.whole(10000, 99999)}"


def _variants(draws: Draws, base: dict[str, str]) -> list[dict[str, str]]:
    """One person six times: the first row is as full as any and the latest, but has no city; two
    that have nothing in common but the name come before the one that joins them."""
    name, email = base["name"], base["email"]
    first, last = name.split()
    turned = f"{last.upper()}, {first}".replace("E", "É")
    local, host = email.split("@")
    other, phone = _phone(draws), base["phone"]
    foreign = "+44 (0)" + other[1:].replace(" ", "-")
    mail = f"old.{email}"
    late = "2024-06-01"
    return [
        {"name": name, "email": email, "phone": phone, "city": "", "updated": late},
        {"name": turned, "email": mail, "phone": foreign, "city": ""},
        {"name": name, "email": email.upper(), "phone": "", "city": draws.pick(["Ghent", "Bari"])},
        {"name": f" {name}", "email": mail.title(), "phone": phone, "city": ""},
        {"name": turned, "email": "", "phone": other, "city": "Oslo"},
        {"name": name, "email": f"{local}+list@{host}", "phone": "", "city": ""},
    ]


def _again(draws: Draws, person: dict[str, str]) -> dict[str, str]:
    """The same person, or somebody with the same phone, or with the same name."""
    phone = person["phone"]
    return draws.pick(
        [
            {**person, "email": person["email"].upper(), "phone": "", "city": "Turin"},
            {**person, "name": "Office", "email": "", "phone": "+351 " + phone[1:]},
            {**person, "email": "", "phone": phone.replace(" ", "/")},
            {**person, "email": "", "phone": "", "name": person["name"].upper()},
            {**person, "name": "", "phone": ""},
        ]
    )


def _lookalikes(draws: Draws, name: str, digits: int) -> list[dict[str, str]]:
    """Two people of one name whose phones are too short to tell."""
    short = f"{draws.whole(100000, 999999)}"[: digits - 1]
    return [{"name": name, "email": "", "phone": f"{short}", "city": c} for c in ("Graz", "Porto")]


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    import unicodedata

    person, digits = settings["person"], settings["digits"]
    fields = (person, "email", "phone", "city")

    def name_key(text: str) -> str:
        letters = unicodedata.normalize("NFKD", text.lower())
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        return " ".join(sorted(re.findall("[a-z0-9]+", plain)))

    def email_key(text: str) -> str:
        local, at, host = text.lower().partition("@")
        if settings["tags"]:
            local = local.partition("+")[0]
        return local + at + host

    def phone_key(text: str) -> str:
        found = re.sub("[^0-9]", "", text)
        return found[-digits:] if len(found) >= digits else ""

    rows = [
        {name: field.strip() for name, field in row.items()}
        for row in csv.DictReader(io.StringIO(inputs["stdin"], newline=""))
    ]
    keys = [(name_key(r[person]), email_key(r["email"]), phone_key(r["phone"])) for r in rows]

    def same(one: int, other: int) -> bool:
        name, email, phone = (
            keys[one][key] != "" and keys[one][key] == keys[other][key] for key in range(3)
        )
        if settings["match"] == "either":
            return email or phone
        if settings["match"] == "email":
            return email or (name and phone)
        return name and (email or phone)

    group_of = list(range(len(rows)))
    for later in range(len(rows)):
        for earlier in range(later):
            if same(earlier, later):
                old, new = group_of[later], group_of[earlier]
                group_of = [new if group == old else group for group in group_of]
    groups: dict[int, list[int]] = {}
    for row, group in enumerate(group_of):
        groups.setdefault(group, []).append(row)

    def worth(row: int) -> tuple[Any, int]:
        value: Any = 0
        if settings["keep"] == "latest":
            value = rows[row]["updated"]
        elif settings["keep"] == "fullest":
            value = sum(1 for field in rows[row].values() if field)
        return value, -row

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", *fields, "merged"])
    for members in groups.values():
        kept = max(members, key=worth)
        others = [row for row in members if row != kept]
        shown = [
            next((rows[row][field] for row in [kept, *others] if rows[row][field]), "")
            for field in fields
        ]
        writer.writerow([rows[kept]["id"], *shown, ";".join(rows[row]["id"] for row in others)])
    return buffer.getvalue()


FAMILY = Family(
    name="deduplication",
    title="Everybody listed once",
    tags={
        "data cleansing": 3,
        "crm": 3,
        "data entry": 1,
        "excel": 1,
        "data management": 3,
        "leads": 3,
        "lead generation": 3,
        "email marketing": 2,
        "salesforce.com": 2,
        "zoho crm": 2,
        "microsoft access": 1,
        "email handling": 2,
        "data mining": 1,
    },
    words={
        r"\bduplicat\w+": 5,
        r"\bde-?dup\w*": 5,
        r"\b(?:contact|lead|customer|client|member)s?\b": 2,
        r"\bfuzzy\b": 5,
        r"\bmailing list": 3,
        r"\bmerg(?:e|ing)\b": 2,
        r"\bunique\b": 1,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("lets letter case tell e-mails apart", "text.lower().partition", "text.partition"),
        Mutant("compares all digits of phones", "found[-digits:]", "found"),
        Mutant(
            "breaks chains",
            "group_of = [new if group == old else group for group in group_of]",
            "group_of[later] = new",
        ),
        Mutant(
            "leaves gaps in what it keeps", "for row in [kept, *others] if", "for row in [kept] if"
        ),
        Mutant("does the other thing with tags", 'if settings["tags"]', 'if not settings["tags"]'),
        Mutant("keeps the last one", "return value, -row", "return 0, row"),
    ),
)
