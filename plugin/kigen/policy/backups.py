"""Whether what was destroyed is erased, or beyond use while a backup of the database may hold it; and its settings.

A backup holds a document together with the document's own key; who has the keys' backup as well could open it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kigen.policy import values
from kigen.policy.setting import Setting

CYCLE, OLDEST = "backups.cycle", "backups.oldest"
BEYOND_USE, ERASED = "beyond-use", "erased"

BACKUPS: tuple[Setting, ...] = (
    Setting(
        CYCLE,
        values.days,
        "",
        (
            "Days after which a backup of the database is gone for good, as published. Blank: not said.",
            "データベースのバックアップが完全に消えるまでの、公表している日数。空欄の場合は未回答。",
        ),
        "Article 11",
    ),
    Setting(
        OLDEST,
        values.day,
        "",
        (
            "Date (YYYY-MM-DD) of the oldest backup of the database that is still there. Blank: not said.",
            "残っている最も古いデータベースのバックアップの日付（YYYY-MM-DD）。空欄の場合は未回答。",
        ),
        "Article 11",
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` is one of the two above; beyond use until the end of the day `until`, None where nobody can say."""

    state: str
    until: dt.date | None = None

    @property
    def text(self) -> str:
        """The standing in words, without a full stop."""
        if self.state == ERASED:
            return "erased"
        return f"beyond use until {self.until}" if self.until else "beyond use, nobody said until when"


def standing(gone: dt.date, today: dt.date, cycle: int | None, oldest: dt.date | None) -> Standing:
    """How what was destroyed on a day stands; all days are of the operator's zone.

    It is erased when the oldest backup that is told was made on a later day, or the cycle has passed and no backup as
    old as that is told. A backup of the same day may still hold it. A date that lies ahead says nothing.
    """
    told = oldest if oldest is not None and oldest <= today else None
    if told is not None and told > gone:
        return Standing(ERASED)
    if cycle is None:
        return Standing(BEYOND_USE)
    until = gone + dt.timedelta(days=cycle)
    if today <= until:
        return Standing(BEYOND_USE, until)
    return Standing(ERASED) if told is None else Standing(BEYOND_USE)
