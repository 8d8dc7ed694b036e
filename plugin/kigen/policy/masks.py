"""What is written in place of a personal value, so that the row stays valid and names nobody.

A mask is a function of the sort, the column and the row's key alone. It holds nothing of the old value: no digest, no
pseudonym that could be turned back. Masking a masked value changes nothing, what was blank stays blank.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal

from kigen.policy.masks_findings import Masked
from kigen.policy.masks_inside import NOTHING, Inside, mask_structured
from kigen.policy.masks_shape import Family, Shape, fits
from kigen.policy.masks_texts import EMPTIED, SECRETS, Seed, texts
from kigen.policy.sorts import Sort

NO_DATE = {Family.DATE: "1900-01-01", Family.DATETIME: "1900-01-01 00:00:00", Family.TIMESTAMP: "1970-01-02 00:00:00"}
"""Neutral dates for columns that must be filled: before 1995 no clock starts (retention.md, Anchors) and nobody is
a minor. A TIMESTAMP begins in 1970, and one day later it is past midnight in every zone."""

_NEUTRAL_WORDS = ("", "none", "unknown", "unspecified", "other", "n/a", "na", "-", "not set", "0")


class DoesNotFit(ValueError):
    """No value can stand in this column: too short for one of its own per row, or a type no mask is known for."""


def mask(sort: Sort, value: object, shape: Shape, seed: Seed, inside: Inside = NOTHING) -> Masked:
    """The value to write instead, and what a person has to look at.

    NULL, blank, zero and zero dates stay. Serialized PHP and JSON are masked within (`inside` says by what); all other
    sorts are replaced whole. Raises DoesNotFit, with a sentence that names no value: the row is then kept and reported.
    """
    if is_blank(value):
        return Masked(value)
    if sort in (Sort.SERIALIZED, Sort.JSON):
        return mask_structured(value, shape, inside)
    for candidate in _candidates(sort, value, shape, seed):
        if fits(candidate, shape):
            return Masked(candidate)
    unique = " that must be unique" if shape.unique else ""
    room = "" if shape.characters is None else f"({shape.characters})"
    raise DoesNotFit(f"A {shape.type}{room} column{unique} has no room for a mask of sort {sort.value}")


def is_blank(value: object) -> bool:
    """Whether there is nothing to mask: NULL, nothing but blanks or zero bytes, zero, a zero date."""
    match value:
        case None:
            return True
        case bytes() | bytearray():
            return not bytes(value).strip(b"\0 \t\r\n")
        case str():
            return not value.strip() or value.startswith("0000-00-00")
        case int() | float() | Decimal():
            return not value
        case dt.timedelta():
            return not value
    return False


def _candidates(sort: Sort, value: object, shape: Shape, seed: Seed) -> Iterator[object]:
    family = shape.family
    if family is None:
        return
    if sort in EMPTIED or family in _NULL_FIRST:
        yield None
    match family:
        case Family.TEXT | Family.BYTES | Family.JSON:
            yield from _written(sort, value, shape, seed)
        case Family.INTEGER | Family.NUMBER | Family.YEAR:
            yield from _numbers(sort, shape, seed)
        case Family.DATE | Family.DATETIME | Family.TIMESTAMP if not shape.unique:
            yield from _dates(value, family, shape)
        case Family.TIME if not shape.unique:
            yield dt.timedelta(0) if isinstance(value, dt.timedelta) else "00:00:00"
        case Family.ENUM if not shape.unique:
            yield from _of_enum(shape)
        case Family.SET if not shape.unique:
            yield ""
        case Family.UUID:
            digits = f"{_number(sort, seed, 2**64) if shape.unique else 0:032x}"
            yield "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        case Family.INET4 | Family.INET6:
            yield from texts(Sort.IP, str(value), shape.unique, seed)


_NULL_FIRST = frozenset({
    Family.DATE, Family.DATETIME, Family.TIMESTAMP, Family.TIME, Family.YEAR, Family.ENUM, Family.SET,
})  # fmt: skip


def _written(sort: Sort, value: object, shape: Shape, seed: Seed) -> Iterator[object]:
    if shape.family is Family.BYTES and sort is Sort.IP and isinstance(value, bytes) and len(value) in (4, 16):
        if not shape.unique:
            yield bytes(len(value))
        return
    for text in texts(sort, value if isinstance(value, str) else "", shape.unique, seed):
        if shape.family is Family.BYTES:
            yield text.encode("ascii")
        elif shape.family is Family.JSON:
            yield json.dumps(text)
        else:
            yield text


def _numbers(sort: Sort, shape: Shape, seed: Seed) -> Iterator[object]:
    if not shape.unique:
        yield Decimal(0) if shape.family is Family.NUMBER else 0
    elif shape.family is Family.INTEGER:
        for limit in (2**64, 2**63, 2**32, 2**31):
            yield _number(sort, seed, limit)


def _number(sort: Sort, seed: Seed, limit: int) -> int:
    """The row's own number; for secrets, and keys that are no number, one that only this installation can derive."""
    if seed.tag.isdigit() and sort not in SECRETS:
        return int(seed.tag)
    return int.from_bytes(seed.secret().encode("ascii")[:26], "big") % limit


def _dates(value: object, family: Family, shape: Shape) -> Iterator[object]:
    if shape.default is not None:
        yield shape.default
    neutral = NO_DATE[family]
    if isinstance(value, dt.date):
        yield dt.date.fromisoformat(neutral) if family is Family.DATE else dt.datetime.fromisoformat(neutral)
    yield neutral


def _of_enum(shape: Shape) -> Iterator[object]:
    lower = {value.lower(): value for value in reversed(shape.values)}
    yield from (lower[word] for word in _NEUTRAL_WORDS if word in lower)
    if shape.default is not None:
        yield shape.default
    yield from shape.values[:1]
