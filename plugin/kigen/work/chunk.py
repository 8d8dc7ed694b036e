"""The gate: one transaction that locks, reads and decides again, and only then acts. Nothing else deletes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.extensions import Eraser
from kigen.ledger import lifecycle, requests, runs
from kigen.policy.decide import Decision
from kigen.policy.facts import Account, ref_of
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import late
from kigen.work.readings import Reading, entities, read
from kigen.work.site import Site


@dataclass
class Outcome:
    """What a chunk did: decisions carried out, reasons of those that stayed, rows deleted by table.

    `gone` are all records that went, those that went along with another included.
    """

    done: list[Decision] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    gone: set[Ref] = field(default_factory=set)


def act(
    connection: Connection,
    site: Site,
    schedule: Schedule,
    run: int,
    planned: Mapping[Ref, str],
    last_read: dt.datetime | None,
    owners: Mapping[int, int],
) -> Outcome:
    """Carry out what was planned for some records of one kind, in the caller's transaction.

    `owners` are the records' clients as an earlier transaction read them: a plain read in this one, before the locks
    are held, would fix what every later plain read sees. Rows of these clients and of all that counts for them are
    locked first. A record acts only if `decide` still gives the action that was planned: looking again may keep, never
    more. Raises Overtaken where the platform told something about these clients meanwhile.
    """
    outcome = Outcome()
    kind = next(iter(planned))[0]
    outcome.kept["already-gone"] += len(planned) - len(owners)
    if not owners:
        return outcome
    wanted = frozenset(planned)
    clients = sorted(set(owners.values()))
    readings = read(connection, site.host, schedule, clients, site.now, last_read, lock=True, only=wanted)
    acting: dict[str, list[Decision]] = {}
    found = 0
    for reading in readings:
        for ref, decision in reading.decisions.items():
            found += 1
            if decision.acts and decision.action == planned[ref]:
                acting.setdefault(decision.action, []).append(decision)
            else:
                outcome.kept.update({reason.code for reason in decision.reasons} or {"not-due"})
    outcome.kept["already-gone"] += len(owners) - found  # moved or removed between looking up and locking
    for action, decisions in acting.items():
        if action == Effect.ARCHIVE:
            _archive(connection, site, run, decisions)
        else:
            _delete(connection, site, kind, decisions, readings, outcome)
        _write_down(connection, site, run, decisions, [reading.account for reading in readings])
        outcome.done += decisions
    if outcome.done:
        late.check(connection, site, [reading.account for reading in readings])
    outcome.kept += Counter()  # drops zero counts
    return outcome


def _archive(connection: Connection, site: Site, run: int, decisions: Sequence[Decision]) -> None:
    """A client that staff had closed before a payment came is archived by noting it: its status is what it was."""
    former = {decision.record.id: decision.record.status for decision in decisions}
    former.update(site.host.archive(connection, list(former)))
    lifecycle.write_archives(connection, former, run, site.now)


def _delete(
    connection: Connection,
    site: Site,
    kind: Kind,
    decisions: Sequence[Decision],
    readings: Sequence[Reading],
    outcome: Outcome,
) -> None:
    ids = [decision.record.id for decision in decisions]
    accounts = [reading.account for reading in readings]
    going = list(_going(kind, set(ids), accounts))
    for eraser in site.plugins.erasers():
        for one, numbers in lifecycle.by_kind(going).items():
            if one in eraser.kinds:
                outcome.rows[f"plugin {eraser.name}"] += _erased(eraser, connection, one, numbers)
    outcome.rows.update(site.host.delete(connection, kind, ids, accounts))
    lifecycle.forget(connection, going)
    if kind is Kind.CLIENT:
        mine = [one for reading in readings if reading.account.id in ids for one in reading.facts.requests]
        requests.carried_out(connection, [one.id for one in mine if one.right == "erasure"], site.now)
    outcome.gone.update(going)


class EraserFailed(Exception):
    """A plugin's eraser raised: nothing of this transaction stays, and the records are kept."""


def _erased(eraser: Eraser, connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    try:
        return eraser.erase(connection, kind, ids)
    except DBAPIError:
        raise
    except Exception as error:
        raise EraserFailed(f"plugin {eraser.name} could not erase its part ({type(error).__name__})") from error


def _going(kind: Kind, ids: set[int], accounts: Sequence[Account]) -> Iterator[Ref]:
    """The records that deleting these takes along, themselves included."""
    for account in accounts:
        own = [ref for ref, _ in entities(account) if ref[0] is kind and ref[1] in ids]
        for ref in own:
            yield ref
            yield from (ref_of(thing) for thing in account.along(*ref))


def _write_down(
    connection: Connection, site: Site, run: int, decisions: Sequence[Decision], accounts: Sequence[Account]
) -> None:
    """What was done to which record, and by which rule; what went along is told with the rule that took it."""
    rows: dict[Ref, dict[str, Any]] = {}
    for decision in decisions:
        ref = decision.record.ref
        deletes = decision.action == Effect.DELETE
        for one in _going(ref[0], {ref[1]}, accounts) if deletes else (ref,):
            rows[one] = {
                "kind": one[0].value, "id": one[1], "run": run, "action": decision.action,
                "rule": decision.rule, "due_at": decision.due, "at": site.now,
            }  # fmt: skip
    runs.write_acts(connection, list(rows.values()))
