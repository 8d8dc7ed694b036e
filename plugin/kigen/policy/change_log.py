"""Which changes of a record are told to its client, and when two values count as one.

A column that protects the account, notes of staff and whatever hides more than one value are in no change log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kigen.policy.datamap import Field, Table
from kigen.policy.events import who_acted
from kigen.policy.fates import Plain
from kigen.policy.sorts import Sort

CONTACT = "contact"
"""The one sort of thing in the log for which kigen keeps no record of its own."""

CHANGED = frozenset({"client_changed", "contact_changed", "domain_changed", "service_changed"})
"""Events after which a record is looked at."""

SORTS = frozenset({
    Sort.NAME, Sort.COMPANY, Sort.ADDRESS, Sort.CITY, Sort.REGION, Sort.POSTCODE, Sort.COUNTRY, Sort.PHONE, Sort.EMAIL,
    Sort.HOSTNAME, Sort.USERNAME, Sort.BIRTHDAY, Sort.TAX_ID, Sort.TRAIT, Sort.SUBJECT,
})  # fmt: skip
PLAIN = frozenset({Plain.AMOUNT, Plain.STATE, Plain.CHOICE, Plain.GOODS})

STAFF, CLIENT, UNTOLD = "staff", "client", ""
"""Who changed something."""

LONGEST = 2_000
"""Characters of a value that are kept; its digest is made of all."""


class Act(StrEnum):
    """What an entry says."""

    NOTED = "noted"  # what stood there when kigen first looked; what was before nobody knows
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one record at one instant. `before` None: nobody knows; blank: it was empty."""

    client: int
    kind: str
    record: int
    field: str
    at: dt.datetime
    act: Act
    by: str
    before: str | None
    after: str


def is_told(field: Field) -> bool:
    """Whether changes of a column are told."""
    return field.withheld is None and (field.sort in SORTS or field.plain in PLAIN)


def columns(table: Table) -> tuple[str, ...]:
    """The columns of a table whose changes are told."""
    return tuple(one.name for one in table.fields.values() if is_told(one))


def who(data: Mapping[str, Any]) -> str:
    """Who changed something, by an event's data: staff in their own name or as the client, the client, or blank."""
    by, as_client = who_acted(data), str(data.get("masquerading") or "").strip().lower()
    if by in ("staff", "admin") or as_client in ("1", "true", "yes", "on"):
        return STAFF
    return CLIENT if by in (CLIENT, CONTACT) else UNTOLD


def normal(value: Any) -> str:
    """A value as it is compared: platforms send true for 1 and nothing for an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def pairs(payload: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What stood in a column and what stands there, where a platform tells both (WHMCS: `olddata` beside the new)."""
    before = payload.get("olddata")
    if not isinstance(before, Mapping):
        return {}
    both = {
        str(name): (normal(old), normal(payload[name]))
        for name, old in before.items()
        if name in payload and _is_plain(old) and _is_plain(payload[name])
    }
    return {name: told for name, told in both.items() if told[0] != told[1]}


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)
