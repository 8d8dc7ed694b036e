"""What hooks write down: gathered for a batch of events, merged into the ledger; order and repetition are nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sqlalchemy import Connection, and_, select, update

from kigen.ledger import merges, requests
from kigen.ledger.bulk import batches, put
from kigen.ledger.tables import archives, observed, records
from kigen.policy.records import FINAL_LOGIN, Kind, Ref, State


class LedgerBook:
    """The Book of kigen.specs for one batch. `flush` writes it in the caller's transaction."""

    def __init__(self) -> None:
        self.observed: dict[tuple[Ref, str], dt.datetime] = {}
        self.entered: dict[Ref, tuple[dt.datetime, str]] = {}
        self.ended: dict[int, dt.datetime] = {}
        self.requests: list[tuple[str, int, str, dt.datetime]] = []
        self.merged: list[tuple[int, int, dt.datetime]] = []

    def observe(self, ref: Ref, anchor: str, at: dt.datetime) -> None:
        known = self.observed.get((ref, anchor))
        self.observed[ref, anchor] = max(at, known) if known else at

    def enter(self, ref: Ref, state: State, at: dt.datetime) -> None:
        # Two changes at one instant: the name decides, so that the order of arrival does not.
        self.entered[ref] = max((at, state.value), self.entered.get(ref, (at, state.value)))

    def end_archive(self, client: int, at: dt.datetime) -> None:
        self.ended[client] = max(at, self.ended.get(client, at))

    def open_request(self, client: int, right: str, at: dt.datetime) -> None:
        self.requests.append(("open", client, right, at))

    def close_request(self, client: int, right: str, at: dt.datetime) -> None:
        self.requests.append(("close", client, right, at))

    def merge(self, client: int, into: int, at: dt.datetime) -> None:
        self.merged.append((client, into, at))

    def forget(self, ref: Ref, at: dt.datetime) -> None:
        # The host's tables tell at the next reconcile whether the record is really gone; until then nothing is lost.
        self.observe(ref, "deleted", at)

    def take(self, notes: LedgerBook) -> None:
        """Add what another book gathered: one event's notes count only when all its hooks have heard it."""
        for (ref, name), at in notes.observed.items():
            self.observe(ref, name, at)
        for ref, (at, state) in notes.entered.items():
            self.enter(ref, State(state), at)
        for client, at in notes.ended.items():
            self.end_archive(client, at)
        self.requests += notes.requests
        self.merged += notes.merged

    def flush(self, connection: Connection) -> dict[int, str]:
        """Write everything; returns the clients whose archive ends, with the former status to give back."""
        self._flush_observed(connection)
        self._flush_states(connection)
        for act, client, right, at in sorted(self.requests, key=lambda one: one[0], reverse=True):
            if act == "open":
                requests.open_request(connection, client, right, at)
            else:
                requests.close_requests(connection, client, right, at)
        touched = {client for _, client, _, _ in self.requests}
        touched |= {number for (kind, number), name in self.observed if kind is Kind.CLIENT and name == FINAL_LOGIN}
        merges.remember(connection, self.merged)
        merges.hand_over(connection, touched.union(client for client, _, _ in self.merged))
        return end_archives(connection, self.ended)

    def _flush_observed(self, connection: Connection) -> None:
        by_kind: dict[str, dict[tuple[int, str], dt.datetime]] = defaultdict(dict)
        for (ref, name), at in self.observed.items():
            by_kind[ref[0].value][ref[1], name] = at
        rows = []
        for kind, wanted in by_kind.items():
            known: dict[tuple[int, str], dt.datetime] = {}
            for batch in batches(sorted({number for number, _ in wanted})):
                found = connection.execute(
                    select(observed.c.id, observed.c.name, observed.c.at)
                    .where(and_(observed.c.kind == kind, observed.c.id.in_(batch)))
                )  # fmt: skip
                known.update({(row.id, row.name): row.at for row in found})
            rows += [
                {"kind": kind, "id": number, "name": name, "at": at}
                for (number, name), at in wanted.items()
                if (number, name) not in known or known[number, name] < at
            ]
        put(connection, observed, rows)

    def _flush_states(self, connection: Connection) -> None:
        by_kind: dict[str, dict[int, tuple[dt.datetime, str]]] = defaultdict(dict)
        for ref, entered in self.entered.items():
            by_kind[ref[0].value][ref[1]] = entered
        rows = []
        for kind, wanted in by_kind.items():
            known: dict[int, tuple[dt.datetime, str]] = {}
            for batch in batches(sorted(wanted)):
                found = connection.execute(
                    select(records.c.id, records.c.event_at, records.c.event_state)
                    .where(and_(records.c.kind == kind, records.c.id.in_(batch), records.c.event_at.is_not(None)))
                )  # fmt: skip
                known.update({row.id: (row.event_at, row.event_state) for row in found})
            rows += [
                {"kind": kind, "id": number, "event_at": at, "event_state": state}
                for number, (at, state) in wanted.items()
                if number not in known or known[number] < (at, state)
            ]
        put(connection, records, rows)


def end_archives(connection: Connection, ended: dict[int, dt.datetime]) -> dict[int, str]:
    """End open archives that began before the given instants; returns the former status of each client."""
    former: dict[int, str] = {}
    for batch in batches(sorted(ended)):
        rows = connection.execute(
            select(archives).where(and_(archives.c.client.in_(batch), archives.c.ended_at.is_(None)))
        ).all()
        for row in rows:
            if row.at < ended[row.client]:
                connection.execute(update(archives).where(archives.c.id == row.id).values(ended_at=ended[row.client]))
                former[row.client] = row.former_status
        # Giving the status back is kigen's own act, not a change that it saw: the next reading is a first sight of it.
        mine = and_(records.c.kind == Kind.CLIENT, records.c.id.in_([client for client in batch if client in former]))
        connection.execute(update(records).where(mine).values(state=None))
    return former
