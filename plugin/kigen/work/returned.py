"""What came back: records that evidence says are gone and that are there again, the very same by their fingerprints.

An equal number alone is no proof: it is a finding, and nothing acts on it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.ledger import chain, tombstones
from kigen.ledger.chain import Told
from kigen.ledger.tombstones import Tombstone
from kigen.policy.again import Act
from kigen.policy.letting_go import EMPTY
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect
from kigen.work.proved import fingerprints_of
from kigen.work.restored import stayed
from kigen.work.site import Site

AT_ONCE = 5000
"""Tombstones that are compared with the platform's rows at once."""


@dataclass
class Returned:
    """The acts to be done again, by record; and records under the id of a tombstone that are others, or may be.

    `prints` are the fingerprints that were found. `others` are known to be another record, `unknown` cannot be told
    from another because no fingerprint is strong enough; both with the instant of the act. `masked` is the entry that
    anonymised a record, for those that were looked for. `emptied` are clients in whose rows what rested on their
    consents had been emptied, with when.
    """

    acts: dict[Ref, Act] = field(default_factory=dict)
    prints: dict[Ref, str] = field(default_factory=dict)
    others: dict[Ref, dt.datetime] = field(default_factory=dict)
    unknown: dict[Ref, dt.datetime] = field(default_factory=dict)
    masked: dict[Ref, int] = field(default_factory=dict)
    emptied: dict[int, dt.datetime] = field(default_factory=dict)

    def counts(self) -> dict[str, Counter[str]]:
        """How many records came back, by action and kind."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (kind, _), act in self.acts.items():
            found[act.action][kind.value] += 1
        return dict(found)

    def rules(self) -> Counter[str]:
        """How many records came back, by the rule that had ended them."""
        return Counter(act.rule for act in self.acts.values())


def what_came_back(connection: Connection, site: Site, told: Iterable[Told], lost: tuple[int, int]) -> Returned:
    """Compare every tombstone with what is there; `told` is the whole chain in its order.

    A deletion is looked for wherever it stands in the chain. What leaves the record in its place (an archive, an
    anonymising) is there rightly, unless the database had lost its entry: one after the first number of `lost`, up to
    the second. What was done to it after that was done again. And what an earlier replay left as it was is looked for
    until a later entry says that it is anonymised after all.
    """
    found, left = Returned(), stayed(connection)
    waiting: list[tuple[Ref, Tombstone]] = []
    for entry in told:
        action, seq = entry.entry.action, entry.entry.seq
        if action in chain.OF_COPIES:
            continue
        if action == Effect.DELETE or seq > lost[0] or action in tombstones.UNDOES:
            waiting += tombstones.of(entry)
        elif action == Effect.ANONYMISE and left:
            waiting += ((ref, stone) for ref, stone in tombstones.of(entry) if seq >= left.get(ref, seq + 1))
        if len(waiting) >= AT_ONCE:
            _compare(connection, site, waiting, found, lost, left)
            waiting = []
    _compare(connection, site, waiting, found, lost, left)
    for ref in found.acts:
        found.others.pop(ref, None)
        found.unknown.pop(ref, None)
    return found


def _compare(
    connection: Connection, site: Site, stones: Sequence[tuple[Ref, Tombstone]], found: Returned,
    lost: tuple[int, int], left: Mapping[Ref, int],
) -> None:  # fmt: skip
    ids: dict[Kind, list[int]] = defaultdict(list)
    for (kind, number), _ in stones:
        ids[kind].append(number)
    there = fingerprints_of(connection, site, ids)
    bare: dict[Kind, list[int]] = defaultdict(list)
    for (kind, number), stone in stones:
        if stone.fingerprint is None or (kind, number) not in there:
            bare[kind].append(number)
    unproved = {
        (kind, number) for kind, numbers in bare.items() for number in site.host.owners(connection, kind, numbers)
    }
    for ref, stone in stones:
        if stone.action in tombstones.UNDOES:
            earlier = found.acts.get(ref)
            if earlier and earlier.action in tombstones.UNDOES[stone.action]:
                found.acts.pop(ref)
            if stone.action == tombstones.UNDONE:  # it is there by right, whatever tells it
                found.unknown.pop(ref, None)
        elif stone.action == EMPTY:  # it takes nobody away and stands beside every other act
            is_same = stone.fingerprint is not None and there.get(ref) == stone.fingerprint
            if is_same and not _was_done_again(ref, stone, lost, left):
                found.emptied[ref[1]] = stone.at
        elif stone.action != Effect.DELETE and _was_done_again(ref, stone, lost, left):
            found.acts.pop(ref, None)
            found.unknown.pop(ref, None)
        elif stone.fingerprint is not None and there.get(ref) == stone.fingerprint:
            found.acts[ref] = Act(stone.at, stone.action, stone.rule, stone.due, stone.codes)
            found.prints[ref] = stone.fingerprint
            _note_masked(found, ref, stone)
        elif ref in there and stone.fingerprint is not None:
            if stone.action in tombstones.ENDING:
                found.others[ref] = stone.at
        elif ref in unproved and stone.action in tombstones.ENDING:
            found.unknown[ref] = stone.at
            _note_masked(found, ref, stone)


def _was_done_again(ref: Ref, stone: Tombstone, lost: tuple[int, int], left: Mapping[Ref, int]) -> bool:
    """Whether an act is one of those on the rows as they are now, not on those of before a restore."""
    return stone.seq > lost[1] or (stone.seq <= lost[0] and stone.seq > left.get(ref, stone.seq))


def _note_masked(found: Returned, ref: Ref, stone: Tombstone) -> None:
    if stone.action == Effect.ANONYMISE:
        found.masked[ref] = stone.seq
