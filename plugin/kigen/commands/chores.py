"""What `kigen run` does by itself, as a table: how often, and what; one that fails is told and tried again later."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kigen.errors import Problem, one_sentence
from kigen.ledger import inbox, keys, once, settings
from kigen.ledger.evidence_verify import verify
from kigen.policy.periods import to_local
from kigen.policy.serving import NIGHTLY, SECONDS
from kigen.work.export import asked
from kigen.work.export.make import TooMany
from kigen.work.intake import run_intake
from kigen.work.lease import AnotherRunner, lease
from kigen.work.mail import NotSetUp, send
from kigen.work.site import Site
from kigen.work.sweep import Budget, sweep

_log = logging.getLogger("kigen.run")

DAY = dt.timedelta(days=1)
AGAIN = dt.timedelta(minutes=10)
"""After this time a chore that failed is tried again."""

BUSY = dt.timedelta(minutes=1)
"""The same where another process of kigen's is at work."""

MAILS, MAIL_SECONDS = 10, 60.0
"""Messages that leave in one turn, and for how long: the other chores wait as long as the mail server takes."""


@dataclass(frozen=True, slots=True)
class Chore:
    """One chore. `every` of a day or more: at night, once in so many days, whenever the process was started."""

    name: str
    every: dt.timedelta
    does: Callable[[Site], None]

    @property
    def is_nightly(self) -> bool:
        return self.every >= DAY


def take_in(site: Site) -> None:
    """Hand to the hooks what waits in the inbox."""
    with site.reading() as connection:
        if not inbox.count(connection, inbox.PENDING, site.machine_now):
            return
    with lease(site):
        run_intake(site)


def answer_bundles(site: Site) -> None:
    """Make the bundles that clients asked for and did not get, because the process ended or something failed."""
    failed: list[Exception] = []
    for one in asked.unanswered(site):
        try:
            asked.answer(site, one.number, site.language)
        except (AnotherRunner, TooMany):
            continue  # it is being made at this moment, or was tried often enough today
        except Exception as error:
            failed.append(error)
    if failed:  # only now: one client's trouble is none of the others'
        raise failed[0]


def send_mail(site: Site) -> None:
    """Send what waits for clients, where mail is set up; what goes wrong with it, `doctor` tells."""
    with suppress(NotSetUp):
        mailed = send(site, MAILS, seconds=MAIL_SECONDS)
        for sentence in mailed.sentences:
            _log.warning("mail: %s", sentence)
        if mailed.down is not None:  # not at every turn: a server that lets everybody wait would hold up all chores
            raise Problem(f"mail does not leave: {mailed.down}")


def carry_out(site: Site) -> None:
    """The night's run; the brakes hold as ever, and what they say waits for a person."""
    with site.reading() as connection:
        seconds = float(str(site.setting(connection, SECONDS)))
    swept = sweep(site, budget=Budget(seconds=seconds))
    for brake in swept.brakes:
        _log.warning("sweep: %s", brake.text)
    for text in (*swept.failures, *swept.warnings, *swept.refused.values()):
        _log.warning("sweep: %s", text)
    _log.info("sweep: run %s, %d records, %s", swept.run, swept.acted, swept.outcome)


def follow_chain(site: Site) -> None:
    """Follow the chain of evidence; what is wrong with it is told, and `doctor` tells more."""
    with site.reading() as connection:
        found = verify(connection, keys.public(site.state_dir))
    if not found.ok:
        _log.error("the evidence does not hold together: 'kigen evidence verify' says where")


def forget(site: Site) -> None:
    """Let go of one-time values that have ended."""
    with site.transaction() as connection:
        once.forget(connection, site.machine_now)


CHORES: tuple[Chore, ...] = (
    Chore("intake", dt.timedelta(seconds=1), take_in),
    Chore("bundles", dt.timedelta(minutes=1), answer_bundles),
    Chore("mail", dt.timedelta(seconds=10), send_mail),
    Chore("sweep", DAY, carry_out),
    Chore("evidence", 7 * DAY, follow_chain),
    Chore("forget", dt.timedelta(hours=1), forget),
)
"""All chores, in the order in which they are done where several are due at once."""


@dataclass
class Rota:
    """When each chore is next; what is done at night is noted in the database, so that a restart does nothing twice."""

    chores: tuple[Chore, ...] = CHORES
    _next: dict[str, dt.datetime] = field(default_factory=dict)

    def turn(self, site: Site) -> list[str]:
        """Do whatever is due at the site's instant; the names of what was done."""
        return [chore.name for chore in self.chores if self._is_due(site, chore) and self._do(site, chore)]

    def _do(self, site: Site, chore: Chore) -> bool:
        self._next[chore.name] = site.now + AGAIN
        try:
            chore.does(site)
            if chore.is_nightly:
                with site.transaction() as connection:
                    settings.write_note(connection, _note(chore), _today(site).isoformat())
        except AnotherRunner:
            self._next[chore.name] = site.now + BUSY
            return False
        except Exception as error:
            _log.error("%s failed and is tried again later: %s", chore.name, one_sentence(error))
            return False
        self._next[chore.name] = site.now + min(chore.every, AGAIN)
        return True

    def _is_due(self, site: Site, chore: Chore) -> bool:
        after = self._next.get(chore.name)
        if after is not None and site.now < after <= site.now + DAY:  # a clock that was put back must not stop it
            return False
        if not chore.is_nightly:
            return True
        try:
            with site.reading() as connection:
                return _is_night_for(site, connection, chore)
        except Exception as error:
            self._next[chore.name] = site.now + BUSY
            _log.error("%s cannot begin: %s", chore.name, one_sentence(error))
            return False


def _is_night_for(site: Site, connection: Connection, chore: Chore) -> bool:
    """Whether its time of the day has come, and it was not done within as many days as it waits."""
    begins = site.setting(connection, NIGHTLY)
    if not isinstance(begins, dt.time) or to_local(site.now, site.zone).time() < begins:
        return False
    noted = settings.note(connection, _note(chore))
    return noted is None or abs(_today(site) - dt.date.fromisoformat(noted)) >= chore.every


def _today(site: Site) -> dt.date:
    return to_local(site.now, site.zone).date()


def _note(chore: Chore) -> str:
    return f"run.{chore.name}"
