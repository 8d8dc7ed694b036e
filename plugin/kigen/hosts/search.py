"""In which rows of a host people are found who are known by their names, addresses and numbers, many at once.

Bytes and texts are searched in every column, whether a map knows it or not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kigen.hosts.anonymised import Key
from kigen.hosts.owners import FieldIds, author_of, columns_of, holders, is_by_staff, writer_of
from kigen.hosts.people import last_of
from kigen.hosts.rows import Rows
from kigen.hosts.shapes import Shapes
from kigen.hosts.sought import Found, Hits, Known, of
from kigen.policy.datamap import DataMap, Field
from kigen.policy.identifiers_bytes import find_in_bytes
from kigen.policy.identifiers_search import Hit
from kigen.policy.sorts import Sort

TEXTS = frozenset({Sort.FREE_TEXT, Sort.SUBJECT, Sort.SERIALIZED, Sort.JSON, Sort.URL, Sort.USER_AGENT, None})
"""Sorts of which a value is more than one name, address or number. Of the others it is one, whoever's it is."""

NARROW, WIDE = 2000, 200
"""Rows of one page, of a table of short texts and of one with letters in it."""

TOGETHER, APART = 32, "\n|\n"
"""Rows that are first searched as one text, and what stands between two cells of it."""


@dataclass(frozen=True)
class Search:
    """One search through the tables of one connection. `patterns` tell a client's id by `table.column`."""

    rows: Rows
    datamap: DataMap
    shapes: Shapes
    known: Known
    fields: FieldIds = field(default_factory=dict)
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def pages(self, table: str, after: Sequence[Any] | None) -> Iterator[list[dict[str, Any]]]:
        """The rows of a table above a key, page by page in the order of the key, without locks."""
        shape = self.shapes[table]
        limit = WIDE if shape.is_wide else NARROW
        while page := self.rows.page(table, self.columns(table), shape.key, after, limit):
            yield page
            if len(page) < limit:
                return
            last = max(page, key=lambda row: row[shape.key[0]]) if shape.is_numbered else page[-1]
            after = [last[name] for name in shape.key]

    def columns(self, table: str) -> tuple[str, ...]:
        """What is read of a row: its texts, and what tells whose it is."""
        shape = self.shapes[table]
        whose = (name for name in columns_of(self.datamap, table) if name in shape.columns)
        return tuple(dict.fromkeys((*shape.key, *shape.texts, *whose)))

    def read(self, table: str, keys: Collection[Key], lock: bool = False) -> list[dict[str, Any]]:
        """The rows with these keys, as they are now."""
        key = self.shapes[table].key
        if not keys:
            return []
        rows = replace(self.rows, lock=lock)
        found = rows.read(table, self.columns(table), key[0], {one[0] for one in keys})
        return [row for row in found if tuple(row[name] for name in key) in keys]

    def found(self, table: str, page: Iterable[Mapping[str, Any]]) -> list[Found]:
        """Those rows in which somebody was found, be it only whose they are."""
        shape, hitting = self.shapes[table], []
        texts = shape.texts
        patterns = [(name, self.patterns[f"{table}.{name}"]) for name in texts if f"{table}.{name}" in self.patterns]
        pairs, writer = self._name_columns(table), writer_of(self.datamap, table)
        for row in self._worth_it(page, texts, bool(patterns), pairs, writer):
            names = "\n".join(name for name in _names(row, pairs) if self.known.find(name))
            hits = {name: found for name in texts if (found := self._find(row[name]))}
            named = frozenset(one for name, pattern in patterns for one in self._named(pattern, row[name]))
            if writer and row[writer] in self.known.clients and not is_by_staff(row):
                named |= {str(row[writer])}
            if hits or named or names:
                hitting.append((row, hits, named, names))
        if not hitting:
            return []
        held = holders(self.rows, self.datamap, table, [row for row, *_ in hitting], self.fields)
        return [
            self._whose(table, *told, clients, tuple(told[0][name] for name in shape.key))
            for told, clients in zip(hitting, held, strict=True)
        ]

    def _whose(
        self, table: str, row: Mapping[str, Any], hits: Hits, named: frozenset[str], names: str,
        clients: frozenset[int], key: Key,
    ) -> Found:  # fmt: skip
        holding = {str(client) for client in clients}
        return Found(
            table, key, row, of(hits, lambda owner: owner not in holding), clients, author_of(self.datamap, row),
            named - holding, names, of(hits, holding.__contains__),
        )  # fmt: skip

    def _worth_it(
        self,
        page: Iterable[Mapping[str, Any]],
        texts: Sequence[str],
        is_named: bool,
        pairs: Sequence[tuple[str, str]],
        writer: str,
    ) -> Iterator[Mapping[str, Any]]:
        """Rows that may hold something: most hold nothing, and many at once are told to do so in one go."""
        rows = list(page)
        for start in range(0, len(rows), TOGETHER):
            block = rows[start : start + TOGETHER]
            cells = [row[name] for row in block for name in texts]
            names = [name for row in block for name in _names(row, pairs)] if pairs else []
            written = APART.join(filter(None, (cell for cell in (*cells, *names) if isinstance(cell, str))))
            is_written = bool(writer) and any(row[writer] in self.known.clients for row in block)
            has_bytes = any(isinstance(cell, bytes | bytearray) for cell in cells)
            if is_named or is_written or has_bytes or self.known.everything.may_be_in(written):
                yield from block

    def _name_columns(self, table: str) -> list[tuple[str, str]]:
        """Columns of first and last names that stand side by side: only together they are a name."""
        if table not in self.datamap:
            return []
        columns, there = self.datamap[table].fields, self.shapes[table].columns
        return [(name, last) for name in columns if (last := last_of(name)) in there and name in there]

    def field(self, table: str, column: str) -> Field | None:
        """What the map says of a column, None for one that it does not know."""
        return self.datamap[table].fields.get(column) if table in self.datamap else None

    def _find(self, value: object) -> tuple[Hit, ...]:
        if isinstance(value, str):
            return self.known.find(value) if value else ()
        return find_in_bytes(bytes(value), self.known.everything) if isinstance(value, bytes | bytearray) else ()

    def _named(self, pattern: re.Pattern[str], value: object) -> Iterator[str]:
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
        for client in pattern.findall(f"{text}\n{_opened(text)}"):
            if int(client) in self.known.clients:
                yield str(int(client))


def _names(row: Mapping[str, Any], pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The names of a row in both orders."""
    for first, last in pairs:
        if row[first] and row[last]:
            yield f"{row[first]} {row[last]}\n{row[last]} {row[first]}"


def _opened(text: str) -> str:
    """What stands in base64, as some platforms store their sessions."""
    try:
        return base64.b64decode(text, validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
