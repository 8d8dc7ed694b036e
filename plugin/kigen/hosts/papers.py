"""What both hosts do alike to make a document of their rows: which columns belong to it, and how values become text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from kigen.hosts.dates import read_when
from kigen.hosts.rows import Rows
from kigen.policy.datamap import Table
from kigen.policy.papers import read_total
from kigen.policy.periods import local_date
from kigen.policy.sorts import Sort

Row = Mapping[str, Any]

NEVER = frozenset({
    Sort.SECRET, Sort.TOKEN, Sort.CARD, Sort.BANK_ACCOUNT, Sort.IP, Sort.HOSTNAME, Sort.USER_AGENT, Sort.USERNAME,
    Sort.JSON, Sort.SERIALIZED, Sort.BIRTHDAY, Sort.TRAIT,
})  # fmt: skip
"""Sorts of value that no document shows: secrets, traces of use, and stored data in which anything can stand."""


def columns(table: Table) -> tuple[str, ...]:
    """The columns of a table that belong to a document: all that the map knows but what no document shows.

    Notes that are withheld from the client were never on the document; a column that the map does not know may be a
    secret.
    """
    fields = table.fields.values()
    return tuple(one.name for one in fields if one.sort not in NEVER and one.withheld is None)


def documents_rows(rows: Rows, table: Table, by: str, ids: Iterable[Any]) -> list[Row]:
    """Rows of a document's table by a column, in the order of their ids, with the columns that belong to a document."""
    return sorted(rows.read(table.name, columns(table), by, ids), key=lambda row: row["id"])


def grouped(rows: Iterable[Row], by: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return found


def as_text(row: Row, only: Sequence[str] | None = None) -> dict[str, str | None]:
    """A row with every value as text, NULL as None: it must be written the same way on every engine and for ever."""
    return {name: text(row[name]) for name in sorted(only if only is not None else row) if name in row}


def text(value: object) -> str | None:
    """One value as text: an amount without the zeros that only an engine adds, bytes as what they spell."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float | Decimal):
        number = Decimal(str(value))
        return str(number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize())
    return str(value).encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be written as JSON


def said(value: object) -> str:
    """A value for the page: blank for NULL."""
    return (text(value) or "").strip()


def day(value: object, zone: str) -> dt.date | None:
    """The local date of a host's date or instant; None where there is none that can be read."""
    when = read_when(value, zone)
    return local_date(when, zone) if isinstance(when, dt.datetime) else when


def days(row: Row, names: Iterable[tuple[str, str]], zone: str) -> tuple[tuple[str, str], ...]:
    """Pairs of code and date for the page, of those columns that hold a date."""
    found = ((code, day(row[name], zone)) for code, name in names if name in row)
    return tuple((code, one.isoformat()) for code, one in found if one)


def money(value: object, currency: str) -> str:
    """An amount for the page, with as many decimals as its currency has, or more where it has more."""
    total = read_total(value)
    if total is None:
        return said(value)
    places = get_currency_precision(currency) if len(currency) == 3 else 2
    exact = max(0, -int(total.normalize().as_tuple().exponent))
    return f"{total:,.{max(places, exact)}f}"


def sums(row: Row, names: Iterable[tuple[str, str, str]], currency: str) -> tuple[tuple[str, str, str], ...]:
    """Sums for the page, by code, column and the column with the rate: zeros are left out, but never the total."""
    found = []
    for code, name, rate in names:
        total = read_total(row.get(name))
        if total is not None and (total or code == "total"):
            found.append((code, said(row.get(rate)) if read_total(row.get(rate)) else "", money(total, currency)))
    return tuple(found)


def lines_of(*parts: object) -> tuple[str, ...]:
    """The lines of an address: blank ones are left out."""
    return tuple(line for part in parts for line in said(part).splitlines() if line.strip())


def names_of(given: object, family: object, *others: object) -> tuple[str, ...]:
    """Under which names a party is looked for: both orders of a person's name, and the others as they are."""
    first, last = said(given), said(family)
    person = [" ".join(filter(None, order)) for order in ((first, last), (last, first))] if first or last else []
    return tuple(dict.fromkeys(one for one in (*person, *map(said, others)) if one))
