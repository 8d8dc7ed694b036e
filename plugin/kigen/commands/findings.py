"""What `doctor` finds: a level, a code for programs and a sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
"""An error stops part of the work, a warning needs a person, a note is good to know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding."""

    level: str
    code: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"level": self.level, "code": self.code, "text": self.text}


def as_sentence(text: str) -> str:
    """What stands in the middle of an error, as a finding says it."""
    return f"{text[0].upper()}{text[1:]}."
