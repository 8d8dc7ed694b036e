"""The nightly run: intake, reconcile, a plan on the facts as they stand, the brakes, then the acts chunk by chunk."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.ledger import lifecycle, runs
from kigen.policy.records import RECORDS, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.work import brakes
from kigen.work.attempt import Attempts, failed, hear, write_failed
from kigen.work.heartbeat import send
from kigen.work.lease import lease
from kigen.work.plan import Tally, decisions, permitted
from kigen.work.readings import CLIENTS_AT_ONCE, read
from kigen.work.reconcile import LAST_READ, instant_note, reconcile
from kigen.work.restored import note_run
from kigen.work.site import Site
from kigen.work.swept import Swept
from kigen.work.throttle import Throttle, limits_of, whole


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one run may do; None: no bound."""

    records: int | None = None
    seconds: float | None = None


def sweep(
    site: Site,
    confirmed: bool = False,
    budget: Budget = Budget(),
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Swept:
    """Carry out the schedule at the site's instant. Raises AnotherRunner where one works already.

    A database that fails mid-way raises its error after the open transaction has been taken back; what was committed
    stays, and the next run goes on from there.
    """
    began = time.monotonic()
    swept = Swept()
    with lease(site) as connection:
        address = _heartbeat(site, connection)
        try:
            jump = _with(connection, lambda: brakes.clock_jump(site, connection))
            if jump:
                swept.brakes.append(jump)
                swept.stopped = jump.code
                _refuse(connection, site, swept, confirmed)
            else:
                _run(connection, site, swept, confirmed, budget, began, progress)
        except BaseException as error:
            swept.stopped = f"failed: {type(error).__name__}"
            raise
        finally:
            swept.seconds = time.monotonic() - began
            outcome = swept.outcome
            with suppress(DBAPIError):  # a database that is gone cannot be told; the next run marks this one as died
                _close(connection, site, swept, outcome, confirmed)
            if address[0]:
                of = {"outcome": outcome, "host": site.host.name, "at": site.machine_now.isoformat()}
                arrived = send(*address, {**swept.as_json(), **of}, dt.datetime.now(dt.UTC))
                swept.warnings += [arrived] if arrived else []
    return swept


def _run(
    connection: Connection, site: Site, swept: Swept, confirmed: bool, budget: Budget, began: float,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    hear(site)
    if not confirmed and _previews(connection, site, swept):
        return
    swept.reconciled = reconcile(site)
    with connection.begin():
        schedule = permitted(site, connection, site.schedule(connection))
        last_read = instant_note(connection, LAST_READ)
        limits, chunk_size = limits_of(site, connection), whole(site, connection, "sweep.chunk")
    swept.refused, swept.kept = dict(swept.reconciled.refused), Counter(swept.reconciled.kept)
    plan = _plan(connection, site, schedule, swept, last_read)
    with connection.begin():
        sizes = site.host.counts(connection)
        swept.brakes = brakes.breaker(site, connection, swept.planned, sizes)
        if swept.brakes and not confirmed:
            swept.stopped = swept.brakes[0].code
            swept.kept["unconfirmed"] += len(plan)
            swept.remaining = len(plan)
        else:
            if confirmed:
                brakes.confirm(site, connection)
            swept.run = runs.begin(
                connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor
            )
    if swept.run is None:
        _refuse(connection, site, swept, confirmed)
        return
    throttle = Throttle(limits)
    try:
        _carry_out(connection, site, schedule, swept, plan, budget, began, chunk_size, last_read, throttle, progress)
    finally:
        swept.waited = throttle.waited


def _previews(connection: Connection, site: Site, swept: Swept) -> bool:
    """Whether this run may only preview: nobody confirmed the rules, or its instant lies ahead.

    Nothing is written then but the refusal: a try-out must leave no first sight of an instant that never was. With
    nothing to do there is nothing to confirm; the confirmation waits for the first real plan.
    """
    with connection.begin():
        stops = [brake for brake in (brakes.ahead(site), brakes.unconfirmed(site, connection)) if brake]
        sizes = site.host.counts(connection)
        swept.refused = dict(site.drift(connection).refused)
    if not stops:
        return False
    for decision in decisions(site):
        swept.planned.add(decision, site.now)
    swept.kept = Counter(swept.planned.kept)
    swept.remaining = sum(sum(counts.values()) for counts in swept.planned.acts.values())
    if swept.remaining:
        with connection.begin():
            swept.brakes = [*stops, *brakes.breaker(site, connection, swept.planned, sizes)]
        swept.stopped = stops[0].code
        swept.kept["unconfirmed"] += swept.remaining
        _refuse(connection, site, swept, confirmed=False)
        return True
    is_ahead = site.now > site.machine_now
    swept.planned, swept.kept = Tally(), swept.kept if is_ahead else Counter()
    return is_ahead


def _plan(
    connection: Connection, site: Site, schedule: Schedule, swept: Swept, last_read: dt.datetime | None
) -> dict[Ref, str]:
    """What acts now, decided before the first act: what this run sets free is due in the next one."""
    planned: dict[Ref, str] = {}
    with connection.begin():
        for kind in RECORDS:
            due = sorted(lifecycle.to_look_at(connection, kind, site.now))
            for start in range(0, len(due), CLIENTS_AT_ONCE):
                ids = due[start : start + CLIENTS_AT_ONCE]
                owners = site.host.owners(connection, kind, ids)
                wanted = frozenset((kind, number) for number in owners)
                clients = sorted(set(owners.values()))
                readings = read(connection, site.host, schedule, clients, site.now, last_read, only=wanted)
                for reading in readings:
                    for ref, decision in reading.decisions.items():
                        swept.planned.add(decision, site.now)
                        if decision.acts:
                            planned[ref] = decision.action
    return planned


def _carry_out(
    connection: Connection, site: Site, schedule: Schedule, swept: Swept, plan: dict[Ref, str], budget: Budget,
    began: float, chunk_size: int, last_read: dt.datetime | None, throttle: Throttle,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    attempts = Attempts(connection, site, schedule, swept.run or 0, last_read, swept.failures)
    queue = _queue(connection, site, swept, plan)
    swept.remaining = left = len(queue)
    gone: set[Ref] = set()
    for chunk in _chunks(queue, chunk_size, budget.records):
        swept.stopped = _out_of_time(budget, began) or throttle.rest(connection)
        connection.rollback()
        if swept.stopped:
            break
        # What went along with a record of this run is done; what somebody else took away meanwhile is already-gone.
        still = {ref: action for ref, action in chunk.items() if ref not in gone}
        if still:
            outcome, undone = attempts.carry_out(still)
            for decision in outcome.done:
                swept.done.setdefault(decision.action, Counter())[decision.record.kind.value] += 1
            swept.kept.update(outcome.kept)
            swept.rows.update(outcome.rows)
            gone |= outcome.gone
            left += undone
            erased = [decision.record.ref for decision in outcome.done if decision.action == Effect.DELETE]
            swept.warnings += site.plugins.erased(erased, swept.run or 0)
        left -= len(chunk)
        swept.remaining = left
        swept.stopped = attempts.stopped
        progress(len(queue) - left, len(queue))
        if swept.stopped:
            break
    else:
        if left:
            swept.stopped = "limit"


def _queue(connection: Connection, site: Site, swept: Swept, plan: dict[Ref, str]) -> dict[Ref, str]:
    """The plan in the order of a sweep; what an earlier run could not handle waits its day, then comes last."""
    with connection.begin():
        noted = failed(connection)
        waiting = {ref: until for ref, until in noted.items() if ref in plan}
        if waiting != noted:
            write_failed(connection, waiting)
    today = {ref for ref, until in waiting.items() if until > site.now}
    swept.kept.update({"failed": len(today)} if today else {})
    order = {kind: place for place, kind in enumerate(RECORDS)}
    due = sorted(plan.keys() - today, key=lambda ref: (ref in waiting, order[ref[0]], ref[1]))
    return {ref: plan[ref] for ref in due}


def _chunks(queue: dict[Ref, str], size: int, limit: int | None) -> Iterator[dict[Ref, str]]:
    """The first of the queue up to the limit, in pieces of one kind, in the order of a sweep, each by id."""
    chosen = list(queue.items())[:limit]
    for kind in RECORDS:
        mine = sorted((ref, action) for ref, action in chosen if ref[0] is kind)
        for start in range(0, len(mine), max(size, 1)):
            yield dict(mine[start : start + max(size, 1)])


def _out_of_time(budget: Budget, began: float) -> str | None:
    return "max-seconds" if budget.seconds is not None and time.monotonic() - began >= budget.seconds else None


def _with(connection: Connection, ask: Callable[[], brakes.Brake | None]) -> brakes.Brake | None:
    with connection.begin():
        return ask()


def _refuse(connection: Connection, site: Site, swept: Swept, confirmed: bool) -> None:
    """A refused run leaves a record too: a refusal that nobody sees is a schedule that stands still."""
    with connection.begin():
        swept.run = runs.begin(connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor)
        runs.finish(connection, swept.run, runs.REFUSED, swept.as_json(), swept.stopped, site.machine_now)


def _heartbeat(site: Site, connection: Connection) -> tuple[str, str]:
    """Where the message goes and with which secret, read first: at the end the database may be gone."""
    with connection.begin():
        return str(site.setting(connection, "heartbeat.url")), str(site.setting(connection, "heartbeat.secret"))


def _close(connection: Connection, site: Site, swept: Swept, outcome: str, confirmed: bool) -> None:
    """Finish the run record, whatever happened; a run that failed before it had one gets it now."""
    connection.rollback()
    if outcome == runs.REFUSED:
        return  # written as it was refused
    with connection.begin():
        if swept.run is None:
            swept.run = runs.begin(connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor)
        ended = dt.datetime.now(dt.UTC) if site.is_machine_clock else site.machine_now
        runs.finish(connection, swept.run, outcome, swept.as_json(), swept.stopped, ended)
    failed_to_note = note_run(site, swept.run)
    swept.warnings += [failed_to_note] if failed_to_note else []
