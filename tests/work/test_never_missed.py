"""Whatever changes what kigen remembers of a client is looked at again, however it came and whenever it was decided."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, insert, select, update

from kigen.ledger import inbox
from kigen.ledger import tables as ledger
from kigen.ledger.marks import mark, marked, unmark
from kigen.plugins import PluginError, Plugins
from kigen.policy.records import Kind
from kigen.work.intake import parse_event, run_intake
from kigen.work.reconcile import reconcile
from tests.work.billing import NOW, Billing
from tests.work.test_incremental import HOUR, again, hear, next_one, quiet, read_now, stored

__all__ = ["quiet"]  # a fixture

ON_REQUEST = "client.delete-on-request"
DAY = dt.timedelta(days=1)


def test_a_request_of_a_client_that_was_merged_is_seen_with_the_one_that_it_became(quiet: Billing) -> None:
    """G4, G5: while the tables show both, what the one asked is not asked by the other."""
    hear(quiet, "client_merged", at=NOW, client=1, into=2)
    next_one(quiet)
    hear(quiet, "deletion_requested", at=NOW + HOUR, client=1)
    next_one(quiet)
    assert read_now(quiet) >= {1, 2}
    assert (stored(quiet, Kind.CLIENT, 1).rule, stored(quiet, Kind.CLIENT, 2).rule) == (ON_REQUEST, None)
    quiet.run("DELETE FROM tblclients WHERE id = 1")
    next_one(quiet)
    next_one(quiet)
    assert stored(quiet, Kind.CLIENT, 2).rule == ON_REQUEST


@pytest.mark.parametrize("full", [False, True])
def test_a_request_seconds_after_the_instant_of_a_run_is_seen_by_a_later_one(quiet: Billing, full: bool) -> None:
    """The platform's clock may be fast, and intake goes on until nothing is left."""
    hear(quiet, "deletion_requested", at=NOW + HOUR + dt.timedelta(seconds=40), client=2)
    again(quiet, NOW + HOUR, full=full)
    assert stored(quiet, Kind.CLIENT, 2).rule is None
    again(quiet, NOW + DAY, full=full)
    assert stored(quiet, Kind.CLIENT, 2).rule == ON_REQUEST
    assert next_one(quiet).read == 0


def test_an_event_that_a_plugin_did_not_take_is_seen_all_the_same(
    quiet: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears = Plugins.hear

    def fail(*arguments: object) -> None:
        hears(*arguments)  # type: ignore[arg-type] - handed on as it came
        raise PluginError("example: it could not")

    monkeypatch.setattr(Plugins, "hear", fail)
    with quiet.site.transaction() as connection:
        told = parse_event({"event": "deletion_requested", "at": NOW.isoformat(), "client": 1}, quiet.site.zone)
        inbox.append(connection, [told], NOW)
    assert run_intake(quiet.site).failed == 1
    next_one(quiet)
    assert (read_now(quiet), stored(quiet, Kind.CLIENT, 1).rule) == ({1}, ON_REQUEST)


def test_after_a_reconcile_at_an_instant_far_ahead_everything_is_decided_again(quiet: Billing) -> None:
    again(quiet, dt.datetime(2036, 1, 1, tzinfo=dt.UTC), full=True)
    quiet.at(NOW + DAY)
    assert quiet.sweep().done["delete"]["order"] == 3
    assert quiet.ids("tblorders") == []


def test_a_held_record_that_vanishes_is_told_even_if_a_run_looked_for_it_before_the_reconcile(quiet: Billing) -> None:
    quiet.hold_on(Kind.ORDER, 41)
    next_one(quiet)
    look = stored(quiet, Kind.ORDER, 41).next_look
    again(quiet, look - HOUR)
    quiet.run("DELETE FROM tblorders WHERE id = 41")
    quiet.at(look + HOUR)
    swept = quiet.sweep()  # what it reads is the due index: only then it meets the gap
    told = [*(swept.reconciled.violations if swept.reconciled else []), *next_one(quiet).violations]
    assert len(told) == 1
    assert "order:41" in told[0]
    assert stored(quiet, Kind.ORDER, 41) is None


def test_what_the_ledger_has_wrong_a_full_reconcile_on_request_puts_right(quiet: Billing) -> None:
    with quiet.site.transaction() as connection:
        wrong = ledger.records.c.kind == Kind.ORDER.value, ledger.records.c.id == 41
        connection.execute(update(ledger.records).where(*wrong).values(rule=None, due_at=None, next_look=None))
    assert again(quiet, NOW + HOUR, full=True).changed == 0  # no row of the client differs
    quiet.at(NOW + 2 * HOUR)
    assert reconcile(quiet.site, anew=True).changed == 1
    assert stored(quiet, Kind.ORDER, 41).rule == "order.delete-cancelled"


def test_a_mark_with_a_lower_number_that_comes_after_it_was_asked_for_stays(quiet: Billing) -> None:
    with quiet.site.transaction() as connection:
        mark(connection, [1])
        mark(connection, [2])
        first = connection.scalar(select(ledger.marks.c.id).limit(1))
        connection.execute(delete(ledger.marks).where(ledger.marks.c.id == first))  # not committed when it is read
        found = marked(connection)
        connection.execute(insert(ledger.marks).values(id=first, marked='{"clients": [1]}'))
        unmark(connection, found)
        assert (found.clients, marked(connection).clients) == ({2}, {1})
