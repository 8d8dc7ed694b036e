"""The platform's own mark for marketing and kigen's consents: in step both ways, and no change is told twice."""

from __future__ import annotations

from typing import Any

import pytest

from kigen.ledger import consents as ledger
from kigen.ledger import host_flags, settings
from kigen.work import consents
from kigen.work.reconcile import reconcile
from tests.cases.desk import Desk

PURPOSE = {"purpose": "marketing", "notice": "consent-marketing"}


@pytest.fixture
def three(desk: Desk) -> Desk:
    """Client 1 had the mark before kigen came, 2 and 3 did not; all marks were read once."""
    for number in (1, 2, 3):
        desk.put("tblclients", id=number, status="Active", email=f"{number}@example.jp", datecreated="2026-01-01",
                 marketing_emails_opt_in=int(number == 1), emailoptout=int(number != 1))  # fmt: skip
        desk.put("tblhosting", id=number, userid=number, domainstatus="Active")
    desk.reconcile()
    return desk


def events(desk: Desk, client: int) -> list[tuple[str, str, str]]:
    with desk.site.reading() as connection:
        return [(one.act.value, one.channel, one.actor) for one in ledger.of(connection, [client], "marketing")]


def mark(desk: Desk, client: int, is_set: int) -> None:
    """Somebody changes the mark at the platform."""
    desk.run(
        "UPDATE tblclients SET marketing_emails_opt_in = :yes, emailoptout = :no WHERE id = :id",
        yes=is_set, no=1 - is_set, id=client,
    )  # fmt: skip


def marks(desk: Desk) -> list[tuple[Any, Any]]:
    return list(
        zip(desk.rows("tblclients", "marketing_emails_opt_in"), desk.rows("tblclients", "emailoptout"), strict=True)
    )


def test_a_mark_that_was_there_before_is_no_consent_and_stays_and_is_counted(three: Desk) -> None:
    assert events(three, 1) == []
    assert marks(three) == [(1, 0), (0, 1), (0, 1)]
    with three.site.reading() as connection:
        assert not consents.may_send(three.site, connection, 1, "marketing")
        assert host_flags.without_consent(connection, "marketing") == 1


def test_a_change_at_the_platform_becomes_one_event_by_event_or_by_reading(three: Desk) -> None:
    mark(three, 2, 1)
    told = {"event": "client_changed", "client": 2, "data": {"by": "client"}}
    three.hear({**told, "at": "2026-06-01T10:00"})
    three.hear({**told, "at": "2026-06-01T10:30"})  # something else was changed
    assert events(three, 2) == [("given", "host", "client")]
    three.move_to("2026-06-02 12:00")
    mark(three, 2, 0)
    mark(three, 3, 1)
    three.reconcile()
    three.reconcile()
    assert events(three, 2) == [("given", "host", "client"), ("withdrawn", "host", "")]
    assert events(three, 3) == [("given", "host", "")]
    with three.site.reading() as connection:
        assert not consents.may_send(three.site, connection, 2, "marketing")
        assert consents.may_send(three.site, connection, 3, "marketing")


def test_a_consent_told_to_kigen_is_written_back_and_its_echo_is_known(three: Desk) -> None:
    three.hear({"event": "consent_given", "client": 2, "data": PURPOSE, "at": "2026-06-01T10:00"})
    three.hear({"event": "consent_withdrawn", "client": 1, "data": PURPOSE, "at": "2026-06-01T10:00"})
    assert marks(three) == [(0, 1), (1, 0), (0, 1)]
    three.hear({"event": "client_changed", "client": 2, "data": {}, "at": "2026-06-01T10:01"})
    three.reconcile()
    assert events(three, 2) == [("given", "", "client")]
    assert events(three, 1) == [("withdrawn", "", "client")]
    three.move_to("2028-06-01 10:01")  # two years later it has expired, and the mark goes
    three.reconcile()
    assert marks(three) == [(0, 1), (0, 1), (0, 1)]
    assert events(three, 2) == [("given", "", "client")]


def test_a_tick_by_staff_or_by_an_import_is_no_consent(three: Desk) -> None:
    mark(three, 2, 1)
    three.hear({"event": "client_changed", "client": 2, "data": {"by": "staff"}, "at": "2026-06-01T10:00"})
    three.hear({"event": "consent_withdrawn", "client": 3, "data": PURPOSE, "at": "2026-06-01T10:00"})
    three.put("tblclients", id=4, status="Active", email="3@example.jp", marketing_emails_opt_in=1)
    three.reconcile()
    assert events(three, 2) == events(three, 4) == []
    assert marks(three)[1] == marks(three)[3] == (1, 0)  # the operator's, and only told about
    with three.site.reading() as connection:
        assert not any(consents.may_send(three.site, connection, one, "marketing") for one in (2, 3, 4))
        assert host_flags.without_consent(connection, "marketing") == 3


def test_what_stood_in_a_column_before_it_was_named_is_no_consent_and_no_withdrawal(three: Desk) -> None:
    mark(three, 3, 1)
    three.reconcile()
    three.run("UPDATE tblclients SET companyname = 'yes' WHERE id = 2")
    with three.site.transaction() as connection:
        settings.store(connection, "consents.host_field", "companyname", three.site.now, "tests")
    three.hear({"event": "client_changed", "client": 2, "data": {"by": "client"}, "at": "2026-06-01T11:00"})
    three.reconcile()
    reconcile(three.site, full=True)
    assert events(three, 2) == [] and events(three, 3) == [("given", "host", "")]
    three.move_to("2026-06-03 12:00")
    three.run("UPDATE tblclients SET companyname = 'yes' WHERE id = 1")
    three.reconcile()
    assert events(three, 1) == [("given", "host", "")]
