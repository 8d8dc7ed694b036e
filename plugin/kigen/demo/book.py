"""How invented rows find their ids: rows are written in any order, numbered by when they happened, then stored.

A billing platform numbers rows as they come. The world is invented client by client, so a row refers to another by
the row itself, and becomes its number only when everything is there.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from kigen.hosts.whmcs.tables import STANDARD_ROWS, metadata

TAKEN_IDS = {table.name: len(rows) for table, _, rows in STANDARD_ROWS}


class Row(dict[str, Any]):
    """The columns of one row, and when it came to be."""

    def __init__(self, at: datetime, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.at = at


class Told(NamedTuple):
    """A text with the id of a row in it, at {}."""

    text: str
    row: Row


class Book:
    """The rows of all tables."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def add(self, table: str, at: datetime, /, **values: Any) -> Row:
        """Writes a row; a value may be another row (its id is meant) or a Told."""
        row = Row(at, values)
        self.rows[table].append(row)
        return row

    def number(self) -> None:
        """Gives every row its id, in order of time within its table, and every reference its number."""
        for table, rows in self.rows.items():
            rows.sort(key=lambda row: row.at)
            for number, row in enumerate(rows, TAKEN_IDS.get(table, 0) + 1):
                row["id"] = number
        for rows in self.rows.values():
            for row in rows:
                for column, value in row.items():
                    if type(value) is Row:
                        row[column] = value["id"]
                    elif type(value) is Told:
                        row[column] = value.text.format(value.row["id"])

    def save(self, connection: Connection) -> dict[str, int]:
        """Stores all rows in bulk; returns how many per table."""
        for table, rows in self.rows.items():
            # One statement per set of columns: what a row leaves out is the table's default.
            groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
            for row in rows:
                groups[tuple(row)].append(row)
            for group in groups.values():
                connection.execute(metadata.tables[table].insert(), group)
        return {table: len(rows) for table, rows in sorted(self.rows.items())}
