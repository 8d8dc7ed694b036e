"""Whoever acts and by whichever way, what is under a hold stays: job, officer, hook and plugin (cases.md E9)."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from kigen.extensions import Eraser
from kigen.ledger import inbox
from kigen.plugins import find_plugins
from kigen.policy.events import Event
from kigen.policy.records import Kind
from kigen.specs import Book, hookimpl
from kigen.work.chunk import act
from kigen.work.erase import erase
from kigen.work.intake import parse_event, run_intake
from kigen.work.reconcile import reconcile
from kigen.work.replay import replay
from tests.work.billing import Billing
from tests.work.test_holds import two_full_clients

TABLES = ("tblclients", "tblorders", "tblhosting", "tbldomains", "tblinvoices", "tbltickets", "tblticketreplies",
          "tblactivitylog", "tblclientsfiles", "tblaccounts")  # fmt: skip

CALLED: list[int] = []


class Points:
    """A plugin that would erase, and that is told of a client's deletion by the platform."""

    @hookimpl
    def kigen_erasers(self) -> list[Eraser]:
        return [Eraser("acme.points", [Kind.CLIENT, Kind.ORDER], self._erase)]

    @hookimpl
    def kigen_deletion_requested(self, event: Event, book: Book) -> None:
        book.forget((Kind.CLIENT, 3), event.at)

    def _erase(self, connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
        CALLED.extend(ids)
        return 0


def tell(billing: Billing, *names: str) -> None:
    with billing.site.transaction() as connection:
        told = [{"event": name, "client": 3, "at": "2026-01-01T00:00:00Z"} for name in names]
        inbox.append(connection, [parse_event(one, billing.site.zone) for one in told], billing.site.now)


def by_the_gate_itself(billing: Billing) -> None:
    """Somebody calls the gate with a plan of his own, in which the held client is to be deleted."""
    for kind, number in ((Kind.CLIENT, 3), (Kind.ORDER, 31), (Kind.SERVICE, 32), (Kind.DOMAIN, 33)):
        with billing.site.transaction() as connection:
            heard = inbox.last_heard(connection)
            schedule = billing.site.schedule(connection)
            outcome = act(connection, billing.site, schedule, 1, kind, {number: "delete"}, heard)
            assert outcome.done == {} and outcome.kept["hold"] == 1


def by_events(billing: Billing) -> None:
    tell(billing, "deletion_requested", "client_closed", "client_deleted")
    assert run_intake(billing.site).handled == 3
    reconcile(billing.site, full=True)
    billing.sweep()


WAYS: dict[str, Callable[[Billing], object]] = {
    "the nightly job": lambda billing: billing.sweep(),
    "an officer's word": lambda billing: erase(billing.site, 3, confirmed=True),
    "an officer's word on what is left": lambda billing: erase(billing.site, 3, confirmed=True, orphans=True),
    "a replay": lambda billing: replay(billing.site, confirmed=True),
    "the gate called by somebody": by_the_gate_itself,
    "events and hooks": by_events,
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_acting_deletes_or_masks_what_is_under_a_hold(either: Billing, way: str) -> None:
    """The other client, equal in all but the hold, goes at last: nothing else kept the first."""
    CALLED.clear()
    two_full_clients(either)
    either.site = dataclasses.replace(either.site, plugins=find_plugins([Points()]))
    hold = either.hold(client=3)
    before = {
        table: either.rows(f"{table} WHERE {'id' if table == 'tblclients' else 'userid'} = 3") for table in TABLES
    }
    WAYS[way](either)
    assert before == {
        table: either.rows(f"{table} WHERE {'id' if table == 'tblclients' else 'userid'} = 3") for table in TABLES
    }
    assert {3, 31, 32, 33}.isdisjoint(CALLED)
    either.sweep()
    assert either.ids("tblclients") == [3]
    either.release(hold)
    either.sweep()
    assert either.ids("tblclients") == []


def test_a_hook_is_given_nothing_by_which_it_could_delete_or_release() -> None:
    """What a hook writes down is read again with the tables; `forget` is a word about the host, not an act."""
    assert {name for name, _ in inspect.getmembers(Book, inspect.isfunction) if not name.startswith("_")} == {
        "observe", "enter", "end_archive", "open_request", "close_request", "note_request", "pass_on_request",
        "merge", "forget", "view_notice", "note_consent",
    }  # fmt: skip
