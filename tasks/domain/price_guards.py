"""Why the words of a change may announce none: requests, denials, plans, conditions, other talk.

In doubt a statement is held to announce nothing.
"""

import re
from typing import Final, Literal

from tasks.domain.price_changes import Change
from tasks.domain.price_vocabulary import PRICE
from tasks.domain.sentences import AMOUNT, ISSUE

Guard = Literal["request", "denial", "mention"]
_A: Final = re.ASCII


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(alternatives)})(?![\w'])", _A)


# Where the say of a negation or of a modal verb ends.
_BOUNDARY: Final = re.compile(
    r"[,;:()\[\]]|\s-+\s|(?<![\w'])(?:and|but|so|because|since|however|therefore|hence|then)(?![\w'])",
    _A,
)
_NEGATION: Final = re.compile(
    r"(?<![\w'])(?:not|never|no|nobody|none|neither|nor|without|cannot|can't|cant|wont|dont|didnt|"
    r"doesnt|isnt|arent|havent|hasnt|wasnt|refus\w+|declin\w+|reject\w*|against|disagree\w*|instead|"
    r"rather|unlikely|unable|avoid\w*|stop\w*)(?![\w'])|n't(?!\w)",
    _A,
)
# Of a verb, not of a noun: "nobody took it, so we double" denies nothing.
_DENIAL: Final = re.compile(
    r"(?<![\w'])(?:not|never|without|cannot|cant|wont|dont|didnt|doesnt|isnt|arent|havent|hasnt|"
    r"wasnt|refus\w+|declin\w+|against|disagree\w*|unable|avoid\w*|stop\w*)(?![\w'])|n't(?!\w)",
    _A,
)
_ASKS: Final = _words(
    *("can", "could", "should", "would", "may", "might", "must", "shall", "ought", "let's", "lets"),
    *("let us", "want", "wants", "wanted", "wish", "hope", "hoping", "suggest", "suggesting"),
    *("suggestion", "recommend", "request", "requesting", "requested", "ask", "asking", "asked"),
    *("propose", "proposing", "please", "pls", "plz", "kindly", "deserves?", "worth", "needs?"),
    *("like to", "love to", "appreciate", "possible", "consider", "considering", "vote", "prefer"),
    *("how about", "what about", "any chance", "happy to", "willing to", r"\w+'d", "to be"),
)
_SUPPOSES: Final = _words(
    *("think", "thinking", "thought", "believe", "feel", "guess", "assum(?:e|ed|ing)", "maybe"),
    *("perhaps", "probably", "possibly", "likely", "wonder", "wondering", "curious", "consider"),
    *("considering", "suggest", "suggesting", "recommend", "propose", "proposing", "discuss"),
    *(
        "discussing",
        "said",
        "says",
        "told",
        "heard",
        r"claim\w*",
        r"mention\w*",
        "wrote",
        "promised",
    ),
    *("according to", "apparently", "supposedly", "noticed", "saw", "see", "looks like"),
    *(
        "seems",
        "seem",
        "expect",
        "expected",
        "expecting",
        "hoping",
        "imagine",
        "suppose",
        "thoughts",
    ),
    *(
        "agree with",
        "in favou?r of",
        "idea",
        "example",
        r"e\.g\.?",
        "for instance",
        "say we",
        "when",
    ),
    *(
        "whether",
        "why",
        "who",
        "wish",
        "waiting",
        "requesting",
        "about",
        "before",
        "after",
        "whose",
    ),
)
# "Smaller than we thought, so I lowered ...": what came before is the reason.
_CONCLUSION: Final = re.compile(r"(?<![\w'])(?:so|therefore|hence|but)(?![\w'])", _A)
_FUTURE: Final = re.compile(
    r"(?<![\w'])(?:will|won't|going to|gonna|plans? (?:to|on)|planning (?:to|on)|about to|"
    r"intend\w*|schedul\w+|aim\w*|be|to be|get)(?![\w'])|'ll(?!\w)",
    _A,
)
_LATER: Final = _words(
    *("tomorrow", "next (?:week|month|year|time|monday|tuesday|wednesday|thursday|friday)"),
    *("in (?:a|one|two|three|few|a few|some|\\d+) (?:days?|weeks?|hours?)", "soon", "later"),
    *("on (?:monday|tuesday|wednesday|thursday|friday)", "this (?:friday|weekend)"),
)
_CONDITION: Final = _words(
    *("if", "unless", "once", "until", "till", "when", "whenever", "in case", "otherwise"),
    *("assuming", "provided", "providing", "supposing", "hypothetically", "hypothetical", "as if"),
    *("as soon as", "as long as", "depending on"),
)
# Courtesies of an announcement, which make it no condition.
_COURTESY: Final = re.compile(
    r"(?:let (?:me|us) know|to see|to check|feel free[^,.;]{0,40}|ping (?:me|us)|shout|reach out) "
    r"(?:if|when|once|whether)(?!\w)",
    _A,
)
_NOTE: Final = _words("please (?:note|be aware)(?: that)?")
_PAST: Final = _words(
    *("ago", "previously", "originally", "initially", "formerly", "used to", "back (?:then|when)"),
    *("last (?:week|month|year|time|sprint)", "yesterday", "in the past", "earlier"),
    *("at first", "historically", "by (?:mistake|accident)", "mistakenly", "accidentally"),
    *("at (?:the|that) time", "in \\d{4}"),
)
# Of what was before the change; "we have had no proposals" tells its reason.
_HAD: Final = re.compile(r"(?<![\w'])(?<!have )(?<!has )(?<!'ve )(?<!'s )had(?![\w'])", _A)
# "Yesterday we raised it": a report of a change that happened.
_REPORT: Final = re.compile(
    r"(?:[^\w\ue000]|@[\w-]+)*yesterday,? (?:we|i)(?: have|'ve| also| just){0,2} \Z", _A
)
# A further step beside the announced one: ", will double again next week".
_NEXT_STEP: Final = re.compile(
    r"(?:[,;]| and| then)+ (?:(?:and|then|we|i|it|but) ?)*(?:will|'ll|(?:is |am |are )?going to) "
    r"(?:\w+ ){0,3}(?:again|further|once more)(?![\w']).*",
    _A,
)
_TAKERS: Final = r"(?:\w+ ){0,2}(?:proposals?|takers?|bids?|applicants?|offers?)(?!\w)[^,;]*[,;]"
# Why nobody takes the job is the reason of a raise, however unsurely it is put.
_NOBODY: Final = re.compile(
    r"(?<![\w'])(?:(?:not sure|no idea|(?:don't|do not) (?:know|understand)) why (?:nobody|no one"
    rf"|none)(?!\w)[^,;]*[,;]|(?:(?:don't|do not|haven't|can't) (?:see|seen|have)|no) {_TAKERS})",
    _A,
)
_ELSEWHERE: Final = re.compile(
    rf"{ISSUE}|#\d|(?<![\w'])(?:(?:an)?other|similar|different|linked|related|those|previous|older|"
    r"parent|sibling|duplicate|same) (?:\w+ )?(?:issues?|jobs?|bugs?|tickets?|prs?|tasks?|ones?)"
    r"(?![\w'])|(?<![\w'])elsewhere(?![\w'])",
    _A,
)
# Talk of the product, which moves money itself.
_PRODUCT: Final = re.compile(
    r"(?<![\w'-])(?:expenses?|merchants?|workspaces?|expense reports?|invoices?|receipts?|"
    r"balances?|wallets?|chats?|lhn|clicks?|clicking|taps?|screens?|modals?|fields?|inputs?|buttons?|columns?|"
    r"displays?|displayed|displaying|shows?|shown|showing|appears?|currency|currencies|distance|"
    r"mileage|tax(?:es)?|polic(?:y|ies)|subscriptions?|carts?|checkout|approvers?|approval|"
    r"submit(?:s|ted|ting)?(?! (?:\w+ ){0,3}proposals?(?!\w))|"
    r"ious?|cards?|rooms?|admins?|employees?|types|typed|offline|staging|"
    r"production|repro\w*|steps?|expected|actual|customers?|users?|accounts?|transactions?|limits?|"
    r"filters?|percent(?:age)? split|menu|page|dropdown|endpoint|api|variable|function|prop|"
    r"per (?:user|month|year|member|seat|person)|products?|items?|plans|component|"
    r"render\w*|in the (?:screenshots?|videos?|recordings?|forms?))(?![\w'])"
    r"|/(?:mo|month|year)(?![\w'])",
    _A,
)
# What may stand before an announcement: greetings, the speaker, signs of haste.
_OPENING: Final = re.compile(
    r"(?:(?:@[\w-]+|i|we|i'm|we're|i've|we've|have|has|am|are|is|be|just|ok|okay|kk|done|also|now|"
    r"so|and|hey|hi|hello|all|team|everyone|folks|alright|cool|great|thanks|thank|you|update|going|"
    r"ahead|still|yet|again|today|finally|been|no|proposals?|takers?|good|yesterday|bump|went|gone|this|it|"
    r"the|a|an|another|as|discussed|agreed|per|currently|hence|then|third|second|small|temporarily|"
    r"fyi|heads|up|note|friday|monday|quick|daily|weekly)(?![\w'])|[^\w\ue000-\ue002'])*\Z",
    _A,
)
_AFTER_GERUND: Final = re.compile(
    r"\W*(?:would|could|should|might|may|helps?|makes?|seems?|sounds?|is|isn't|won't|will|can|"
    r"doesn't|didn't|feels?|fail(?:s|ed)|errors?|errored)(?![\w'])",
    _A,
)
_OPENS_A_QUESTION: Final = re.compile(
    r"(?:can|could|do|does|did|is|are|what|how|who|would|should|will|any|have|has|when|where)"
    r"(?![\w'])",
    _A,
)
_ANY_CHANGE: Final = re.compile(
    r"(?<![\w'@])(?:rais(?:e|es|ed|ing)|increas(?:e|es|ed|ing)|upp(?:ed|ing)|"
    rf"up(?= (?:the |this |our )?{PRICE})|bump(?:ed|ing)?|boost(?:ed|ing)?|hik(?:e|ed|ing)|"
    r"doubl(?:e|ed|ing)|tripl(?:e|ed|ing)|quadrupl(?:e|ed|ing)|halv(?:e|ed|ing)|lower(?:ed|ing)?|reduc(?:e|ed|ing|tion)|"
    r"decreas(?:e|ed|ing)|slash(?:ed|ing)?|(?:set|sett?ing|updat(?:e|ed|ing)|chang(?:e|ed|ing)|"
    rf"adjust(?:ed|ing)?|mak(?:e|ing))(?= (?:\w+ ){{0,4}}(?:{PRICE}|{AMOUNT}))|withdraw\w*|remov\w+"
    rf"(?= (?:\w+ ){{0,3}}{PRICE}))(?![\w'])",
    _A,
)


def names_a_change(text: str) -> bool:
    return _ANY_CHANGE.search(text) is not None


def asks(text: str) -> bool:
    return _ASKS.search(text) is not None


def is_product_talk(text: str) -> bool:
    return _PRODUCT.search(text) is not None


def asks_before_it(text: str) -> bool:
    """Whether a question mark at the end asks about the whole sentence, and not only about its
    last clause: "raised to $500, can you update the job?"."""
    head, comma, tail = text.rpartition(", ")
    return not comma or _OPENS_A_QUESTION.match(tail.strip()) is None or asks(head)


def denies(text: str) -> bool:
    """Whether a negation is within a few words before a change of price."""
    for match in _ANY_CHANGE.finditer(text):
        scope = _BOUNDARY.split(text[: match.start()])[-1]
        if _DENIAL.search(scope):
            return True
    return False


def guard(text: str, change: Change) -> Guard | None:
    """What keeps the words of a change from announcing it; None where nothing does."""
    before = text[: change.start]
    whole = _COURTESY.sub(" ", f"{before} ; {_NEXT_STEP.sub(' ', text[change.end :])}")
    own = _NOTE.sub(" ", _scope(text, change))
    if _NEGATION.search(own):
        return "denial" if not _is_no_taker(own) else _talk(whole, before, own, change)
    if _ASKS.search(own):
        return "request"
    earlier = before.rpartition("but ")[2] if "but " in before else before
    if _ANY_CHANGE.search(earlier) and (_NEGATION.search(earlier) or _ASKS.search(earlier)):
        return "denial" if _NEGATION.search(earlier) else "request"
    return _talk(whole, before, own, change)


def _scope(text: str, change: Change) -> str:
    """The words before the verb that still belong to its clause, its subject included."""
    cut = 0
    for match in _BOUNDARY.finditer(text, 0, change.start):
        cut = match.end()
    return text[cut : change.active_at]


def _is_no_taker(own: str) -> bool:
    """ "No proposals yet, doubling" without its comma."""
    return (
        re.match(r"\s*(?:still )?no (?:\w+ )?(?:proposals?|takers?|update)(?!\w)", own) is not None
    )


def _talk(whole: str, before: str, own: str, change: Change) -> Guard | None:
    if _CONDITION.search(whole) or _ELSEWHERE.search(whole) or _PRODUCT.search(whole):
        return "mention"
    past = whole[len(before) :] if _REPORT.match(before) else whole
    if _PAST.search(past) or _HAD.search(own) or _FUTURE.search(own) or _LATER.search(whole):
        return "mention"
    if _SUPPOSES.search(_NOBODY.sub(" ", _CONCLUSION.split(before)[-1])) or '"' in before:
        return "mention"
    after = whole[len(before) + 3 :]
    if change.is_gerund and (_AFTER_GERUND.match(after) or not _OPENING.match(_own_words(own))):
        return "mention"
    is_bare = change.said == "bare" or (change.said == "place" and change.amount is None)
    if is_bare and not _is_bare_announcement(before, own, change):
        return "mention"
    return None


def _own_words(own: str) -> str:
    """The words before a gerund, without the price it is said of: "the price is increasing"."""
    return re.sub(rf"(?<!\w)(?:upwork |job |issue |title )*{PRICE}(?!\w)", " ", own)


def _is_bare_announcement(before: str, own: str, change: Change) -> bool:
    clean = _OPENING.match(own) is not None and (AMOUNT not in before or change.is_again)
    return clean and (change.amount is not None or change.delta is not None or len(own) <= 40)
