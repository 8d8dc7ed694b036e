"""The one way in which a value is written before it is hashed or signed: canonical JSON (RFC 8785), no fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

Value: TypeAlias = "bool | int | str | Sequence[Value] | Mapping[str, Value] | None"


def canonical(value: Value) -> bytes:
    """The bytes of a value, the same in every program that follows RFC 8785.

    Keys are sorted by their UTF-16 units. ValueError for what JSON cannot hold exactly everywhere: an integer beyond
    2**53 - 1 (ids are written as text), a lone surrogate, a fraction.
    """
    _refuse_fractions(value)
    return rfc8785.dumps(value)


def _refuse_fractions(value: object) -> None:
    # Nothing that is proved is a fraction: money is text, instants are text. One that slipped in is a mistake.
    if isinstance(value, float):
        raise ValueError(f"{value!r} is a fraction; expected text or a whole number")
    if isinstance(value, Mapping):
        for part in value.values():
            _refuse_fractions(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_fractions(part)
