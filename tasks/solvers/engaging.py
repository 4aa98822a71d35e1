"""What a solver may do besides the work: ask the client, and turn the offer down."""

from collections.abc import Sequence
from typing import ClassVar, Final

from pydantic import Field

from tasks.domain.threads import Question, Remark, reply_to
from tasks.solvers.tools import Tool

MOST_QUESTIONS: Final = 10
"""How many questions are answered in a rollout."""
SPENT: Final = f"No answer: {MOST_QUESTIONS} questions were asked, and the client answers no more."


class AskClient(Tool):
    """Ask the client one question. The answer quotes, word for word, what was written about it on
    the client's side before the work was offered, or says that nothing was."""

    called: ClassVar[str] = "ask_client"
    question: str = Field(min_length=1, max_length=1000)


class Decline(Tool):
    """Turn the offer down instead of working on it. Nothing is handed in or paid."""

    called: ClassVar[str] = "decline"
    reason: str = Field(min_length=1, max_length=2000)


class Client:
    """Answers the questions of one rollout and keeps count of them."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self._remarks = remarks
        self._asked: list[Question] = []

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those that were answered, in their order."""
        return tuple(self._asked)

    def ask(self, question: str) -> str:
        """What is known about it (domain/threads.py says how), or that the questions are spent."""
        if len(self._asked) >= MOST_QUESTIONS:
            return SPENT
        reply = reply_to(question, self._remarks)
        self._asked.append(Question(text=question, quoted=reply.quoted))
        return reply.text
