"""How a value stands in a cell of a spreadsheet: nothing that was written into a field is run as a formula.

A text that begins as a formula gets a tab before it, within quotes: opened, saved and opened again it is still a text,
which an apostrophe does not promise. The JSON beside each CSV has the value as it is. Source: OWASP, CSV injection.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = frozenset("=+-@\t\r\n|%＝＋－＠﹦﹢﹣﹫−")
"""Characters by which some spreadsheet takes a text for more than a text, the full-width and the small ones too."""

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories of what may stand before such a character without being seen."""

_TEXTS = frozenset({str})
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""What no spreadsheet shows and some end a file at; a stray half of a character cannot be written at all."""


def cell(value: Any, is_number: bool = False) -> str:
    """The text of a cell. `is_number`: of a column of numbers, where a minus is no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not text or (is_number and (text.isdigit() or _NUMBER.fullmatch(text))):
        return text
    return f"\t{text}" if not text[0].isalnum() and _begins_formula(text) else text


def cells(column: Sequence[Any], is_number: bool = False) -> Sequence[str]:
    """The texts of a column's cells: where all are texts that begin with a letter or a digit, they are themselves."""
    if _TEXTS.issuperset(map(type, column)) and all(map(str.isalnum, {one[:1] for one in column})):
        return column
    return [cell(one, is_number) for one in column]


def _begins_formula(text: str) -> bool:
    if text[0] in FORMULA:
        return True
    shown = next((char for char in text if unicodedata.category(char) not in _UNSEEN), "")
    return shown in FORMULA or unicodedata.normalize("NFKC", shown)[:1] in FORMULA if shown else False


class _Written(list[str]):
    """Lines in memory, as the writer of the standard library takes a file."""

    write = list.append


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as CSV (RFC 4180), every cell in quotes; control characters show as what they are not."""
    written = _Written()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    text = "".join(written)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text) if _CONTROL.search(text) else text


def is_in(text: str, encoding: str) -> bool:
    """Whether an encoding holds a text without loss, there and back."""
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False
