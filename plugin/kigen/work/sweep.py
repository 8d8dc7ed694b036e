"""The nightly run: intake, reconcile, a plan from the due index, the brakes, then the acts chunk by chunk."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.ledger import ranges, runs
from kigen.ledger.ranges import Range
from kigen.work import asked, brakes, letting_go, proof
from kigen.work.attempt import hear
from kigen.work.basis import what_was_confirmed
from kigen.work.begun import finish_orders
from kigen.work.ending import let_copies_go, tidy
from kigen.work.heartbeat import send
from kigen.work.lease import lease, turn
from kigen.work.look import look_at_what_came_due
from kigen.work.opening import before_all_else
from kigen.work.plan import Tally, decisions, permitted
from kigen.work.reconcile import reconcile
from kigen.work.restored import is_restored, note_run, noted_run
from kigen.work.set_aside import waiting
from kigen.work.share import NO_BUDGET, Budget, Share
from kigen.work.sharing import give_back, planned, take
from kigen.work.site import Site
from kigen.work.stamping import stamp
from kigen.work.stops import FAILED, INTERRUPTED, stop
from kigen.work.swept import Swept
from kigen.work.throttle import Throttle, limits_of

__all__ = ["Budget", "sweep"]

WORKERS_SECONDS = 30.0  # for workers to end their chunks once the run is to stop
WAIT_SECONDS = 0.2  # between two looks at what workers are still at


def sweep(
    site: Site,
    confirmed: bool = False,
    budget: Budget = NO_BUDGET,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Swept:
    """Carry out the schedule at the site's instant. Raises AnotherRunner where one works already.

    A database that fails mid-way raises its error after the open transaction has been taken back; what was committed
    stays, and the next run goes on from there.
    """
    began = time.monotonic()
    swept = Swept(stated=_stated(site))
    with lease(site) as connection:
        address = _heartbeat(site, connection)
        try:
            brake = before_all_else(connection, site, swept.warnings)
            if brake:
                swept.brakes.append(brake)
                swept.stop = brake.as_stop()
                _refuse(connection, site, swept, confirmed)
            else:
                _run(connection, site, swept, confirmed, budget, began, progress)
        except BaseException as error:
            is_asked_for = isinstance(error, KeyboardInterrupt)
            swept.stop = stop(INTERRUPTED) if is_asked_for else stop(FAILED, error=type(error).__name__)
            raise
        finally:
            swept.seconds = time.monotonic() - began
            outcome = swept.outcome
            # A database that was lost cannot be told; the loss is the error, and the next run marks this one as died.
            with suppress(DBAPIError) if outcome == runs.FAILED or swept.stopped == INTERRUPTED else nullcontext():
                _close(connection, site, swept, outcome, confirmed)
            if address[0]:
                of = {"outcome": outcome, "host": site.host.name, "at": site.machine_now.isoformat()}
                arrived = send(*address, {**swept.as_json(), **of}, dt.datetime.now(dt.UTC))
                swept.warnings += [arrived] if arrived else []
    swept.warnings += stamp(site)
    return swept


def _stated(site: Site) -> dict[str, str] | None:
    if not site.is_time_stated or site.is_machine_clock:
        return None
    return {"at": site.now.isoformat(), "lies": "past" if site.now < site.machine_now else "ahead"}


def _run(
    connection: Connection, site: Site, swept: Swept, confirmed: bool, budget: Budget, began: float,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    with turn(connection, site, "intake"):  # a worker of a run that died may still be hearing
        hear(site)
    if confirmed or brakes.ahead(site) is None:
        let_copies_go(connection, site, swept)
    if not confirmed and _previews(connection, site, swept):
        return
    swept.reconciled = reconcile(site, scan=False)
    with connection.begin():
        schedule = permitted(site, connection, site.schedule(connection))
        limits = limits_of(site, connection)
        # Both of the settings by which this schedule was read, whatever is changed later.
        basis = what_was_confirmed(site, connection)
        missing = None if confirmed else brakes.unconfirmed(site, connection)
    look_at_what_came_due(connection, site, schedule, swept.reconciled)
    with connection.begin():
        asked.tell(connection, site)
    swept.refused, swept.kept = dict(swept.reconciled.refused), Counter(swept.reconciled.kept)
    with connection.begin():
        today, last = waiting(connection, site)
        swept.planned, pieces = planned(connection, schedule, site.now)
        swept.remaining = sum(records for _, _, records in pieces)
        sizes = site.host.counts(connection) if pieces else {}
        swept.brakes = brakes.breaker(site, connection, swept.planned, sizes)
        # Where the preview found nothing, what came since is the first real plan, and nobody has confirmed that.
        if pieces and missing:
            swept.brakes.insert(0, missing)
        if other := brakes.other_plan(swept.planned, budget.figures):
            swept.brakes.insert(0, other)
        if swept.brakes and (other or not confirmed):
            swept.stop = swept.brakes[0].as_stop()
            swept.kept["unconfirmed"] += swept.remaining
        else:
            if confirmed:
                brakes.confirm(connection, basis)
            elif is_restored(site, connection):  # a quiet night must not lift what a person is to look at
                brakes.take_back_confirmation(connection)
            swept.run = runs.begin(
                connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor, noted_run(site)
            )
            laid_out = [Range(swept.run, number, *piece) for number, piece in enumerate(pieces)]
            # A bound on records is one process's to keep: its pieces are not laid out for workers.
            alone = laid_out if budget.records is not None else []
            ranges.publish(connection, [] if alone else laid_out)
    if swept.run is None:
        _refuse(connection, site, swept, confirmed)
        return
    note_run(site, connection, swept.run)  # already now: a restore must be seen after a run that was killed too
    swept.kept.update({"failed": len(today)} if today else {})
    swept.remaining -= len(today)
    total = swept.remaining
    share = Share(
        connection, site, schedule, swept.run, swept, Throttle(limits), budget, began, today, last,
        progress=lambda done: progress(done, total),
    )  # fmt: skip
    is_done = False
    try:
        finish_orders(share)
        letting_go.empty(share)
        _carry_out(share, alone)
        is_done = swept.stop is None
        tidy(connection, site, schedule, swept)
    finally:
        share.throttle.close()
        # Records that went along with others were planned and never had to be looked at.
        swept.remaining = max(0, total - swept.looked_at) if not is_done else 0


def _carry_out(share: Share, alone: Sequence[Range]) -> None:
    """Do piece after piece; pieces that workers are at are waited for, and those that a dead worker left done here.

    Where this process has to stop, so has the run: workers see it before their next chunk.
    """
    for piece in alone:
        if share.swept.stop is None:
            share.do(piece)
    mine: set[int] = set()
    left = WORKERS_SECONDS
    while not alone:
        if share.swept.stop is not None:
            with share.connection.begin():
                runs.stop(share.connection, share.run, share.swept.stop.code)
        taken = take(share.connection, share.site, share.run)
        if taken is None:
            with share.connection.begin():
                if not ranges.undone(share.connection, share.run):
                    break
            if share.swept.stop is None:
                share.swept.stop = share.is_told_to_stop()
            left -= WAIT_SECONDS if share.swept.stop is not None else 0.0
            if left < 0:  # a worker that hangs must not keep the run, and its lease, for ever
                share.swept.warnings.append("a worker did not give back its clients; its acts tell what it did")
                break
            time.sleep(WAIT_SECONDS)
            continue
        mine.add(taken.number)
        if share.swept.stop is None:
            share.do(taken)
        else:
            with share.connection.begin():
                ranges.withdraw(share.connection, taken)
        give_back(share.connection, share.site, taken)
    with share.connection.begin():
        told = ranges.told(share.connection, share.run)
    for number, part in told.items():
        if number not in mine:
            share.swept.hear(part)


def _previews(connection: Connection, site: Site, swept: Swept) -> bool:
    """Whether this run may only preview: nobody confirmed the rules, or its instant lies ahead.

    Nothing is written then but the refusal: a try-out must leave no first sight of an instant that never was. With
    nothing to do there is nothing to confirm; the confirmation waits for the first real plan.
    """
    with connection.begin():
        stops = [brake for brake in (brakes.ahead(site), brakes.unconfirmed(site, connection)) if brake]
        swept.refused = dict(site.drift(connection).refused)
    if not stops:
        return False
    for decision in decisions(site):
        swept.planned.add(decision, site.now)
    swept.kept = Counter(swept.planned.kept)
    swept.remaining = sum(sum(counts.values()) for counts in swept.planned.acts.values())
    if swept.remaining:
        with connection.begin():
            sizes = site.host.counts(connection)
            swept.brakes = [*stops, *brakes.breaker(site, connection, swept.planned, sizes)]
        swept.stop = stops[0].as_stop()
        swept.kept["unconfirmed"] += swept.remaining
        _refuse(connection, site, swept, confirmed=False)
        return True
    is_ahead = site.now > site.machine_now
    swept.planned, swept.kept = Tally(), swept.kept if is_ahead else Counter()
    return is_ahead


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
    was_lost = connection.invalidated
    connection.rollback()
    # A refusal is written as it is refused. And with a lost connection the lease is gone: a run that has no record yet
    # must not begin one, which would mark somebody else's as died.
    if outcome == runs.REFUSED or (was_lost and swept.run is None):
        return
    ended = dt.datetime.now(dt.UTC) if site.is_machine_clock else site.machine_now
    unsigned = proof.sign(site, connection, ended)
    swept.warnings += [unsigned] if unsigned and unsigned not in swept.warnings else []
    with connection.begin():
        if swept.run is None:
            swept.run = runs.begin(connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor)
        runs.finish(connection, swept.run, outcome, swept.as_json(), swept.stopped, ended)
    failed_to_note = note_run(site, connection, swept.run)
    swept.warnings += [failed_to_note] if failed_to_note else []
