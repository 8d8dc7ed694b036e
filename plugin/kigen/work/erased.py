"""What is told, or turns up, about a record that was erased: nothing is remembered of it, and a person is told.

A number that now belongs to somebody else is no such case: fingerprints tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from kigen.ledger import lifecycle, tombstones
from kigen.ledger.tombstones import Tombstone
from kigen.policy.events import Event
from kigen.policy.records import Kind, Ref, ref_text
from kigen.work.proved import fingerprints_of
from kigen.work.site import Site

IS_BACK = "{ref} was erased on {at:%Y-%m-%d} and is there again: 'kigen replay' erases it once more"
IS_TOLD_OF = "{ref} was erased on {at:%Y-%m-%d}, and the platform still tells of it: nothing was remembered"


def is_back(connection: Connection, site: Site, refs: Iterable[Ref]) -> dict[Ref, Tombstone]:
    """Of records that the platform has, those that were erased and are the very same."""
    wanted = list(refs)
    stones = tombstones.about(connection, _low(tombstones.highest(connection), wanted) if wanted else ())
    prints = fingerprints_of(connection, site, lifecycle.by_kind(stones))
    return {ref: stone for ref, stone in stones.items() if stone.fingerprint and prints.get(ref) == stone.fingerprint}


def told_of(connection: Connection, site: Site, events: Sequence[Event | Exception | None]) -> dict[int, str | None]:
    """By place, events about records that were erased and that nobody else's number is: the sentence about it.

    None stands for an event of before the erasure that came late, and for the end of the record: no news, and nothing
    to be told.
    """
    highest = tombstones.highest(connection)
    if not highest:
        return {}
    about = ((place, _low(highest, _refs(one))) for place, one in enumerate(events) if isinstance(one, Event))
    refs = {place: mine for place, mine in about if mine}
    wanted = {ref for mine in refs.values() for ref in mine}
    wanted -= lifecycle.memories(connection, wanted).keys() if wanted else set()
    stones = tombstones.about(connection, wanted)
    if not stones:
        return {}
    others = _others(connection, site, stones)
    found: dict[int, str | None] = {}
    for place, mine in refs.items():
        event = events[place]
        for ref in sorted({*mine} & stones.keys() - others):
            stone = stones[ref]
            is_news = isinstance(event, Event) and event.at > stone.at and not event.name.endswith("_deleted")
            found[place] = IS_TOLD_OF.format(ref=ref_text(ref), at=stone.at) if is_news else found.get(place)
    return found


def _refs(event: Event) -> Iterable[Ref]:
    if event.ref:
        yield event.ref
    for client in (event.client, event.into):
        if client:
            yield Kind.CLIENT, client


def _others(connection: Connection, site: Site, stones: Mapping[Ref, Tombstone]) -> set[Ref]:
    """Records that are there and are not those that were erased, or cannot be told from such."""
    prints = fingerprints_of(connection, site, lifecycle.by_kind(stones))
    return {ref for ref, one in prints.items() if one != stones[ref].fingerprint}


def _low(highest: Mapping[Kind, int], refs: Iterable[Ref]) -> list[Ref]:
    """Without those whose number is above every erased one, which most are."""
    return [ref for ref in refs if ref[1] <= highest.get(ref[0], 0)]
