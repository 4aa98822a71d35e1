"""Runs of a patch's new words that another text repeats."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

SHORTEST_RUN: Final = 8
_TOKEN: Final = re.compile(r"https?://\S++|[^\W\d][\w$]*+|\d++|[^\s\w]")
_HUNK: Final = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+\d+(?:,(?P<new>\d+))? @@")
_CODE_MARKS: Final = frozenset("(){}[]=;<>/.&|$")

# A token, and where it stands.
_Placed = tuple[str, int, int]


def changed_lines(patch: str, sign: str) -> tuple[str, ...]:
    """The stretches of consecutive lines that a unified diff adds (`+`) or removes (`-`)."""
    stretches: list[list[str]] = [[]]
    old = new = 0
    for line in patch.split("\n"):
        if old <= 0 and new <= 0:
            hunk = _HUNK.match(line)
            if hunk:
                old, new = int(hunk["old"] or 1), int(hunk["new"] or 1)
            stretches.append([])
            continue
        old -= line[:1] != "+" and line[:1] != "\\"
        new -= line[:1] != "-" and line[:1] != "\\"
        if line[:1] == sign:
            stretches[-1].append(line[1:])
        elif line[:1] not in ("+", "-", "\\"):
            stretches.append([])
    return tuple("\n".join(stretch) for stretch in stretches if stretch)


@dataclass(frozen=True)
class NewLines:
    """Stretches of lines, ready to be found again in other texts."""

    stretches: tuple[str, ...]

    @cached_property
    def streams(self) -> list[list[_Placed]]:
        return [_tokens(stretch) for stretch in self.stretches]

    @cached_property
    def index(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """Every run of eight tokens → the stretch and the place where it stands first."""
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for number, stream in enumerate(self.streams):
            for at, words in _windows(stream):
                found.setdefault(words, (number, at))
        return found

    def shared_runs(self, text: str) -> list[tuple[str, str]]:
        """(as the lines have it, as the text has it) of every longest run of tokens in both.

        A run holds at least eight tokens, three different words among them. Tokens are words,
        numbers and single marks; blanks do not count.
        """
        tokens = _tokens(text) if self.stretches else []
        found: dict[str, str] = {}
        at = 0
        while at + SHORTEST_RUN <= len(tokens):
            place = self.index.get(_words(tokens, at))
            if place is None:
                at += 1
                continue
            number, start = place
            stream = self.streams[number]
            length = _length(tokens, at, stream, start)
            if _says_something(tokens[at : at + length]):
                run = self.stretches[number][stream[start][1] : stream[start + length - 1][2]]
                found.setdefault(run, text[tokens[at][1] : tokens[at + length - 1][2]])
            at += length
        return list(found.items())


def reads_like_code(run: str) -> bool:
    """Whether a run is more than a sentence: an error message is asked for, not given away."""
    return sum(token in _CODE_MARKS for token, _, _ in _tokens(run)) >= 3


def _tokens(text: str) -> list[_Placed]:
    return [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]


def _windows(stream: Sequence[_Placed]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for at in range(len(stream) - SHORTEST_RUN + 1):
        yield at, _words(stream, at)


def _words(stream: Sequence[_Placed], at: int) -> tuple[str, ...]:
    return tuple(word for word, _, _ in stream[at : at + SHORTEST_RUN])


def _length(text: Sequence[_Placed], at: int, stream: Sequence[_Placed], place: int) -> int:
    length = 0
    while (
        at + length < len(text)
        and place + length < len(stream)
        and text[at + length][0] == stream[place + length][0]
    ):
        length += 1
    return length


def _says_something(tokens: Sequence[_Placed]) -> bool:
    return len({word for word, _, _ in tokens if len(word) > 1}) >= 3
