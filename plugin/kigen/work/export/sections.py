"""One section of a bundle: its rows are read once, and stand in it as JSON and as CSV, the newest on the page too.

JSON is a line for each row, `{"table": …, "row": {…}}`; a section without rows is an empty file. Each table has a CSV.
"""

from __future__ import annotations

import codecs
import json
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kigen.policy.csv_cells import cell, cells, is_in, lines
from kigen.policy.exporting import Section
from kigen.policy.json_lines import Lines
from kigen.work.export.ahead import ahead
from kigen.work.export.members import File, Members
from kigen.work.export.spool import Spool
from kigen.work.export.tables import Source

SHOWN = 100
"""Rows of a table that the page shows; all are in the files."""

LONGEST, AT_ONCE = 4_000, 400_000
"""Characters of a cell, and of all cells of a table, that the page shows."""

CP932, UTF8 = "cp932", "utf-8"
BOM = codecs.BOM_UTF8
"""By it Excel knows UTF-8."""

PAGES_AHEAD = 4
"""Pages of lines that wait to be compressed."""


@dataclass
class Sample:
    """What the page shows of one table: its newest rows, cut where they are long."""

    source: Source
    rows: deque[list[str]] = field(default_factory=lambda: deque(maxlen=SHOWN))
    count: int = 0
    length: int = 0

    def add(self, page: list[list[Any]]) -> None:
        self.count += len(page)
        for row in page[-SHOWN:]:
            cells = [_shown(value) for value in row]
            if len(self.rows) == SHOWN:
                self.length -= sum(map(len, self.rows[0]))
            self.rows.append(cells)
            self.length += sum(map(len, cells))
            while self.length > AT_ONCE and len(self.rows) > 1:
                self.length -= sum(map(len, self.rows.popleft()))


@dataclass
class Written:
    """What was written of a section."""

    section: Section
    samples: list[Sample] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(one.count for one in self.samples)


def write_section(
    members: Members, written: Written, sources: Iterable[Source], folder: Path, encoding: str = UTF8,
    is_ahead: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """The bytes of a section's files. `folder` is where there is room; `encoding` that of its CSV, where it fits.

    `is_ahead`: rows are read and written by another thread than the one that compresses them.
    """
    section = written.section.value
    with ExitStack() as stack:
        sheets: list[_Sheet] = []
        file = File(f"json/{section}.ndjson", rows=0)
        written.files.append(file.name)

        def content() -> Generator[bytes]:
            for source in sources:
                sheet = _Sheet(source, stack.enter_context(Spool(folder)), encoding)
                sheets.append(sheet)
                written.samples.append(sheet.sample)
                yield from sheet.read()
                file.rows = (file.rows or 0) + sheet.sample.count

        yield from members.write(file, ahead(content(), PAGES_AHEAD) if is_ahead else content())
        for sheet in sheets:
            name = f"csv/{section}-{sheet.sample.source.name}.csv"
            written.files.append(name)
            held = File(name, rows=sheet.sample.count, encoding=sheet.encoding)
            yield from members.write(held, sheet.content())
        if not sheets:
            written.files.append(f"csv/{section}.csv")
            yield from members.write(File(f"csv/{section}.csv", rows=0, encoding=UTF8), [BOM])


class _Sheet:
    """One table of a section: written as CSV to a spool while it is read for the JSON."""

    def __init__(self, source: Source, spool: Spool, encoding: str) -> None:
        self.sample, self.spool, self.encoding = Sample(source), spool, encoding
        self.numbers = [name in source.numbers for name in source.columns]

    def read(self) -> Iterator[bytes]:
        """The rows as JSON, page by page."""
        source = self.sample.source
        names, write = list(source.columns), Lines(source.name, source.columns)
        self._write([[cell(name) for name in names]])
        for page in source.pages:
            self.sample.add(page)
            columns = list(zip(*page, strict=True))
            self._write(list(zip(*map(cells, columns, self.numbers), strict=True)))
            yield write.of(columns, len(page))

    def content(self) -> Iterator[bytes]:
        """The CSV: in the encoding that was asked for where it holds every character, else in UTF-8."""
        if self.encoding == UTF8:
            yield BOM
            yield from self.spool.pieces()
            return
        decoder = codecs.getincrementaldecoder(UTF8)()
        for piece in self.spool.pieces():
            yield decoder.decode(piece).encode(self.encoding)

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        text = lines(rows)
        if self.encoding != UTF8 and not is_in(text, self.encoding):
            self.encoding = UTF8
        self.spool.write(text.encode())


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
