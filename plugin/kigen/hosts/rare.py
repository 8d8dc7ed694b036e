"""How few clients share what a kept document still shows of an anonymised one: country, date and amount together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kigen.hosts.rows import Rows, quoted

FRACTION = re.compile(r"-?\d[\d :-]*\.\d+")
"""An amount, or an instant with parts of a second."""


@dataclass(frozen=True, slots=True)
class Documented:
    """Documents with their owner and what of them, unmasked, somebody outside may know: `shown` are their columns.

    `clients` is the table of clients and its column of the country.
    """

    table: str
    owner: str
    shown: tuple[str, ...]
    clients: tuple[str, str]


def rare(rows: Rows, told: Documented, clients: Sequence[int], least: int) -> dict[int, int]:
    """By client the fewest that share one of its documents' combinations, where these are fewer than `least`.

    One pass over the documents of all clients. Nothing where a column is absent.
    """
    table, country = told.clients
    if not clients or not rows.schema.has(told.table, told.owner, *told.shown) or not rows.schema.has(table, country):
        return {}
    few = _few(rows, told, least)
    countries = {row["id"]: row[country] for row in rows.read(table, (country,), "id", clients)}
    found: dict[int, int] = {}
    for row in rows.read(told.table, told.shown, told.owner, clients):
        client = row[told.owner]
        number = few.get(_combination([countries.get(client), *(row[name] for name in told.shown)]))
        if number is not None:
            found[client] = min(number, found.get(client, number))
    return found


def _few(rows: Rows, told: Documented, least: int) -> dict[tuple[str, ...], int]:
    table, country = map(quoted, told.clients)
    owner, shown = quoted(told.owner), [f"d.{quoted(name)}" for name in told.shown]
    names = ", ".join((f"c.{country}", *shown))
    statement = (
        f"SELECT {names}, COUNT(DISTINCT d.{owner}) FROM {quoted(told.table)} d"  # noqa: S608 - a host's own names
        f" JOIN {table} c ON c.id = d.{owner} GROUP BY {names} HAVING COUNT(DISTINCT d.{owner}) < %s"
    )
    return {_combination(values): int(number) for *values, number in rows.run(statement, [int(least)])}


def _combination(values: Iterable[Any]) -> tuple[str, ...]:
    """As text without the zeros of a fraction: one reading packs its rows as JSON, the other one does not."""
    texts = ("" if value is None else str(value) for value in values)
    return tuple(text.rstrip("0").rstrip(".") if FRACTION.fullmatch(text) else text for text in texts)
