"""How JSON is changed within: only the strings and numbers that must change; every other character stays as written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

Leaf = Callable[[str | None, str], str]
"""Given the key under which a string stands (None for a key itself or in the open) and the string: what to write."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[{}\[\],:]|true|false|null')


class Invalid(ValueError):
    """A text that is no JSON."""


@dataclass(slots=True)
class _Open:
    """An object or array that is being read, the key it stands under and the one that is read within."""

    is_object: bool
    key: str | None
    own: str | None
    awaits_key: bool
    keys: set[str] = field(default_factory=set)


def rewrite(text: str, string: Leaf, number: Leaf, below: Callable[[str | None, str], str]) -> str:
    """Write a JSON text with other strings and numbers. What stands in a list stands under the list's key.

    `below` tells, from the key of an object and a key within, the key that counts. Raises Invalid for what is no
    JSON, also for the NaN and Infinity that no database takes and for what is nested too deep to be read.
    """
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Invalid("It is no JSON") from None
    is_ascii = text.isascii()
    parts: list[str] = []
    stack = [_Open(False, None, None, False)]
    at = 0
    for token in _TOKEN.finditer(text):
        written, here = token.group(), stack[-1]
        parts.append(text[at : token.start()])
        at = token.end()
        if written[0] == '"':
            old = json.loads(written)
            if here.is_object and here.awaits_key:
                here.own = below(here.key, old)
                new = _apart(string(None, old), old, here.keys)
            else:
                new = string(here.own, old)
            parts.append(written if new == old else _quoted(new, is_ascii))
        elif written[0] in "-0123456789":
            parts.append(number(here.own, written))
        else:
            parts.append(written)
            if written in "{[":
                stack.append(_Open(written == "{", here.own, here.own, written == "{"))
            elif written in "}]":
                stack.pop()
            elif here.is_object:
                here.awaits_key = written == ","
    return "".join([*parts, text[at:]])


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _apart(new: str, old: str, keys: set[str]) -> str:
    """Two keys that became one would lose a value."""
    name, count = new, 1
    while new != old and name in keys:
        count += 1
        name = f"{new} {count}"
    keys.add(name)
    return name


def _quoted(text: str, is_ascii: bool) -> str:
    has_halves = any(0xD800 <= ord(char) <= 0xDFFF for char in text)
    return json.dumps(text, ensure_ascii=is_ascii or has_halves)
