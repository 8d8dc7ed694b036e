"""Reads CREATE TABLE statements, and a dump's rows, as they stand in a file: what a column is, without a server."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = re.compile(
    r"CREATE TABLE `?(\w+)`? \((.+?)\)(?: ENGINE| DEFAULT CHARSET)?[^;)]*;\s*$", re.DOTALL | re.MULTILINE
)
COMMENT = re.compile(r" COMMENT '[^']*'")
COLUMN = re.compile(r"`?(\w+)`? (\w+)(?:\(([^)]*)\))?(.*)", re.DOTALL)
KEY = re.compile(r"UNIQUE KEY `?\w+`? \(`?(\w+)`?\)$")
ROWS = re.compile(r"INSERT INTO `(\w+)` VALUES\n(.*?);\n", re.DOTALL)
VALUE = re.compile(r"'((?:[^'\\]|\\.|'')*)'|[^,()\s]+")
NO_COLUMN = ("PRIMARY KEY", "UNIQUE KEY", "FULLTEXT KEY", "KEY")


@dataclass(frozen=True)
class Written:
    """One column as written: its type in small letters, its length where it has one, the values of an enum."""

    type: str
    length: int | None
    values: tuple[str, ...]
    may_be_null: bool
    is_unique: bool


def read(path: Path) -> dict[str, dict[str, Written]]:
    """Tables and columns of a script or a gzipped dump."""
    return {name: dict(_columns(body)) for name, body in TABLE.findall(_text(path))}


def rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Every row of a dump with its table, values as written; NULL is no value and left out."""
    tables, text = read(path), _text(path)
    for name, lines in ROWS.findall(text):
        for line in lines.split("\n"):
            values = [found[1] if found[0][0] == "'" else found[0] for found in VALUE.finditer(line.rstrip(",")[1:-1])]
            row = dict(zip(tables[name], values, strict=True))
            yield name, {column: value for column, value in row.items() if value != "NULL"}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


def _columns(body: str) -> Iterator[tuple[str, Written]]:
    parts = [part.strip() for part in re.split(r",(?![^(]*\))", COMMENT.sub("", body))]
    unique = {found[1] for part in parts if (found := KEY.match(part))}
    for part in parts:
        if part.startswith(NO_COLUMN):
            continue
        name, type_, size, rest = COLUMN.fullmatch(part).groups()  # type: ignore[union-attr]  # else the test fails
        length = int(size) if size and size.isdigit() else None
        values = tuple(re.findall(r"'([^']*)'", size or ""))
        yield (
            name,
            Written(
                type_.lower(), length, values, "NOT NULL" not in rest and "PRIMARY KEY" not in rest, name in unique
            ),
        )
