"""What kigen wrote down itself and need not keep for ever: the oldest rows of each sort with their dates, a piece at
a time, and how they go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, exists, func, select, tuple_

from kigen.ledger.inbox import FAILED
from kigen.ledger.outbox import SENDING, WAITING
from kigen.ledger.tables import closings, events, holds, inbox, requests
from kigen.ledger.tables_blocked import blocked
from kigen.ledger.tables_bundles import bundles, fetches, links
from kigen.ledger.tables_changes import change_log
from kigen.ledger.tables_choices import choices
from kigen.ledger.tables_frozen import views
from kigen.ledger.tables_notices import consents, notice_views
from kigen.ledger.tables_requests import outbox, request_acts

AT_ONCE = 1000

Dated = list[tuple[Any, dt.datetime]]
"""Keys of rows, each with the date from which its term counts; the oldest first, at most AT_ONCE."""


def heard(connection: Connection, up_to: int) -> Dated:
    """Events by when they were heard; `up_to` is the last one that a reconcile has looked at.

    What came later somebody has still to read. The last one of all stays, so that its number is never given again.
    """
    newest = connection.scalar(select(func.max(events.c.id))) or 0
    # Numbers and dates grow together, so what is old stands at the start, and nothing behind it is looked at.
    return _oldest(connection, events, events.c.handled_at, events.c.id, events.c.id <= min(up_to, newest - 1))


def set_aside(connection: Connection) -> Dated:
    """Arrivals that nobody could understand, by when they came."""
    return _oldest(connection, inbox, inbox.c.received_at, inbox.c.id, inbox.c.state == FAILED)


def closed_requests(connection: Connection) -> Dated:
    """Requests by when they were closed; the table is small and has no index of these dates."""
    return _oldest(connection, requests, requests.c.closed_at, requests.c.closed_at)


def answered_steps(connection: Connection) -> Dated:
    """Steps of requests, by when they were taken; those of a right that the client's requests still name stay."""
    mine, asked = request_acts.c, requests.c
    same = and_(
        asked.client == mine.client, asked.contact == mine.contact, asked.request_right == mine.request_right
    )  # fmt: skip
    is_over = ~exists(select(requests.c.id).where(same))
    return _oldest(connection, request_acts, request_acts.c.at, request_acts.c.at, is_over)


def sent_messages(connection: Connection) -> Dated:
    """Messages that were sent or given up, by when they were written."""
    is_over = and_(outbox.c.state.not_in((WAITING, SENDING)), outbox.c.address.is_(None))
    return _oldest(connection, outbox, outbox.c.created_at, outbox.c.id, is_over)


def unsent_addresses(connection: Connection) -> Dated:
    """Last messages that hold an address and that nobody has sent, by when they were written."""
    return _oldest(connection, outbox, outbox.c.created_at, outbox.c.id, outbox.c.address.is_not(None))


def ended_holds(connection: Connection) -> Dated:
    """Holds by when they were released, or ended by their own date."""
    ended = func.coalesce(holds.c.released_at, holds.c.until, type_=holds.c.until.type)
    return _oldest(connection, holds, ended, ended)


def opened_documents(connection: Connection) -> Dated:
    """Who opened a frozen document, by when; numbers and dates grow together."""
    return _oldest(connection, views, views.c.at, views.c.id)


def gone_bundles(connection: Connection) -> Dated:
    """Bundles by when their file went."""
    return _oldest(connection, bundles, bundles.c.gone_at, bundles.c.id)


def links_of_gone_bundles(connection: Connection) -> Dated:
    """Links by when they were made, of bundles that are gone."""
    is_gone = exists(select(bundles.c.id).where(bundles.c.id == links.c.bundle, bundles.c.gone_at.is_not(None)))
    return _oldest(connection, links, links.c.made_at, links.c.id, is_gone)


def tried_links(connection: Connection) -> Dated:
    """Tries to fetch a bundle, by when."""
    return _oldest(connection, fetches, fetches.c.at, fetches.c.id)


def ended_consents(connection: Connection) -> Dated:
    """Events of consent of clients that are gone, by when they went."""
    return _oldest(connection, consents, consents.c.ended_at, consents.c.ended_at)


def ended_views(connection: Connection) -> Dated:
    """Which notice clients that are gone had before their eyes, by when they went."""
    return _oldest(connection, notice_views, notice_views.c.ended_at, notice_views.c.ended_at)


def old_changes(connection: Connection) -> Dated:
    """Changes of values by when they happened."""
    return _oldest(connection, change_log, change_log.c.at, change_log.c.at)


def made_choices(connection: Connection) -> Dated:
    """Choices about cookies of visitors whom nobody knows, by when they were told."""
    return _oldest(connection, choices, choices.c.received_at, choices.c.received_at)


def blocked_people(connection: Connection) -> Dated:
    """Entries of people who cheated, by when they were noted."""
    return _oldest(connection, blocked, blocked.c.at, blocked.c.at)


def told_withdrawals(connection: Connection) -> Dated:
    """Withdrawals, by when each was made."""
    rows = connection.execute(select(closings).order_by(closings.c.at).limit(AT_ONCE)).all()
    return [((row.client, row.request_right, row.at), row.at) for row in rows]


def drop(connection: Connection, table: str, keys: Sequence[Any]) -> int:
    """Delete rows of one of kigen's tables by their keys; how many went."""
    if not keys:
        return 0
    mine = events.metadata.tables[table]
    key = tuple(mine.primary_key.columns)
    among = key[0].in_(keys) if len(key) == 1 else tuple_(*key).in_(keys)
    return connection.execute(delete(mine).where(among)).rowcount


def _oldest(
    connection: Connection, table: Table, dated: ColumnElement[Any], order: ColumnElement[Any] | Column[Any],
    also: ColumnElement[bool] | None = None,
) -> Dated:  # fmt: skip
    is_dated = dated.is_not(None)
    condition = is_dated if also is None else and_(is_dated, also)
    query = select(table.c.id, dated).where(condition).order_by(order).limit(AT_ONCE)
    return [(number, at) for number, at in connection.execute(query)]
