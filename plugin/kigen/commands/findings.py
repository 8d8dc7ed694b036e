"""What `doctor` finds: a level, a code for programs and a sentence for a person, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass

from kigen.commands.words_doctor import FINDINGS

ERROR, WARNING, NOTE = "error", "warning", "note"
"""An error stops part of the work, a warning needs a person, a note is good to know."""

Words = tuple[str, str]
"""The same in English and Japanese."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `ja` is blank where whoever tells it (a platform, a plugin) has no Japanese."""

    level: str
    code: str
    text: str
    ja: str = ""

    def said(self, language: str) -> str:
        """Its sentence."""
        return self.ja if language == "ja" and self.ja else self.text

    def as_json(self, language: str = "en") -> dict[str, str]:
        return {"level": self.level, "code": self.code, "text": self.said(language)}


def found(level: str, code: str, what: str = "", /, **values: object) -> Finding:
    """A finding of the table of words; `what` names its sentence where that is not the code."""
    return Finding(level, code, *words(what or code, **values))


def words(what: str, /, **values: object) -> Words:
    """A sentence, or a piece of one, of that table; a pair among the values is said in the sentence's language."""
    english, japanese = (
        template.format(**{key: one[column] if isinstance(one, tuple) else one for key, one in values.items()})
        for column, template in enumerate(FINDINGS[what])
    )
    return english, japanese


def as_sentence(text: str) -> str:
    """What stands in the middle of an error, as a finding says it."""
    return f"{text[0].upper()}{text[1:]}."
