"""`kigen doctor`: all that a person should look at, from the configuration to the oldest record that is overdue."""

from __future__ import annotations

import stat
from collections.abc import Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.doctor_anonymised import look_at_anonymised
from kigen.commands.doctor_backups import look_at_backups
from kigen.commands.doctor_blocked import look_for_the_blocked
from kigen.commands.doctor_bridge import look_at_bridge
from kigen.commands.doctor_consents import look_at_marks
from kigen.commands.doctor_database import look_at_database
from kigen.commands.doctor_evidence import look_at_evidence, look_for_the_erased
from kigen.commands.doctor_gate import look_at_erasures
from kigen.commands.doctor_keys import look_at_keys
from kigen.commands.doctor_ledger import look_at_ledger
from kigen.commands.doctor_mail import look_at_mail
from kigen.commands.doctor_records import look_at_records
from kigen.commands.doctor_requests import look_at_requests
from kigen.commands.doctor_server import look_at_server
from kigen.commands.doctor_stamps import look_at_stamps
from kigen.commands.doctor_web import look_at_web
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
from kigen.commands.findings import found as told
from kigen.commands.options import command
from kigen.commands.words import headings
from kigen.errors import Problem, Status, one_sentence, status_of
from kigen.work.site import Site

READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


@command("doctor")
@click.option("--quick", is_flag=True, help="Leave out what needs a look at every record.")
def doctor(call: Call, quick: bool) -> Status:
    """Look for everything that needs a person: configuration, grants, drift, late runs, what stands still."""
    found: list[Finding] = []
    status, language = Status.DONE, call.lang or "en"
    try:
        for finding in _look(call, quick):
            found.append(finding)
        language = call.site().language
    except (Problem, ValueError, SQLAlchemyError) as error:
        status = status_of(error)
        code = {Status.UNREACHABLE: "unreachable", Status.WRONG_USE: "not-set-up"}.get(status, "failed")
        found.append(Finding(ERROR, code, one_sentence(error, call.database)))
    if call.is_json:
        show.as_json({"findings": [one.as_json(language) for one in found]})
    else:
        _show(found, language)
    if status is not Status.DONE:
        return status
    return Status.FINDINGS if any(one.level in (ERROR, WARNING) for one in found) else Status.DONE


def _look(call: Call, quick: bool) -> Iterator[Finding]:
    yield from _look_at_configuration(call)
    engine = call.engine.execution_options(kigen_read_only=True)
    with engine.connect() as connection:
        connection.rollback()
    yield told(NOTE, "database", database=call.database)
    with show.progress("looking" if quick else "looking at every record"):
        yield from look_at_site(call.site(), quick)


def look_at_site(site: Site, is_quick: bool) -> Iterator[Finding]:
    """What an installation has for a person; `is_quick`: without a look at every record."""
    yield from look_at_database(site)
    yield from look_at_server(site)
    yield from look_at_bridge(site)
    yield from look_at_ledger(site)
    yield from look_at_evidence(site, is_quick)
    yield from look_at_stamps(site)
    yield from look_at_requests(site)
    yield from look_at_mail(site)
    yield from look_at_keys(site)
    yield from look_at_backups(site)
    yield from look_at_erasures(site)
    yield from look_at_web(site)
    if not is_quick:
        yield from look_at_marks(site)
        yield from look_at_records(site)
        yield from look_for_the_erased(site)
        yield from look_for_the_blocked(site)
        yield from look_at_anonymised(site)


def _look_at_configuration(call: Call) -> Iterator[Finding]:
    config = call.configuration
    zones = {"zone": config.zone, "host_zone": config.host_zone}
    yield told(NOTE, "config", path=config.path, host=config.host, **zones)
    if config.url.password and config.path.stat().st_mode & READABLE_BY_OTHERS:
        yield told(WARNING, "config-readable", path=config.path)
    yield told(NOTE, "plugins", names=", ".join(call.plugins.names()))


def _show(found: list[Finding], language: str) -> None:
    order = {ERROR: 0, WARNING: 1, NOTE: 2}
    rows = [(one.level, one.code, one.said(language)) for one in sorted(found, key=lambda one: order.get(one.level, 1))]
    show.table(("Level", "Code", "What"), rows, headings(language, "Findings")[0], language)
