"""What a platform holds about people: every column of every table, whose it is, what for, and what erasure does to it.

One map for each host is the only place that says so. Deletion, anonymising, export, the register of processing, the
client's own page and the look for drift all read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kigen.policy.fates import FATES, Fate, Kept, Plain, Treatment, Withheld
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import Category, LegalBasis, Purpose, Recipient, Role, bases_of, recipients_of

CLIENT = "client"
"""What every path leads to: the record that a platform's own table of clients holds."""

KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Link:
    """How a row is found: its `column` equals `target` of what `of` names, a sort of record or a table.

    `field`: only values of custom fields of this type, because the same number is a client, a service and a ticket.
    `unless`: only rows in which this column names nobody. `is_shared`: only where no other client has it as well.
    `is_alone` False: the row goes with its client, not with that record alone.
    """

    column: str
    of: str
    target: str = "id"
    field: str = ""
    unless: str = ""
    is_shared: bool = False
    is_alone: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `sort` is None for one that says nothing about who, and `plain` says what it is instead.

    `is_distinct`: the host wants another value in every row, whether a key of the table says so or not.
    """

    table: str
    name: str
    sort: Sort | None
    plain: Plain | None
    category: Category
    purposes: tuple[Purpose, ...]
    role: Role = Role.CONTROLLER
    kept: Kept | None = None
    withheld: Withheld | None = None
    is_distinct: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether it may say who a person is."""
        return self.sort is not None

    @property
    def treatment(self) -> Treatment:
        """What anonymising does to it in a row that stays."""
        if self.sort is None:
            return Treatment.NONE
        return Treatment.KEEP if self.kept else Treatment.MASK

    @property
    def bases(self) -> tuple[LegalBasis, ...]:
        """The legal bases, which follow from the purposes; none for what is not personal."""
        return bases_of(self.purposes)

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Who outside receives it, which follows from the purposes."""
        return recipients_of(self.purposes)

    def is_needed_for(self, purposes: Iterable[Purpose]) -> bool:
        """Whether a reason to keep the row that has these purposes needs this column (purpose subtraction)."""
        return not set(self.purposes).isdisjoint(purposes)


Path = tuple[tuple[str, Link], ...]
"""From a row to its client: the table at each step and the link followed from it; the last one leads to a client."""


@dataclass(frozen=True)
class Table:
    """One table. `holds` are the sorts of record that its rows are, by which others link to it; mostly one or none."""

    name: str
    holds: tuple[str, ...]
    links: tuple[Link, ...]
    category: Category
    fate: Fate
    fields: Mapping[str, Field]

    def treatment(self, is_floored: bool) -> Treatment:
        """What becomes of the rows when their client is deleted, or (`is_floored`) when a floor keeps documents."""
        return FATES[self.fate][is_floored]

    @cached_property
    def personal(self) -> tuple[Field, ...]:
        """The columns that may say who a person is."""
        return tuple(one for one in self.fields.values() if one.is_personal)

    @cached_property
    def masked(self) -> tuple[Field, ...]:
        """The columns that a mask replaces in a row that stays."""
        return tuple(one for one in self.personal if one.treatment is Treatment.MASK)


@dataclass(frozen=True)
class DataMap:
    """All tables of a host. One whose rows name a row of another stands before it: so they can be deleted in turn."""

    host: str
    tables: tuple[Table, ...]
    named: Mapping[str, Table] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", {table.name: table for table in self.tables})

    def __contains__(self, name: object) -> bool:
        return name in self.named

    def __getitem__(self, name: str) -> Table:
        return self.named[name]

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    @cached_property
    def known(self) -> frozenset[str]:
        """`table.column` of everything in the map."""
        return frozenset(f"{table.name}.{name}" for table in self.tables for name in table.fields)

    def holder(self, of: str) -> Table | None:
        """The table that a link's `of` names."""
        holding = (table for table in self.tables if of in table.holds)
        return self.named.get(of) or next(holding, None)

    def along(self, of: str) -> frozenset[str]:
        """Tables that hold this sort of record, and those whose rows can go along with one record of it."""
        found = {table.name for table in self.tables if of in (table.name, *table.holds)}
        for table in self.tables:
            if any(link.of == of and link.is_alone for link in table.links):
                found.update((table.name,), *(self.along(one) for one in (table.name, *table.holds)))
        return frozenset(found)

    def paths(self, name: str) -> list[Path]:
        """Every way from a row of this table to a client, the row's own word first; [()] for the clients' own table.

        None where a row names nobody: what is a person's in it is found by the person's name, addresses and numbers.
        """
        table = self.named[name]
        if CLIENT in table.holds:
            return [()]
        steps = [(link, self.holder(link.of)) for link in table.links]
        return [((name, link), *rest) for link, on in steps if on for rest in self.paths(on.name)]

    def kinds_of(self, name: str) -> tuple[Kind, ...]:
        """The records whose rules decide how long rows of this table stay; none for what follows no rule."""
        table = self.named[name]
        if own := tuple(Kind(one) for one in table.holds if one in KINDS):
            return own
        on = [self.holder(link.of) for link in table.links if link.is_alone]
        return tuple(dict.fromkeys(kind for one in on if one for kind in self.kinds_of(one.name)))
