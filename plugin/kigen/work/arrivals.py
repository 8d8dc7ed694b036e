"""What an event must look like to be taken into the inbox, and how it is understood again when it is heard."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from kigen.policy.events import EVENTS, Event
from kigen.policy.periods import from_local

DEEPEST = 6
EVENT_NAME = re.compile(r"[a-z]{2,20}(?:_[a-z]{2,20}){1,3}")
_PERSONAL = re.compile(
    r"pass|pwd|secret|token|hash|card|cvv|auth|e?mail|name|address|street|phone|fax|city|post|zip|company|vat|tax_?id"
    r"|birth|gender|notes?$|message|subject|content|title|description|text|reason|custom|answer|^ip|_ip$|buyer|seller",
    re.IGNORECASE,
)
LONGEST_NAME = 128  # of the inbox's column, which would cut it without a word
_OWN_KEYS = frozenset({"event", "at", "client", "kind", "id", "into", "data"})

_NEEDS = {name: [(needed, *needed.partition(".")[::2]) for needed in event.needs] for name, event in EVENTS.items()}
"""The keys that each event needs: as the documentation says it, outside and inside `data`."""

BOUND = 10**18
"""Numbers of records are shorter, on every platform and in every column that holds one."""


def parse_event(fields: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """One line of contract.md "Events", checked for shape, as the inbox stores it.

    Raises ValueError with one sentence: what was wrong, and what was expected.
    """
    at = _instant(fields.get("at"), zone)
    if "host_event" in fields:
        name = fields["host_event"]
        if not isinstance(name, str) or not name.strip():
            raise ValueError("'host_event' must be a name, such as \"CancelOrder\"")
        if len(name) > LONGEST_NAME:
            raise ValueError(f"'host_event' is too long; expected at most {LONGEST_NAME} characters")
        payload = fields.get("payload", fields.get("params"))
        if isinstance(payload, str):
            payload = None  # some hooks pass one bare word, such as the hash of a password reset: nothing to keep
        if payload is not None and not isinstance(payload, dict):
            raise ValueError("'payload' must be an object")
        return {"host_event": name, "at": at, "payload": without_persons(_with_fields(payload or {}))}
    name = fields.get("event")
    if not isinstance(name, str) or name not in EVENTS:
        # What looks like the name of an event is one that is misspelt, and no word about anybody.
        told = repr(name) if isinstance(name, str) and EVENT_NAME.fullmatch(name) else _sort(name)
        raise ValueError(
            f"'event' is {told}; expected one of the events in the documentation, such as \"order_cancelled\""
        )
    payload = {key: value for key, value in fields.items() if key not in ("event", "at")}
    event_of(name, at, payload)
    return {"event": name, "at": at, "payload": payload}


def _with_fields(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Which columns changed, by their names, where the host sends what stood in them before."""
    before = payload.get("olddata")
    if not isinstance(before, dict) or "fields" in payload:
        return payload
    return {**payload, "fields": sorted(key for key in before if key in payload and payload[key] != before[key])}


def without_persons(value: Any, depth: int = 0) -> Any:
    """A host's payload without secrets and without what describes a person; what remains are ids, states and dates."""
    if isinstance(value, dict):
        kept = {key: without_persons(one, depth + 1) for key, one in value.items() if not _PERSONAL.search(str(key))}
        return kept if depth < DEEPEST else {}
    if isinstance(value, list):
        return [without_persons(one, depth + 1) for one in value] if depth < DEEPEST else []
    return value if not isinstance(value, str) or len(value) <= LONGEST_NAME else None


def event_of(name: str, at: dt.datetime, payload: Mapping[str, Any]) -> Event:
    """An event in kigen's own form; raises ValueError naming the key that is missing or of the wrong sort."""
    data = payload.get("data") or {}
    if not isinstance(data, dict):
        raise ValueError("'data' must be an object")
    numbers = {key: _number(key, payload.get(key)) for key in ("client", "id", "into")}
    for needed, outer, inner in _NEEDS[name]:
        if (data.get(inner) if inner else numbers.get(outer)) is None:
            raise ValueError(f"'{needed}' is missing; {name} needs {', '.join(EVENTS[name].needs)}")
    if not payload.keys() <= _OWN_KEYS:
        data = {**{key: value for key, value in payload.items() if key not in _OWN_KEYS}, **data}
    return Event(name, at, numbers["client"], numbers["id"], numbers["into"], data)


def _instant(value: object, zone: str) -> dt.datetime:
    if not isinstance(value, str) or not re.match(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        raise ValueError(f"'at' is {_sort(value)}; expected a date and time such as \"2026-01-31T09:00:00+09:00\"")
    try:
        at = dt.datetime.fromisoformat(value)
        at = from_local(at, zone) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"'at' is {value[:10]}; no calendar has that date and time") from None
    if not 1995 <= at.year <= 2100:
        raise ValueError(f"'at' is {value[:10]}; expected a year from 1995 to 2100")
    return at


def _number(key: str, value: object) -> int | None:
    if value is None or (type(value) is int and -BOUND < value < BOUND):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not re.fullmatch(r"-?\d{1,18}", str(value)):
        raise ValueError(f"'{key}' is {_sort(value)}; expected a whole number")
    return int(value)


def _sort(value: object) -> str:
    """What somebody sent where something else belongs: never the words themselves, which may be a person's."""
    return SORTS.get(type(value), "something else")


SORTS: dict[type, str] = {
    type(None): "missing", str: "a text", bool: "true or false", int: "a number out of range", float: "a fraction",
    list: "a list", dict: "an object",
}  # fmt: skip
