"""Logs: what a web server's log says about errors, slow pages and answers."""

from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import Subject

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_ZONES: Final = {
    "utc": "in UTC: the offset at the end of the time is taken into account",
    "local": "as it stands in the line: the offset is not taken into account",
}
_MEASURES: Final = {
    "mean": "mean (exact for the order, printed with one decimal, halves rounded up)",
    "most": "largest (printed as a whole number)",
}
_ROBOTS: Final = {
    True: "Lines whose agent holds `bot`, in any letter case, are left out from the rest, and only "
    "counted.",
    False: "Lines whose agent holds `bot`, in any letter case, are counted, and apart from that "
    "treated like all others.",
}
_KEYS: Final = {
    "class": "for each class of answers (`2xx` for 200 to 299 and so on)",
    "code": "for each status",
}

_STATEMENT: Final = """
Write a program that reads the log of a web site for {records} from standard input and prints what
it says, as CSV, to standard output. A line of the log looks like this:

```
10.0.0.7 - ana [05/Mar/2024:23:59:07 +0200] "GET /{records}?page=2 HTTP/1.1" 200 512 "-" "Opera" 38
```

Its parts stand one blank apart: host; two words; the time in brackets, with its offset from UTC;
the request in double quotes (method, target and protocol, one blank apart); the status, three
digits; bytes, digits or `-`; referrer and agent, each in double quotes and without double quotes in
it; the milliseconds that the answer took, digits or `-`. No part but referrer and agent holds a
blank, or is empty. Months are `Jan` to `Dec`. Lines of this form have a time that exists; all other
lines are unreadable, but for empty ones, which do not count at all. {robots}

The path of a request is its target up to the first `?`, without the slashes at its end; where
nothing is left, it is `/`. Print the header `part,key,value`, then:

1. `errors` for each hour with errors, in the order of time: the hour like `2024-03-05 23:00`, and
   how many errors it has. An error is a status of {errors} or more. The hour is {zone}.
2. `slow` for the {top} slowest paths (all where there are fewer), the slowest first: the path, and
   the {measure} of its milliseconds. Requests without milliseconds do not count, nor do paths with
   fewer than {least} that count. Paths that are equally slow come in alphabetical order (by the
   code points of their letters).
3. `status` {key}, in ascending order: it, and its share of the lines that are neither unreadable
   nor left out, in percent with one decimal, halves rounded up.
4. `lines` three times: `read` and the number of lines that are neither unreadable nor left out,
   `bots` and the number of readable lines whose agent holds `bot`, `unreadable` and their number.

Quote a field only where it holds a comma or a quote. Every line ends with a line feed.
"""


def draw(draws: Draws, subject: Subject) -> Settings:  # noqa: ARG001 - one signature for all
    return {
        "errors": draws.pick([400, 500]),
        "zone": draws.pick([*_ZONES]),
        "top": draws.whole(2, 4),
        "least": draws.whole(1, 2),
        "measure": draws.pick([*_MEASURES]),
        "robots": draws.chance(50),
        "key": draws.pick([*_KEYS]),
    }


