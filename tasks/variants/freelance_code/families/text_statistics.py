"""Words of a text: how many there are, and the most frequent ones, or runs of two or three."""

import unicodedata
from typing import Any, Final

from tasks.domain.coding import STDIN
from tasks.variants.freelance_code.draws import Draws
from tasks.variants.freelance_code.family import Family, Inputs, Mutant, Settings
from tasks.variants.freelance_code.subjects import PEOPLE, Subject
from tasks.variants.freelance_code.writing import wrapped

_STATEMENT: Final = """
Write a program that reads a text, notes about {records}, from standard input and prints how often
{things} occur in it, to standard output. The text is in UTF-8; its lines end with a line feed, or
with a carriage return and a line feed; it may be empty.

- First bring the text to Unicode normalisation form C, in which a letter and a combining accent are
  one letter.
- A word is a run of letters as long as possible; a letter is a character of one of the Unicode
  categories that begin with L. Digits, hyphens and all other characters separate words.
- {apostrophes}
- Words are the same where they are after conversion to small letters; they are printed like that.
- These are stop words: {stops}.
{runs}
Print lines whose parts are separated by one tab each:

- `words` and the number of words of the text, stop words included, each occurrence counted;
- `different` and the number of different words, stop words included;
- then, for the {top} most frequent {things}, one line each (fewer where there are fewer): how often
  it occurs; this as a percentage of all occurrences of {things} that count, with two decimals (half
  of a hundredth is rounded up); and the {thing}{blank}. The most frequent comes first; equally
  frequent ones come in alphabetical order by Unicode code point, also where only some of them are
  printed.

Every line ends with a line feed.
"""
_APOSTROPHES: Final = {
    "keep": (
        "An apostrophe between two letters belongs to the word. It is written as ' (U+0027) or\n"
        "  as ’ (U+2019), which is the same, and printed as '."
    ),
    "split": "Apostrophes, written as ' (U+0027) or as ’ (U+2019), separate words too.",
}
_THINGS: Final = {1: ("word", "words"), 2: ("pair", "pairs"), 3: ("triple", "triples")}
_COUNTS: Final = {2: "two", 3: "three"}
_BOUNDS: Final = {
    "sentence": "one of the characters `.`, `!` and `?`",
    "line": "the end of a line",
}
_DROPS: Final = {
    "before": (
        "Stop words are taken out first, so that the words around them follow\n"
        "  each other directly."
    ),
    "after": "A {thing} that contains a stop word does not count.",
}
_STOPS: Final = ("a", "and", "are", "for", "in", "is", "it", "of", "on", "that", "the", "to", "we")
_SENTENCES: Final = (
    "The {record} for {person} came late, and the {group} team wasn't told.",
    "It’s the {label} that {person} asked for.",
    "Is the {quantity} of the {label} right? Nobody knows!",
    "We can’t find {person}'s {record} in the {group} list.",
    "The {group} team and the {other} team meet in the café on the Königstraße.",
    "Zoë wrote to {person}: the {records} of week {number} don't add up.",
    "A re-run of the {records} is due in {number} days; the {group} team is on it.",
    "THE {RECORDS} OF {GROUP} ARE DÉJÀ VU, and so is the {label}.",
    "'Quoted' {records} are rare - the naïve {quantity}-count of {number}a is wrong.",
)


def draw(draws: Draws, subject: Subject) -> Settings:  # noqa: ARG001 - the same for all subjects
    size = draws.whole(1, 3)
    return {
        "size": size,
        "apostrophes": draws.pick(sorted(_APOSTROPHES)),
        "stops": sorted(["the", *draws.some([stop for stop in _STOPS if stop != "the"], 5)]),
        "top": draws.whole(8, 12),
        # Of single words neither makes a difference.
        "bounds": draws.pick(sorted(_BOUNDS)) if size > 1 else "line",
        "drop": draws.pick(sorted(_DROPS)) if size > 1 else "after",
    }


def statement(settings: Settings, subject: Subject) -> str:
    size = settings["size"]
    thing, things = _THINGS[size]
    drop = _DROPS[settings["drop"]].format(thing=thing)
    runs = "  They do not count among the most frequent ones.\n"
    if size > 1:
        runs = (
            f"- A {thing} is {_COUNTS[size]} words that follow each other without\n"
            f"  {_BOUNDS[settings['bounds']]} between them. {drop}\n"
        )
    return wrapped(
        _STATEMENT.format(
            records=subject.records,
            thing=thing,
            things=things,
            apostrophes=_APOSTROPHES[settings["apostrophes"]],
            stops=", ".join(f"`{stop}`" for stop in settings["stops"]),
            runs=runs,
            top=settings["top"],
            blank=", its words separated by one blank" if size > 1 else "",
        )
    )


