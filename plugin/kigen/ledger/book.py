"""What hooks write down: gathered for a batch of events, merged into the ledger; order and repetition are nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, update

from kigen.ledger import consents, marks, merges, notices, outbox, request_acts, requests
from kigen.ledger.bulk import batches, merge, written
from kigen.ledger.quick import by_ids, instant
from kigen.ledger.tables import archives, observed, records
from kigen.policy.consents import Act, Consented
from kigen.policy.notices import spelled
from kigen.policy.records import FINAL_LOGIN, Kind, Ref, State

_Key = TypeVar("_Key")
_Value = TypeVar("_Value", bound=Any)


class LedgerBook:
    """The Book of kigen.specs for one batch. `flush` writes it in the caller's transaction."""

    observed: dict[tuple[Ref, str], dt.datetime]
    entered: dict[Ref, tuple[dt.datetime, str]]
    ended: dict[int, dt.datetime]
    requests: list[tuple[str, int, int, str, dt.datetime]]
    steps: list[tuple[int, int, str, str, dt.datetime, dict[str, str]]]
    merged: list[tuple[int, int, dt.datetime]]
    views: list[notices.Viewed]
    consents: list[Consented]

    def __init__(self) -> None:
        self.clear()

    def observe(self, ref: Ref, anchor: str, at: dt.datetime) -> None:
        _keep_latest(self.observed, (ref, anchor), _instant(at))

    def enter(self, ref: Ref, state: State, at: dt.datetime) -> None:
        # Two changes at one instant: the name decides, so that the order of arrival does not.
        _keep_latest(self.entered, ref, (_instant(at), state.value))

    def end_archive(self, client: int, at: dt.datetime) -> None:
        _keep_latest(self.ended, client, _instant(at))

    def open_request(self, client: int, right: str, at: dt.datetime, contact: int = 0) -> None:
        self.requests.append(("open", client, contact, right, at))

    def pass_on_request(self, client: int, right: str, at: dt.datetime) -> None:
        self.requests.append(("pass on", client, 0, right, at))

    def close_request(self, client: int, right: str, at: dt.datetime) -> None:
        self.requests.append(("close", client, 0, right, at))

    def note_request(
        self, client: int, right: str, step: str, at: dt.datetime, told: Mapping[str, str], contact: int = 0
    ) -> None:
        self.steps.append((client, contact, right, step, _instant(at), dict(told)))

    def view_notice(self, client: int, notice: str, language: str, act: str, at: dt.datetime) -> None:
        name, version = spelled(notice)
        self.views.append(notices.Viewed(client, name, version, language, act, _instant(at)))

    def note_consent(
        self, client: int, purpose: str, act: str, at: dt.datetime, told: Mapping[str, str | int | bool]
    ) -> None:
        values: dict[str, Any] = dict(told)
        name, version = spelled(str(values.pop("notice", "")))
        self.consents.append(Consented(0, client, purpose, Act(act), _instant(at), name, version, **values))

    def merge(self, client: int, into: int, at: dt.datetime) -> None:
        self.merged.append((client, into, at))

    def forget(self, ref: Ref, at: dt.datetime) -> None:
        # The host's tables tell at the next reconcile whether the record is really gone; until then nothing is lost.
        self.observe(ref, "deleted", at)

    def take(self, notes: LedgerBook) -> None:
        """Add what another book gathered: one event's notes count only when all its hooks have heard it."""
        for key, at in notes.observed.items():
            _keep_latest(self.observed, key, at)
        for ref, entered in notes.entered.items():
            _keep_latest(self.entered, ref, entered)
        for client, at in notes.ended.items():
            _keep_latest(self.ended, client, at)
        self.requests += notes.requests
        self.steps += notes.steps
        self.merged += notes.merged
        self.views += notes.views
        self.consents += notes.consents

    def clear(self) -> None:
        """Forget everything, to be used again."""
        self.observed, self.entered, self.ended = {}, {}, {}
        self.requests, self.steps, self.merged, self.views, self.consents = [], [], [], [], []

    def flush(self, connection: Connection) -> dict[int, str]:
        """Write everything; returns the clients whose archive ends, with the former status to give back."""
        self._flush_observed(connection)
        self._flush_states(connection)
        for act, client, contact, right, at in sorted(self.requests, key=lambda one: one[0], reverse=True):
            if act == "open":
                requests.open_request(connection, client, right, at, contact=contact)
            elif act == "pass on":
                if requests.pass_on(connection, client, right, at):
                    outbox.put_passed_on(connection, client, right, at)
            elif requests.close_requests(connection, client, right, at) and right == "erasure":
                outbox.put(connection, client, outbox.WITHDRAWN, {"withdrawn": at.isoformat()}, at)
        for client, contact, right, step, at, told in self.steps:
            request_acts.write(connection, client, right, step, at, contact=contact, **told)
        notices.write_views(connection, self.views)
        consents.write(connection, self.consents)
        touched = {client for _, client, *_ in self.requests}
        touched |= {number for (kind, number), name in self.observed if kind is Kind.CLIENT and name == FINAL_LOGIN}
        merges.remember(connection, self.merged)
        marks.mark(connection, merges.hand_over(connection, touched.union(client for client, _, _ in self.merged)))
        return end_archives(connection, self.ended)

    def _flush_observed(self, connection: Connection) -> None:
        rows = sorted((kind.value, number, name, written(at)) for ((kind, number), name), at in self.observed.items())
        merge(connection, observed, ("kind", "id", "name", "at"), rows, ("kind", "id", "name"), {"at": _later("at")})

    def _flush_states(self, connection: Connection) -> None:
        rows = sorted((kind.value, number, written(at), state) for (kind, number), (at, state) in self.entered.items())
        names = ("kind", "id", "event_at", "event_state")
        # The state first: it looks at the instant that was there before.
        merge(connection, records, names, rows, ("kind", "id"), {"event_state": _STATE, "event_at": _later("event_at")})


def _keep_latest(latest: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    known = latest.get(key)
    if known is None or known < value:
        latest[key] = value


def _instant(at: dt.datetime) -> dt.datetime:
    # Refused where it is told, so that it costs one event and not its whole batch.
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at


def _later(name: str) -> str:
    return f"CASE WHEN `{name}` IS NULL OR `{name}` < {{new.{name}}} THEN {{new.{name}}} ELSE `{name}` END"


_STATE = (
    "CASE WHEN `event_at` IS NULL OR `event_at` < {new.event_at}"
    " OR (`event_at` = {new.event_at} AND `event_state` < {new.event_state})"
    " THEN {new.event_state} ELSE `event_state` END"
)


def end_archives(connection: Connection, ended: dict[int, dt.datetime]) -> dict[int, str]:
    """End open archives that began before the given instants; returns the former status of each client."""
    former: dict[int, str] = {}
    open_ones = by_ids(connection, archives, "id, client, at, former_status", "client", ended, also="ended_at IS NULL")
    for number, client, text, status in list(open_ones):
        at = instant(text)
        if at is None or at < ended[client]:
            connection.execute(update(archives).where(archives.c.id == number).values(ended_at=ended[client]))
            former[client] = status
    for batch in batches(sorted(former)):
        # Giving the status back is kigen's own act, not a change that it saw: the next reading is a first sight of it.
        mine = and_(records.c.kind == Kind.CLIENT, records.c.id.in_(batch))
        connection.execute(update(records).where(mine).values(state=None))
    return former
