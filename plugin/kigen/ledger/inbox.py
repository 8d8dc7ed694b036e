"""What arrived: events wait here until the hooks have heard them, and poisoned ones stay with the reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from kigen.ledger.bulk import add, batches, written
from kigen.ledger.quick import Question, ask
from kigen.ledger.quick import rows as all_rows
from kigen.ledger.tables import events, inbox
from kigen.policy.events import Event

PENDING, FAILED, EARLY = "pending", "failed", "early"
"""States of an arrival. An early one was set aside because its instant lay ahead; once that has come, it is pending."""

LONG = 1 << 16
"""Characters. A payload that is longer comes alone at the end of its batch, so that a batch fits into memory."""

_WAITING = ("event", "host_event", "at", "payload", "received_at", "state", "digest")
_HEARD = ("name", "at", "client", "kind", "record", "data", "digest", "handled_at")


class Arrival(NamedTuple):
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
    rows: dict[str, tuple[Any, ...]] = {}
    received = written(now)
    for arrival in arrivals:
        payload = _text(arrival["payload"])
        event, host_event, at = arrival.get("event"), arrival.get("host_event"), arrival["at"]
        digest = digest_of(event, host_event, at, payload)
        rows[digest] = (event, host_event, written(at), payload, received, PENDING, digest)
    new = 0
    for batch in batches(list(rows)):
        known = _heard(connection, batch)
        new += add(connection, inbox, _WAITING, [rows[digest] for digest in batch if digest not in known])
    return new


# What arrives was JSON before and cannot hold itself; to look out for that takes as long as to write it.
_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False).encode
_data = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _heard(connection: Connection, digests: Sequence[str]) -> set[str]:
    # Hexadecimal digits of our own making: as a text of the statement they cost nothing to prepare.
    wanted = "','".join(digests)
    query = f"SELECT digest FROM {events.name} WHERE digest IN ('{wanted}')"  # noqa: S608 - see above
    return set(connection.exec_driver_sql(query).scalars())


def digest_of(event: str | None, host_event: str | None, at: dt.datetime, payload: str) -> str:
    """What makes two arrivals the same: name, instant and payload."""
    text = "\n".join((event or "", host_event or "", at.astimezone(dt.UTC).isoformat(), payload))
    return hashlib.sha256(text.encode()).hexdigest()


def next_batch(
    connection: Connection, limit: int, now: dt.datetime | None = None, after: int = 0
) -> list[Arrival | tuple[int, str]]:
    """The oldest pending arrivals with numbers above `after`; one whose payload cannot be read as (id, sentence).

    From the start, early ones whose instant has come by `now` (None: the machine's clock) stand before them.
    """
    # Read without locks: a locked range would make the host's own page wait when its bridge inserts the next event.
    # Nobody else takes the same arrivals: intake is done in turns.
    due = written(now or dt.datetime.now(dt.UTC))
    first = [] if after else _lowest(connection, f"state = '{EARLY}' AND at <=", due, limit)
    rest = limit - len(first)
    found: list[Arrival | tuple[int, str]] = []
    for row in chain(first, _lowest(connection, f"state = '{PENDING}' AND id >", after, rest) if rest else ()):
        found.append(_arrival(connection, *row))
        if row[-1] is None:
            break
    return found


def _lowest(
    connection: Connection, condition: str, value: str | int, limit: int
) -> list[Sequence[Any]]:  # fmt: skip
    """The `limit` arrivals with the lowest numbers among those that meet a condition, which ends with its value."""
    # Where they end is found first, in the index alone: rows that are packed into one text cannot be limited.
    place, by_number = ("?", "") if connection.dialect.name == "sqlite" else ("%s", "FORCE INDEX (PRIMARY)")
    ids = f"SELECT id FROM {inbox.name} WHERE {condition} {place}"  # noqa: S608 - kigen's own; the value is bound
    last = connection.exec_driver_sql(f"{ids} ORDER BY id LIMIT 1 OFFSET {limit - 1}", (value,)).scalar()
    # The numbers say where the rows are; in the index of states the server would walk all that are pending.
    wanted = f"WHERE {condition} {place}" if last is None else f"{by_number} WHERE {condition} {place} AND id <= {last}"
    return sorted(all_rows(connection, f"FROM {inbox.name} {wanted}", _ARRIVED, (value,)), key=itemgetter(0))


_ARRIVED = f"id, event, host_event, at, digest, CASE WHEN LENGTH(payload) > {LONG} THEN NULL ELSE payload END"


def _arrival(
    connection: Connection, number: int, event: str | None, host_event: str | None, at: dt.datetime | str,
    digest: str | None, payload: str | None,
) -> Arrival | tuple[int, str]:  # fmt: skip
    if payload is None:
        payload = str(connection.scalar(select(inbox.c.payload).where(inbox.c.id == number)))
    try:
        told = _told(payload)
        if "\\u" in payload:
            _text(told).encode()  # half a character, which no database takes, would stop its whole batch
    except (ValueError, RecursionError) as error:
        return number, f"the payload is not a JSON object ({error})"
    try:
        instant = dt.datetime.fromisoformat(f"{at}+00:00")
    except ValueError:
        return number, f"'at' is {at}; no calendar has that date and time"  # such as the zero date that hosts write
    return Arrival(number, event, host_event, instant, told, digest or digest_of(event, host_event, instant, payload))


def _told(payload: str) -> dict[str, Any]:
    # Half the time of json.loads, which judges what is not exactly one value: blanks around it, or worse.
    try:
        told, end = _decoded(payload)
    except ValueError:
        end = -1
    if end != len(payload):
        told = json.loads(payload)
    if not isinstance(told, dict):
        raise ValueError("expected an object")
    return told


_decoded = json.JSONDecoder().raw_decode


def empty(connection: Connection, number: int) -> None:
    """Let go of what an arrival says: it is about somebody who was erased."""
    connection.execute(update(inbox).where(inbox.c.id == number).values(payload="{}", digest=None))


def set_aside(connection: Connection, number: int, error: str, state: str = FAILED) -> None:
    """Keep an arrival that no hook could take, with the reason; it blocks nothing."""
    connection.execute(update(inbox).where(inbox.c.id == number).values(state=state, error=error[:2000]))


def handled(connection: Connection, done: Sequence[tuple[Arrival, Event | None]], now: dt.datetime) -> None:
    """Move arrivals into the history; None: the host's event means nothing to kigen and leaves no trace."""
    history = []
    handled_at = written(now)
    for arrival, event in done:
        if event is not None:
            kind, record = event.ref or (None, event.id)
            row = (event.name, written(event.at), event.client, kind and kind.value, record)
            data = _data(dict(event.data)) if event.data else "{}"
            history.append((*row, data, arrival.digest, handled_at))
    # An event that is in the history already stays as it was heard first.
    add(connection, events, _HEARD, history)
    _remove(connection, [arrival.id for arrival, _ in done])


def _remove(connection: Connection, numbers: Sequence[int]) -> None:
    # Every row is found by its key and nothing else is locked. For a list of keys MariaDB walks the table even where
    # it is told not to, and a range of keys locks what lies between them and after the last: then the host's own page
    # waits for this transaction when its bridge inserts the next event.
    if not numbers:
        return
    if _knows_json_table(connection):
        connection.exec_driver_sql(_BY_KEYS, (json.dumps(numbers),))
    else:
        one = delete(inbox).where(inbox.c.id == bindparam("number"))
        connection.execute(one, [{"number": number} for number in numbers])


_BY_KEYS = (
    f"DELETE i FROM JSON_TABLE(%s, '$[*]' COLUMNS (number BIGINT PATH '$')) AS gone"
    f" STRAIGHT_JOIN {inbox.name} AS i ON i.id = gone.number"
)


def _knows_json_table(connection: Connection) -> bool:
    version = connection.dialect.server_version_info or (0,)
    if connection.dialect.name == "sqlite":
        return False
    return version >= ((10, 6) if getattr(connection.dialect, "is_mariadb", False) else (8, 0, 4))


def count(connection: Connection, state: str, now: dt.datetime | None = None) -> int:
    """How many arrivals are pending or failed; an early one is the first or the second, by `now` as in next_batch."""
    is_due = inbox.c.at <= (now or dt.datetime.now(dt.UTC))
    early = and_(inbox.c.state == EARLY, is_due if state == PENDING else ~is_due)
    either = or_(inbox.c.state == state, early)
    return connection.scalar(select(func.count()).select_from(inbox).where(either)) or 0


def last_heard(connection: Connection) -> int:
    """The number of the latest event in the history, 0 before the first."""
    return connection.scalar(select(func.max(events.c.id))) or 0


def last_arrival(connection: Connection) -> dt.datetime | None:
    """When an event came last, waiting or heard; None: never."""
    waiting = select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1)
    heard = select(events.c.handled_at).order_by(events.c.id.desc()).limit(1)
    return max((at for one in (waiting, heard) if (at := connection.scalar(one)) is not None), default=None)


