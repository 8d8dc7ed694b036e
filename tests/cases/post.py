"""A desk that sends mail: its settings, what waits, what was sent, and what doctor says of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import text

from kigen.commands.doctor_mail import look_at_mail
from kigen.ledger import settings
from kigen.work import mail
from kigen.work.mail import Mailed
from tests.cases.desk import Desk
from tests.support.mailbox import Mailbox

OPERATOR = {
    "operator.name": "Example LLC", "operator.name_ja": "例示合同会社", "operator.address": "1-2-3 Osaki",
    "operator.representative": "Director", "operator.contact": "privacy@example.jp",
    "operator.portal": "https://portal.example.jp/",
}  # fmt: skip


def store(desk: Desk, values: dict[str, str]) -> None:
    with desk.site.transaction() as connection:
        for name, value in values.items():
            settings.store(connection, name, value, desk.site.now, "tests")


def set_up(desk: Desk, box: Mailbox, **also: str) -> None:
    """Mail goes to the server of the test."""
    store(desk, {**OPERATOR, **box.settings, **also})


def rows(desk: Desk, notice: str = "%") -> list[dict[str, Any]]:
    """What stands in the outbox, by number."""
    with desk.site.reading() as connection:
        found = connection.execute(text("SELECT * FROM kigen_outbox WHERE notice LIKE :n ORDER BY id"), {"n": notice})
        return [dict(row) for row in found.mappings()]


def states(desk: Desk, notice: str = "%") -> list[tuple[str, str]]:
    """Notices with their states."""
    return [(row["notice"], row["state"]) for row in rows(desk, notice)]


def send(desk: Desk, **given: Any) -> Mailed:
    return mail.send(desk.site, **given)


def findings(desk: Desk) -> set[tuple[str, str]]:
    return {(one.level, one.code) for one in look_at_mail(desk.site)}


def later(desk: Desk, **by: int) -> None:
    """Time passes."""
    desk.move_to((desk.site.now.astimezone(dt.timezone(dt.timedelta(hours=9))) + dt.timedelta(**by)).strftime(
        "%Y-%m-%d %H:%M"
    ))  # fmt: skip
