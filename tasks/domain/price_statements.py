"""Statements about a price that no verb of change carries: "price now $500", "bounty withdrawn"."""

import re
from typing import Final, Literal

from tasks.domain.price_vocabulary import (
    ARROW,
    AUXILIARY,
    GAP,
    NUMBER_OF_TIMES,
    OBJECT,
    PRICE,
    SUBJECT,
)
from tasks.domain.sentences import AMOUNT

ChangeKind = Literal["raised", "lowered", "set", "withdrawn"]

_A: Final = re.ASCII
_PAIR: Final = (
    r"(?:the )?(?:issue |gh )?(?:title ?(?:and|&|\+|/) ?(?:the )?(?:upwork )?job"
    r"|(?:upwork )?job ?(?:and|&|\+|/) ?(?:the )?(?:issue |gh )?title)"
)
_START: Final = r"(?<![\w'@/.-])"
_A_PRICE: Final = rf"(?:(?:the|this|our|its|a|an|current|upwork|job|issue) ){{0,4}}{PRICE}(?![\w'])"
# Each with the kind it announces, and words of which its text holds at least one: looking for
# them costs a tenth of the pattern.
STATEMENTS: Final[tuple[tuple[ChangeKind, tuple[str, ...], re.Pattern[str]], ...]] = (
    (
        "set",
        ("now",),
        re.compile(
            rf"{_START}(?P<what>(?:{SUBJECT}))(?:is |are |has |at |currently |'s )*now(?!\w)"
            rf"(?:{GAP}(?:at|set|to|just|only|worth|a|is)(?!\w)){{0,3}}{GAP}(?P<amount>{AMOUNT})",
            _A,
        ),
    ),
    (
        "set",
        ("new ",),
        re.compile(
            rf"{_START}(?P<what>new (?:upwork |job |issue )?{PRICE})(?: tag)?(?: is| of| -)?{GAP}"
            rf"(?P<amount>{AMOUNT})",
            _A,
        ),
    ),
    (
        "set",
        ("now", ">"),
        re.compile(
            rf"{_START}(?P<what>{_A_PRICE}){GAP}(?:was |from )?{GAP}(?P<previous>{AMOUNT})"
            rf"(?: ?{ARROW}|,? (?:and )?(?:is |it's |it is )?now){GAP}(?P<amount>{AMOUNT})",
            _A,
        ),
    ),
    (
        "set",
        ("now",),
        re.compile(
            rf"{_START}(?P<what>{SUBJECT})(?:is |at ){GAP}(?P<amount>{AMOUNT}) now(?!\w)", _A
        ),
    ),
    # Neither amount nor direction: a change of the title beside it tells.
    (
        "set",
        ("updat",),
        re.compile(
            rf"{_START}(?:(?P<what>{_PAIR})(?: price)? {AUXILIARY}{{0,4}}updated|updat(?:ed|ing) "
            rf"{_PAIR}(?: price)?)(?=\s*(?:\Z|[.,;:!(]))",
            _A,
        ),
    ),
    (
        "set",
        (">",),
        re.compile(rf"{_START}(?P<what>{_A_PRICE}) ?{ARROW}{GAP}(?P<amount>{AMOUNT})", _A),
    ),
    (
        "raised",
        ("add",),
        re.compile(
            rf"{_START}add(?:ed|ing) (?:another |an |a |additional |extra |further )*"
            rf"(?P<delta>{AMOUNT}) (?:more )?(?:to|onto|on top of) (?P<what>{_A_PRICE})",
            _A,
        ),
    ),
    (
        "lowered",
        ("knock", "tak", "took", "shav", "deduct"),
        re.compile(
            rf"{_START}(?:knock(?:ed|ing)|tak(?:en|ing)|took|shav(?:ed|ing)|deduct(?:ed|ing)) "
            rf"(?P<delta>{AMOUNT}) (?:off|from) (?:of )?(?P<what>{_A_PRICE})",
            _A,
        ),
    ),
    (
        "set",
        ("add", "attach", "plac", "assign", "offering"),
        re.compile(
            rf"{_START}(?:add(?:ed|ing)|attach(?:ed|ing)|plac(?:ed|ing)|assign(?:ed|ing)|offering) "
            rf"(?:a |an |the |new )*(?P<what>{PRICE}(?: of| at|:)?{GAP}(?P<amount>{AMOUNT})"
            rf"|(?P<amount_first>{AMOUNT}) {PRICE}(?: tag)?(?![\w']))",
            _A,
        ),
    ),
    (
        "set",
        ("post", "list"),
        re.compile(
            rf"{_START}(?:re-?)?(?:post(?:ed|ing)|list(?:ed|ing)) "
            rf"(?P<what>{OBJECT}(?:to {OBJECT})?)(?:at|for|with)"
            rf"(?: (?:a|the|price|bounty|of))*{GAP}(?P<amount>{AMOUNT})",
            _A,
        ),
    ),
    (
        "raised",
        ("x",),
        re.compile(
            rf"{_START}(?:{NUMBER_OF_TIMES} (?:the |on the |this )?(?P<what>{_A_PRICE}))", _A
        ),
    ),
    (
        "raised",
        ("x",),
        re.compile(
            rf"{_START}(?P<what>{_A_PRICE}) (?:is |now |has been |on this )*"
            rf"{NUMBER_OF_TIMES}(?!\w)",
            _A,
        ),
    ),
    (
        "withdrawn",
        ("withdr", "remov", "cancel", "revok", "rescind", "retract"),
        re.compile(
            rf"{_START}(?:withdr(?:awn|awing|ew)|remov(?:ed|ing)|cancell?(?:ed|ing)|revok(?:ed|ing)"
            rf"|rescind(?:ed|ing)|retract(?:ed|ing)) "
            rf"(?P<what>(?:the |this |our |its |\[?(?P<previous>{AMOUNT})\]? |upwork |job )*"
            rf"(?:bount(?:y|ies)|rewards?|prizes?|price[ -]tags?)(?![\w'])"
            rf"|(?:the )?\[(?P<tag>{AMOUNT})\] (?:from|in) (?:the )?titles?(?![\w'])"
            rf"|(?:the )?price (?:from|in) (?:the )?(?:title|issue)(?![\w'])"
            rf"|(?:the )?price(?=\s*(?:\Z|[.,;:!])))",
            _A,
        ),
    ),
    (
        "withdrawn",
        ("withdr", "remov", "cancel", "revok", "rescind", "retract"),
        re.compile(
            rf"{_START}(?P<what>(?:the |this |our |its |\[?(?P<previous>{AMOUNT})\]? )*"
            rf"(?:bount(?:y|ies)|rewards?|prizes?|price[ -]tags?)) {AUXILIARY}{{0,5}}"
            r"(?:withdrawn|removed|cancell?ed|revoked|rescinded|retracted)(?![\w'])",
            _A,
        ),
    ),
    # Not "no longer a bounty for reports": that is another's.
    (
        "withdrawn",
        ("no longer",),
        re.compile(
            rf"{_START}no longer (?:(?:offer|pay)(?:ing|s)?|ha(?:ve|s)|carr(?:y|ies))?"
            r" ?(?P<what>(?:a |any |the )?(?:bount(?:y|ies)|rewards?|prizes?))(?=\s*(?:\Z|[.,;:!)]|"
            r"(?:for|on) (?:(?:this|the)(?: issue| job| ticket| one)?|it)\s*(?:\Z|[.,;:!)])))",
            _A,
        ),
    ),
)
