"""Orders, services and clients on real databases: what keeps them, what goes and what survives (cases.md C, D)."""

from __future__ import annotations

from typing import Any

from kigen.policy.records import Kind
from tests.cases.desk import Desk

OLD, LONG_AGO = "2024-01-10 09:00:00", "2010-01-10 09:00:00"
PAID = {"status": "Paid", "date": "2010-01-10", "datepaid": LONG_AGO, "subtotal": "11.00"}
PART = {"status": "Collections", "date": "2024-01-10", "duedate": "2024-01-24", "subtotal": "11.00"}
CLEARED = [("tblaffiliatesaccounts", {"id": 71, "affiliateid": 70, "relid": 7}),
           ("tblaffiliateshistory", {"affiliateid": 70, "affaccid": 71, "amount": "1.00"})]  # fmt: skip
WAITING = [("tblaffiliatesaccounts", {"id": 73, "affiliateid": 70, "relid": 8}),
           ("tblaffiliatespending", {"affaccid": 73, "amount": "1.00"})]  # fmt: skip
TAKEN_BACK = [("tblaffiliatesaccounts", {"id": 74, "affiliateid": 70, "relid": 9}),
              ("tblaffiliateshistory", {"affiliateid": 70, "affaccid": 74, "amount": "-1.00"})]  # fmt: skip

# An order per line, its number the line's; what is added has that number too unless it names one.
Row = tuple[str, dict[str, Any]]
ORDERS: list[tuple[str, str, list[Row], set[str]]] = [
    ("an order that nothing keeps", "Cancelled", [], set()),
    ("C11 an invoice paid in part", "Cancelled",
     [("tblinvoices", PART), ("tblaccounts", {"amountin": "1.00", "date": OLD})], {"paid-invoice", "floor"}),
    ("C11 an invoice refunded whole", "Cancelled", [("tblinvoices", {**PART, "status": "Refunded"})],
     {"paid-invoice", "floor"}),
    ("C11 an invoice in collections", "Cancelled", [("tblinvoices", PART)], set()),
    ("C11 a fraud order with a paid invoice", "Fraud", [("tblinvoices", {**PART, "status": "Paid", "datepaid": OLD})],
     {"paid-invoice", "floor"}),
    ("C11 a fraud order that was never paid", "Fraud", [("tblinvoices", {**PART, "status": "Unpaid"})], set()),
    ("C12 a cleared commission", "Cancelled", [("tblhosting", {"domainstatus": "Terminated"}), *CLEARED],
     {"approved-commission"}),
    ("C12 a pending commission", "Cancelled", [("tblhosting", {"domainstatus": "Terminated"}), *WAITING], set()),
    ("C12 a commission taken back", "Cancelled", [("tblhosting", {"domainstatus": "Terminated"}), *TAKEN_BACK], set()),
    ("D6 an active service in it", "Pending", [("tblhosting", {"domainstatus": "Active"})], {"active-service"}),
    ("C7 a domain in grace in it", "Pending", [("tbldomains", {"status": "Grace"})], {"active-domain"}),
    ("an unknown status in it", "Pending", [("tblhosting", {"domainstatus": "Frozen"})], {"unknown-state"}),
    ("an order nobody mapped", "On the moon", [], {"no-rule", "unknown-state"}),
    ("an order without a date", "Cancelled", [("tblorders", {"date": "0000-00-00 00:00:00"})], {"unknown-anchor"}),
]  # fmt: skip


def test_which_orders_may_go_and_what_is_left_of_them(desk: Desk) -> None:
    """C7, C11, C12, D6"""
    desk.put("tblclients", id=1, status="Active", datecreated="2010-01-01")
    desk.put("tblhosting", id=900, userid=1, domainstatus="Active")
    desk.put("tblaffiliates", id=70, clientid=2)
    for number, (_, status, rows, _) in enumerate(ORDERS, 1):
        values = {"id": number, "userid": 1, "status": status, "date": OLD}
        for table, row in rows:
            if table == "tblorders":
                values |= row
                continue
            linked = {"tblinvoices": {"userid": 1}, "tblaccounts": {"userid": 1, "invoiceid": number}}
            mine = linked.get(table, {"userid": 1, "orderid": number} if table[3:6] in ("hos", "dom") else {})
            desk.put(table, **{"id": number, **mine, **row})
            if table == "tblinvoices":
                values["invoiceid"] = number
        desk.put("tblorders", **values)
    plan = desk.plan()
    found = {case: {one.code for one in plan[Kind.ORDER, n].reasons} for n, (case, *_) in enumerate(ORDERS, 1)}
    assert found == {case: reasons for case, _, _, reasons in ORDERS}
    invoices = desk.rows("tblinvoices")
    desk.sweep()
    kept = [number for number, (*_, reasons) in enumerate(ORDERS, 1) if reasons]
    assert desk.rows("tblorders") == kept
    assert desk.rows("tblinvoices") == invoices  # an invoice never goes with an order
    assert desk.rows("tblhosting") == [7, 10, 12, 900]
    assert desk.rows("tblaccounts") == [2]


