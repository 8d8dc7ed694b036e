"""What of a host's event a bridge lets through: each key with the sort of value it may hold, as a table in PHP.

A bridge drops everything else, so the table is the whole of what kigen can ever learn from inside a platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ID, WORD, DAY, FLAG, NAMES = "id", "word", "day", "flag", "names"
"""Sorts: a row's number; a status, in letters alone; a date; yes or no; names of columns that changed."""


class Through(NamedTuple):
    """Under which key a value goes on, and what it must be."""

    name: str
    sort: str


Keys = Mapping[str, Through]


def keys(*names: str, **sorts: str) -> dict[str, Through]:
    """Keys that go on under their own names: `names` are ids, `sorts` say what others are."""
    return {name: Through(name, sort) for name, sort in (*((name, ID) for name in names), *sorts.items())}


HEAD = """<?php

/**
 * The events that mean something to kigen, and which keys of each go on. Written from kigen's own event map.
 */

return ["""


def php_table(table: Mapping[str, Keys]) -> str:
    """The table as a PHP file that returns it: event, the host's key, then the key it goes on under and its sort."""
    lines = [HEAD]
    for event, let_through in sorted(table.items()):
        lines.append(f"    {_text(event)} => [")
        for key, (name, sort) in let_through.items():
            lines.append(f"        {_text(key)} => [{_text(name)}, {_text(sort)}],")
        lines.append("    ],")
    return "\n".join([*lines, "];", ""])


def _text(name: str) -> str:
    if not name.replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no name of an event or a key")
    return f"'{name}'"
