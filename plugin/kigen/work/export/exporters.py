"""What plugins keep of a client in tables of their own; one that fails leaves its part out, and the bundle says which.

Exporters are asked on the snapshot's connection and only read: what one writes all the same is taken back with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from kigen.extensions import Exporter
from kigen.policy.exporting import Missing, Section
from kigen.work.export.tables import Source

PAGE = 500
MORE = "more"
"""The column with what a row has beyond the columns of the first."""


FAILED = (
    "{name} ({section}) failed after {count} rows: {error}",
    "{name}（{section}）の出力が {count} 件で失敗しました：{error}",
)


def source(exporter: Exporter, connection: Connection, client: int, problems: list[Missing]) -> Source:
    """The exporter's rows as one name in the section of other data. A failure is noted in `problems` and ends them."""
    rows = _rows(exporter, connection, client, problems)
    first = next(rows, None)
    columns = (*(first or {}), MORE)
    name = re.sub(r"[^a-z0-9._-]", "_", exporter.name.lower())[:60]
    return Source(name, Section.OTHER, columns, _pages(first, rows, columns[:-1]))


def _rows(
    exporter: Exporter, connection: Connection, client: int, problems: list[Missing]
) -> Iterator[Mapping[str, object]]:
    count = 0
    try:
        given: Iterable[object] = exporter.rows(connection, client)
        for row in given:
            if not isinstance(row, Mapping) or not all(isinstance(name, str) and name != MORE for name in row):
                raise TypeError("a row is no mapping from names to values")
            json.dumps(dict(row))
            count += 1
            yield row
    except Exception as error:
        if connection.invalidated:  # the database is lost, which is no plugin's fault
            raise
        # Its words may be a person's, so only its name and the sort of the error are told.
        values = {"name": exporter.name, "section": exporter.section, "count": count, "error": type(error).__name__}
        problems.append(Missing(*(words.format(**values) for words in FAILED)))


def _pages(
    first: Mapping[str, object] | None, rows: Iterator[Mapping[str, object]], columns: tuple[str, ...]
) -> Iterator[list[list[Any]]]:
    page = [_values(first, columns)] if first is not None else []
    for row in rows:
        page.append(_values(row, columns))
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _values(row: Mapping[str, object], columns: tuple[str, ...]) -> list[Any]:
    more = {name: value for name, value in row.items() if name not in columns}
    return [*(row.get(name) for name in columns), more or None]
