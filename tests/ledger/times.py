"""Instants for tests: minutes from one moment, with microseconds, so that an engine that cuts them off is noticed."""

from __future__ import annotations

import datetime as dt

START = dt.datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=dt.UTC)


def minute(number: int) -> dt.datetime:
    """So many minutes after the start."""
    return START + dt.timedelta(minutes=number)
