"""Which version of a notice is in force, which dates it may have, and which change of it asks for consent anew.

A version is published at one instant and takes effect at another; it holds the same notice in every language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

POLICY = "privacy-policy"


class Weight(StrEnum):
    """What a version changes: what somebody agreed to, or only how it is said."""

    MATERIAL = "material"
    COSMETIC = "cosmetic"


@dataclass(frozen=True, slots=True)
class Version:
    """One published version. Instants are UTC; `binding` is the language whose words count where two differ.

    `digests` holds the SHA-256 of the text by language.
    """

    notice: str
    number: int
    published: dt.datetime
    effective: dt.datetime
    weight: Weight
    binding: str
    actor: str
    digests: tuple[tuple[str, str], ...] = ()

    def digest(self, language: str) -> str | None:
        """The digest of the text in a language, None where the version has none in it."""
        return dict(self.digests).get(language)


def check_dates(published: dt.datetime, effective: dt.datetime, is_posting_date: bool) -> None:
    """Refuse a version that binds before anybody could read it, unless it takes effect by its posting (Art. 24).

    `is_posting_date`: the effective instant is the day on which the operator posted it elsewhere. Raises ValueError.
    """
    if effective < published and not is_posting_date:
        raise ValueError(
            f"it would take effect at {effective.isoformat(timespec='seconds')}, before it is published at"
            f" {published.isoformat(timespec='seconds')}; expected an instant from then on, or --posting-date where"
            " it was posted elsewhere on that day"
        )


def in_force(versions: Iterable[Version], at: dt.datetime) -> Version | None:
    """The version that binds at an instant: of those published and effective by then the one that took effect last.

    None before the first. Of two that took effect at one instant the later published counts.
    """
    reached = [one for one in versions if one.effective <= at and one.published <= at]
    return max(reached, key=lambda one: (one.effective, one.number), default=None)


def named(versions: Iterable[Version], number: int | None, at: dt.datetime) -> Version | None:
    """The version of this number; where none is told, what was in force at the instant."""
    known = list(versions)
    if number is None:
        return in_force(known, at)
    return next((one for one in known if one.number == number), None)


def is_carried(versions: Iterable[Version], agreed: int, at: dt.datetime) -> bool:
    """Whether consent to a version still holds at an instant: nothing material took effect since (GDPR Art. 4(11)).

    A version that nobody knows is not carried: what was agreed to cannot be shown.
    """
    known = {one.number: one for one in versions}
    if agreed not in known:
        return False
    current = in_force(known.values(), at)
    if current is None or current.number <= agreed:
        return True
    later = (one for one in known.values() if agreed < one.number and one.effective <= at)
    return all(one.weight is Weight.COSMETIC for one in later)


def spoken(stored: str) -> str | None:
    """The language of kigen's that a platform's own word for one means; None where it says nothing."""
    if not stored.strip():
        return None
    return "ja" if stored.strip().lower().startswith(("ja", "jp")) else "en"


def spelled(told: str) -> tuple[str, int | None]:
    """Notice and version from what an event calls it: `privacy-policy@3`, or its name alone."""
    name, at, number = told.strip().rpartition("@")
    return (name, int(number)) if at and number.isascii() and number.isdigit() and len(number) < 9 else (told, None)
