"""Masks of columns in which every row must have a value of its own: none collides with a row that is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import column, select, table

from kigen.hosts.anonymised import Key
from kigen.hosts.rows import Rows
from kigen.hosts.shapes import TableShape
from kigen.policy.datamap import Field
from kigen.policy.masks import DoesNotFit, mask
from kigen.policy.masks_texts import Seed
from kigen.policy.sorts import Sort

TRIES = 8


class Distinct:
    """The masks of one table. A value that another row has already, by accident or design, is passed over."""

    def __init__(self, rows: Rows, shape: TableShape, name: str, salt: bytes) -> None:
        self._rows, self._shape, self._name, self._salt = rows, shape, name, salt

    def seed(self, key: Key) -> Seed:
        """What makes the masks of a row its own."""
        return Seed("-".join(map(str, key)), self._salt)

    def masked(self, one: Field, value: object, key: Key) -> object:
        """A mask that no other row has; the present value if it is one already. Raises DoesNotFit."""
        shape = replace(self._shape.columns[one.name], unique=True)
        first = self.seed(key)
        candidates = []
        for number in range(TRIES):
            seed = first if not number else Seed(f"{first.row} {number}", self._salt)
            candidates.append(mask(one.sort or Sort.FREE_TEXT, value, shape, seed).value)
        if value in candidates:
            return value
        for candidate in dict.fromkeys(candidates):
            if candidate is None or candidate == value or not self._is_taken(one.name, candidate, key):
                return candidate
        raise DoesNotFit(f"Every mask that fits {self._name}.{one.name} stands in another row already")

    def _is_taken(self, name: str, candidate: object, key: Key) -> bool:
        """Compared by the server, because only it knows which letters its collation holds for equal."""
        wanted: list[Any] = [column(one) for one in self._shape.key]
        found = self._rows.connection.execute(
            select(*wanted).select_from(table(self._name)).where(column(name) == candidate).limit(2)
        )
        return any(tuple(row) != tuple(key) for row in found)