def inputs(
    draws: Draws,
    subject: Subject,
    settings: Settings,  # noqa: ARG001 - no input depends on them
    number: int,
) -> Inputs:
    """Case 0 has no text, 1 accents that are characters of their own; then anything."""
    if number == 0:
        return {STDIN: ""}
    end = draws.pick(["\n", "\n", "\r\n"])
    text = ""
    for _ in range(draws.whole(10, 22)):
        record, records, group = subject.record, subject.records, draws.pick(subject.groups)
        sentence = draws.pick(_SENTENCES).format(
            record=record,
            records=records,
            RECORDS=records.upper(),
            person=draws.pick(PEOPLE),
            group=group,
            GROUP=group.upper(),
            other=draws.pick(subject.groups),
            label=draws.pick(subject.labels),
            quantity=subject.quantity,
            number=draws.whole(2, 30),
        )
        if draws.chance(60 if number == 1 else 15):
            sentence = unicodedata.normalize("NFD", sentence)
        text += sentence + draws.pick([" ", end, end, end + end])
    if number == 1:
        text += unicodedata.normalize("NFD", f"{_SENTENCES[4][:50]}...") + end
    return {STDIN: text}


def solve(inputs: dict[str, str], settings: dict[str, Any]) -> str:
    import unicodedata

    text = unicodedata.normalize("NFC", inputs["stdin"])
    text = text.replace("’", "'")
    breaks = {"sentence": ".!?", "line": "\n"}[settings["bounds"]]
    pieces: list[list[str]] = [[]]
    word = ""
    # The blank ends the last word.
    for i, letter in enumerate(text + " "):
        between = letter == "'" and word != "" and text[i + 1 : i + 2].isalpha()
        if letter.isalpha() or (between and settings["apostrophes"] == "keep"):
            word += letter
            continue
        if word:
            pieces[-1].append(word.lower())
            word = ""
        if letter in breaks:
            pieces.append([])

    words = [word for piece in pieces for word in piece]
    stops, size = set(settings["stops"]), settings["size"]
    counts: dict[str, int] = {}
    for piece in pieces:
        left = piece
        if settings["drop"] == "before":
            left = [word for word in piece if word not in stops]
        for i in range(len(left) - size + 1):
            run = left[i : i + size]
            if stops.isdisjoint(run):
                counts[" ".join(run)] = counts.get(" ".join(run), 0) + 1
    total = sum(counts.values())
    lines = [f"words\t{len(words)}", f"different\t{len(set(words))}"]
    for run_text in sorted(counts, key=lambda found: (-counts[found], found))[: settings["top"]]:
        hundredths = (20000 * counts[run_text] + total) // (2 * total)
        share = f"{hundredths // 100}.{hundredths % 100:02d}"
        lines.append(f"{counts[run_text]}\t{share}\t{run_text}")
    return "\n".join(lines) + "\n"


FAMILY = Family(
    name="text_statistics",
    title="Frequent words of a text",
    tags={
        "nlp": 4,
        "natural language": 4,
        "natural language processing": 4,
        "linguistics": 4,
        "computational linguistics": 4,
        "data mining": 2,
        "qualitative research": 2,
        "seo": 2,
        "machine learning (ml)": 1,
        "research": 1,
        "python": 1,
        "chatbot": 2,
    },
    words={
        r"\bword (?:count|frequenc)": 4,
        r"\bkeywords?\b": 3,
        r"\bn-?grams?\b": 4,
        r"\btext (?:mining|analy|data)": 4,
        r"\bsentiment": 3,
        r"\bcorpus\b|\bcorpora\b": 4,
        r"\bnlp\b": 4,
        r"\btranscripts?\b": 2,
    },
    draw=draw,
    statement=statement,
    inputs=inputs,
    solve=solve,
    mutants=(
        Mutant(
            "knows only unaccented letters", "letter.isalpha()", '("a" <= letter.lower() <= "z")'
        ),
        Mutant(
            "does not put letters together",
            'unicodedata.normalize("NFC", inputs["stdin"])',
            'inputs["stdin"]',
        ),
        Mutant("treats apostrophes the other way", '== "keep"', '!= "keep"'),
        Mutant("tells capital letters apart", "word.lower()", "word"),
        Mutant("counts stop words", 'set(settings["stops"])', "set()"),
        Mutant("leaves ties as they come", "(-counts[found], found)", "-counts[found]"),
    ),
)
