"""When it is asked what keeps a record: at the instant decided for and, where that has passed, today as well.

A run as of a past instant deletes today. So what keeps a record at either instant keeps it, and what asks for its
deletion or shortens its term must do so at both.
"""

from __future__ import annotations

import datetime as dt

ERASURE = "erasure"
"""The right whose request asks for a deletion; a request of any other right keeps."""

Moments = tuple[dt.datetime, ...]


def moments(now: dt.datetime, today: dt.datetime | None) -> Moments:
    """The instants at which to ask. `today` is the machine's clock; one that is not later than `now` is left out."""
    return (now,) if today is None or today <= now else (now, today)


def is_in_force(released: dt.datetime | None, until: dt.datetime | None, asked: Moments) -> bool:
    """Whether a hold keeps. One that was placed after an instant keeps at that instant too."""
    ends = [end for end in (released, until) if end is not None]
    return any(all(end > at for end in ends) for at in asked)


def counts(right: str, received: dt.datetime, closed: dt.datetime | None, asked: Moments) -> bool:
    """Whether a request is open, so that it keeps; one for erasure, whether it asks for the deletion."""
    is_open = [received <= at and (closed is None or closed > at) for at in asked]
    return all(is_open) if right == ERASURE else any(is_open)
