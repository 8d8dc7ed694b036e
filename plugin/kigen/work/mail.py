"""The outbox is sent: each message claimed, looked at once more, handed over, and noted; at most once, whatever dies.

A process that dies between claim and note leaves a message of which nobody knows whether it left. It is not sent again
by itself, for the last message to a person must not come twice and a refusal not either: doctor tells it to a person.
Only a warning that nobody settles is written anew.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import outbox_sending as sending
from kigen.ledger import settings as notes
from kigen.ledger.outbox import DEAD, UNSURE, WARNING
from kigen.policy.mail import next_try
from kigen.policy.mail_settings import CERTIFICATES, PACE, PASSWORD, PORT, RETURN, SECURITY, SERVER, SMTP, USER, WAY
from kigen.work import brakes, mail_words, warning
from kigen.work.lease import lease
from kigen.work.mail_checks import NO_ADDRESS, Going, Stays, before_sending, left, way_gone
from kigen.work.sender import Fate, NotSent, Sender
from kigen.work.site import Site
from kigen.work.smtp import Smtp

AT_ONCE = 200
FAILURE = "mail failed"
"""Under which the ledger notes that the way itself does not work: since when, and why. Blank: it works."""

UNWRITABLE = "unwritable"
AN_HOUR = dt.timedelta(hours=1)
A_WEEK = dt.timedelta(days=7)
"""How long a person has for a warning of which nobody knows whether it left: then it is written anew, for nobody may be
kept for ever by that, and who is told two dates is kept until the later one."""


class NotSetUp(ValueError):
    """Mail is not set up, or not so that it could be sent."""


@dataclass
class Mailed:
    """What a run of the outbox did: messages by state, why those that did not leave stay, and how the way failed."""

    done: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    left_behind: int = 0
    down: str | None = None
    is_let_in: bool = False
    sentences: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "sent": self.done["sent"], "put_off": self.done["put-off"], "given_up": self.done[DEAD],
            "not_needed": self.done["not-needed"], "unsure": self.done[UNSURE] + self.left_behind,
            "why": dict(self.why), "down": self.down,
        }  # fmt: skip


def way_of(site: Site, connection: Connection) -> Sender:
    """The way by which mail leaves, as the settings say it. Raises NotSetUp."""
    if site.setting(connection, WAY) != SMTP:
        raise NotSetUp("mail is not set up: kigen settings set mail.server NAME, then kigen settings set mail.way smtp")
    server, security, user, password, file = (
        str(site.setting(connection, name)) for name in (SERVER, SECURITY, USER, PASSWORD, CERTIFICATES)
    )
    if not server:
        raise NotSetUp("mail.server is blank: kigen settings set mail.server NAME")
    return Smtp(server, int(str(site.setting(connection, PORT))), security, user, password, file)


def send(
    site: Site, limit: int | None = None, way: Sender | None = None, sleep: Callable[[float], None] = time.sleep,
    seconds: float | None = None,
) -> Mailed:  # fmt: skip
    """Send what waits. Raises AnotherRunner, NotSetUp; a way that does not work is told in the answer and noted.

    `seconds` after which no further message is begun; `way` in place of the one of the settings. On a database that
    was put back from a backup nothing is sent: it would bring messages again that had left.
    """
    mailed, began = Mailed(), time.monotonic()
    with lease(site, "mail") as connection:
        with connection.begin():
            brake = brakes.other_database(site, connection) or brakes.evidence_lost(site, connection)
            if brake is not None:
                mailed.down, mailed.sentences = brake.code, [brake.text]
                return mailed
        with connection.begin():
            way = way or way_of(site, connection)
            pace = int(str(site.setting(connection, PACE)))
            mailed.left_behind = sending.left_behind(connection)
            warning.look_again(connection, sending.unsettled(connection, WARNING, site.now - A_WEEK))
        _Round(site, connection, way, mailed, began, 60 / pace if pace else 0.0, sleep, seconds).walk(limit)
        with connection.begin():
            _note_failure(site, connection, mailed)
    return mailed


def arrived(site: Site, connection: Connection, number: int) -> None:
    """A person saw that an unsure message did leave: it counts from when it was handed over. ValueError otherwise."""
    row = sending.get(connection, number)
    if row is None or row.state != UNSURE:
        raise ValueError(f"message {number} is {row.state if row else 'not there'}; expected one that is unsure")
    sending.sent(connection, number, row.claimed_at or site.now, "seen")
    left(site, connection, row)


@dataclass
class _Round:
    """One run over the outbox; the way is opened for the first message that is ready."""

    site: Site
    connection: Connection
    way: Sender
    mailed: Mailed
    began: float
    pause: float
    sleep: Callable[[float], None]
    seconds: float | None = None
    is_open: bool = False
    last: float | None = None

    def walk(self, limit: int | None) -> None:
        after = 0
        try:
            while self.mailed.down is None:
                with self.connection.begin():
                    rows = sending.waiting(self.connection, self.site.now, AT_ONCE, after)
                for row in rows:
                    if self._is_over(limit):
                        return
                    self._one(row)
                    after = row.id
                if not rows:
                    return
        finally:
            if self.is_open:
                self.way.__exit__(None, None, None)

    def _is_over(self, limit: int | None) -> bool:
        is_late = self.seconds is not None and time.monotonic() - self.began > self.seconds
        return self.mailed.down is not None or is_late or (limit is not None and self.mailed.done["sent"] >= limit)

    def _one(self, row: Row[Any]) -> None:
        if not self.is_open:
            try:
                self.way.__enter__()
            except NotSent as failed:
                self._is_down(failed)
                return
            self.is_open = self.mailed.is_let_in = True
        with self.connection.begin():
            going = self._claimed(row)
        if going is None:
            return
        self._wait()
        try:
            answer = self.way.deliver(going.message, going.bounces_to, going.address)
        except NotSent as failed:
            with self.connection.begin():
                self._note(row, failed)
        else:
            with self.connection.begin():
                sending.sent(self.connection, row.id, self._at(), answer)
                left(self.site, self.connection, row)
            self.mailed.done["sent"] += 1

    def _claimed(self, row: Row[Any]) -> Going | None:
        """The mail, claimed; None where it does not go now. All is asked again in the transaction that claims it."""
        try:
            ready = before_sending(self.site, self.connection, row)
            if isinstance(ready, Stays):
                self._end(row, ready)
                return None
            address, language = ready
            sender = mail_words.sender(self.site, self.connection)
            message_id = f"<{row.id}.{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"
            message = mail_words.composed(
                self.site, self.connection, row, address, language, message_id, self._at()
            )  # fmt: skip
            returns = str(self.site.setting(self.connection, RETURN)) or sender
        except ValueError as error:
            sending.put_off(self.connection, row.id, self.site.now + AN_HOUR, UNWRITABLE, "", is_try=False)
            self.mailed.done["put-off"] += 1
            self.mailed.why[UNWRITABLE] += 1
            if str(error) not in self.mailed.sentences:
                self.mailed.sentences.append(str(error))
            return None
        if not sending.claim(self.connection, row.id, message_id, self._at()):
            return None
        return Going(message, returns, address.addr_spec)

    def _end(self, row: Row[Any], stays: Stays) -> None:
        if stays.is_dropped:
            sending.drop(self.connection, row.id)
            warning.look_again(self.connection, [row.client])
        else:
            sending.end(self.connection, row.id, stays.state, stays.why)
            if stays.why == NO_ADDRESS:
                way_gone(self.site, self.connection, row)
        self.mailed.done[stays.state] += 1
        self.mailed.why[stays.why] += 1

    def _note(self, row: Row[Any], failed: NotSent) -> None:
        if failed.fate is Fate.DOWN:
            sending.release(self.connection, row.id)
            self._is_down(failed)
            return
        if failed.fate is Fate.UNSURE:
            sending.end(self.connection, row.id, UNSURE, failed.why, failed.answer)
            self.mailed.done[UNSURE] += 1
        else:
            tries = int(row.tries or 0) + 1
            until = next_try(tries, self._at()) if failed.fate is Fate.LATER else None
            if until is not None:
                sending.put_off(self.connection, row.id, until, failed.why, failed.answer)
                self.mailed.done["put-off"] += 1
            else:
                sending.end(self.connection, row.id, DEAD, failed.why, failed.answer)
                way_gone(self.site, self.connection, row)
                self.mailed.done[DEAD] += 1
        self.mailed.why[f"{failed.why} {failed.answer}".strip()] += 1

    def _is_down(self, failed: NotSent) -> None:
        self.mailed.down = f"{failed.why} {failed.answer}".strip()

    def _wait(self) -> None:
        """The set pace: so many a minute, one after the other."""
        if self.last is not None and self.pause:
            self.sleep(max(0.0, self.last + self.pause - time.monotonic()))
        self.last = time.monotonic()

    def _at(self) -> dt.datetime:
        return self.site.now + dt.timedelta(seconds=time.monotonic() - self.began)


def _note_failure(site: Site, connection: Connection, mailed: Mailed) -> None:
    known = notes.note(connection, FAILURE)
    if mailed.down is None:
        told = "" if mailed.is_let_in else known
    else:
        since = json.loads(known)["since"] if known else site.now.isoformat()
        told = json.dumps({"since": since, "why": mailed.down})
    if told is not None and told != known:
        notes.write_note(connection, FAILURE, told)
