"""A client's rows for a bundle, found by the map's links alone, page after page in the order of their key.

No table is ever held as a whole: of what a row hangs on only the numbers are read first, a batch at a time. A row's own
word on whose it is comes before what it hangs on, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from kigen.hosts.files import Attached
from kigen.hosts.listed import Listed, Unshown
from kigen.hosts.owners import FieldIds
from kigen.hosts.rows import BATCH, NUMBERS_AND_DATES, TEXTS, Rows, quoted
from kigen.hosts.shapes import Shapes, TableShape
from kigen.packing import can_pack, unpacked
from kigen.policy.datamap import CLIENT, DataMap, Link, Table
from kigen.policy.exporting import Rule
from kigen.policy.fates import Fate

PAGE = 1000
"""Rows of one page: bounded, whatever the table holds."""

PACKED = 2_000_000
"""Bytes of a packed page at most, where the server lets that be said; a longer one is read again row by row."""

LONG = frozenset("mediumtext longtext".split())
"""Types of which one value can be as long as a letter with what was attached to it: never packed."""

FEW, ENOUGH = 4, 200_000
"""Rows that are taken off the wire at a time, and characters after which what came is handed on."""

Page = list[Sequence[Any]]


@dataclass(frozen=True)
class Outgoing:
    """One client's rows by one map. `zone` is that of its dates. The connection is the caller's, and its snapshot."""

    rows: Rows
    datamap: DataMap
    shapes: Shapes
    client: int
    zone: str
    told_in: str = ""
    """The zone in which instants are told; blank: the same."""
    also: tuple[int, ...] = ()
    """Further numbers under which rows are this client's, as of those that became part of it."""
    only: Mapping[str, frozenset[int]] | None = None
    """By table the numbers of the rows that are asked for, as of one contact of the client; None: all."""
    listed: Listed = field(default_factory=Listed)
    fields: FieldIds = field(default_factory=dict)
    attached: Attached = field(default_factory=dict)
    """Where rows name files."""
    between: Callable[[], None] = lambda: None
    """Called where no reading is under way, so that a snapshot that grew old can be given up for a new one."""

    def tables(self) -> Iterator[Table]:
        """Tables of this installation whose rows can be the client's, what others hang on first."""
        for table in reversed(self.datamap.tables):
            is_asked_for = self.only is None or table.name in self.only
            if is_asked_for and table.name in self.shapes and (CLIENT in table.holds or any(self._links(table))):
                yield table

    def nobodys(self) -> Iterator[Table]:
        """Tables with columns about people whose rows name no client."""
        leading = {table.name for table in self.tables()}
        for table in self.datamap:
            if table.name in self.shapes and table.name not in leading and table.personal and not _is_of_staff(table):
                yield table

    def shape(self, table: Table) -> TableShape:
        """What this installation's table is."""
        return self.shapes[table.name]

    def currency(self) -> str:
        """The currency of the client's amounts as the host names it; "" where it does not say."""
        holder, found = self.datamap.holder(CLIENT), self.listed.currency
        if holder is None or found is None:
            return ""
        own, table, column = found
        values = [row[own] for row in self.rows.read(holder.name, (own,), "id", (self.client,))]
        if table and values:
            values = [row[column] for row in self.rows.read(table, (column,), "id", values[:1])]
        return str(values[0] or "") if values else ""

    def hidden(self, table: Table) -> list[tuple[str, frozenset[Any], Rule]]:
        """Columns with the values that hide a row of this table, and the rule."""
        found = []
        for one in self.listed.unshown:
            if one.table == table.name and one.column in self.shape(table).columns:
                found.append((one.column, frozenset(self._values(one)), one.rule))
        return found

    def names(self, table: Table) -> dict[str, dict[Any, str]]:
        """By column, what its numbers are called; the tables of names are small."""
        found: dict[str, dict[Any, str]] = {}
        for place, (of, column) in self.listed.named.items():
            name, _, own = place.partition(".")
            if name == table.name and self.rows.schema.has(of, "id", column):
                statement = f"SELECT id, {quoted(column)} FROM {quoted(of)}"  # noqa: S608 - names of the live schema
                found[own] = {number: str(said or "") for number, said in self.rows.run(statement)}
        return found

    def pages(self, table: Table, columns: Sequence[str]) -> Generator[Page]:
        """The client's rows of a table with these columns, in pages of at most PAGE; no page is empty.

        Between two pages the connection is free for other readings.
        """
        if CLIENT in table.holds or self.only is not None:
            numbers = [self.client] if self.only is None else sorted(self.only.get(table.name, ()))
            for start in range(0, len(numbers), BATCH):
                yield from self._pages(table, columns, "id", numbers[start : start + BATCH])
            return
        own = [link for link in self._links(table) if _is_own(link)]
        for link in self._links(table):
            nobodys = [one.column for one in own if link not in own]
            for batch in self._values_of(link):
                only = [("fieldid", self.fields.get(link.field, ()))] if link.field else []
                yield from self._pages(table, columns, link.column, batch, only, nobodys)
        if (writer := self.listed.lost.get(table.name)) and writer in self.shape(table).columns:
            yield from self._pages(table, columns, writer, [self.client], also=list(self._lost(table)))

    def _lost(self, table: Table) -> Iterator[str]:
        """Conditions of which rows hang on nothing that is there."""
        for link in self._links(table):
            if on := self.datamap.holder(link.of):
                above, own = f"{quoted(on.name)} above", f"{quoted(table.name)}.{quoted(link.column)}"
                yield f"NOT EXISTS (SELECT 1 FROM {above} WHERE above.{quoted(link.target)} = {own})"  # noqa: S608 - names of the map

    def _links(self, table: Table) -> Iterator[Link]:
        """What tells whose a row is. By its own number alone no row is anybody's who names its client beside it."""
        shape = self.shapes.get(table.name)
        if shape is None:
            return
        has_own = any(_is_own(link) and link.column in shape.columns for link in table.links)
        for link in table.links:
            on = self.datamap.holder(link.of)
            is_there = link.column in shape.columns and (link.of == CLIENT or (on and on.name in self.shapes))
            if is_there and not (has_own and link.of != CLIENT and link.column == "id"):
                yield link

    def _values_of(self, link: Link) -> Iterator[list[Any]]:
        """Batches of the values by which rows hang on what is the client's."""
        if link.of == CLIENT:
            yield [self.client, *self.also]
            return
        on = self.datamap.holder(link.of)
        for page in self.pages(on, [link.target]) if on else ():
            values = sorted({row[0] for row in page if row[0]})
            for start in range(0, len(values), BATCH):
                batch = values[start : start + BATCH]
                yield [one for one in batch if not (on and link.is_shared and self._is_shared(on, link.target, one))]

    def _is_shared(self, table: Table, column: str, value: Any) -> bool:
        """Whether rows of other clients say the same."""
        owners = [link.column for link in table.links if link.of == CLIENT]
        found = self.rows.read(table.name, owners, column, [value])
        return any(row[owner] not in (None, 0, self.client) for row in found for owner in owners)

    def _values(self, one: Unshown) -> Sequence[object]:
        if one.of is None:
            return one.values
        table, column, values = one.of
        if not self.rows.schema.has(table, "id", column):
            return ()
        statement = f"SELECT id, {quoted(column)} FROM {quoted(table)}"  # noqa: S608 - names of the live schema
        return [number for number, said in self.rows.run(statement) if said in values]

    def _pages(
        self, table: Table, columns: Sequence[str], by: str, values: Sequence[Any],
        only: Sequence[tuple[str, Sequence[Any]]] = (), nobodys: Sequence[str] = (), also: Sequence[str] = (),
    ) -> Iterator[Page]:  # fmt: skip
        """Rows whose column `by` is one of `values`, in the order of these and of their number.

        By both the server finds the next page in its index, however many rows hang on one value. A table without a
        number of its own is streamed as a whole.
        """
        conditions = [f"{quoted(name)} IN ({_marks(among)})" for name, among in only]
        conditions += [*(f"COALESCE({quoted(name)}, 0) = 0" for name in nobodys), *also]
        beside = "".join(f" AND {one}" for one in conditions)
        further = [value for _, among in only for value in among]
        if not all(among for _, among in only):
            return
        shape, left = self.shape(table), sorted(values)
        index = self.rows.schema.indexes.get(table.name, {}).get(by)
        source = f"FROM {quoted(table.name)}{f' FORCE INDEX ({quoted(index)})' if index else ''} WHERE {quoted(by)}"
        if not shape.is_numbered:
            yield from self._read(table, columns, f"{source} IN ({_marks(left)}){beside}", [*left, *further])
            return
        (key,) = shape.key
        read = list(dict.fromkeys((*columns, key, by)))
        places, ends = (read.index(by), read.index(key)), f"{quoted(key)} LIMIT {PAGE}"
        after: Any = None
        while left:
            self.between()
            if after is None:
                rest, bound = f" IN ({_marks(left)}){beside} ORDER BY {quoted(by)}, {ends}", [*left, *further]
            else:
                rest = f" = %s{beside} AND {quoted(key)} > %s ORDER BY {ends}"
                bound = [left[0], *further, after]
            count, last = 0, (left[0], after)
            for page in self._read(table, read, f"{source}{rest}", bound):
                count, last = count + len(page), (page[-1][places[0]], page[-1][places[1]])
                yield [row[: len(columns)] for row in page] if len(read) > len(columns) else page
            if count < PAGE:
                left = left[1:] if after is not None else []
                after = None
            else:
                after, left = last[1], [value for value in left if value >= last[0]]

    def _read(self, table: Table, columns: Sequence[str], source: str, bound: Sequence[Any]) -> Iterator[Page]:
        """One page: packed into one text where that is short, else row by row off the wire."""
        connection, shape = self.rows.connection, self.shape(table)
        types = [shape.columns[name].type.lower() for name in columns]
        can_be_packed = (TEXTS | NUMBERS_AND_DATES) - LONG
        if shape.is_numbered and can_pack(connection) and can_be_packed.issuperset(types):
            inner = ", ".join(quoted(name) for name in columns)
            listed = ", ".join(
                f"CONVERT({quoted(name)} USING utf8mb4)" if type_ in TEXTS else quoted(name)
                for name, type_ in zip(columns, types, strict=True)
            )
            made = f"SELECT {inner} {source}"
            packing = f"SELECT COUNT(*), JSON_ARRAYAGG(JSON_ARRAY({listed})) FROM ({made}) packed"  # noqa: S608 - names of the live schema; values are bound
            found = unpacked(*connection.exec_driver_sql(packing, tuple(bound)).one())
            if found is not None:
                if found:
                    yield found
                return
        statement = f"SELECT {', '.join(map(quoted, columns))} {source}"
        if connection.dialect.name == "sqlite":
            statement = statement.replace("%s", "?")
        few = {"stream_results": True, "max_row_buffer": FEW}
        with closing(connection.exec_driver_sql(statement, tuple(bound), execution_options=few)) as result:
            page, size = Page(), 0
            for row in result:
                page.append(tuple(row))
                size += sum(len(value) for value in row if isinstance(value, str | bytes))
                if size > ENOUGH or len(page) == PAGE:
                    yield page
                    page, size = Page(), 0
            if page:
                yield page


def _marks(values: Sequence[object]) -> str:
    return ", ".join("%s" for _ in values)


def _is_own(link: Link) -> bool:
    """Whether it is the row's own word on whose it is."""
    return link.of == CLIENT and not link.field


def _is_of_staff(table: Table) -> bool:
    return table.fate in (Fate.STAFF, Fate.NOBODY)
