"""How rows of a table become rows of a bundle: which columns are read, what is hidden in whose rows, what is left.

A column that a rule withholds is never read. What is left out is counted with its rule, which the manifest says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kigen.hosts.files import names_in
from kigen.hosts.outgoing import Outgoing, Page
from kigen.hosts.owners import writer_of
from kigen.policy.datamap import Field, Table
from kigen.policy.exported import Convert, Unreadable, converter, text
from kigen.policy.exporting import (
    Left,
    Rule,
    Section,
    hides_others,
    hides_staff,
    section_of,
    withheld,
    withheld_whole,
)
from kigen.policy.fates import Plain
from kigen.policy.masks_shape import Family
from kigen.policy.sorts import Sort
from kigen.work.export.ahead import ahead, has_server

WROTE = frozenset({"admin", "admin_id", "admin_requestor_id"})
"""Columns that say that staff wrote a row; others name who of the staff is in charge of it."""

NUMBERS = frozenset({Family.INTEGER, Family.NUMBER})

STRUCTURED = frozenset({Sort.JSON, Sort.SERIALIZED})

Attach = Callable[[str, str, str], None]
"""Told of each file that a shown row names: table, the row's number, the name as it stands there."""


class Omission(NamedTuple):
    """What is left out of one table by one rule; no columns: whole rows."""

    section: Section
    table: str
    columns: tuple[str, ...]
    rule: Rule


@dataclass
class LeftOut:
    """How many rows each omission concerns."""

    rows: Counter[Omission] = field(default_factory=Counter)


@dataclass
class Source:
    """Rows of one name in a section, read once. `numbers` are the columns in which a minus is no formula."""

    name: str
    section: Section
    columns: Sequence[str]
    pages: Iterator[list[list[Any]]]
    numbers: frozenset[str] = frozenset()
    fields: Sequence[Field] = ()
    table: Table | None = None
    is_ours: bool = False


def sources(
    outgoing: Outgoing, is_portability: bool, left: LeftOut, attach: Attach, is_ours: bool = False
) -> Iterator[Source]:
    """Every table whose rows can be the client's; `is_ours`: kigen's own, whose map is whole."""
    for table in outgoing.tables():
        section = section_of(table, outgoing.listed.sections)
        shape = outgoing.shape(table)
        if rule := withheld_whole(table, section, is_portability):
            key = list(shape.key) or list(shape.columns)[:1]
            count = sum(len(page) for page in outgoing.pages(table, key))
            left.rows.update({Omission(section, table.name, (), rule): count} if count else {})
            continue
        read = _Read(outgoing, table, section, is_portability, left, attach, is_ours)
        yield Source(table.name, section, read.columns, read.pages(), read.numbers, read.shown, table, is_ours)


