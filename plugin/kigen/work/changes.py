"""How an event that something changed becomes entries of the change log: what it tells itself, then what the row shows.

Where a platform tells old and new value, both are taken. Where it only tells that a record changed, the row is compared
with what was last known of it; what was known of nothing before is noted, so that the next change has both.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from kigen.hosts.seen import Seen
from kigen.ledger import anonymised, change_log, keys_store
from kigen.ledger.inbox import Arrival
from kigen.ledger.keys_store import StoreKeys
from kigen.policy.change_log import CHANGED, CONTACT, Act, Change, pairs, who
from kigen.policy.events import EVENTS, Event
from kigen.policy.records import Kind
from kigen.work.site import Site

SEALED = "sealed_changes"
"""Under which key of a payload pairs of values wait in the inbox."""

ADDON = "addon"

Pairs = Mapping[str, tuple[str, str]]


class Told(NamedTuple):
    """That a record changed. `is_intent`: somebody was about to, so that the row must show it by now."""

    kind: str
    record: int
    at: dt.datetime
    by: str
    pairs: Pairs
    is_intent: bool = False


def sealed(site: Site, payload: Any) -> dict[str, str]:
    """What of a payload's old and new values waits in the inbox, locked; nothing without them or without the keys.

    Only columns whose changes are told at all: of a password or a note not even this is taken.
    """
    told = pairs(payload) if isinstance(payload, Mapping) else {}
    kept = {name: both for name, both in told.items() if name in site.host.told_columns()}
    try:
        return {SEALED: change_log.wait(keys_store.read(site.state_dir), kept)} if kept else {}
    except ValueError:
        return {}


def hear(site: Site, connection: Connection, heard: Iterable[tuple[Arrival, Event | None]]) -> None:
    """Write the entries of these events; in any order and twice they are the same where they tell their values."""
    told = [(arrival, event) for arrival, event in heard if _concerns(site, arrival, event)]
    if not told:
        return
    try:
        keys = keys_store.read(site.state_dir)
    except ValueError:
        return  # doctor tells of missing keys; the events themselves are in the history
    by_kind: dict[str, list[Told]] = defaultdict(list)
    for arrival, event in told:
        for one in _read(site, keys, arrival, event):
            by_kind[one.kind].append(one)
    for kind, mine in sorted(by_kind.items()):
        numbers = sorted({one.record for one in mine})
        rows = site.host.told(connection, kind, numbers)
        if kind == CONTACT:
            change_log.forget_things(connection, CONTACT, set(numbers) - rows.keys())
        # A late event of somebody who was anonymised would bring back what was masked.
        masked = anonymised.of(connection, {row.client for row in rows.values()})
        there = {number: row for number, row in rows.items() if row.client not in masked}
        change_log.write(connection, keys, _told_pairs(mine, there))
        known = change_log.latest(connection, keys, kind, sorted(there))
        change_log.write(connection, keys, _compared(keys, mine, there, known))


def _concerns(site: Site, arrival: Arrival, event: Event | None) -> bool:
    if event is None:
        return arrival.host_event in site.host.told_before
    return event.name in CHANGED or event.name == "contact_deleted"


def _read(site: Site, keys: StoreKeys, arrival: Arrival, event: Event | None) -> Iterator[Told]:
    try:
        waited = arrival.payload.get(SEALED)
        both: Pairs = change_log.waited(keys, waited) if isinstance(waited, str) else pairs(arrival.payload)
    except ValueError:
        both = {}
    if event is None:
        number = str(arrival.payload.get("id"))
        if number.isascii() and number.isdigit() and len(number) <= 18:
            by = site.host.told_before[arrival.host_event or ""]
            yield Told(Kind.CLIENT.value, int(number), arrival.at, by, both, is_intent=True)
        return
    kind = EVENTS[event.name].kind
    number_ = event.client if kind is Kind.CLIENT else event.id
    if number_ is not None and kind is not None:
        of = ADDON if event.data.get("kind") == ADDON else str(kind.value if isinstance(kind, Kind) else kind)
        yield Told(of, number_, event.at, who(event.data), both)


def _told_pairs(told: Iterable[Told], rows: Mapping[int, Seen]) -> Iterator[Change]:
    for one in told:
        row = rows.get(one.record)
        for name, (before, after) in one.pairs.items() if row else ():
            if row and name in row.values and (not one.is_intent or row.values[name] == after):
                yield Change(row.client, one.kind, one.record, name, one.at, Act.CHANGED, one.by, before, after)


def _compared(
    keys: StoreKeys, told: Iterable[Told], rows: Mapping[int, Seen], known: change_log.Latest
) -> Iterator[Change]:
    """What the rows show besides, as of the latest event: of which it was, only the row's own words tell."""
    latest = {one.record: one for one in sorted(told, key=lambda one: one.at) if not one.is_intent}
    for number, one in latest.items():
        row = rows.get(number)
        for name, value in row.values.items() if row else ():
            before = known.get((number, name))
            if row is None or (before and before[0] == change_log.digest(keys, one.kind, number, name, value)):
                continue
            act = Act.CHANGED if before else Act.NOTED
            yield Change(row.client, one.kind, number, name, one.at, act, one.by, before[1] if before else None, value)
