"""What `doctor` says about kigen's own memory: late runs, events set aside, duties to review, open questions."""

from __future__ import annotations

import datetime as dt
import json
import os.path
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, Words, found, words
from kigen.ledger import contracts, due, inbox, runs
from kigen.policy.periods import local_date
from kigen.work import brakes
from kigen.work.lease import is_free
from kigen.work.share import stop_file
from kigen.work.site import Site
from kigen.work.stops import ASKED_FOR, STOP_FILE, stop
from kigen.work.touched import LAST_READ, instant_note

LATE, FAR_TOO_LATE = dt.timedelta(hours=36), dt.timedelta(days=7)
OVERDUE = dt.timedelta(days=7)
SOON = dt.timedelta(days=30)
SHOWN = 5


def look_at_ledger(site: Site) -> Iterator[Finding]:
    """Everything that kigen's own tables tell."""
    with site.reading() as connection:
        yield from _settings(site, connection)
        yield from _runs(site, connection)
        yield from _inbox(connection)
        yield from _overdue(site, connection)
        yield from _duties(site, connection)


def _settings(site: Site, connection: Connection) -> Iterator[Finding]:
    schedule = site.schedule(connection)
    if schedule.floors.fiscal_year_end is None:
        yield found(WARNING, "fiscal-year")
    off = [rule.id for rule in schedule.rules if rule.term is None]
    if off:
        yield found(NOTE, "rules-off", rules=", ".join(off))
    if not site.setting(connection, "heartbeat.url"):
        yield found(NOTE, "heartbeat")
    if brake := brakes.unconfirmed(site, connection):
        yield found(WARNING, "unconfirmed", text=brake.text)
    if os.path.lexists(path := stop_file(site)):
        yield found(WARNING, STOP_FILE, text=stop(STOP_FILE, path=path).text, path=path)


def _runs(site: Site, connection: Connection) -> Iterator[Finding]:
    read = instant_note(connection, LAST_READ)
    yield from _age(site, "reconcile", read)
    last = runs.latest(connection)
    yield from _age(site, "run", last.started_at if last else None)
    if last is None:
        return
    named = {"run": last.id, "at": written(last.started_at, site.zone)}
    told = json.loads(last.counts)
    is_as_told = last.outcome in (runs.DONE, runs.RUNNING) or last.stopped in ASKED_FOR
    if not is_as_told:
        why = f" ({last.stopped})" if last.stopped else ""
        because = told.get("stopped_because")
        text = f": {because['text']}" if because else "."
        yield found(WARNING, f"run-{last.outcome}", "run ended", **named, outcome=last.outcome, why=why, text=text)
    if last.outcome == runs.RUNNING and is_free(connection, site):
        yield found(WARNING, "run-died", **named)
    elif last.outcome == runs.RUNNING:
        yield found(NOTE, "run-running", **named)
    for text in [*told.get("failures", ()), *told.get("warnings", ())][:SHOWN]:
        yield found(WARNING, "run-finding", run=last.id, text=text)


def _age(site: Site, what: str, at: dt.datetime | None) -> Iterator[Finding]:
    if at is None:
        yield found(NOTE, f"{what}-late", f"{what} never")
        return
    age = site.now - at
    if age > LATE:
        level = ERROR if age > FAR_TOO_LATE else WARNING
        yield found(level, f"{what}-late", f"{what} late", at=written(at, site.zone), age=_words(age))


def _inbox(connection: Connection) -> Iterator[Finding]:
    failed = inbox.count(connection, inbox.FAILED)
    if failed:
        yield found(WARNING, "inbox-failed", number=failed)
        for number, name, why in inbox.failures(connection, SHOWN):
            yield found(NOTE, "inbox-failed", "inbox one", event=number, name=name, why=why)
    pending = inbox.count(connection, inbox.PENDING)
    if pending:
        yield found(NOTE, "inbox-pending", number=pending)


def _overdue(site: Site, connection: Connection) -> Iterator[Finding]:
    oldest = due.oldest_overdue(connection, site.now, OVERDUE)
    if oldest is None:
        return
    age = site.now - oldest
    level = WARNING if age > OVERDUE else NOTE
    yield found(level, "overdue", at=written(oldest, site.zone), age=_words(age))


def _duties(site: Site, connection: Connection) -> Iterator[Finding]:
    today = local_date(site.now, site.zone)
    for row in contracts.listed(connection):
        if row.duty is None or row.review is None or row.ended_at is not None:
            continue
        is_one = row.client is not None
        of = words("of client", client=row.client) if is_one else words("of group", group=row.client_group)
        told = {"contract": row.id, "of": of, "day": row.review, "duty": row.duty}
        if row.review <= today:
            yield found(WARNING, "duty", **told)
        elif row.review - today <= SOON:
            yield found(NOTE, "duty-soon", **told)


def _words(age: dt.timedelta) -> Words:
    if age.days >= 2:
        return words("days", number=age.days)
    return words("hours", number=int(age.total_seconds() // 3600))