def statement(settings: Settings, subject: Subject) -> str:
    texts = {
        "zone": _ZONES[settings["zone"]],
        "measure": _MEASURES[settings["measure"]],
        "robots": _ROBOTS[settings["robots"]],
        "key": _KEYS[settings["key"]],
    }
    return _STATEMENT.format(records=subject.records, **{**settings, **texts})


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has unreadable lines alone, 1 one line, 2 paths that are equally slow; then anything.
    All but the first two have errors of both kinds, robots, offsets, queries and bad lines."""
    bad = _bad(draws, subject)
    if number == 0:
        return {STDIN: "\n".join([*bad, "", ""])}
    if number == 1:
        return {STDIN: _line(draws, f"/{subject.records}/", 304) + "\n"}
    names = [subject.records, f"{subject.group},new", subject.label, "img", ""]
    paths = [f"/{name}" for name in names]
    lines = [
        _line(draws, _target(draws, path), status, 7 if number == 2 else 0)
        for path in [*paths, *(draws.pick(paths) for _ in range(draws.whole(5, 10)))]
        for status in (draws.pick([200, 200, 200, 301, 404, 503]),)
    ]
    lines += [_line(draws, paths[0], status) for status in (404, 500)]
    lines += [_line(draws, f"{paths[1]}?x=1", 502, robot=True), *draws.some(bad, draws.whole(1, 4))]
    return {STDIN: "\n".join([*draws.shuffled(lines), ""])}


def _target(draws: Draws, path: str) -> str:
    return path + draws.pick(["", "", "/", f"?page={draws.whole(1, 9)}", "/?a=/b/"])


def _line(draws: Draws, target: str, status: int, took: int = 0, robot: bool = False) -> str:
    day, month = draws.whole(1, 3), draws.whole(2, 3)
    time = f"{draws.pick([0, 9, 13, 23]):02d}:{draws.whole(0, 59):02d}:{draws.whole(0, 59):02d}"
    zone = draws.pick(["+0200", "-0530", "+0200", "+0000"]) if status < 500 else "+0200"
    agent = draws.pick(["Opera", "curl/8", "", "Lynx (x)"])
    if robot or draws.chance(8):
        agent = draws.pick(["RoBot/1", "nice bot"])
    bytes_ = draws.pick(["-", str(draws.whole(1, 9999))])
    took = took or draws.whole(1, 500)
    ms = "-" if draws.chance(15) else str(took)
    return (
        f"10.0.0.{draws.whole(1, 99)} - {draws.pick(['-', 'ana'])} "
        f"[{day:02d}/{_MONTHS[month - 1]}/2024:{time} {zone}] "
        f'"{draws.pick(["GET", "POST"])} {target} HTTP/1.1" {status} {bytes_} "-" "{agent}" {ms}'
    )


def _bad(draws: Draws, subject: Subject) -> list[str]:
    line = _line(draws, f"/{subject.records}", 500)
    return [
        line.replace(' "', " ", 1),
        line[: draws.whole(20, 60)],
        line.replace(" HTTP/1.1", ""),
        f"# restarted {draws.whole(1, 99)} times, née",
        f"{line} {line[:20]}",
    ]


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import csv
    import io
    import re
    from datetime import datetime, timedelta
    from fractions import Fraction

    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    form = re.compile(
        r"[^ ]+ [^ ]+ [^ ]+ "
        rf"\[([0-9]{{2}})/({'|'.join(months)})/([0-9]{{4}}):([0-9]{{2}}):([0-9]{{2}}):[0-9]{{2}} "
        r'([-+][0-9]{2})([0-9]{2})\] "[^ "]+ ([^ "]+) [^ "]+" ([0-9]{3}) (?:[0-9]+|-) '
        r'"[^"]*" "([^"]*)" ([0-9]+|-)'
    )

    def tenths(value: Fraction) -> str:
        count = int(value * 10 + Fraction(1, 2))
        return f"{count // 10}.{count % 10}"

    errors: dict[str, int] = {}
    times: dict[str, list[int]] = {}
    shares: dict[str, int] = {}
    read = bots = unreadable = 0
    for line in inputs["stdin"].split("\n"):
        if not line:
            continue
        found = form.fullmatch(line)
        if not found:
            unreadable += 1
            continue
        day, month, year, hour, minute, hours, minutes, target, status, agent, took = found.groups()
        if "bot" in agent.lower():
            bots += 1
            if settings["robots"]:
                continue
        read += 1
        at = (int(year), months.index(month) + 1, int(day), int(hour), int(minute))
        moment = datetime(*at)  # noqa: DTZ001 - its offset is dealt with below
        if settings["zone"] == "utc":
            offset = 60 * int(hours) + int(hours[0] + minutes)
            moment -= timedelta(minutes=offset)
        if int(status) >= settings["errors"]:
            key = f"{moment:%Y-%m-%d %H}:00"
            errors[key] = errors.get(key, 0) + 1
        path = target.split("?")[0].rstrip("/") or "/"
        if took != "-":
            times.setdefault(path, []).append(int(took))
        key = f"{status[0]}xx" if settings["key"] == "class" else status
        shares[key] = shares.get(key, 0) + 1

    def slowness(path: str) -> Fraction:
        if settings["measure"] == "most":
            return Fraction(max(times[path]))
        return Fraction(sum(times[path]), len(times[path]))

    paths = [path for path in times if len(times[path]) >= settings["least"]]
    paths.sort(key=lambda path: (-slowness(path), path))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["part", "key", "value"])
    for key in sorted(errors):
        writer.writerow(["errors", key, errors[key]])
    for path in paths[: settings["top"]]:
        value = slowness(path)
        writer.writerow(["slow", path, value if settings["measure"] == "most" else tenths(value)])
    for key in sorted(shares):
        writer.writerow(["status", key, tenths(Fraction(100 * shares[key], read))])
    writer.writerow(["lines", "read", read])
    writer.writerow(["lines", "bots", bots])
    writer.writerow(["lines", "unreadable", unreadable])
    return buffer.getvalue()


FAMILY = Family(
    name="log_analysis",
    title="What a server's log says",
    tags={
        "linux": 4,
        "apache": 4,
        "nginx": 4,
        "ubuntu": 3,
        "system admin": 4,
        "network administration": 3,
        "computer security": 3,
        "web security": 3,
        "network security": 3,
        "splunk": 5,
        "devops": 3,
        "bash scripting": 3,
        "shell script": 3,
        "unix": 3,
        "amazon web services": 2,
        "google analytics": 3,
        "website analytics": 3,
        "elasticsearch": 2,
        "hadoop": 2,
        "web hosting": 3,
    },
    words={
        r"\blogs?\b": 5,
        r"\blog files?\b": 3,
        r"\bservers?\b": 2,
        r"\b(?:traffic|visitors?|hits)\b": 2,
        r"\bmonitor\w*": 2,
        r"\berrors?\b": 1,
        r"\b(?:apache|nginx|linux)\b": 3,
        r"\bdevops\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant("does the other thing with offsets", '["zone"] == "utc"', '["zone"] != "utc"'),
        Mutant(
            "does the other thing with 4xx",
            '>= settings["errors"]',
            '>= 900 - settings["errors"]',
        ),
        Mutant("leaves queries in paths", 'target.split("?")[0].rstrip', "target.rstrip"),
        Mutant(
            "takes shares of all lines",
            "100 * shares[key], read)",
            "100 * shares[key], read + unreadable)",
        ),
        Mutant(
            "does the other thing with robots", 'if settings["robots"]', 'if not settings["robots"]'
        ),
        Mutant("cuts decimals off", "value * 10 + Fraction(1, 2)", "value * 10"),
    ),
)
