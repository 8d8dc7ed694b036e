"""What stood in a column and what stands there now, as keyed digests and sealed values, for the client's own eyes.

A digest is made with the record and the column, so that equal values of two clients look different.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select, update

from kigen.ledger.bulk import add, batches, written
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.sealed import seal, unseal
from kigen.ledger.tables_changes import change_log as table
from kigen.policy.change_log import LONGEST, Change
from kigen.policy.records import Kind

PAGE = 500
WAITING = "changes that were told"
Latest = Mapping[tuple[int, str], tuple[str, str | None]]
"""By record and column the digest of its latest value, and that value; None where it is not known any more."""

_NAMES = ("client", "kind", "record", "field", "at", "act", "actor", "old_digest", "new_digest", "sealed")


def digest(keys: StoreKeys, kind: str, record: int, field: str, value: str) -> str:
    """A value as it is compared."""
    said = "\0".join((kind, str(record), field, value))
    return hmac.digest(keys.changes, said.encode("utf-8", "surrogatepass"), "sha256").hex()


def write(connection: Connection, keys: StoreKeys, changes: Iterable[Change]) -> int:
    """Write entries; told twice it is one. How many were new."""
    rows = []
    for one in changes:
        known = (one.kind, one.record, one.field)
        before = None if one.before is None else digest(keys, *known, one.before)
        values = [one.before and one.before[:LONGEST], one.after[:LONGEST]]
        sealed = base64.b64encode(seal(keys, _what_for(one.kind, one.record), json.dumps(values))).decode("ascii")
        rows.append((one.client, *known, written(one.at), one.act.value, one.by, before,
                     digest(keys, *known, one.after), sealed))  # fmt: skip
    return add(connection, table, _NAMES, rows)


def latest(connection: Connection, keys: StoreKeys, kind: str, records: Sequence[int]) -> Latest:
    """What these records were last known to hold, by the instants of the changes."""
    found: dict[tuple[int, str], Row[Any]] = {}
    for batch in batches(records):
        mine = and_(table.c.kind == kind, table.c.record.in_(batch))
        for row in connection.execute(select(table).where(mine).order_by(table.c.at, table.c.id)):
            found[row.record, row.field] = row
    return {about: (row.new_digest or "", values(keys, row)[1]) for about, row in found.items()}


def of(connection: Connection, clients: Sequence[int], after: int = 0) -> Sequence[Row[Any]]:
    """The next entries of these clients above a number, at most a page."""
    mine = and_(table.c.client.in_(clients), table.c.id > after)
    return connection.execute(select(table).where(mine).order_by(table.c.id).limit(PAGE)).all()


def values(keys: StoreKeys | None, row: Row[Any]) -> tuple[str | None, str | None]:
    """What stood there and what stands there; None for what is not known or kept. ValueError for another key."""
    if row.sealed is None or keys is None:
        return None, None
    before, after = json.loads(unseal(keys, _what_for(row.kind, row.record), base64.b64decode(row.sealed)))
    return before, after


def wait(keys: StoreKeys, told: Mapping[str, tuple[str, str]]) -> str:
    """Pairs of values as they wait in the inbox: the same ones are the same text, by which an event is known again."""
    content = json.dumps(dict(sorted(told.items())))
    nonce = hmac.digest(keys.changes, content.encode(), "sha256")[:12]
    return base64.b64encode(seal(keys, WAITING, content, nonce)).decode("ascii")


def waited(keys: StoreKeys, sealed: str) -> dict[str, tuple[str, str]]:
    """The pairs again; ValueError for another key, or for what is something else."""
    told = json.loads(unseal(keys, WAITING, base64.b64decode(sealed, validate=True)))
    return {name: (before, after) for name, (before, after) in told.items()}


def empty(connection: Connection, clients: Sequence[int], numbers_of: Mapping[Kind, Sequence[int]]) -> None:
    """Of these clients and records only that something changed, and when, stays; neither a value nor its digest."""
    bare = {"old_digest": None, "new_digest": None, "sealed": None}
    for mine in _parts(clients, numbers_of):
        connection.execute(update(table).where(mine, table.c.new_digest.is_not(None)).values(bare))


def forget(connection: Connection, clients: Sequence[int], numbers_of: Mapping[Kind, Sequence[int]]) -> None:
    """These clients and records are gone, and their log with them."""
    for mine in _parts(clients, numbers_of):
        connection.execute(delete(table).where(mine))


def forget_things(connection: Connection, kind: str, records: Collection[int]) -> None:
    """The same for what is no record of kigen's, such as a contact."""
    for batch in batches(sorted(records)):
        connection.execute(delete(table).where(table.c.kind == kind, table.c.record.in_(batch)))


def _parts(clients: Sequence[int], numbers_of: Mapping[Kind, Sequence[int]]) -> Iterator[ColumnElement[bool]]:
    for batch in batches(sorted(set(clients))):
        yield or_(table.c.client.in_(batch), and_(table.c.kind == Kind.CLIENT.value, table.c.record.in_(batch)))
    for kind in (Kind.SERVICE, Kind.DOMAIN, Kind.ADDON):
        for batch in batches(sorted(set(numbers_of.get(kind, ())))):
            yield and_(table.c.kind == kind.value, table.c.record.in_(batch))


def _what_for(kind: str, record: int) -> str:
    return f"change of {kind} {record}"
