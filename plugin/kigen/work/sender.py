"""The narrow door through which mail leaves: one message to one address, and exactly what is known of it afterwards.

SMTP is one way; a platform with a sender of its own is another, and answers the same four questions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from email.message import EmailMessage
from enum import StrEnum


class Fate(StrEnum):
    """What is known of a message that was not surely taken."""

    LATER = "later"  # refused for the time being: try again
    NEVER = "never"  # refused for good
    UNSURE = "unsure"  # it was handed over, and no answer came
    DOWN = "down"  # the way itself does not work; the message has not been tried


class NotSent(Exception):
    """A message that was not surely taken. `why` is a code, `answer` the server's number; neither holds an address."""

    def __init__(self, fate: Fate, why: str, answer: str = "") -> None:
        super().__init__(f"{why} {answer}".strip())
        self.fate, self.why, self.answer = fate, why, answer


class Sender(AbstractContextManager["Sender"], ABC):
    """One way of sending, open from `__enter__` to `__exit__`; entering it raises NotSent(DOWN)."""

    @abstractmethod
    def deliver(self, message: EmailMessage, sender: str, to: str) -> str:
        """Hand over one message; returns the code of the answer by which it was taken. Raises NotSent.

        `sender` is where bounces go. Nothing is tried twice in here.
        """
