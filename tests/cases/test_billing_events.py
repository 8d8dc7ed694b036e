"""Clocks from billing events and tables on real databases, intake to reconcile to plan (cases.md C)."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kigen.policy.records import Kind
from tests.cases.desk import Desk, at

OLD = "2010-01-10 09:00:00"
MONEY = {"amount": "11.00", "invoice": 30}
EVENTS: list[dict[str, Any]] = [
    {"event": "client_registered", "at": "2020-01-10 09:00", "client": 1},
    {"event": "client_signed_in", "at": "2020-02-10 09:00", "client": 1},
    {"event": "client_signed_in", "at": "2024-02-10 09:00", "client": 1},
    {"event": "order_drafted", "at": "2020-01-10 09:30", "client": 1, "id": 10},
    {"event": "order_created", "at": "2020-01-10 10:00", "client": 1, "id": 10},
    {"event": "order_accepted", "at": "2020-01-10 11:00", "client": 1, "id": 10},
    {"event": "order_cancelled", "at": "2024-01-10 10:00", "client": 1, "id": 10},
    {"event": "invoice_created", "at": "2020-01-10 10:00", "client": 1, "id": 30},
    {"event": "invoice_paid", "at": "2020-01-11 10:00", "client": 1, "id": 30},
    {"event": "payment_received", "at": "2020-01-11 10:00", "client": 1, "id": 40, "data": MONEY},
    {"event": "payment_received", "at": "2022-01-11 10:00", "client": 1, "id": 41, "data": MONEY},
    {"event": "payment_reversed", "at": "2022-02-11 10:00", "client": 1, "id": 41, "data": MONEY},
    {"event": "service_activated", "at": "2020-01-12 10:00", "client": 1, "id": 20},
    {"event": "service_cancelled", "at": "2023-01-10 10:00", "client": 1, "id": 20},
    {"event": "service_activated", "at": "2023-02-10 10:00", "client": 1, "id": 20},
    {"event": "service_cancelled", "at": "2024-01-10 10:00", "client": 1, "id": 20},
    {"event": "ticket_opened", "at": "2025-01-10 10:00", "client": 1, "id": 50},
    {"event": "invoice_due_changed", "at": "2020-01-10 10:00", "client": 1, "id": 31, "data": {"due": "2020-02-01"}},
]  # fmt: skip


def fill(desk: Desk) -> None:
    """A client whose dates the host has lost in part: only events tell of registration, order, sign-in."""
    desk.put("tblclients", id=1, status="Active")
    desk.put("tblorders", id=10, userid=1, status="Cancelled", invoiceid=30)
    desk.put("tblhosting", id=20, userid=1, orderid=10, domainstatus="Cancelled", regdate="2020-01-10")
    desk.put("tblinvoices", id=30, userid=1, status="Paid", date="2020-01-10", duedate="2020-01-24", subtotal="11.00")
    desk.put("tblinvoices", id=31, userid=1, status="Cancelled", date="2020-01-10", subtotal="5.00")
    for number, date in ((40, "2020-01-11 10:00:00"), (41, "2022-01-11 10:00:00")):
        desk.put("tblaccounts", id=number, userid=1, invoiceid=30, amountin="11.00", date=date)


def test_events_give_the_clocks_that_the_tables_have_lost(desk: Desk) -> None:
    """C2, C3, C6, C14"""
    fill(desk)
    assert desk.hear(*EVENTS).as_json() == {"handled": len(EVENTS), "failed": 0, "pending": 0}
    desk.reconcile()
    found = desk.anchors()
    assert found["client", 1, "registered"] == (at("2020-01-10 09:00"), "observed")
    assert found["client", 1, "final login"] == (at("2024-02-10 09:00"), "observed")
    assert found["client", 1, "last payment"] == (at("2020-01-11 10:00"), "observed")  # not the reversed one
    assert found["order", 10, "created"] == (at("2020-01-10 10:00"), "observed")
    assert found["service", 20, "last change"] == (at("2024-01-10 10:00"), "observed")
    assert found["invoice", 31, "due"][1] == "observed"
    assert desk.rows("kigen_inbox") == []


def test_events_in_any_order_and_twice_over_give_the_same_memory(desk: Desk) -> None:
    """C3"""
    fill(desk)
    desk.hear(*EVENTS)
    desk.reconcile()
    expected = desk.remembered()

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), database=None)
    @given(st.permutations(EVENTS), st.integers(1, len(EVENTS)), st.randoms(use_true_random=False))
    def shuffled(events: list[dict[str, Any]], cut: int, chance: random.Random) -> None:
        desk.forget()
        twice = chance.sample(events, 5)
        desk.hear(*events[:cut])
        if chance.random() < 0.5:
            desk.reconcile()
        desk.hear(*twice, *events[cut:], *twice)
        desk.reconcile()
        assert desk.remembered() == expected

    shuffled()


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    """C3"""
    fill(desk)
    desk.hear(*EVENTS)
    desk.reconcile()
    before = desk.remembered()
    assert desk.hear(*EVENTS).handled == 0
    assert desk.reconcile().changed == 0
    assert desk.remembered() == before


def test_what_the_tables_tell_needs_no_event(desk: Desk) -> None:
    """C3: kigen was off all those years."""
    fill(desk)
    desk.run("UPDATE tblclients SET datecreated = '2020-01-10'")
    desk.run("UPDATE tblorders SET date = '2020-01-10 10:00:00'")
    desk.run("UPDATE tblinvoices SET duedate = '2020-02-01' WHERE id = 31")
    desk.reconcile()
    missed = {key: found for key, found in desk.anchors().items() if found[1] == "read"}
    desk.forget()
    desk.hear(*EVENTS)
    desk.reconcile()
    heard = desk.anchors()
    assert missed.keys() >= {
        ("client", 1, "registered"), ("order", 10, "created"), ("invoice", 30, "due"), ("invoice", 31, "due"),
    }  # fmt: skip
    same = missed.keys() - {("client", 1, "last payment")}
    assert {key: heard[key] for key in same} == {key: missed[key] for key in same}
    # Only the event tells that the later payment was reversed; until then it counts, and keeps longer.
    assert missed["client", 1, "last payment"][0] > heard["client", 1, "last payment"][0]


def test_a_host_of_twelve_years_loses_nothing_before_a_person_has_confirmed_the_preview(desk: Desk) -> None:
    """C4"""
    clients = [{"id": n, "status": "Active", "datecreated": "2014-06-01"} for n in range(1, 31)]
    orders = [{"id": n, "userid": n, "status": "Cancelled", "date": OLD} for n in range(1, 11)]
    desk.put_many(*(("tblclients", row) for row in clients), *(("tblorders", row) for row in orders))
    before = desk.everything()
    for _ in range(2):
        refused = desk.sweep(confirmed=False)
        assert (refused.stopped, refused.acted) == ("unconfirmed", 0)
        assert refused.planned.acts["delete"] == {"client": 30, "order": 10}
        assert desk.everything() == before
    done = desk.sweep(confirmed=True)
    assert (done.stopped, desk.rows("tblclients"), desk.rows("tblorders")) == (None, [], [])
    assert len(desk.everything()["tblorderstatuses"]) == 5  # the host's own tables stay


ONLY: list[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]], str, set[str]]] = [
    ("C13 nothing at all", {}, [], "delete", set()),
    ("C13 an open ticket", {}, [("tbltickets", {"status": "Open"})], "keep", {"no-rule"}),
    ("C13 a ticket on hold", {}, [("tbltickets", {"status": "On Hold"})], "keep", {"no-rule"}),
    ("C13 a closed ticket", {}, [("tbltickets", {"status": "Closed"})], "delete", set()),
    ("C13 a merged ticket", {}, [("tbltickets", {"status": "Open", "merged_ticket_id": 9})], "delete", set()),
    ("C13 a sub-contact", {}, [("tblcontacts", {"email": "office@example.jp"})], "delete", set()),
    ("C13 a credit balance", {"credit": "0.01"}, [], "keep", {"credit-balance"}),
    ("C13 no credit", {"credit": "0.00"}, [], "delete", set()),
    ("C13 an unpaid invoice long due", {}, [("tblinvoices", {"status": "Unpaid", "duedate": "2025-01-01"})], "delete",
     set()),
    ("C13 an unpaid invoice due today", {}, [("tblinvoices", {"status": "Unpaid", "duedate": "2026-06-01"})], "keep",
     {"pending-order"}),
    ("C13 an invoice in collections", {}, [("tblinvoices", {"status": "Collections", "duedate": "2025-01-01"})],
     "keep", {"pending-order"}),
    ("C13 a draft of last week", {}, [("tblorders", {"status": "Draft", "date": "2026-05-25 09:00:00"})], "keep",
     {"pending-order"}),
    ("C13 a draft of last year", {}, [("tblorders", {"status": "Draft", "date": "2025-05-25 09:00:00"})], "delete",
     set()),
    ("C13 a free service", {}, [("tblhosting", {"domainstatus": "Active"})], "keep", {"no-rule"}),
    ("C13 a service that ended", {}, [("tblhosting", {"domainstatus": "Completed"})], "delete", set()),
    ("C13 a domain in redemption", {}, [("tbldomains", {"status": "Redemption"})], "keep", {"no-rule"}),
    ("C12 an affiliate balance", {}, [("tblaffiliates", {"balance": "0.01"})], "keep", {"approved-commission"}),
    ("C12 an affiliate without a balance", {}, [("tblaffiliates", {"balance": "0.00"})], "delete", set()),
    ("C11 an invoice wholly refunded", {}, [("tblinvoices", {"status": "Refunded", "date": "2026-01-01"})], "keep",
     {"unknown-anchor"}),
]  # fmt: skip


def test_which_clients_that_only_registered_may_go(desk: Desk) -> None:
    """C12, C13; the ones that are kept survive the sweep with all that is theirs."""
    for number, (_, values, rows, *_) in enumerate(ONLY, 1):
        desk.put("tblclients", id=number, status="Active", datecreated="2025-01-10", **values)
        for table, row in rows:
            owner = "clientid" if table == "tblaffiliates" else "userid"
            desk.put(table, **row, **{owner: number})
    plan = desk.plan()
    found = {}
    for number, (case, *_) in enumerate(ONLY, 1):
        decision = plan[Kind.CLIENT, number]
        found[case] = (decision.action, {reason.code for reason in decision.reasons if reason.code != "floor"})
    assert found == {case: (action, reasons) for case, _, _, action, reasons in ONLY}
    desk.sweep()
    kept = [number for number, (_, _, _, action, _) in enumerate(ONLY, 1) if action == "keep"]
    assert desk.rows("tblclients") == kept
    assert len(desk.rows("tbltickets")) == 2
    assert desk.rows("tbltickets", "userid") == [2, 3]


def test_without_a_registration_date_the_earliest_thing_counts(desk: Desk) -> None:
    """C14"""
    desk.put("tblclients", id=1, status="Active")
    desk.put("tblclients", id=2, status="Active", created_at="2026-05-06 07:08:09")
    desk.put("tblorders", id=10, userid=1, status="Fraud", date="2025-03-04 05:06:07")
    desk.put("tbltickets", id=50, userid=1, status="Closed", date="2025-02-03 04:05:06")
    desk.reconcile()
    assert desk.anchors()["client", 1, "registered"] == (at("2025-02-03 04:05:06"), "assumed")
    assert desk.decision(Kind.CLIENT, 1)[:2] == ("delete", "client.delete-registration-only")
    assert desk.decision(Kind.CLIENT, 2)[0] == "keep"


def test_a_sign_in_a_mail_or_a_ticket_is_no_payment(desk: Desk) -> None:
    """C16"""
    desk.put("tblclients", id=1, status="Active", datecreated="2010-01-01", lastlogin="2026-05-31 10:00:00")
    desk.put("tblinvoices", id=30, userid=1, status="Paid", date="2024-01-10", subtotal="5.00",
             datepaid="2024-01-10 09:00:00")  # fmt: skip
    desk.put("tblemails", userid=1, date="2026-05-31 10:00:00", subject="News")
    desk.put("tbltickets", id=50, userid=1, status="Closed", date="2026-05-31 10:00:00")
    desk.hear({"event": "client_signed_in", "client": 1}, {"event": "ticket_closed", "client": 1, "id": 50})
    desk.reconcile()
    assert desk.anchors()["client", 1, "last payment"] == (at("2024-01-10 09:00"), "read")
    assert desk.decision(Kind.CLIENT, 1) == ("archive", "client.archive-inactive", set())
