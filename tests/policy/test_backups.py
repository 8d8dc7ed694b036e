"""What was destroyed is erased only when no backup can hold it; until then it is beyond use, with the day if known."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.policy.backups import BEYOND_USE, ERASED, Standing, standing

GONE = dt.date(2026, 3, 10)
LAST = dt.date(2026, 5, 9)
"""The last day of sixty."""


@pytest.mark.parametrize(
    ("today", "cycle", "oldest", "expected"),
    [
        ("2026-03-10", 60, None, Standing(BEYOND_USE, LAST)),
        ("2026-05-09", 60, None, Standing(BEYOND_USE, LAST)),
        ("2026-05-10", 60, None, Standing(ERASED)),
        ("2026-04-01", 60, "2026-03-09", Standing(BEYOND_USE, LAST)),
        ("2026-04-01", 60, "2026-03-10", Standing(BEYOND_USE, LAST)),  # of that day, perhaps of the hour before
        ("2026-04-01", 60, "2026-03-11", Standing(ERASED)),
        ("2026-05-10", 60, "2026-03-10", Standing(BEYOND_USE)),  # the cycle was not kept to
        ("2026-05-10", 60, "2026-03-11", Standing(ERASED)),
        ("2030-01-01", None, None, Standing(BEYOND_USE)),
        ("2030-01-01", None, "2026-03-10", Standing(BEYOND_USE)),
        ("2030-01-01", None, "2026-03-11", Standing(ERASED)),
        ("2026-04-01", 60, "2027-04-01", Standing(BEYOND_USE, LAST)),  # a date that lies ahead says nothing
        ("2026-04-01", None, "2027-04-01", Standing(BEYOND_USE)),
    ],
)
def test_a_destroyed_document_is_erased_only_when_no_backup_can_hold_it_n20(
    today: str, cycle: int | None, oldest: str | None, expected: Standing
) -> None:
    told = dt.date.fromisoformat(oldest) if oldest else None
    assert standing(GONE, dt.date.fromisoformat(today), cycle, told) == expected


def test_the_words_name_the_day_or_say_that_nobody_does() -> None:
    assert Standing(ERASED).text == "erased"
    assert Standing(BEYOND_USE, LAST).text == "beyond use until 2026-05-09"
    assert Standing(BEYOND_USE).text == "beyond use, nobody said until when"
