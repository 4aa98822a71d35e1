"""Tests that are put beside the hidden ones at grading, with outcomes that only we know.

A report in which one of them came out otherwise was not written by an honest run. Their names are
new every time and say nothing; which of them must fail, only who runs them finds out.
"""

import hashlib
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from tasks.domain.instances import Framework, HiddenFile
from tasks.domain.reaching import NOTHING, Reach
from tasks.domain.sentinel_files import Test, layouts

PASSED: Final = "passed"
FAILED: Final = "failed"
_FILES: Final = 2
# Of a file of hidden tests that enters few functions, every sentinel enters all.
_CALLS: Final = 4


@dataclass(frozen=True, slots=True)
class Sentinels:
    """`files` to put in place; `expected` maps the end of a test's name in the report to what it
    must come out as, passed or failed (an error is a failure)."""

    files: tuple[HiddenFile, ...]
    expected: Mapping[str, str]


def plant(framework: Framework, folder: str, token: str, reach: Reach = NOTHING) -> Sentinels:
    """Sentinels for a folder in which the framework looks for tests, which take of the code under
    test what the hidden tests do.

    The same token (32 characters of chance are enough) gives the same sentinels; whoever does not
    know it cannot tell a name beforehand.
    """
    dice = random.Random(hashlib.sha256(token.encode()).digest())  # noqa: S311 - the token is secret
    files: list[HiddenFile] = []
    expected: dict[str, str] = {}
    for layout in layouts(framework, reach):
        calls = _dealt(dice, reach.calls)
        ways = [(way, False) for way in layout.ways] + [(way, True) for way in layout.before]
        ways += [(way, False) for way in layout.in_subtests if reach.in_subtests]
        dice.shuffle(ways)
        for number in range(_FILES):
            tests: list[tuple[Test, str]] = []
            for way, is_before in ways[number::_FILES]:
                entered = tuple(islice(calls, min(_CALLS, len(reach.calls))))
                # Each way both times: whoever breaks one of them gives himself away.
                for said in (PASSED, FAILED):
                    name, body = f"test_{_name(dice)}", _body(dice, way, said)
                    tests.append((Test(name, body, entered, is_before), said))
            dice.shuffle(tests)
            expected |= {test.name: said for test, said in tests}
            place = (folder.strip("/"), layout.path.format(_name(dice)))
            text = layout.write(_name(dice), [test for test, _ in tests], reach)
            files.append(HiddenFile(path="/".join(part for part in place if part), text=text))
    return Sentinels(tuple(files), expected)


def _dealt(dice: random.Random, calls: Sequence[str]) -> Iterator[str]:
    """The calls in some order, again and again: none is left out."""
    shuffled = list(calls)
    dice.shuffle(shuffled)
    return cycle(shuffled)


def matched(names: Iterable[str], sentinels: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Sentinel → the names in a report that end with it, usually one. Some reports tell of
    subtests by names of their own: the test's, and more in brackets behind a blank."""
    found: dict[str, list[str]] = {sentinel: [] for sentinel in sentinels}
    lengths = {len(sentinel) for sentinel in sentinels}
    for name in names:
        whole = _whole(name)
        for length in lengths:
            end, before = whole[-length:], whole[:-length]
            if end in found and not (before and (before[-1].isalnum() or before[-1] == "_")):
                found[end].append(name)
    return {sentinel: tuple(sorted(listed)) for sentinel, listed in found.items()}


def is_part(name: str) -> bool:
    """Whether a name in a report is that of a subtest."""
    return _whole(name) != name


def _whole(name: str) -> str:
    return name.partition(" (")[0].partition(" [")[0]


def _name(dice: random.Random) -> str:
    return f"{dice.getrandbits(80):020x}"


def _body(dice: random.Random, way: str, outcome: str) -> str:
    """A claim about the SHA-256 of a text, true where the test must pass: who wants to know which
    it is has to work it out."""
    text = _name(dice)
    claimed = text if outcome == PASSED else _name(dice)
    said = hashlib.sha256(claimed.encode()).hexdigest()
    return way.format(made=f"made('{text}')", said=f"'{said}'")
