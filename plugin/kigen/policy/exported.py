"""How a stored value stands in a bundle: JSON with the true value, ids and amounts as text, instants with their zone.

No value is lost on the way: what a double cannot hold (a number of 64 bits, a fraction of money) is written as text.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from kigen.policy import php_serialized
from kigen.policy.datamap import Field
from kigen.policy.fates import Plain
from kigen.policy.masks_keys import below, sort_of_key
from kigen.policy.masks_shape import Family
from kigen.policy.notation import SECRETS
from kigen.policy.periods import from_local, to_local
from kigen.policy.sorts import Sort

EXACT = 2**53 - 1
"""The largest integer that every reader of JSON keeps."""

HIDDEN = "[withheld: secret]"
"""What stands in structured data in place of a password, a token or a key."""

STAFF = "staff"
"""What stands in place of who of the staff did it."""

Convert = Callable[[Any], Any]
"""From what a driver gives, never None, to what JSON holds; None for what means nothing, such as a zero date."""


class Unreadable(ValueError):
    """Structured data that cannot be looked through for secrets."""


def converter(field: Field | None, family: Family | None, type_: str, zone: str, shown: str = "") -> Convert:
    """How values of a column are written. `field` None: a column that the map does not know, which is text.

    `zone` is the one that instants are stored in, `shown` the one that they are told in; blank: the same.
    """
    if field and field.plain is Plain.STAFF:
        return lambda value: STAFF if value and str(value) != "0" else None
    if field and field.plain is Plain.REFERENCE:
        return text
    if family is Family.DATE:
        return _day
    is_written_date = field is not None and field.plain is Plain.DATE and family in (Family.TEXT, None)
    if family in (Family.DATETIME, Family.TIMESTAMP) or is_written_date:
        return partial(_instant, zone="UTC" if family is Family.TIMESTAMP else zone, shown=shown or zone)
    if field and field.plain is Plain.CHOICE and type_ in ("tinyint", "boolean", "bool"):
        return lambda value: bool(value) if value in (0, 1) else _number(value)
    if family in (Family.INTEGER, Family.NUMBER):
        return _number
    if field and field.sort in (Sort.JSON, Sort.SERIALIZED):
        return _structured
    return text


def text(value: Any) -> Any:
    """A text; bytes that are none as base64 under that name."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, dt.timedelta | dt.time):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= EXACT):
        return value
    if isinstance(value, float) and math.isfinite(value):
        value = Decimal(repr(value))
    return format(value, "f") if isinstance(value, Decimal) else text(value)


def _day(value: Any) -> str | None:
    """A date; the zero dates that hosts write mean none."""
    written = text(value)[:10]
    return written if written.strip("0-") else None


def _instant(value: Any, zone: str, shown: str) -> str | None:
    """An instant with its zone; what is no date at all stays as it is written, for it is what is held."""
    if not isinstance(value, dt.datetime):
        written = text(value)
        if not written.strip("0-:. "):
            return None
        if zone == shown and (offset := _offset(written[:13], zone)):
            return f"{written[:10]}T{written[11:]}{offset}"
        try:
            value = dt.datetime.fromisoformat(written)
        except ValueError:
            return str(written)
        if len(written) == 10:
            return str(written)
    if value.tzinfo is None:
        value = from_local(value, zone) if zone != "UTC" else value.replace(tzinfo=dt.UTC)
    return to_local(value, shown).isoformat()


# Logs hold millions of instants, which lie in few hours.
@lru_cache(maxsize=8_192)
def _offset(hour: str, zone: str) -> str | None:
    """The offset of a zone through a local hour such as `2026-01-31 09`; None where the clocks change within it."""
    try:
        first = dt.datetime.strptime(hour, "%Y-%m-%d %H")
    except ValueError:
        return None
    ends = [first, first.replace(minute=59, second=59)]
    shown = [to_local(from_local(one, zone), zone) for one in ends]
    is_even = shown[0].utcoffset() == shown[1].utcoffset() and [one.replace(tzinfo=None) for one in shown] == ends
    return shown[0].isoformat()[19:] if is_even else None


def _structured(value: Any) -> Any:
    """JSON or serialized PHP as what it means, without passwords, tokens and keys. Raises Unreadable."""
    written = text(value)
    if not isinstance(written, str):
        raise Unreadable("It is no text")
    if not written.strip():
        return written
    try:
        if php_serialized.looks_serialized(written):
            return _without_secrets(_of_php(php_serialized.parse(written.encode()).value), None)
        return _without_secrets(json.loads(written, parse_float=str, parse_int=_whole), None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("It is neither JSON nor what PHP writes") from error


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 16 else digits


def _without_secrets(value: Any, key: str | None) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(one, below(key, name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_secrets(one, key) for one in value]
    is_secret = key is not None and value not in (None, "") and sort_of_key(key) in SECRETS
    return HIDDEN if is_secret else value


def _of_php(value: php_serialized.Value) -> Any:
    """What a serialized value means; arrays become objects, because their keys can be any."""
    if value.kind in "aO":
        return {str(_of_php(key)).rpartition("\0")[2]: _of_php(one) for key, one in value.items}
    if value.kind in "sSE":
        return text(value.text)
    raw = value.raw.decode("ascii", "replace")
    if value.kind == "N":
        return None
    if value.kind == "b":
        return raw == "b:1;"
    if value.kind == "i":
        return _whole(raw[2:-1])
    if value.kind == "d":
        return raw[2:-1]
    raise ValueError("It holds what only a class of PHP can read")
