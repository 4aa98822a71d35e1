"""A comment as the sentences that its author wrote, apart from what is quoted or shown as code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tasks.domain.amounts import Amount, amounts_in
from tasks.domain.code_spans import code_spans, pieces
from tasks.domain.money_words import speaks_of_money
from tasks.domain.unsigned_amounts import steps_to_a_number, unsigned_amounts

# Stand-ins in a sentence's text: letters of no alphabet, so that no rule takes them for words.
AMOUNT: Final = "\ue000"
ISSUE: Final = "\ue001"
CODE: Final = "\ue002"
# Nobody announces anything in a longer one; a pasted log may be longer. In characters.
LONGEST_SENTENCE: Final = 600

_FLAGS: Final = re.ASCII | re.IGNORECASE
# One character each, so that positions stay true.
_PLAIN_CHARACTERS: Final = str.maketrans(
    {AMOUNT: " ", ISSUE: " ", CODE: " ", "\r": "\n", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
    | dict.fromkeys("\u200b\ufeff", " ")
    | dict.fromkeys("‘’ʼ´", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("–—−‒", "-")
    | dict.fromkeys("→➡⇒➜➔⟶", ">")
    | {"×": "x", "✕": "x", "％": "%"}
)
_HIDDEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<blockquote\b.*?(?:</blockquote>|\Z)|~~[^~\n]+~~|<(?:del|s)>[^<\n]+</(?:(?:del|s)>)?",
    _FLAGS | re.DOTALL,
)
_QUOTE: Final = re.compile(r"[ \t]*>", _FLAGS)
# A full stop inside `$1.5k`, `e.g.` or `Rs. 500` ends no sentence.
_SENTENCE_END: Final = re.compile(r"[.!?;]{1,20}[\"')\]*_]{0,6}(?=\s|\Z)", _FLAGS)
_ABBREVIATION: Final = re.compile(
    r"(?<![a-z])(?:e\.g|i\.e|vs|approx|rs|no|incl|prev|orig|cc|u\.s|etc|max|min)\.\Z", _FLAGS
)
_MARKS_BEFORE: Final = re.compile(
    r"[\s>|]*(?:#{1,6}\s+|[-+*•◦▪●]\s+|\d{1,2}[.)]\s+|\[[ x✓]\]\s+)*", _FLAGS
)
_IMAGE: Final = re.compile(r"!\[[^\[\]\n]{0,200}\]\([^()\s]{0,400}\)", _FLAGS)
_LINK: Final = re.compile(r"\[([^\[\]\n]{0,300})\]\(([^()\s]{0,400})\)", _FLAGS)
_URL: Final = re.compile(r"https?://[^\s()<>]+", _FLAGS)
_ISSUE_URL: Final = re.compile(r"/(?:issues|pull)/\d", _FLAGS)
_TAG: Final = re.compile(r"</?[a-z][^<>\n]{0,200}>", _FLAGS)
_ESCAPED: Final = re.compile(r"\\([-+$#*_.()\[\]~@>|])", _FLAGS)
_UNDERSCORES: Final = re.compile(r"(?<!\w)_{1,3}|_{1,3}(?!\w)", _FLAGS)
_CODES: Final = re.compile(f"{CODE}+")
# Who says "I'm going to go ahead and double it" is at it; "go ahead and double it" asks others.
_AT_IT: Final = re.compile(
    r"(?<![\w'])(?:(?:i|we)(?:'m| am|'re| are) (?:just )?going to|i'll|we'll|(?:i|we) will|going to"
    r"|gonna) go ahead and (?P<verb>doubl|tripl|rais|increas|lower|reduc|halv|bump)e?(?= )",
    _FLAGS,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`words` as written; `text` in small letters, without markup, with `AMOUNT`, `ISSUE` and
    `CODE` for amounts, links to issues and code. A sentence over the longest has no `text`.

    `amounts` are those that `AMOUNT` stands for, in order. `quoted`: not the author's own words.
    `code`: shown as code. `unsigned`: nothing says that the amounts are money.
    """

    words: str
    text: str
    amounts: tuple[Amount, ...]
    quoted: bool = False
    code: bool = False
    unsigned: bool = False


