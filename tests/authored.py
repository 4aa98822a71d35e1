"""What models write, good and bad, and a scripted one that writes it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.chat_completions import Asked, Say

Answer = dict[str, Any]


def program(expression: str) -> str:
    return f"n = int(input())\nprint({expression})\n"


def case(n: int, output: object) -> Answer:
    return {"inputs": [{"name": "stdin", "text": f"{n}\n"}], "output": f"{output}\n"}


def answer(add: int = 1, **changes: Any) -> Answer:
    """A good one: three times the number, and `add` more."""
    plain: Answer = {
        "statement": f"Read a whole number. Print three times that number plus {add}.",
        "comparison": "whitespace",
        "examples": [case(n, 3 * n + add) for n in (100, 200)],
        "cases": [case(n, 3 * n + add) for n in range(8)],
        "solution": program(f"3 * n + {add}"),
        "wrong": [
            {"name": "twice", "program": program(f"2 * n + {add}")},
            {"name": "without what is added", "program": program("3 * n")},
            {"name": "added first", "program": program(f"3 * (n + {add})")},
        ],
    }
    return plain | changes


def writes(found: Mapping[str, Any], **usage: Any) -> Say:
    return Say(calls=[("write_task", found)], **usage)


WRONG_SOLUTION = answer(solution=program("3 * n + 2 if n == 5 else 3 * n + 1"))
RIGHT_MUTANT = answer(
    wrong=[*answer()["wrong"][:2], {"name": "another way", "program": program("n + n + n + 1")}]
)
TOO_FEW = answer(cases=answer()["cases"][:7])
CONSTANT = answer(cases=[*answer()["cases"][:7], case(8, 1)])
MALFORMED = {"statement": "Print something."}

# By the number of the shop that the posting is about; the zebra is for the one that fits no family.
BY_SHOP: dict[str, Callable[[Asked], Say]] = {
    "zebra": lambda _: writes(answer(9)),
    "shop 1 ": lambda _: writes(WRONG_SOLUTION),
    "shop 2 ": lambda _: writes(RIGHT_MUTANT),
    "shop 3 ": lambda _: writes(MALFORMED),
    "shop 4 ": lambda _: writes(TOO_FEW),
    "shop 5 ": lambda _: writes(CONSTANT),
    "shop 6 ": lambda _: Say(calls=[("no_task", {"reason": "It asks for a poem."})]),
    "shop 7 ": lambda asked: writes(MALFORMED if len(asked.messages) == 1 else answer(7)),
    "shop 8 ": lambda _: Say(f"```json\n{json.dumps(answer(8))}\n```"),
}


def script(asked: Asked) -> Say:
    """What each posting of the odd jobs gets; a good task where nothing else is said."""
    for words, say in BY_SHOP.items():
        if words in asked.prompt:
            return say(asked)
    return writes(answer(5))
