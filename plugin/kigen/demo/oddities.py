"""What a grown installation has and nobody wants: zero dates, dates from the future, statuses that no one defined."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kigen.demo.book import Book, Row
from kigen.hosts.whmcs.tables import NO_DAY, NO_MOMENT


@dataclass(frozen=True)
class Oddity:
    """In rows of a table that are as `where` says, `column` becomes `value`; in one row of so many hundred clients."""

    table: str
    column: str
    value: Any
    where: Callable[[Row], bool]
    one_in_hundreds: int = 4


def _is(column: str, value: str) -> Callable[[Row], bool]:
    return lambda row: bool(row[column] == value)


ODDITIES = (
    Oddity("tblorders", "date", NO_MOMENT, _is("status", "Cancelled")),
    Oddity("tblorders", "date", NO_MOMENT, _is("status", "Pending"), 8),
    Oddity("tblinvoices", "duedate", NO_DAY, _is("status", "Cancelled")),
    Oddity("tbldomains", "expirydate", NO_DAY, _is("status", "Expired")),
    Oddity("tbldomains", "expirydate", None, _is("status", "Expired"), 8),
    Oddity("tblclients", "datecreated", NO_DAY, _is("status", "Active"), 5),
    # Somebody typed 2062 for 2026.
    Oddity("tblorders", "date", datetime(2062, 3, 14, 9, 0), _is("status", "Cancelled"), 10),
    # Statuses that no table of the host knows: unknown, so kept.
    Oddity("tblorders", "status", "Awaiting Documents", _is("status", "Cancelled"), 8),
    Oddity("tbldomains", "status", "Parked", _is("status", "Expired"), 10),
    Oddity("tblinvoices", "status", "Disputed", _is("status", "Cancelled"), 10),
    # Known after all: hosts compare statuses trimmed and without regard to case.
    Oddity("tblorders", "status", "cancelled", _is("status", "Cancelled"), 10),
    Oddity("tbldomains", "status", "Expired ", _is("status", "Expired"), 10),
)


def spoil(book: Book, rng: Random, now: datetime, clients: int) -> None:
    """Spoils a few rows, none of the last two years: of those the bridge would have seen what they were."""
    old = now - timedelta(days=760)
    spoiled: set[int] = set()
    for odd in ODDITIES:
        rows = [row for row in book.rows[odd.table] if row.at < old and odd.where(row) and id(row) not in spoiled]
        for row in rng.sample(rows, min(len(rows), max(1, clients // (100 * odd.one_in_hundreds)))):
            row[odd.column] = odd.value
            spoiled.add(id(row))
