"""Evidence as the tests write it: a few entries of many shapes, a key, and a head over them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import Connection, Engine

from kigen.ledger import evidence, keys
from kigen.ledger.chain import Head, Told
from kigen.ledger.runs import Done
from kigen.policy.records import Kind
from tests.ledger.times import START, minute

CANCELLED, ON_REQUEST, INACTIVE = "order.delete-cancelled", "client.delete-on-request", "client.archive-inactive"


def done(kind: Kind, rule: str, first: int, count: int) -> dict[tuple[Kind, str], Done]:
    """So many records from one id on, each due a day and a second after the one before."""
    return {(kind, rule): [(first + n, START + dt.timedelta(days=-400 + n, seconds=n)) for n in range(count)]}


def write(
    connection: Connection, what: dict[tuple[Kind, str], Done], action: str = "delete", at: int = 0
) -> list[Told]:
    """One chunk's evidence."""
    return evidence.append(connection, "whmcs", 7, "ops", action, minute(at), what)


def several(connection: Connection) -> list[Told]:
    """Nine entries: of one record and of many, of one kind and of several, without a date, with reasons and prints."""
    told = write(connection, done(Kind.ORDER, CANCELLED, 1, 5))
    told += write(connection, {**done(Kind.ORDER, CANCELLED, 11, 3), **done(Kind.SERVICE, CANCELLED, 81, 4)}, at=1)
    told += write(connection, done(Kind.CLIENT, INACTIVE, 3, 1), "archive", at=2)
    told += write(connection, {(Kind.CLIENT, ON_REQUEST): [(4, None)], **done(Kind.TICKET, ON_REQUEST, 900, 2)}, at=3)
    told += evidence.append(
        connection, "whmcs", None, "山田", "anonymise", minute(4), done(Kind.CLIENT, ON_REQUEST, 5, 2),
        {ON_REQUEST: ("floor", "unpaid-invoice")}, {Kind.CLIENT: {5: "ab" * 32, 6: "cd" * 32}},
    )  # fmt: skip
    for number in range(4):
        told += write(connection, done(Kind.DOMAIN, "domain.delete-expired", 10 * number + 1, 2), at=5 + number)
    return told


def signed_chain(engine: Engine, state_dir: Path) -> tuple[list[Told], Head]:
    """Those nine, and a head over them, signed with a key that is made for it."""
    keys.make(state_dir)
    with engine.begin() as connection:
        told = several(connection)
        head = evidence.sign_head(connection, keys.private(state_dir), minute(20))
    return told, head
