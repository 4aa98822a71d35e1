"""Questions to three tables, as a database is asked them."""

from datetime import date, timedelta
from typing import Any, Final

from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import csv_text, wrapped

PEOPLE_FILE: Final = "people.csv"
ITEMS_FILE: Final = "items.csv"
RECORDS_FILE: Final = "records.csv"

_STATEMENT: Final = """
Three tables of a database were exported as CSV files. Write a program that reads them from its
folder and answers one question on standard output, as CSV. How it does so, with SQL or without, is
up to you.

- `people.csv`: `id`, `name`. An id may stand in several lines: the first of them counts.
- `items.csv`: `id` (never repeated), `{label}`, `{group}`, `{amount}` (of one unit, two decimals).
- `records.csv`: `{identifier}` (never repeated), `person` and `item` (ids), `day`
  (year-month-day), `{quantity}` (a whole number) and `status`. It lists {records}.

Columns come in any order. A field that holds a comma, a quote or a line break is quoted, with
quotes in it doubled. Ids are texts: spelt exactly alike or different.

One of the {records} counts where its person is in `people.csv` and its item in `items.csv`, its day
is from {first} to {last}, both included, and its status is not `{status}` (in any letter case and
with or without blanks around it). All others do not exist for the question. The value of one is
`{quantity}` times `{amount}` of its item.

{question}

Print the header, then the lines; texts are ordered by Unicode code point. Values have two decimals.
Quote a field only where it holds a comma, a quote or a line break. Lines end with a line feed.
Where nothing is found, print the header alone.
"""
_QUESTIONS: Final = {
    "top": """
Which {number} people have the largest total value? Where others have the same total as the last one
of these, they are listed too. People without {records} that count are not listed. Columns:
`id,name,value`. The largest total comes first, equal totals in order of `id`.""",
    "never": """
Which people, of all in `people.csv`, have none of the {records} that count with an item whose
`{group}` is `{choice}`? Columns: `id,name`, in order of `id`.""",
    "latest": """
For each person who has any, which is the latest of the {records} that count? Of several on one day,
it is the one whose `{identifier}` comes {choice} in order. Columns: `id,name,{identifier},day`, in
order of `id`.""",
    "variety": """
Which people have {records} that count with items of at least {number} different values of
`{group}`? Columns: `id,name,different,count` (how many values of `{group}`, how many {records} that
count). The largest `different` comes first, then in order of `id`.""",
    "above": """
Whose {records} that count have a mean value of more than {number} percent of the mean value of all
{records} that count? Columns: `id,name,count,value` (how many {records} that count, and their total
value), in order of `id`.""",
    "months": """
Who has the largest total value of each month? Where several have the same, all are listed; a month
in which none of the {records} counts is not. Columns: `month,id,name,value`, `month` as year-month
(2024-03), the {choice} month first, and within a month in order of `id`.""",
}


def draw(draws: Draws, subject: Subject) -> Settings:
    question = draws.pick(sorted(_QUESTIONS))
    first = draws.day(date(2023, 1, 1), date(2024, 6, 30))
    extras: dict[str, Settings] = {
        "top": {"number": draws.whole(2, 4)},
        "never": {"choice": draws.pick(subject.groups)},
        "latest": {"choice": draws.pick(["first", "last"])},
        "variety": {"number": draws.whole(2, 4)},
        "above": {"number": draws.pick([100, 110, 125])},
        "months": {"choice": draws.pick(["earliest", "latest"])},
    }
    return {
        "question": question,
        "group": subject.group,
        "amount": subject.amount,
        "identifier": subject.identifier,
        "quantity": subject.quantity,
        "first": first.isoformat(),
        "last": (first + timedelta(draws.whole(60, 200))).isoformat(),
        "status": draws.pick(["cancelled", "draft", "void"]),
        **extras[question],
    }


def statement(settings: Settings, subject: Subject) -> str:
    words = {"records": subject.records, "label": subject.label, **settings}
    return wrapped(
        _STATEMENT.format(
            **{**words, "question": _QUESTIONS[settings["question"]].strip().format(**words)}
        )
    )


