"""Why something that is kept does not come back: its term is over, somebody asked since, or it names who is gone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from kigen.hosts.giving_back import CannotGiveBack
from kigen.ledger import absorbed, chain, evidence_read, quarantine, tombstones
from kigen.ledger.tombstones import Tombstone
from kigen.policy.periods import to_local
from kigen.policy.records import Kind, Ref
from kigen.work.kept_until import instants
from kigen.work.proved import fingerprints_of
from kigen.work.site import Site
from kigen.work.whose_copies import asking, parts_of

OVER = (
    "the term for which this was kept ended on {until:%Y-%m-%d}",
    "保管期間は {until:%Y-%m-%d} に終わっています",
)
NO_OWNER = (
    "client {client} is gone since; what it had comes back only with it",
    "顧客 {client} はすでに存在しません。その記録は顧客とともにのみ復元できます",
)
ANOTHER = (
    "client {client} is not the one that these records belonged to: only its number is the same",
    "顧客 {client} は、これらの記録の顧客と番号が同じだけの別の顧客です",
)
ASKED = (
    "somebody asked that it be gone, and so it went on {at:%Y-%m-%d}, after this was kept",
    "保管した後、請求により {at:%Y-%m-%d} に消去されています",
)
DESTROYED = (
    "this copy was destroyed on {at:%Y-%m-%d}, as somebody in it was to be gone; a backup brought it here",
    "この写しは、含まれる方の消去のため {at:%Y-%m-%d} に廃棄済みで、バックアップから戻ったものです",
)
AGAIN = (
    "it was deleted once more on {at:%Y-%m-%d}, after this was kept",
    "保管した後、{at:%Y-%m-%d} に再び削除されています",
)
ASKED_NOW = (
    "somebody asked that it be gone; what a legal hold keeps of it until then does not come back",
    "消去が求められています。法的保全により残っている写しは復元できません",
)
NAMES = (
    "it names client {client}, who is gone since: undo that deletion too, or this would bring the name back alone",
    "削除済みの顧客 {client} の名前を含んでいます。その削除も取り消さないと、名前だけが戻ってしまいます",
)


@dataclass(frozen=True)
class Standing:
    """What stands against parts: by run the instant of judging their term, by record what evidence says of it since.

    `coming` are clients that come back along with them, without those that turned out not to. `going` are parts that
    are to go: by an open request, or as soon as a hold ends.
    """

    at: Mapping[int, dt.datetime]
    since: Mapping[Ref, Sequence[Tombstone]] = field(default_factory=dict)
    coming: set[int] = field(default_factory=set)
    going: frozenset[int] = frozenset()


def standing(connection: Connection, site: Site, waiting: Mapping[int, Sequence[Row[Any]]]) -> Standing:
    """What stands against these parts, by client; evidence is read once from the first of their runs on."""
    parts = [part for mine in waiting.values() for part in mine]
    if not parts:
        return Standing({})
    coming = {part.record for part in parts if part.kind == Kind.CLIENT.value}
    since = _since(connection, parts, _one_person(connection, waiting))
    asked = parts_of(connection, site, asking(connection, site))
    going = frozenset(part.id for part in [*asked, *quarantine.put_off(connection, site.host.name)])
    return Standing(instants(connection, site, {part.run for part in parts}), since, coming, going)


def _since(connection: Connection, parts: Sequence[Row[Any]], people: Collection[int]) -> dict[Ref, list[Tombstone]]:
    """What was done to these records after the deletion of which a copy is kept, and to their clients.

    What another record of the same number went through, as its fingerprint tells, is nothing to them.
    """
    runs_of: dict[Ref, set[int]] = defaultdict(set)
    for part in parts:
        runs_of[Kind(part.kind), part.record].add(part.run)
    wanted = {*runs_of, *((Kind.CLIENT, client) for client in people)}
    found: dict[Ref, list[Tombstone]] = defaultdict(list)
    prints: dict[Ref, str] = {}
    acts = tombstones.ENDING | {chain.DESTROYED, tombstones.UNDONE}
    for told in evidence_read.told(connection, evidence_read.before_run(connection, min(part.run for part in parts))):
        for ref, stone in tombstones.of(told) if told.entry.action in acts else ():
            if ref not in wanted:
                continue
            if stone.action == tombstones.GONE and told.entry.run in runs_of.get(ref, ()):
                found[ref], prints[ref] = [], stone.fingerprint or ""  # what is kept is of this deletion
            elif stone.action == tombstones.UNDONE:
                found[ref] = []  # it was there again by right
            elif not stone.fingerprint or prints.get(ref, "") in ("", stone.fingerprint):
                found[ref].append(stone)
    return found


def check_term(site: Site, against: Standing, parts: Iterable[Row[Any]]) -> None:
    """Raises CannotGiveBack where the term of any part is over."""
    if over := [part.until for part in parts if part.until <= against.at[part.run]]:
        raise CannotGiveBack(OVER, until=to_local(min(over), site.zone))


def check_going(against: Standing, parts: Iterable[Row[Any]]) -> None:
    """Raises CannotGiveBack where any part is here only because of a hold, or goes with the next run."""
    if any(part.id in against.going for part in parts):
        raise CannotGiveBack(ASKED_NOW)


def check_asked(
    connection: Connection, against: Standing, client: int, parts: Iterable[Row[Any]], told: Iterable[Mapping[str, Any]]
) -> None:
    """Raises CannotGiveBack where evidence says that somebody asked since, or that it went once more.

    A number that somebody else has since is told by the fingerprint of the client that these records belonged to.
    """
    owners = {one["owner"] for one in told if one.get("owner")}
    for ref in sorted({(Kind(part.kind), int(part.record)) for part in parts}):
        for stone in against.since.get(ref, ()):
            raise CannotGiveBack(_why(stone), at=stone.at)
    for one in sorted(_one_person(connection, [client])):
        for stone in against.since.get((Kind.CLIENT, one), ()):
            is_same = one != client or not owners or stone.fingerprint is None or stone.fingerprint in owners
            if is_same and tombstones.is_asked(stone.action, stone.rule):
                raise CannotGiveBack(_why(stone), at=stone.at)


def _why(stone: Tombstone) -> tuple[str, str]:
    if stone.action == chain.DESTROYED:
        return DESTROYED
    return ASKED if tombstones.is_asked(stone.action, stone.rule) else AGAIN


def check_owner(
    connection: Connection, site: Site, client: int, told: Iterable[Mapping[str, Any]], is_back: bool
) -> None:
    """Once the rows stand: whether their client is there, and surely still the same. `is_back`: it came with them."""
    is_there = client in site.host.owners(connection, Kind.CLIENT, [client])
    mine = fingerprints_of(connection, site, {Kind.CLIENT: [client]}).get((Kind.CLIENT, client))
    for one in told:
        if one.get("has_owner") and not is_there:
            raise CannotGiveBack(NO_OWNER, client=client)
        if one.get("has_owner") and not is_back and (mine is None or one.get("owner") != mine):
            raise CannotGiveBack(ANOTHER, client=client)


def check_named(
    connection: Connection, site: Site, against: Standing, client: int, parts: Iterable[Row[Any]]
) -> None:  # fmt: skip
    """Raises CannotGiveBack where it names a client who was there when it went, is gone, and does not come back too.

    Who became part of another is there as that one.
    """
    named = quarantine.names_in(connection, [part.id for part in parts]) - {client, *against.coming}
    there = site.host.owners(connection, Kind.CLIENT, sorted(named)) if named else {}
    for one in sorted(named - there.keys()):
        heirs = absorbed.heirs(connection, [one])
        if not site.host.owners(connection, Kind.CLIENT, sorted(heirs)):
            raise CannotGiveBack(NAMES, client=one)


def _one_person(connection: Connection, clients: Iterable[int]) -> set[int]:
    """These clients with all that they became part of and all that became part of them."""
    own = list(clients)
    return absorbed.heirs(connection, own) | absorbed.whole(connection, own)
