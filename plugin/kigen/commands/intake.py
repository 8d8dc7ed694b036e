"""`kigen intake`: hands the inbox to the hooks, once or until it is told to stop."""

from __future__ import annotations

import dataclasses
import datetime as dt
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.errors import Refused, Status
from kigen.ledger import inbox
from kigen.work.intake import Intake, run_intake
from kigen.work.lease import AnotherRunner, lease
from kigen.work.site import Site

EVERY_SECONDS = 1.0


@command("intake")
@click.option("--follow", is_flag=True, help="Go on as events come, until SIGINT or SIGTERM.")
def intake(call: Call, follow: bool) -> Status:
    """Hand the events in the inbox to the hooks; one that cannot be understood is set aside with the reason."""
    site = call.site()
    if follow:
        done = _follow(site, is_fixed=call.now is not None)
    else:
        try:
            done = _round(site)
        except AnotherRunner as error:
            raise Refused(str(error)) from None
    if call.is_json:
        show.as_json(done.as_json())
    else:
        show.line(f"{done.handled:,} events handled, {done.failed:,} set aside, {done.pending:,} pending.")
        if done.failed:
            show.aside("'kigen doctor' shows why events were set aside")
    return Status.FINDINGS if done.failed else Status.DONE


def _round(site: Site) -> Intake:
    # The lease is asked for only when there is work, so that a follower at rest stands in nobody's way.
    with site.reading() as connection:
        if not inbox.count(connection, inbox.PENDING):
            return Intake(0, 0, 0)
    with lease(site):
        return run_intake(site)


def _follow(site: Site, is_fixed: bool) -> Intake:
    handled = failed = 0
    with _stop() as stop:
        while not stop.is_set():
            now = dt.datetime.now(dt.UTC)
            current = site if is_fixed else dataclasses.replace(site, now=now, machine_now=now)
            try:
                done = _round(current)
                handled, failed = handled + done.handled, failed + done.failed
            except AnotherRunner:
                pass  # a sweep takes the inbox in by itself; the next round sees what is left
            stop.wait(EVERY_SECONDS)
    with site.reading() as connection:
        return Intake(handled, failed, inbox.count(connection, inbox.PENDING))


@contextmanager
def _stop() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set: the round that runs is finished first."""
    stop = threading.Event()
    former = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
