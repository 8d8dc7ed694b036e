"""What a host says of its tables for bundles, as data: which section each is in, which rows are staff's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kigen.policy.exporting import Rule, Section


@dataclass(frozen=True, slots=True)
class Unshown:
    """Rows of a table that are not the client's to see: `column` is one of `values`, or names such a row of `of`.

    `of` is a table, its column and its values: a custom field that only staff see hides what was entered in it.
    """

    table: str
    column: str
    rule: Rule
    values: tuple[object, ...] = ()
    of: tuple[str, str, tuple[object, ...]] | None = None


@dataclass(frozen=True)
class Listed:
    """What a host says of its tables for bundles: their sections, rows that are hidden, names for numbers.

    `named` gives by `table.column` the table and column that say in words what a number there means.
    """

    sections: Mapping[str, Section] = field(default_factory=dict)
    unshown: tuple[Unshown, ...] = ()
    lost: Mapping[str, str] = field(default_factory=dict)
    """By table the column that says who wrote a row, for rows of which what they hang on is gone."""
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    currency: tuple[str, str, str] | None = None
    """How the client's currency is found: its own column, and the table and column that name it ("" for itself)."""
