"""The columns in which a platform itself marks who wants offers: read, and written back when a consent is recorded.

A mark that holds neither yes nor no says nothing: it is not read, and never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import column, table, update

from kigen.hosts.rows import Rows, batches

TRUE, FALSE = frozenset({"1", "yes", "on", "true"}), frozenset({"0", "no", "off", "false"})


@dataclass(frozen=True, slots=True)
class Opted:
    """One column of the clients' table; `is_out`: it marks who does not want any."""

    column: str
    is_out: bool = False
    yes: str | int = 1
    no: str | int = 0


def field(name: str) -> tuple[Opted, ...]:
    """A text column that the operator chose for it, such as a custom field."""
    return (Opted(name, yes="yes", no="no"),)


def read(rows: Rows, name: str, marks: Sequence[Opted], clients: Sequence[int]) -> dict[int, bool]:
    """Who is marked; of several columns all must agree that somebody wants offers."""
    there = [one for one in marks if rows.schema.has(name, one.column)]
    found = {}
    for row in rows.read(name, [one.column for one in there], "id", clients) if there else ():
        told = [_meant(row[one.column], one) for one in there]
        if None not in told:
            found[row["id"]] = all(told)
    return found


def write(rows: Rows, name: str, marks: Sequence[Opted], wanted: Mapping[int, bool]) -> int:
    """Write the marks of these clients; how many rows changed."""
    there = [one for one in marks if rows.schema.has(name, one.column)]
    changed = 0
    for is_wanted in (True, False) if there else ():
        values = {one.column: one.yes if is_wanted is not one.is_out else one.no for one in there}
        clients = table(name, column("id"), *(column(one.column) for one in there))
        for batch in batches([client for client, said in wanted.items() if said is is_wanted]):
            mine = update(clients).where(clients.c.id.in_(batch))
            changed += rows.connection.execute(mine.values(values)).rowcount
    return changed


def _meant(value: object, one: Opted) -> bool | None:
    said = str(int(value) if isinstance(value, bool) else value if value is not None else "").strip().lower()
    if said in TRUE:
        return not one.is_out
    # An empty text is nobody's answer, which is no consent; in a column of numbers it cannot be.
    if said in FALSE or (said == "" and one.yes == "yes"):
        return one.is_out
    return None
