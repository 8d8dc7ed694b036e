"""How rows become lines of JSON, `{"table": …, "row": {…}}`: a page at a time and column by column.

The names are written once for a table, and a column of texts in one go. That costs a third of writing each row by
itself, and the lines are the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode

_TEXTS = {str}


class Lines:
    """The lines of one table, whose columns are these."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        names = ", ".join(f"{_encode(name)}: ".replace("%", "%%") + "%s" for name in columns)
        self._line = f'{{"table": {_encode(table).replace("%", "%%")}, "row": {{{names}}}}}\n'

    def of(self, columns: Sequence[Sequence[Any]], count: int) -> bytes:
        """The lines of so many rows in UTF-8, given by their columns; a value is anything that JSON holds."""
        try:
            return self._written([_column(one, False) for one in columns], count).encode()
        except UnicodeEncodeError:  # half a character, which no encoding takes: JSON has a way of its own to write it
            return self._written([_column(one, True) for one in columns], count).encode()

    def _written(self, columns: Sequence[Iterable[str]], count: int) -> str:
        rows = zip(*columns, strict=True) if columns else [()] * count
        return "".join(map(self._line.__mod__, rows))


def _column(column: Sequence[Any], is_ascii: bool) -> Iterator[str]:
    """The values of one column as JSON writes them."""
    text, other = (encode_basestring_ascii, json.dumps) if is_ascii else (encode_basestring, _encode)
    if _TEXTS.issuperset(map(type, column)):
        return map(text, column)
    ways: dict[type, Callable[[Any], str]] = {str: text, int: str, type(None): lambda _: "null"}
    return (ways.get(type(value), other)(value) for value in column)