def test_a_draft_stays_while_an_estimate_lives_and_goes_when_it_is_dead(desk: Desk) -> None:
    """C10"""
    desk.put("tblclients", id=1, status="Active", datecreated="2010-01-01")
    desk.put("tblhosting", id=20, userid=1, domainstatus="Active")
    desk.put("tblorders", id=10, userid=1, status="Draft", date="2026-03-01 09:00:00")
    desk.put("tblquotes", id=60, userid=1, stage="Delivered", datecreated="2026-03-01")
    assert desk.decision(Kind.ORDER, 10) == ("keep", "order.delete-draft", {"live-estimate"})
    for stage, action in (("On Hold", "keep"), ("accepted ", "keep"), ("Lost", "delete"), ("Dead", "delete")):
        desk.run("UPDATE tblquotes SET stage = :stage", stage=stage)
        assert desk.decision(Kind.ORDER, 10)[0] == action
    desk.sweep()
    assert (desk.rows("tblorders"), desk.rows("tblquotes"), desk.rows("tblhosting")) == ([], [60], [20])


def test_a_service_goes_by_schedule_and_the_order_and_its_invoice_still_add_up(desk: Desk) -> None:
    """D5"""
    desk.put("tblclients", id=1, status="Active", datecreated="2010-01-01")
    desk.put("tblorders", id=10, userid=1, status="Active", date=LONG_AGO, invoiceid=30, amount="11.00")
    ended = {"userid": 1, "orderid": 10, "domainstatus": "Terminated", "termination_date": "2025-01-10"}
    desk.put("tblhosting", id=20, **ended)
    desk.put("tblhosting", id=21, userid=1, orderid=10, domainstatus="Active")
    desk.put("tblhostingaddons", id=25, hostingid=20, orderid=10, userid=1, status="Terminated")
    desk.put("tblhostingaddons", id=26, hostingid=21, orderid=10, userid=1, status="Active")
    desk.put("tblinvoices", id=30, userid=1, **PAID)
    for number, (service, price) in enumerate(((20, "4.00"), (21, "7.00")), 1):
        desk.put("tblinvoiceitems", id=number, invoiceid=30, userid=1, type="Hosting", relid=service, amount=price)
    assert desk.decision(Kind.SERVICE, 20)[:2] == ("delete", "service.delete-terminated")
    money = desk.rows("tblinvoices", "subtotal"), desk.rows("tblinvoiceitems", "amount")
    done = desk.sweep()
    assert done.done["delete"] == {"service": 1}
    assert (desk.rows("tblhosting"), desk.rows("tblhostingaddons")) == ([21], [26])
    assert (desk.rows("tblorders"), desk.rows("tblinvoiceitems", "relid")) == ([10], [20, 21])
    assert (desk.rows("tblinvoices", "subtotal"), desk.rows("tblinvoiceitems", "amount")) == money
    assert sum(map(float, money[1])) == float(money[0][0]) == 11
    by = ("delete", "service.delete-terminated")
    assert desk.acts() == {("addon", 25, *by), ("service", 20, *by)}


def agency(desk: Desk, agency_status: str, child_status: str) -> None:
    """An agency (1) and a client of its own (2): one sign-in for both, and the agency referred the client."""
    for number, status in ((1, agency_status), (2, child_status)):
        desk.put("tblclients", id=number, status="Active", datecreated="2025-01-10")
        desk.put("tblhosting", id=number, userid=number, domainstatus=status, termination_date="2025-03-01")
        desk.put("tblusers", id=number, email=f"{number}@example.jp")
        desk.put("tblusers_clients", auth_user_id=number, client_id=number, owner=1)
    desk.put("tblusers_clients", auth_user_id=1, client_id=2)
    desk.put("tblaffiliates", id=70, clientid=1)
    desk.put("tblaffiliatesaccounts", id=71, affiliateid=70, relid=2)


def test_an_agencys_client_goes_and_the_agency_stays(desk: Desk) -> None:
    """D7"""
    agency(desk, "Active", "Terminated")
    plan = desk.plan()
    assert (plan[Kind.CLIENT, 1].action, plan[Kind.CLIENT, 2].action) == ("keep", "delete")
    desk.sweep()
    assert (desk.rows("tblclients"), desk.rows("tblhosting")) == ([1], [1])
    assert desk.rows("tblusers") == [1]  # signs in for the agency still
    assert desk.rows("tblusers_clients", "client_id") == [1]
    assert desk.rows("tblaffiliates") == [70]


def test_an_agency_goes_and_its_client_stays(desk: Desk) -> None:
    """D7"""
    agency(desk, "Terminated", "Active")
    desk.sweep()
    assert (desk.rows("tblclients"), desk.rows("tblhosting")) == ([2], [2])
    assert desk.rows("tblusers") == [1, 2]  # the agency's user can still sign in for the client
    assert desk.rows("tblusers_clients", "client_id") == [2, 2]
    assert desk.rows("tblaffiliates") == []
