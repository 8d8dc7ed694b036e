"""What a column allows: type, room, charset, NOT NULL, UNIQUE, enum; and whether a value fits in there."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Family(StrEnum):
    """Types of columns that take the same masks."""

    TEXT = "text"
    BYTES = "bytes"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TIMESTAMP = "timestamp"
    TIME = "time"
    YEAR = "year"
    ENUM = "enum"
    SET = "set"
    JSON = "json"
    UUID = "uuid"
    INET4 = "inet4"
    INET6 = "inet6"


FAMILIES: dict[str, Family] = {
    **dict.fromkeys(
        ("char", "varchar", "nchar", "nvarchar", "tinytext", "text", "mediumtext", "longtext"), Family.TEXT
    ),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), Family.BYTES),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "integer", "bigint"), Family.INTEGER),
    **dict.fromkeys(("decimal", "numeric", "float", "double", "real"), Family.NUMBER),
    **{family.value: family for family in Family if family not in (Family.BYTES, Family.NUMBER)},
}
"""Families by DATA_TYPE of information_schema in lower case. A type that is missing here is kept and reported."""

_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}

CODECS = {
    "utf8mb4": "utf-8", "utf8mb3": "utf-8", "utf8": "utf-8", "latin1": "cp1252", "latin2": "iso8859-2",
    "ascii": "ascii", "cp932": "cp932", "sjis": "cp932", "ujis": "euc_jp", "eucjpms": "euc_jp", "gbk": "gbk",
    "gb18030": "gb18030", "big5": "big5", "euckr": "euc_kr", "cp1250": "cp1250", "cp1251": "cp1251", "koi8r": "koi8-r",
    "greek": "iso8859-7",
    "hebrew": "iso8859-8", "cp1256": "cp1256", "ucs2": "utf-16-be", "utf16": "utf-16-be", "utf32": "utf-32-be",
}  # fmt: skip
"""Python's names of MariaDB's charsets. In any other charset a mask keeps to ASCII."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one column allows, as information_schema says it. Without a limit the room is not limited.

    `characters` and `octets` are CHARACTER_MAXIMUM_LENGTH and CHARACTER_OCTET_LENGTH; `values` those of an enum or set;
    `default` is the literal default, None where there is none or it is an expression. A column whose values the host
    wants to be different without a UNIQUE key (a login of WHMCS) is `unique` too. A text column with a check of
    JSON_VALID has type json.
    """

    type: str = "text"
    characters: int | None = None
    octets: int | None = None
    charset: str | None = "utf8mb4"
    nullable: bool = True
    unique: bool = False
    unsigned: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None

    @property
    def family(self) -> Family | None:
        """None for a type that no mask is known for."""
        return FAMILIES.get(self.type.lower())


def fits(value: object, shape: Shape) -> bool:
    """Whether the column takes the value as it is, under strict SQL mode, without cutting or replacing anything."""
    if value is None:
        return shape.nullable
    family = shape.family
    match value:
        case bool():
            return family is Family.INTEGER
        case str():
            return _text_fits(value, shape)
        case bytes():
            return family is Family.BYTES and len(value) <= (shape.octets or len(value))
        case int():
            return _integer_fits(value, shape)
        case float() | Decimal():
            return family is Family.NUMBER and (value >= 0 or not shape.unsigned)
        case dt.datetime():
            return family in (Family.DATETIME, Family.TIMESTAMP)
        case dt.date():
            return family is Family.DATE
        case dt.timedelta():
            return family is Family.TIME
    return False


def encoded(text: str, charset: str | None) -> bytes | None:
    """The bytes that a column of this charset stores, None if it cannot."""
    name = (charset or "ascii").lower()
    codec = CODECS.get(name, "ascii")
    if name in ("utf8", "utf8mb3", "ucs2") and any(ord(char) > 0xFFFF for char in text):
        return None
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        if codec != "cp1252":
            return None
    try:
        # MariaDB's latin1 keeps the five bytes that Windows leaves empty.
        return b"".join(bytes([ord(c)]) if ord(c) < 0x100 else c.encode(codec) for c in text)
    except UnicodeEncodeError:
        return None


def from_latin1(stored: bytes) -> str:
    """The characters that a latin1 column shows for these bytes."""
    return "".join(_LATIN1.get(byte, chr(byte)) for byte in stored)


_LATIN1 = {byte: char for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))}


def _text_fits(value: str, shape: Shape) -> bool:
    match shape.family:
        case Family.TEXT:
            stored = encoded(value, shape.charset)
            within = shape.characters is None or len(value) <= shape.characters
            return within and stored is not None and (shape.octets is None or len(stored) <= shape.octets)
        case Family.ENUM:
            return value in shape.values
        case Family.SET:
            return value == "" or all(part in shape.values for part in value.split(","))
        case Family.JSON:
            return _is_read(json.loads, value) and (shape.characters is None or len(value) <= shape.characters)
        case Family.UUID:
            return bool(re.fullmatch(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", value))
        case Family.INET4:
            return _is_read(ipaddress.IPv4Address, value)
        case Family.INET6:
            return _is_read(ipaddress.IPv6Address, value)
        case Family.DATE:
            return value == "0000-00-00" or _is_read(dt.date.fromisoformat, value)
        case Family.DATETIME | Family.TIMESTAMP:
            return value == "0000-00-00 00:00:00" or _is_read(dt.datetime.fromisoformat, value)
        case Family.TIME:
            return _is_read(dt.time.fromisoformat, value)
    return False


def _is_read(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, RecursionError):
        return False
    return True


def _integer_fits(value: int, shape: Shape) -> bool:
    if shape.family is Family.YEAR:
        return value == 0 or 1901 <= value <= 2155
    if shape.family is Family.NUMBER:
        return value >= 0 or not shape.unsigned
    if shape.family is not Family.INTEGER:
        return False
    bits = _BITS.get(shape.type.lower(), 32)
    low, high = (0, (1 << bits) - 1) if shape.unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
    return low <= value <= high
