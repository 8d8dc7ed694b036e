"""What the platform told about a chunk's clients while it worked: the last look before the commit may only keep."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kigen.ledger.lifecycle import refs_of
from kigen.ledger.tables import events, inbox
from kigen.policy.events import EVENTS, Event
from kigen.policy.facts import Account
from kigen.policy.records import Kind, Ref
from kigen.work.arrivals import event_of
from kigen.work.site import Site

MANY = 2000
"""Arrivals since the last intake that are looked through; more are heard first, whatever they are about."""


FIRST = (  # kigen's own names; values are bound
    f"(SELECT id FROM {inbox.name} FORCE INDEX (kigen_inbox_state)"  # noqa: S608 - see above
    " WHERE state = 'pending' ORDER BY id LIMIT 1 FOR UPDATE{nowait})"
    f" UNION ALL (SELECT id FROM {events.name} WHERE id > %s ORDER BY id LIMIT 1 LOCK IN SHARE MODE)"
)


class Overtaken(Exception):
    """An event about a record that was to go arrived after the intake: nothing is committed, it is heard first."""


def check(
    connection: Connection, site: Site, accounts: Sequence[Account], further: Collection[Ref], heard: int
) -> None:
    """Raise Overtaken where the inbox holds an event about these clients or their records.

    The read locks the place where arrivals go, so that what comes after it waits for this commit and is truly later.
    Asked for last, that is a matter of milliseconds for the platform's page; and where the page has not committed its
    own arrival, it is this transaction that gives way (error 1205), never the page. `heard` is the last event in the
    history from before the transaction.
    """
    if not _is_any(connection, heard):
        return
    query = select(inbox.c.event, inbox.c.host_event, inbox.c.at, inbox.c.payload).where(inbox.c.state == "pending")
    query = query.order_by(inbox.c.id).limit(MANY + 1)
    arrived = connection.execute(query.with_for_update(nowait=_knows_nowait(connection))).all()
    # What another process of this run heard since is no longer in the inbox, and plain reads here do not see it.
    told = select(events.c.name, events.c.client, events.c.kind, events.c.record).where(events.c.id > heard)
    since = connection.execute(told.order_by(events.c.id).limit(MANY + 1).with_for_update(read=True)).all()
    if not arrived and not since:
        return
    if len(arrived) > MANY or len(since) > MANY:
        raise Overtaken("a flood of events")
    clients = {account.id for account in accounts}
    refs = {ref for account in accounts for ref in refs_of(account)}
    refs.update(further)
    clients.update(number for kind, number in refs if kind is Kind.CLIENT)
    for row in arrived:
        event = _event(connection, site, row)
        if event is not None and (not clients.isdisjoint({event.client, event.into}) or event.ref in refs):
            raise Overtaken(event.name)
    for row in since:
        if row.client in clients or (row.kind in set(Kind) and (Kind(row.kind), row.record) in refs):
            raise Overtaken(row.name)


def _is_any(connection: Connection, heard: int) -> bool:
    """Whether anything arrived or was heard at all; locks the same places, and nearly always this is all there is."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return True
    nowait = " NOWAIT" if _knows_nowait(connection) else ""
    return connection.exec_driver_sql(FIRST.format(nowait=nowait), (heard,)).first() is not None


def _event(connection: Connection, site: Site, row: Any) -> Event | None:
    """What arrived, in kigen's words; None for what nobody can understand: the next intake sets it aside."""
    try:
        payload = json.loads(row.payload)
        if row.event is not None:
            return event_of(row.event, row.at, payload) if row.event in EVENTS else None
        return site.host.translate(connection, row.host_event or "", payload, row.at)
    except DBAPIError:
        raise
    except Exception:
        return None


def _knows_nowait(connection: Connection) -> bool:
    version = connection.dialect.server_version_info or (0,)
    return version >= ((10, 3) if getattr(connection.dialect, "is_mariadb", False) else (8,))
