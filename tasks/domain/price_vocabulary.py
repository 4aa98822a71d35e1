"""The words of announcements about a bounty, as pieces of patterns for sentences in small letters.

The shapes are those of the conventions: raised, lowered, set, and taken away, with an amount, a
factor or a difference.
"""

from typing import Final

from tasks.domain.sentences import AMOUNT

WORD_END: Final = r"(?![\w'])"
PRICE: Final = (
    r"(?:pri[cs]es?|pricing|bount(?:y|ies)(?:'s)?|rewards?|prizes?|compensation|price[ -]tags?)"
)
# What carries the price: "title and job updated to $500".
PLACE: Final = r"(?:jobs?(?:'s)?|titles?|upwork|postings?|listing|issue(?:'s)?|ticket|gh|github)"
_FILLERS: Final = (
    r"the|this|that|these|its|it's|it|our|my|a|an|both|all|current|old|existing|new|value|amount|"
    r"tag|post|contributors?|one|on|in|for|of|and|as well as|back|up|down|way|once|more|again|"
    r"further|slightly|a bit|even|now|here|accordingly|too|yet|already|also|just|everywhere|label"
)
NOUN: Final = rf"(?:{PRICE}|{PLACE}|{_FILLERS}|\[?{AMOUNT}\]?(?= {PRICE})){WORD_END}"
# A noun phrase of them, possibly empty; the separators join lists: "title, job & price".
OBJECT: Final = rf"(?:{NOUN}[ ,/&+]{{0,3}}){{0,10}}"
SUBJECT: Final = rf"(?:{NOUN}[ ,/&+:-]{{0,3}}){{1,10}}"
AUXILIARY: Final = (
    r"(?:(?:is|are|was|were|has|have|been|being|gets|got|'s|now|just|already|also|again|finally|"
    r"officially|temporarily|hereby|automatically|manually)(?![\w']) ?)"
)

# Of "increased" people leave a letter out, or swap two.
RAISED: Final = (
    r"rais(?:ed|ing)|inc[rea]{2,5}s(?:ed|ing)|upp(?:ed|ing)|bump(?:ed|ing)(?: up)?|boost(?:ed|ing)|"
    r"hik(?:ed|ing)|jack(?:ed|ing) up|went up|gone up"
)
LOWERED: Final = (
    r"lower(?:ed|ing)|reduc(?:ed|ing)|decreas(?:ed|ing)|dropp(?:ed|ing)|cut|cutting|slash(?:ed|ing)"
    r"|went down|brought down|bringing down"
)
SET: Final = (
    r"set|setting|updat(?:ed|ing)|chang(?:ed|ing)|adjust(?:ed|ing)|edit(?:ed|ing)|mov(?:ed|ing)|"
    r"made|making|brought|bringing|switch(?:ed|ing)|revis(?:ed|ing)|restor(?:ed|ing)|"
    r"revert(?:ed|ing)|reset|resetting|correct(?:ed|ing)|renam(?:ed|ing)"
)
TIMES: Final = r"(?:doubl|tripl|quadrupl|halv)(?:ed|ing)"
VERB: Final = (
    rf"(?<![\w'@/.-])(?:(?P<raised>{RAISED})|(?P<lowered>{LOWERED})|(?P<set>{SET})"
    rf"|(?P<times>{TIMES}))(?![\w'-])"
)
NOUN_OF_CHANGE: Final = (
    rf"(?<![\w'@/.-])(?:upwork |job |issue )?{PRICE} (?:(?P<raised>increase|bump|raise|hike|boost)"
    r"|(?P<lowered>reduction|decrease|drop|cut)|(?P<set>change|update|adjustment))(?![\w'-])"
)

# Between a verb and its amount: blanks, colons, brackets, quotation marks, dashes, emoji.
GAP: Final = r"[^\w\ue000-\ue002.,;?!%$@#]{0,6}"
ARROW: Final = r"(?:-{0,2}>|=>)"
NUMBER_OF_TIMES: Final = r"(?:x ?(?P<after_x>\d(?:\.\d{1,2})?)|(?P<before_x>\d(?:\.\d{1,2})?) ?x)"
_ORIGINAL: Final = (
    r"(?:\W{1,3}(?:the|previous|original|old|initial|current|it|was|price|of|bounty|at|only|just)"
    r"(?!\w))*"
)
FROM_TO: Final = (
    rf"{GAP}from{_ORIGINAL}{GAP}(?P<previous>{AMOUNT}){GAP}(?:all the way )?(?:back |up |down )?"
    rf"(?:to|{ARROW}){GAP}(?P<amount>{AMOUNT})"
)
FIRST_THEN: Final = (
    rf"{GAP}(?P<previous>{AMOUNT})[\])\"' ]{{0,3}}(?:{ARROW}|to(?!\w)){GAP}(?P<amount>{AMOUNT})"
)
# "To $500 or $1000": who knows which.
ANOTHER_AMOUNT: Final = rf"{GAP}(?:{ARROW}|to|or|up to|-|/)?{GAP}{AMOUNT}"
TO: Final = (
    r"(?:[^\w\ue000-\ue002;?!%$@#]{0,3}(?:so |and |which )?(?:it's |it is |is )?"
    r"(?:(?:back |up |down )?(?:to|at)|now)(?!\w)|[ ]{0,2}(?::|\(|\[|-|=|" + ARROW + r"))"
    rf"(?:{GAP}(?:a|an|the|be|now|just|new|at|to|is|price|bounty|tag|of)(?!\w)){{0,5}}"
    rf"{GAP}(?P<amount>{AMOUNT})"
)
# "Raised to $500 then to $1000", "$250 > $500 > $1000": the last step is the price.
THEN_TO: Final = (
    r"(?:,? (?:and )?(?:then|later|finally)(?: again| further| up| down| on)* to"
    rf"|{GAP}{ARROW}){GAP}(?P<amount>{AMOUNT})"
)
FORMERLY: Final = (
    rf"[\s,(\]\)\"-]{{0,5}}(?:it |up |down |which )?(?:from|was|previously|originally|formerly|"
    rf"instead of|prev\.?|old){_ORIGINAL}\W{{0,3}}(?P<previous>{AMOUNT})\)?"
)
_ANOTHER: Final = r"(?:(?:another|an|a|additional|further|extra|about|full)(?!\w) ?)*"
BY: Final = (
    rf" ?(?:by|with) ?{_ANOTHER}(?:(?P<delta>{AMOUNT})|(?P<percent>\d{{1,4}}) ?(?:%|percent)"
    rf"|(?P<half>half)(?!\w)|{NUMBER_OF_TIMES}(?!\w))"
)
BARE_FACTOR: Final = (
    rf"{GAP}(?:(?P<percent>\d{{1,4}}) ?(?:%|percent)|(?P<half>(?:in |to |by )?half)(?!\w)"
    rf"|{NUMBER_OF_TIMES}(?!\w))"
)
# Where a statement without an amount may stop.
STATEMENT_END: Final = (
    r"\s*(?:\Z|[.,;:!)(>-]|[^\x00-\x7f\ue000-\ue002]|(?:so|and|because|since|as|due|given|after|"
    r"with|to (?:get|attract|see|encourage|draw|speed|help|find|bring|make))(?!\w))"
)
