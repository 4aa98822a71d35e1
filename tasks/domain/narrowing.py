"""Which comments may be of any account: everything else of a thread need not be read at all."""

from typing import Final

from tasks.domain.money_words import MONEY_EXPRESSION

# What proposals, pointers at them and their withdrawals cannot do without, and ribbons likewise.
# An HTML comment may stand in the middle of any of these words.
_PROPOSING: Final = ("proposal", "solution", "🎀", ":ribbon:", "<!--")
# One expression for RE2: `(?i)` + this. It is wider than all that the domain finds in a comment
# (`is_proposal`, `pointed_comment`, `taken_back_by`, `ribbons_of`, `read_comment`,
# `read_payments`); a comment in no version of which it is found is quiet.
EVIDENCE_EXPRESSION: Final = "|".join([*_PROPOSING, MONEY_EXPRESSION])