def is_any_pending(connection: Connection) -> Question[bool]:
    """Whether `count` would find any pending one now."""
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    of = f"state = '{PENDING}' OR (state = '{EARLY}' AND at <= {sign})"
    now = written(dt.datetime.now(dt.UTC))
    one = ask(connection, f"FROM (SELECT id FROM {inbox.name} WHERE {of} LIMIT 1) one", "id", (now,))  # noqa: S608 - kigen's own
    return Question([one], lambda rows: any(True for _ in rows))


def last_event(connection: Connection) -> Question[int]:
    """The question that `last_heard` asks."""
    one = ask(connection, f"FROM (SELECT MAX(id) AS id FROM {events.name}) one", "id")  # noqa: S608 - kigen's own
    return Question([one], lambda rows: max((number or 0 for (number,) in rows), default=0))


def failures(connection: Connection, limit: int = 20) -> list[tuple[int, str, str]]:
    """Arrivals set aside: number, name and reason, newest first."""
    rows = connection.execute(
        select(inbox.c.id, inbox.c.event, inbox.c.host_event, inbox.c.error)
        .where(inbox.c.state.in_((FAILED, EARLY))).order_by(inbox.c.id.desc()).limit(limit)
    )  # fmt: skip
    return [(row.id, row.event or row.host_event or "", row.error or "") for row in rows]