def sentences(comment: str) -> Iterator[Sentence]:
    """The sentences of those lines of a comment that may speak of money, in order; what is quoted
    comes after the author's own.

    Quoted are lines that begin with `>`, block quotes, code, struck text, and HTML comments, which
    readers never see.
    """
    written = comment.replace("\r\n", "\n")
    text = written.translate(_PLAIN_CHARACTERS)
    asides: list[Sentence] = []
    shown = _without_hidden(text, asides)
    shown = _without_blocks(shown, asides)
    start = 0
    for line in shown.split("\n"):
        original = written[start : start + len(line)]
        start += len(line) + 1
        if not line.strip():
            continue
        if _QUOTE.match(line):
            asides += _of_line(line, original, quoted=True)
        else:
            plain = _without_spans(line, asides)
            yield from _of_line(plain, original)
    yield from asides


def _without_hidden(text: str, asides: list[Sentence]) -> str:
    if "<" not in text and "~~" not in text:
        return text

    def hide(match: re.Match[str]) -> str:
        hidden = match.group().removeprefix("<!--").removesuffix("-->").replace("~~", "")
        asides.extend(_of_text(hidden))
        # What is struck is not there: "raised to ~~$500~~ $1000" goes on as if it never was.
        struck = match.group().lower().startswith(("~~", "<del>", "<s>"))
        return " " * len(match.group()) if struck else _masked(match.group())

    return _HIDDEN.sub(hide, text)


def _without_blocks(text: str, asides: list[Sentence]) -> str:
    if "```" not in text and "~~~" not in text:
        return text
    shown = []
    for piece in pieces(text):
        if piece.is_code:
            asides.extend(_of_text(piece.text, code=True))
        shown.append(re.sub(r"[^\n]", " ", piece.text) if piece.is_code else piece.text)
    return "".join(shown)


def _without_spans(line: str, asides: list[Sentence]) -> str:
    if "`" not in line:
        return line
    shown, last = [], 0
    for start, end in code_spans(line):
        asides.extend(_of_text(line[start:end].strip("`"), code=True))
        shown += [line[last:start], CODE * (end - start)]
        last = end
    return "".join([*shown, line[last:]])


def _masked(text: str) -> str:
    return "\n".join(CODE * len(line) for line in text.split("\n"))


def _of_text(text: str, *, code: bool = False) -> Iterator[Sentence]:
    for line in text.split("\n"):
        yield from _of_line(line, line, quoted=True, code=code)


def _of_line(
    line: str, original: str, *, quoted: bool = False, code: bool = False
) -> Iterator[Sentence]:
    if not speaks_of_money(line):
        return
    start = 0
    for end in [*_ends(line), len(line)]:
        words = original[start:end].strip()
        if words:
            yield _sentence(line[start:end], words, quoted, code)
        start = end


def _ends(line: str) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(line):
        before = line[max(0, match.start() - 8) : match.start() + 1]
        if match.end() < len(line) and not _ABBREVIATION.search(before):
            yield match.end()


def _sentence(shown: str, words: str, quoted: bool, code: bool) -> Sentence:
    if len(shown) > LONGEST_SENTENCE:
        return Sentence(words[:LONGEST_SENTENCE], "", amounts_in(shown), quoted, code)
    plain = _without_markup(shown)
    certain = amounts_in(plain) or unsigned_amounts(plain)
    amounts = certain or steps_to_a_number(plain)
    parts, last = [], 0
    for amount in amounts:
        parts += [plain[last : amount.start], AMOUNT]
        last = amount.end
    text = " ".join("".join([*parts, plain[last:]]).lower().split())
    if "go ahead and" in text:
        text = _AT_IT.sub(r"\g<verb>ing", text)
    return Sentence(words, text, amounts, quoted, code, bool(amounts) and not certain)


def _without_markup(text: str) -> str:
    marks = _MARKS_BEFORE.match(text)
    text = text[marks.end() :] if marks else text
    # Most sentences have no such mark: to look for it costs a tenth of the pattern.
    if "](" in text:
        text = _LINK.sub(_label, _IMAGE.sub(" ", text))
    if "://" in text:
        text = _URL.sub(lambda match: ISSUE if _ISSUE_URL.search(match.group()) else " ", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    text = text.replace("*", "").replace("|", " ; ")
    if "_" in text:
        text = _UNDERSCORES.sub("", text)
    return _CODES.sub(CODE, text) if CODE in text else text


def _label(match: re.Match[str]) -> str:
    return match[1] + (f" {ISSUE}" if _ISSUE_URL.search(match[2]) else "")