def inputs(draws: Draws, subject: Subject, settings: Settings, number: int) -> Inputs:
    """Case 0 has no records. Somebody has the largest ones by far: in 1 none of them counts, in 2
    they are of the last day, in 4 of the day before the first. In 3 all people are listed twice.
    In all, people 1 and 7 have items of every group and the last two have none."""
    names = draws.some([*PEOPLE, "Zoë Ørsted", "O'Hara, Pat", 'Max "Mo" Ek'], 10)
    people = [{"id": f"P{draws.whole(10, 99)}{i}{i}", "name": name} for i, name in enumerate(names)]
    items = [
        {
            "id": f"{draws.whole(1, 9)}{i}",
            subject.label: draws.pick(subject.labels),
            subject.group: group,
            subject.amount: draws.money(1, 60),
        }
        for i, group in enumerate(subject.groups * 2)
    ]
    first, last = (date.fromisoformat(settings[name]) for name in ("first", "last"))
    star, busy = people[0]["id"], [person["id"] for person in people[2:7]]
    days = {1: first + timedelta(3), 2: last, 4: first - timedelta(1)}
    found = [(star, item["id"], days[number], 900) for item in items if number in days]
    for person, least in ((people[1]["id"], 1), (people[7]["id"], 60)):
        for item in items[: len(subject.groups)]:
            found.append(
                (person, item["id"], draws.day(first, last), draws.whole(least, least + 8))
            )
    for _ in range(draws.whole(8, 16)):
        who, what = draws.pick([*busy, "P000"]), draws.pick([*items, {"id": "000"}])["id"]
        day = draws.day(first - timedelta(9), last + timedelta(9))
        found.append((who, what, day, draws.whole(1, 9)))
    odd = [settings["status"].upper(), f" {settings['status']}", f"{settings['status'].title()} "]
    rows = [
        {
            subject.identifier: f"{subject.prefix}{draws.whole(10, 99)}{i:02d}",
            "person": person,
            "item": item,
            "day": day.isoformat(),
            subject.quantity: count,
            "status": draws.pick(odd)
            if (number == 1 and person == star) or (person in busy and draws.chance(15))
            else draws.pick(["done", "open", "Paid"]),
        }
        for i, (person, item, day, count) in enumerate(found if number else [])
    ]
    people = draws.shuffled(people)
    doubled = [{"id": p["id"], "name": f"{p['name']} (old)"} for p in people if number == 3]
    return {
        PEOPLE_FILE: csv_text(draws.shuffled(["id", "name"]), people + doubled),
        ITEMS_FILE: csv_text(draws.shuffled(list(items[0])), draws.shuffled(items)),
        RECORDS_FILE: csv_text(
            draws.shuffled(
                [subject.identifier, "person", "item", "day", subject.quantity, "status"]
            ),
            draws.shuffled(rows),
        ),
    }


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import sqlite3

    def table(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(inputs[name], newline="")))

    base = sqlite3.connect(":memory:")
    base.executescript(
        """
        create table people (id text primary key, name text);
        create table items (id text primary key, kind text, cents integer);
        create table records (name text, person text, item text, day text, n integer, status text);
        """
    )
    for row in table("people.csv"):
        base.execute("insert or ignore into people values (?, ?)", (row["id"], row["name"]))
    for row in table("items.csv"):
        whole, _, cents = row[settings["amount"]].partition(".")
        price = 100 * int(whole) + int(cents)
        base.execute(
            "insert into items values (?, ?, ?)", (row["id"], row[settings["group"]], price)
        )
    for row in table("records.csv"):
        names = (settings["identifier"], "person", "item", "day", settings["quantity"], "status")
        base.execute("insert into records values (?, ?, ?, ?, ?, ?)", [row[name] for name in names])
    base.execute(
        """
        create table counting as
        select records.name as record, people.id, people.name, kind, day, n * cents as value
        from records join people on people.id = person join items on items.id = item
        where day >= :first and day <= :last and lower(trim(status)) <> :status
        """,
        settings,
    )
    columns, query = {
        "top": (
            ["id", "name", "value"],
            """
            with totals as (select id, name, sum(value) as value from counting group by id, name)
            select * from totals where value >= (
                select min(value) from (
                    select value from totals order by value desc limit :number
                )
            ) order by value desc, id
            """,
        ),
        "never": (
            ["id", "name"],
            """
            select id, name from people
            where id not in (select id from counting where kind = :choice) order by id
            """,
        ),
        "latest": (
            ["id", "name", settings["identifier"], "day"],
            """
            select id, name,
                case :choice when 'first' then min(record) else max(record) end, day
            from counting as one
            where day = (select max(day) from counting as other where other.id = one.id)
            group by id, name, day order by id
            """,
        ),
        "variety": (
            ["id", "name", "different", "count"],
            """
            select id, name, count(distinct kind) as different, count(*) from counting
            group by id, name having different >= :number order by different desc, id
            """,
        ),
        "above": (
            ["id", "name", "count", "value"],
            """
            select id, name, count(*), sum(value) as value from counting group by id, name
            having 100 * sum(value) * (select count(*) from counting)
                > :number * count(*) * (select sum(value) from counting)
            order by id
            """,
        ),
        "months": (
            ["month", "id", "name", "value"],
            """
            with totals as (
                select substr(day, 1, 7) as month, id, name, sum(value) as value from counting
                group by month, id, name
            )
            select month, id, name, value from totals as one
            where value = (select max(value) from totals as other where other.month = one.month)
            order by case :choice when 'latest' then -replace(month, '-', '') else month end, id
            """,
        ),
    }[settings["question"]]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for found in base.execute(query, settings).fetchall():
        cells = dict(zip(columns, found))  # noqa: B905 - strict is of later Pythons
        if "value" in cells:
            cells["value"] = f"{cells['value'] // 100}.{cells['value'] % 100:02d}"
        writer.writerow(cells.values())
    return buffer.getvalue()


FAMILY = Family(
    name="sql_query",
    title="A question to three tables",
    tags={
        "sql": 4,
        "mysql": 3,
        "microsoft sql server": 3,
        "postgresql": 3,
        "oracle": 3,
        "sqlite": 4,
        "database programming": 3,
        "database administration": 2,
        "database development": 2,
        "relational databases": 3,
        "t-sql (transact structures query language)": 4,
        "microsoft access": 2,
        "bigquery": 3,
        "snowflake": 2,
        "data warehousing": 2,
    },
    words={
        r"\bsql\b": 4,
        r"\bquer(?:y|ies)\b": 3,
        r"\bdatabase": 2,
        r"\btables?\b": 1,
        r"\bstored procedure": 3,
        r"\bjoins?\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("takes status as it is spelt", "lower(trim(status))", "status"),
        Mutant("leaves the last day out", "day <= :last", "day < :last"),
        Mutant("counts what came before the first day", "day >= :first and ", ""),
        Mutant("takes the last name of an id", "insert or ignore", "insert or replace"),
    ),
    reads=(PEOPLE_FILE, ITEMS_FILE, RECORDS_FILE),
)
