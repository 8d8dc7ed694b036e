"""To which addresses a platform wrote to a client until lately that are nobody's in its account any more.

Where staff or a thief changed the address of an account, the platform's own record of mails still has the former one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kigen.hosts.dates import read_when
from kigen.hosts.people import is_mask
from kigen.hosts.rows import Rows
from kigen.policy.periods import moment

ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]@]+\.[^\s<>,;:\"()\[\]@]+")
LONGEST = 255

Former = dict[int, dict[str, dt.datetime]]
"""By client, former addresses as they were written, each with when it was last written to."""


@dataclass(frozen=True, slots=True)
class Mails:
    """Where a platform notes what it mailed: the columns of the client, of the addresses and of the date."""

    table: str
    owner: str
    to: str
    at: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where an address of somebody in the account stands; `by` leads to the client, or through `link` to it.

    `link` is a table with its columns of the client and of what `by` equals.
    """

    table: str
    column: str
    by: str
    link: tuple[str, str, str] | None = None


def former(
    rows: Rows, mails: Mails, present: Iterable[Address], clients: Sequence[int], since: dt.datetime, zone: str
) -> Former:
    """The former addresses of each of these clients that were written to at `since` or later; none is left out."""
    known: dict[int, set[str]] = {client: set() for client in clients}
    for one in present:
        for client, address in _stored(rows, one, clients):
            known[client].add(_folded(address))
    found: Former = {}
    for row in rows.read(mails.table, (mails.to, mails.at), mails.owner, clients):
        at, client = read_when(row[mails.at], zone), row[mails.owner]
        if at is None or moment(at, zone) < since:
            continue
        for address in ADDRESS.findall(str(row[mails.to] or "")):
            if len(address) <= LONGEST and _folded(address) not in known[client] and not is_mask(address):
                mine = found.setdefault(client, {})
                mine[address] = max(moment(at, zone), mine.get(address, since))
    return found


def _stored(rows: Rows, one: Address, clients: Sequence[int]) -> Iterable[tuple[int, str]]:
    if one.link is None:
        for row in rows.read(one.table, (one.column,), one.by, clients):
            yield row[one.by], row[one.column]
        return
    table, owner, to = one.link
    links: dict[int, list[int]] = {}
    for row in rows.read(table, (to,), owner, clients):
        links.setdefault(row[to], []).append(row[owner])
    for row in rows.read(one.table, (one.column,), one.by, links):
        yield from ((client, row[one.column]) for client in links[row[one.by]])


def _folded(address: object) -> str:
    return str(address or "").strip().casefold()
