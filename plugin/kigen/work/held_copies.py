"""The one way in which sealed copies go, and which of them a legal hold keeps: its client's, its record's, all with it.

A copy is all that is left of what the schedule deleted, so a hold means it as it meant the rows. A hold on somebody
whom another's copy only names keeps nothing, as it keeps no word of his in another's rows.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from kigen.hosts.anonymised import CannotAnonymise
from kigen.ledger import absorbed, holds, quarantine, runs
from kigen.policy.facts import Hold
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect
from kigen.work.kept_until import instants
from kigen.work.site import Site
from kigen.work.traces import keys_of
from kigen.work.whose_copies import asking, parts_of

Held = Mapping[Ref, Sequence[Hold]]
"""By record of which something is kept the holds that keep it."""


def held(connection: Connection, site: Site, parts: Iterable[Row[Any]], lock: bool = False) -> Held:
    """The holds on these parts, by record: a record does not go, or stay, in part.

    With `lock` none is placed or released before the commit.
    """
    waiting = list(parts)
    standing = holds.every(connection, site.now, lock, site.machine_now) if waiting else []
    found: dict[Ref, list[Hold]] = defaultdict(list)
    for one in standing:
        for ref in _kept_by(connection, site, one, waiting):
            found[ref].append(one)
    return found


def take(
    connection: Connection, site: Site, parts: Collection[Row[Any]], rule: str | None = None,
    done: Mapping[Ref, dt.datetime] | None = None,
) -> tuple[int, list[Ref]]:  # fmt: skip
    """Destroy what is kept of these records, but for what a hold keeps; how many parts went, and of which records.

    `rule` is noted of what stays: by it that goes once the hold has ended; None where what asks for its end (an open
    request, a term that is over) is looked at again by every run. `done` tells of records whose copies went before,
    when that was, so that a hold of earlier than that, which a backup brought back, keeps nothing.
    """
    if not parts:
        return 0, []
    every = quarantine.of_records(connection, site.host.name, records_of(parts))
    kept = {
        ref for ref, standing in held(connection, site, every, lock=True).items()
        if any(_counts(hold, (done or {}).get(ref)) for hold in standing)
    }  # fmt: skip
    if rule is not None and kept:
        mine = [part.id for part in every if ref_of(part) in kept]
        quarantine.put_off_until_released(connection, mine, rule)
    going = [part for part in every if ref_of(part) not in kept]
    return quarantine.drop(connection, [part.id for part in going]), records_of(going)


def _counts(hold: Hold, done: dt.datetime | None) -> bool:
    return done is None or hold.placed is None or hold.placed > done


def records_of(parts: Iterable[Row[Any]]) -> list[Ref]:
    """The records of which these parts are kept."""
    return sorted({ref_of(part) for part in parts})


def ref_of(part: Row[Any]) -> Ref:
    """The record of which a part is kept."""
    return Kind(part.kind), int(part.record)


def held_back(connection: Connection, site: Site) -> list[tuple[Row[Any], Sequence[Hold]]]:
    """What would be destroyed by the next run but for a hold: the first part of each record, with the holds."""
    ends = quarantine.first_ends(connection)
    if not ends:
        return []
    asked = parts_of(connection, site, asking(connection, site))
    over = quarantine.ended(connection, instants(connection, site, ends))
    going = [*asked, *over, *quarantine.put_off(connection, site.host.name)]
    first = {ref_of(part): part for part in sorted(going, key=lambda one: -int(one.id))}
    return [(first[ref], standing) for ref, standing in sorted(held(connection, site, first.values()).items())]


def _kept_by(connection: Connection, site: Site, hold: Hold, parts: Sequence[Row[Any]]) -> set[Ref]:
    client = hold.client
    if hold.record is not None:
        found = {ref_of(part) for part in parts if ref_of(part) == hold.record}
        if not found:
            found = _with(connection, site, hold.record, parts)
        if hold.record[0] is not Kind.CLIENT:
            return found
        client = hold.record[1]
    whose = absorbed.whole(connection, [client] if client is not None else [])
    mine = {ref_of(part) for part in parts if part.client in whose}
    return mine if hold.record is None else mine | found


def _with(connection: Connection, site: Site, ref: Ref, parts: Sequence[Row[Any]]) -> set[Ref]:
    """The records with which this one went: only what is sealed says so. What does not open may be one of them."""
    act = runs.last_act(connection, *ref)
    of_run = [part.id for part in parts if act and act.action == Effect.DELETE and part.run == act.run]
    if not of_run:
        return set()
    try:
        keys = keys_of(site)
    except CannotAnonymise:
        return {ref_of(part) for part in parts if part.id in of_run}
    return {
        ref_of(row) for row, content in quarantine.walk(connection, keys, sorted(of_run))
        if content is None or [ref[0].value, ref[1]] in json.loads(content).get("refs", ())
    }  # fmt: skip
