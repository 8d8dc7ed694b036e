"""What arrived: events wait here until the hooks have heard them, and poisoned ones stay with the reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from kigen.ledger.bulk import batches
from kigen.ledger.tables import events, inbox
from kigen.policy.events import Event

PENDING, FAILED = "pending", "failed"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row of the inbox: either `event` (kigen's own form) or `host_event` with the host's payload."""

    id: int
    event: str | None
    host_event: str | None
    at: dt.datetime
    payload: Mapping[str, Any]
    digest: str


def append(connection: Connection, arrivals: Iterable[Mapping[str, Any]], now: dt.datetime) -> int:
    """Store events given as mappings with event or host_event, at, payload; the same one twice is stored once.

    Returns how many were new.
    """
    rows = {}
    for arrival in arrivals:
        payload = json.dumps(arrival["payload"], ensure_ascii=False, sort_keys=True)
        row = {
            "event": arrival.get("event"), "host_event": arrival.get("host_event"), "at": arrival["at"],
            "payload": payload, "received_at": now, "state": PENDING,
        }  # fmt: skip
        rows[digest_of(row["event"], row["host_event"], row["at"], payload)] = row
    new = 0
    for batch in batches(list(rows)):
        known = set(connection.scalars(select(inbox.c.digest).where(inbox.c.digest.in_(batch))))
        known |= set(connection.scalars(select(events.c.digest).where(events.c.digest.in_(batch))))
        fresh = [{**rows[digest], "digest": digest} for digest in batch if digest not in known]
        if fresh:
            connection.execute(insert(inbox), fresh)
        new += len(fresh)
    return new


def digest_of(event: str | None, host_event: str | None, at: dt.datetime, payload: str) -> str:
    """What makes two arrivals the same: name, instant and payload."""
    text = "\n".join((event or "", host_event or "", at.astimezone(dt.UTC).isoformat(), payload))
    return hashlib.sha256(text.encode()).hexdigest()


def next_batch(connection: Connection, limit: int) -> list[Arrival | tuple[int, str]]:
    """The oldest pending arrivals; one whose payload cannot be read comes as (id, sentence)."""
    # Read without locks: a locked range would make the host's own page wait when its bridge inserts the next event.
    # That nobody else takes the same arrivals is the runner's lease.
    rows = connection.execute(select(inbox).where(inbox.c.state == PENDING).order_by(inbox.c.id).limit(limit))
    found: list[Arrival | tuple[int, str]] = []
    for row in rows:
        try:
            payload = json.loads(row.payload)
            if not isinstance(payload, dict):
                raise ValueError("expected an object")
        except ValueError as error:
            found.append((row.id, f"the payload is not a JSON object ({error})"))
            continue
        digest = row.digest or digest_of(row.event, row.host_event, row.at, row.payload)
        found.append(Arrival(row.id, row.event, row.host_event, row.at, payload, digest))
    return found


def set_aside(connection: Connection, number: int, error: str) -> None:
    """Keep an arrival that no hook could take, with the reason; it blocks nothing."""
    connection.execute(update(inbox).where(inbox.c.id == number).values(state=FAILED, error=error[:2000]))


def handled(connection: Connection, done: Sequence[tuple[Arrival, Event | None]], now: dt.datetime) -> None:
    """Move arrivals into the history; None: the host's event means nothing to kigen and leaves no trace."""
    history = {}
    for arrival, event in done:
        if event is not None:
            ref = event.ref
            history[arrival.digest] = {
                "name": event.name, "at": event.at, "client": event.client, "kind": ref[0].value if ref else None,
                "record": ref[1] if ref else event.id, "data": json.dumps(dict(event.data), ensure_ascii=False),
                "digest": arrival.digest, "handled_at": now,
            }  # fmt: skip
    for batch in batches(list(history)):
        known = set(connection.scalars(select(events.c.digest).where(events.c.digest.in_(batch))))
        fresh = [history[digest] for digest in batch if digest not in known]
        if fresh:
            connection.execute(insert(events), fresh)
    if done:
        # One key at a time: for a list of keys MariaDB may walk, and so lock, the whole table, and then the host's own
        # page waits for this transaction when its bridge inserts the next event.
        one = delete(inbox).where(inbox.c.id == bindparam("number"))
        connection.execute(one, [{"number": arrival.id} for arrival, _ in done])


def count(connection: Connection, state: str) -> int:
    """How many arrivals are pending or failed."""
    return connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == state)) or 0


def failures(connection: Connection, limit: int = 20) -> list[tuple[int, str, str]]:
    """Arrivals set aside: number, name and reason, newest first."""
    rows = connection.execute(
        select(inbox.c.id, inbox.c.event, inbox.c.host_event, inbox.c.error)
        .where(inbox.c.state == FAILED).order_by(inbox.c.id.desc()).limit(limit)
    )  # fmt: skip
    return [(row.id, row.event or row.host_event or "", row.error or "") for row in rows]
