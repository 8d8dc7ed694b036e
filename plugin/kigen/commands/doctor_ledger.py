"""What `doctor` says about kigen's own memory: late runs, events set aside, duties to review, open questions."""

from __future__ import annotations

import datetime as dt
import json
import os.path
from collections.abc import Iterator

from sqlalchemy import Connection

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
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
        yield Finding(
            WARNING, "fiscal-year",
            "Nobody has said when the fiscal year ends, so documents are kept for more than ten years;"
            " set floors.fiscal_year_end.",
        )  # fmt: skip
    off = [rule.id for rule in schedule.rules if rule.term is None]
    if off:
        yield Finding(NOTE, "rules-off", f"These rules are off and keep everything: {', '.join(off)}.")
    if not site.setting(connection, "heartbeat.url"):
        yield Finding(NOTE, "heartbeat", "Nobody is told when the nightly run stays away; set heartbeat.url.")
    if brake := brakes.unconfirmed(site, connection):
        yield Finding(WARNING, "unconfirmed", brake.text)
    if os.path.lexists(path := stop_file(site)):
        yield Finding(WARNING, STOP_FILE, stop(STOP_FILE, path=path).text)


def _runs(site: Site, connection: Connection) -> Iterator[Finding]:
    read = instant_note(connection, LAST_READ)
    yield from _age(site, "reconcile-late", "The platform's tables were read last", read, "'kigen reconcile'")
    last = runs.latest(connection)
    yield from _age(site, "run-late", "The last run began", last.started_at if last else None, "'kigen sweep'")
    if last is None:
        return
    named = f"Run {last.id} of {written(last.started_at, site.zone)}"
    told = json.loads(last.counts)
    is_as_told = last.outcome in (runs.DONE, runs.RUNNING) or last.stopped in ASKED_FOR
    if not is_as_told:
        why = f" ({last.stopped})" if last.stopped else ""
        because = told.get("stopped_because")
        text = f": {because['text']}" if because else "."
        yield Finding(WARNING, f"run-{last.outcome}", f"{named} ended as {last.outcome}{why}{text}")
    if last.outcome == runs.RUNNING and is_free(connection, site):
        text = "did not finish: its process or its connection is gone. Nothing half-done remains; the next run goes on."
        yield Finding(WARNING, "run-died", f"{named} {text}")
    elif last.outcome == runs.RUNNING:
        yield Finding(NOTE, "run-running", f"{named} has not finished.")
    for text in [*told.get("failures", ()), *told.get("warnings", ())][:SHOWN]:
        yield Finding(WARNING, "run-finding", f"Run {last.id}: {text}.")


def _age(site: Site, code: str, what: str, at: dt.datetime | None, how: str) -> Iterator[Finding]:
    if at is None:
        yield Finding(NOTE, code, f"{what}: never; expected {how} every night.")
        return
    age = site.now - at
    if age > LATE:
        level = ERROR if age > FAR_TOO_LATE else WARNING
        text = f"{what} on {written(at, site.zone)}, {_words(age)} ago; expected {how} every night."
        yield Finding(level, code, text)


def _inbox(connection: Connection) -> Iterator[Finding]:
    failed = inbox.count(connection, inbox.FAILED)
    if failed:
        yield Finding(WARNING, "inbox-failed", f"{failed:,} events could not be understood and count for nothing.")
        for number, name, why in inbox.failures(connection, SHOWN):
            yield Finding(NOTE, "inbox-failed", f"Event {number} ({name}): {why}.")
    pending = inbox.count(connection, inbox.PENDING)
    if pending:
        yield Finding(NOTE, "inbox-pending", f"{pending:,} events wait in the inbox.")


def _overdue(site: Site, connection: Connection) -> Iterator[Finding]:
    oldest = due.oldest_overdue(connection, site.now)
    if oldest is None:
        return
    age = site.now - oldest
    level = WARNING if age > OVERDUE else NOTE
    text = f"The oldest record that waits to be swept was due on {written(oldest, site.zone)}, {_words(age)} ago."
    yield Finding(level, "overdue", text)


def _duties(site: Site, connection: Connection) -> Iterator[Finding]:
    today = local_date(site.now, site.zone)
    for row in contracts.listed(connection):
        if row.duty is None or row.review is None or row.ended_at is not None:
            continue
        of = f"client {row.client}" if row.client is not None else f"group {row.client_group}"
        told = f"Contract {row.id} with {of}, to review on {row.review}: {row.duty}"
        if row.review <= today:
            yield Finding(WARNING, "duty", f"{told} (end it with 'kigen contract end {row.id}' when it is done).")
        elif row.review - today <= SOON:
            yield Finding(NOTE, "duty-soon", f"{told}.")


def _words(age: dt.timedelta) -> str:
    return f"{age.days} days" if age.days >= 2 else f"{int(age.total_seconds() // 3600)} hours"
