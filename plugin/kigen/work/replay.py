"""After a restore: what evidence says is gone and is there again goes once more, through the one gate.

The entries that only the ledger file has come into the database first, in one transaction with the note that a replay
has begun; until it has ended nothing else acts. Whatever kills it, the next replay goes on.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from kigen.ledger import evidence_read, ledger_file, ledger_standing, letting_go, quarantine, runs, tombstones
from kigen.ledger.chain import Told
from kigen.ledger.evidence_verify import Bad
from kigen.ledger.ledger_standing import State, standing
from kigen.policy.records import RECORDS, Kind, Ref
from kigen.policy.schedule import ON_REQUEST, Effect, Schedule, asked_by
from kigen.work import brakes, proof, staying
from kigen.work.again import Again
from kigen.work.attempt import Attempts
from kigen.work.counting import raise_counters
from kigen.work.destroying import pay
from kigen.work.held_copies import take
from kigen.work.lease import lease
from kigen.work.pace import pace_of
from kigen.work.plan import permitted
from kigen.work.replayed import Replayed
from kigen.work.restored import Pending, is_restored, lost, note_pending, note_run, note_stayed, noted_run, pending
from kigen.work.returned import what_came_back
from kigen.work.share import held_by_file, told_by_file
from kigen.work.site import Site
from kigen.work.stamping import stamp
from kigen.work.stops import FAILED, stop
from kigen.work.throttle import Throttle, limits_of, whole


def replay(
    site: Site, confirmed: bool = False, dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Replayed:  # fmt: skip
    """Do again what a restore undid; with `dry_run` only tell. Raises AnotherRunner, and ValueError without the key."""
    began = time.monotonic()
    found = Replayed(until=site.now)
    if site.fingerprint_key is None:
        raise ValueError(
            f"{site.state_dir} has no digest.key, without which no record can be known again;"
            " restore it with 'kigen keys restore'"
        )
    with lease(site) as connection:
        brake = None if dry_run else held_by_file(site)
        brake = brake or _brake(connection, site, confirmed or dry_run)
        if brake is None:
            try:
                _begin(connection, site, found, dry_run)
            except Bad as bad:
                brake = brakes.unusable(site, f"{bad.problem[0].upper()}{bad.problem[1:]}.")
        if brake is None and not dry_run:
            brake = raise_counters(connection, site)
        if brake:
            found.swept.brakes, found.swept.stop = [brake], brake.as_stop()
        elif not dry_run:
            _carry_out(connection, site, found, confirmed, began, progress)
        found.swept.seconds = time.monotonic() - began
    found.swept.warnings += [] if dry_run else stamp(site)
    return found


def _brake(connection: Connection, site: Site, confirmed: bool) -> brakes.Brake | None:
    """What stops a replay: a file that nobody can trust, or an instant that lies ahead."""
    with connection.begin():
        brake = brakes.other_database(site, connection)
    if brake and brake.code != "restored":
        return brake
    return None if confirmed else brakes.ahead(site)


def _begin(connection: Connection, site: Site, found: Replayed, dry_run: bool) -> None:
    """Give the database back what only the file has, then look what is there; Bad where the file is not sound."""
    with connection.begin():
        stands = standing(site.state_dir, connection)
        found.begun, found.lost = pending(connection), lost(site, connection, stands)
        if stands.state is State.FILE_AHEAD:
            last = evidence_read.one(connection, stands.database) if stands.database else None
            found.begun = found.begun or Pending(stands.database, last.entry.at if last else None, stands.file)
            if not dry_run:
                note_pending(connection, found.begun)
                found.put_back = ledger_standing.put_back(site.state_dir, connection)
    if stands.torn is not None and not dry_run:
        ledger_file.set_torn_aside(site.state_dir)
    with connection.begin():
        is_ahead = dry_run and stands.state is State.FILE_AHEAD
        told = _of_file(site) if is_ahead else evidence_read.told(connection)
        nothing = max(stands.file, stands.database)
        missing = (found.begun.since, found.begun.until) if found.begun else (nothing, nothing)
        destroyed: dict[Ref, dt.datetime] = {}
        noting = _noting_ended(told, missing[0], destroyed)
        found.returned = what_came_back(connection, site, noting, missing)
        if not dry_run:  # copies that the backup has still, of people who asked for their end
            there = quarantine.of_records(connection, site.host.name, destroyed)
            gone, _ = take(connection, site, there, ON_REQUEST, destroyed)
            found.swept.rows.update({"quarantine": gone} if gone else {})
        found.swept.refused = dict(site.drift(connection).refused)
    if not dry_run and (paid := pay(connection, site)):
        found.swept.rows.update({"quarantine": paid})


def _of_file(site: Site) -> Iterator[Told]:
    return (one for one in ledger_standing.entries(site.state_dir) if isinstance(one, Told))


def _noting_ended(told: Iterator[Told], since: int, ended: dict[Ref, dt.datetime]) -> Iterator[Told]:
    """Note of what was lost which records somebody asked to be gone, and whose copies went for that reason."""
    for one in told:
        if one.entry.seq > since and tombstones.is_asked(one.entry.action, one.entry.rule):
            ended |= {ref: stone.at for ref, stone in tombstones.of(one)}
        yield one


def _carry_out(
    connection: Connection, site: Site, found: Replayed, confirmed: bool, began: float,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    swept, acts = found.swept, found.returned.acts
    found.left = sorted(
        ref for ref, act in acts.items()
        if act.action == Effect.DELETE and (ref[0] not in RECORDS or asked_by(act.rule) in swept.refused)
    )  # fmt: skip
    with connection.begin():
        found.is_restored = found.begun is not None or found.lost is not None or is_restored(site, connection)
    if not acts and not found.is_restored:
        return
    with connection.begin():
        above = max(noted_run(site), evidence_read.latest_run(connection))
        swept.run = runs.begin(
            connection, site.machine_now, site.now, site.is_machine_clock, confirmed, site.actor, above
        )
        schedule = permitted(site, connection, site.schedule(connection))
        letting_go.note(connection, found.returned.emptied)  # the next sweep empties these again
    # What went along with a record that nobody can tell from another stays with it, until a person has looked.
    again = Again(acts, found.returned.prints, failed=staying.owners_of(connection, site, found.returned.unknown))
    try:
        _act(connection, site, schedule, found, again, progress)
    except BaseException as error:
        swept.stop = stop(FAILED, error=type(error).__name__)
        raise
    finally:
        swept.seconds = time.monotonic() - began
        found.kept = {ref: one for ref, one in again.kept.items() if acts[ref].action != Effect.ARCHIVE}
        if not connection.invalidated:
            connection.rollback()
            found.left = staying.left(connection, site, found.left, again)
            found.stayed = staying.stayed(connection, site, found, again)
            _close(connection, site, found)


def _act(
    connection: Connection, site: Site, schedule: Schedule, found: Replayed, again: Again,
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    swept, run, left = found.swept, found.swept.run or 0, frozenset(found.left)
    attempts = Attempts(connection, site, schedule, run, swept.failures, swept.warnings, again)
    with connection.begin():
        throttle = Throttle(limits_of(site, connection))
        most, held = (whole(site, connection, name) for name in ("sweep.chunk", "sweep.hold_ms"))
    attempts.is_over = lambda: told_by_file(site)
    try:
        for kind in RECORDS:
            waiting = sorted(number for one, number in again.acts if one is kind and (kind, number) not in left)
            pace = pace_of(kind, most, held)
            while waiting and swept.stop is None:
                size = pace.next()
                chunk, waiting = waiting[:size], waiting[size:]
                planned = _still_there(connection, site, kind, chunk, again)
                if planned:
                    swept.stop = throttle.rest(connection, swept.gauges, lambda: None)
                    outcome, undone = attempts.carry_out(kind, planned)
                    again.failed.update(staying.owners_of(connection, site, attempts.aside))
                    pace.took(len(chunk), attempts.held)
                    swept.count(outcome)
                    swept.warnings += site.plugins.erased(outcome.done.get(Effect.DELETE, []), run)
                    swept.looked_at += len(planned) - undone
                swept.stop = swept.stop or attempts.stop
                swept.stop = swept.stop or told_by_file(site)
                progress(swept.looked_at, len(again.acts))
    finally:
        throttle.close()


def _still_there(
    connection: Connection, site: Site, kind: Kind, numbers: list[int], again: Again
) -> dict[int, str]:  # fmt: skip
    """By id what is to be done: without what has gone along with another record, and what stays along with one."""
    with connection.begin():
        owners = site.host.owners(connection, kind, numbers)
    acts = {number: again.acts[kind, number] for number in numbers if number in owners}
    return {
        number: act.action for number, act in acts.items()
        if not staying.stays_along(kind, owners[number], act, again)
        # What of an anonymised client was masked is masked with its client.
        and (act.action != Effect.ANONYMISE or kind is Kind.CLIENT)
    }  # fmt: skip


def _close(connection: Connection, site: Site, found: Replayed) -> None:
    """The run record; and where all was done, normal work may begin, which asks for a confirmation first."""
    swept = found.swept
    ended = dt.datetime.now(dt.UTC) if site.is_machine_clock else site.machine_now
    unsigned = proof.sign(site, connection, ended)
    swept.warnings += [unsigned] if unsigned else []
    with connection.begin():
        outcome = runs.DONE if swept.stop is None else runs.FAILED if swept.stop.code == FAILED else runs.STOPPED
        runs.finish(connection, swept.run or 0, outcome, found.as_record(), swept.stopped, ended)
        if swept.stop is None and not swept.failures:
            note_pending(connection, None)
            note_stayed(connection, found.stayed)
            if found.is_restored:
                brakes.take_back_confirmation(connection)
    problem = note_run(site, connection, swept.run or 0)
    swept.warnings += [problem] if problem else []