class _Read:
    """One table on its way into a bundle."""

    def __init__(
        self, outgoing: Outgoing, table: Table, section: Section, is_portability: bool, left: LeftOut, attach: Attach,
        is_ours: bool,
    ) -> None:  # fmt: skip
        self.outgoing, self.table, self.section, self.left, self.attach = outgoing, table, section, left, attach
        there = outgoing.shape(table).columns
        rules = {one.name: withheld(one, is_portability) for one in table.fields.values() if one.name in there}
        self.shown = [table.fields[name] for name in there if name in rules and rules[name] is None]
        self.omitted: dict[Rule, list[str]] = {}
        for name, rule in rules.items():
            if rule:
                self.omitted.setdefault(rule, []).append(name)
        if unknown := [name for name in there if name not in table.fields and not is_ours]:
            self.omitted[Left.UNCLASSIFIED] = unknown
        self.names = outgoing.names(table)
        self.hidden = outgoing.hidden(table)
        self.staff = [name for name in there if name in WROTE & table.fields.keys()]
        self.writer = writer_of(outgoing.datamap, table.name)
        self.writer = self.writer if self.writer in there else ""
        has_amounts = any(one.plain is Plain.AMOUNT for one in self.shown)
        self.currency = outgoing.currency() if has_amounts and "currency" not in there else ""
        own = [one.name for one in self.shown]
        self.columns = (*own, *(f"{name}_name" for name in self.names), *(("currency",) if self.currency else ()))
        families = {name: there[name].family for name in own}
        self.numbers = frozenset(name for name, family in families.items() if family in NUMBERS)
        self.converters = [
            self._counted(
                one, converter(one, families[one.name], there[one.name].type.lower(), outgoing.zone, outgoing.told_in)
            )
            for one in self.shown
        ]

    def pages(self) -> Iterator[list[list[Any]]]:
        """The rows as they are handed out, page by page."""
        own = [one.name for one in self.shown]
        beside = [column for column, _, _ in self.hidden] + self.staff + ([self.writer] if self.writer else [])
        places_of_files = [name.partition(".") for name in self.outgoing.attached]
        there, own_name = self.outgoing.shape(self.table).columns, self.table.name
        files = [column for table, _, column in places_of_files if table == own_name and column in there]
        key = list(self.outgoing.shape(self.table).key)[:1]
        read = list(dict.fromkeys((*own, *beside, *self.names, *files, *key)))
        places = {name: number for number, name in enumerate(read)}
        count = 0
        found = self.outgoing.pages(self.table, read)
        for page in ahead(found) if has_server(self.outgoing.rows.connection) else found:
            made = list(self._made(page, places))
            count += len(made)
            if files:
                self._note_files(page, places, files, key)
            if made:
                yield made
        for rule, names in self.omitted.items():
            if count:
                self.left.rows[Omission(self.section, self.table.name, tuple(names), rule)] += count

    def _made(self, page: Page, places: dict[str, int]) -> Iterator[list[Any]]:
        named = [(places[name], found) for name, found in self.names.items()]
        staff, writer = [places[name] for name in self.staff], places.get(self.writer, -1)
        by_staff = [n for n, one in enumerate(self.shown) if hides_staff(one)] if staff else []
        by_others = [n for n, one in enumerate(self.shown) if hides_others(one)] if writer >= 0 else []
        is_of_contact = self.outgoing.only is not None
        addresses = [n for n, one in enumerate(self.shown) if one.sort is Sort.EMAIL] if is_of_contact else []
        is_plain = not (self.hidden or by_staff or by_others)
        rows = page if is_plain else [row for row in page if not self._is_hidden(row, places)]
        columns = zip(*rows, strict=True)  # beside those that are shown, others that are only looked at
        converted = [_column(column, convert) for column, convert in zip(columns, self.converters, strict=False)]
        shown = map(list, zip(*converted, strict=True)) if converted else ([] for _ in rows)
        if is_plain and not (named or addresses or self.currency):
            yield from shown
            return
        for row, values in zip(rows, shown, strict=True):
            if by_others and row[writer] not in (None, 0, "0", self.outgoing.client):
                self._hide(values, by_others, Left.STAFF if self._is_by_staff(row, staff) else Left.SHARED)
            elif by_staff and self._is_by_staff(row, staff):
                self._hide(values, by_staff, Left.STAFF)
            if addresses:  # a message to several names the others too
                self._hide(values, [place for place in addresses if "," in str(values[place])], Left.SHARED)
            values += [found.get(row[place], "") for place, found in named]
            if self.currency:
                values.append(self.currency)
            yield values

    def _is_hidden(self, row: Sequence[Any], places: dict[str, int]) -> bool:
        for column, values, rule in self.hidden:
            if row[places[column]] in values:
                self.left.rows[Omission(self.section, self.table.name, (), rule)] += 1
                return True
        return False

    def _is_by_staff(self, row: Sequence[Any], staff: list[int]) -> bool:
        return any(row[place] not in (None, 0, "", "0") for place in staff)

    def _hide(self, values: list[Any], places: Iterable[int], rule: Rule) -> None:
        gone = [place for place in places if values[place] not in (None, "")]
        for place in gone:
            values[place] = None
        if gone:
            names = tuple(self.shown[place].name for place in gone)
            self.left.rows[Omission(self.section, self.table.name, names, rule)] += 1

    def _note_files(self, page: Page, places: dict[str, int], files: list[str], key: list[str]) -> None:
        for row in page:
            if not self._names_no_file(row, places, files):
                number = str(row[places[key[0]]]) if key else ""
                held = {name: row[places[name]] for name in files}
                for name in names_in(self.outgoing.attached, self.table.name, [held]):
                    self.attach(self.table.name, number, name)

    def _names_no_file(self, row: Sequence[Any], places: dict[str, int], files: list[str]) -> bool:
        hidden = any(row[places[column]] in values for column, values, _ in self.hidden)
        return hidden or not any(row[places[name]] for name in files)

    def _counted(self, one: Field, convert: Convert) -> Convert:
        """The same, which counts what it cannot look through instead of raising."""

        def counted(value: Any) -> Any:
            try:
                return convert(value)
            except Unreadable:
                self.left.rows[Omission(self.section, self.table.name, (one.name,), Left.UNREADABLE)] += 1
                return None

        return counted if one.sort in STRUCTURED else convert


def _column(column: Sequence[Any], convert: Convert) -> Sequence[Any]:
    """One column of a page as it is handed out. Most are texts, of which nothing is to be made."""
    if convert is text:
        types = set(map(type, column))
        if _AS_THEY_ARE.issuperset(types):
            return column
        if types == _NUMBERS:
            return list(map(str, column))
    return [None if value is None else convert(value) for value in column]


_AS_THEY_ARE, _NUMBERS = frozenset({str, type(None)}), {int}
