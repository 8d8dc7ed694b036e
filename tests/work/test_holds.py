"""What a hold covers, when it ends, and that nothing can be deleted past it."""

from __future__ import annotations

import ast
import datetime as dt
import json
from pathlib import Path

import pytest

from kigen.hosts.whmcs.deleting import PARTS, SORTS
from kigen.ledger.lifecycle import refs_of
from kigen.policy.records import Kind
from kigen.work.reconcile import reconcile
from tests.work.billing import LATER, NOW, Billing

SOURCE = Path(__file__).parent.parent.parent / "plugin" / "kigen"


def two_full_clients(billing: Billing) -> None:
    """Clients 3 and 4, both due: invoice 30 or 40, cancelled order 31, service 32, domain 33, invoice 34, ticket 35."""
    for number in (3, 4):
        ten = number * 10
        billing.idle_client(number)
        billing.old_orders(ten + 1, client=number)
        billing.add("tblhosting", id=ten + 2, userid=number, orderid=ten + 1, domainstatus="Terminated",
                    regdate="2012-01-01", termination_date="2013-01-01")  # fmt: skip
        billing.add("tbldomains", id=ten + 3, userid=number, orderid=ten + 1, status="Expired", expirydate="2013-01-01")
        billing.add("tblinvoices", id=ten + 4, userid=number, status="Cancelled", date="2012-01-01",
                    duedate="2012-01-15")  # fmt: skip
        billing.add("tbltickets", id=ten + 5, tid=f"T{ten}", userid=number, status="Closed", date="2012-01-01 00:00:00")
        billing.add("tblticketreplies", tid=ten + 5, userid=number, message="hello")
        billing.add("tblactivitylog", userid=number, description="signed in")
        billing.add("tblclientsfiles", userid=number, title="passport")


TABLES = ("tblclients", "tblorders", "tblhosting", "tbldomains", "tblinvoices", "tbltickets", "tblticketreplies",
          "tblactivitylog", "tblclientsfiles", "tblaccounts")  # fmt: skip


def test_a_hold_on_a_client_covers_its_invoices_services_tickets_attachments_and_logs(either: Billing) -> None:
    two_full_clients(either)
    either.hold(client=3)
    swept = either.sweep()
    assert swept.done["delete"] == {"client": 1}
    owners = {
        "tblclients": "id", "tblorders": "userid", "tblhosting": "userid", "tbldomains": "userid",
        "tblinvoices": "userid", "tbltickets": "userid", "tblticketreplies": "userid", "tblactivitylog": "userid",
        "tblclientsfiles": "userid", "tblaccounts": "userid",
    }  # fmt: skip
    for table in TABLES:
        assert {row[owners[table]] for row in either.rows(table)} == {3}, table
    assert either.ids("tblinvoices") == [30, 34]
    assert swept.kept["hold"] == 5  # the client, its order, its cancelled invoice, its service, its domain


def test_a_hold_on_one_invoice_covers_that_invoice_and_its_client_but_not_the_clients_other_records(
    either: Billing,
) -> None:
    two_full_clients(either)
    either.hold_on(Kind.INVOICE, 34)
    swept = either.sweep()
    assert either.ids("tblclients") == [3]
    assert either.ids("tblinvoices") == [30, 34]
    assert either.ids("tblorders") == either.ids("tblhosting") == either.ids("tbldomains") == []
    assert either.ids("tblaccounts") == [30]
    assert either.ids("tbltickets") == [35]  # goes with its client, which stays
    assert [row["status"] for row in either.rows("tblclients")] == ["Closed"]  # archiving takes no invoice along
    assert swept.kept == {"hold": 1}


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (Kind.SERVICE, 32), (Kind.DOMAIN, 33),
        (Kind.TICKET, 35), (Kind.PAYMENT, 30),
    ],
)  # fmt: skip
def test_a_hold_on_anything_that_would_go_along_keeps_the_client(either: Billing, kind: Kind, number: int) -> None:
    two_full_clients(either)
    either.hold_on(kind, number)
    either.sweep()
    assert either.ids("tblclients") == [3]
    assert {30, 34} >= set(either.ids("tblinvoices")) >= {30}
    assert either.ids("tbltickets") == [35]
    if kind in (Kind.SERVICE, Kind.DOMAIN):
        assert either.ids("tblorders") == [31]
        assert either.ids("tblhosting" if kind is Kind.SERVICE else "tbldomains") == [number]


def test_a_released_hold_lets_the_deletion_go_on_by_itself_and_its_history_stays(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    hold = either.hold_on(Kind.ORDER, 10)
    assert either.sweep().done == {"delete": {"order": 1}}
    assert either.ids("tblorders") == [10]
    either.at(NOW + LATER)
    either.release(hold)
    assert either.sweep().done == {"delete": {"order": 1}}
    assert either.ids("tblorders") == []
    assert either.ids("tblclients") == [1]
    (act,) = either.acts(Kind.ORDER, 10)
    assert act.due_at == dt.datetime(2020, 12, 31, 1, 0, tzinfo=dt.UTC)  # the original date, not that of the release
    (row,) = either.rows("kigen_holds")
    assert (row["placed_by"], row["released_by"], row["release_reason"]) == ("legal", "legal", "settled")


def test_a_hold_with_an_end_date_keeps_up_to_that_instant_and_not_at_it(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    either.hold(client=1, until=NOW + LATER)
    either.at(NOW + LATER - dt.timedelta(microseconds=1))
    either.sweep()
    assert either.ids("tblorders") == [10]
    either.at(NOW + LATER)
    either.sweep()
    assert either.ids("tblorders") == []
    assert either.ids("tblclients") == [1]


def test_an_expired_hold_keeps_nothing(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    either.hold(client=1, until=NOW - LATER)
    either.sweep()
    assert either.ids("tblorders") == []
    assert either.ids("tblclients") == [1]


def test_of_two_holds_by_two_people_the_one_that_is_not_released_still_keeps(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    first, second = either.hold(client=1), either.hold_on(Kind.ORDER, 10)
    either.release(first, "hanako")
    either.sweep()
    assert either.ids("tblorders") == [10]
    either.release(second, "taro")
    either.sweep()
    assert either.ids("tblorders") == []
    assert either.ids("tblhosting") == [9001]


def test_a_deletion_that_a_hold_refused_is_in_the_run_record(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    either.hold(client=1)
    either.sweep()
    run = either.last_run()
    counts = json.loads(run["counts"])
    assert run["outcome"] == "done"
    assert (counts["acted"], counts["kept"]) == (0, {"hold": 1})
    assert either.ids("tblorders") == [10]


def test_a_record_under_hold_that_somebody_deletes_past_kigen_is_a_violation_at_the_next_reconcile(
    either: Billing,
) -> None:
    two_full_clients(either)
    whole, one = either.hold(client=3), either.hold_on(Kind.INVOICE, 44)
    reconcile(either.site)
    either.run("DELETE FROM tblclients WHERE id = 3")
    either.run("DELETE FROM tblinvoices WHERE id = 44")
    found = reconcile(either.site)
    assert sorted(found.violations) == [
        f"client:3 is gone from the host although hold {whole} was in force",
        f"invoice:44 is gone from the host although hold {one} was in force",
    ]
    assert reconcile(either.site).violations == []  # told once
    assert either.ids("tblclients") == [4]


def calls(name: str) -> list[str]:
    """Where the program calls a method or function of this name, as file:line."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == name:
                    found.append((path.relative_to(SOURCE).as_posix(), ast.unparse(node.func)))
    return [f"{path}: {written}" for path, written in found]


def test_there_is_one_place_that_deletes_at_the_host_and_one_that_leads_to_it() -> None:
    at_the_host = [call for call in calls("delete") if call.endswith("host.delete")]
    assert set(at_the_host) == {"work/acts.py: gate.site.host.delete"}
    assert calls("act") == []  # handed on by name, as a step of a large client is, to the one place that tries both
    assert [call for call in calls("work") if call.startswith("work/")] == ["work/attempt.py: work"]
    assert [call for call in calls("shed") if call.startswith("work/")] == ["work/steps.py: site.host.shed"]
    assert calls("delete_records") == ["hosts/whmcs/host.py: deleting.delete_records"]
    assert calls("Deletion") == ["hosts/fossbilling/host.py: Deletion"]
    assert calls("anonymise") == ["work/chunk.py: parts.anonymise", "work/parts.py: site.host.anonymise"]
    erasing = [call for call in calls("erase") if call.startswith("work/")]
    assert erasing == ["work/erasers.py: eraser.erase", "work/gate.py: erasers.erase"]


def test_every_sort_of_row_in_the_deletion_plan_belongs_to_a_kind_whose_holds_are_looked_at(either: Billing) -> None:
    """A new table in PARTS must be of a sort that is named here, with the kind on which a hold keeps it."""
    looked_at = {
        "client": Kind.CLIENT, "order": Kind.ORDER, "service": Kind.SERVICE, "addon": Kind.ADDON,
        "domain": Kind.DOMAIN, "invoice": Kind.INVOICE, "ticket": Kind.TICKET,
        # Without a number of their own in any hold: kept by the hold on their client alone.
        "client's invoice": Kind.CLIENT, "quote": Kind.CLIENT, "referral": Kind.CLIENT, "affiliate": Kind.CLIENT,
        "paymethod": Kind.CLIENT, "user": Kind.CLIENT,
    }  # fmt: skip
    assert {part.of for part in PARTS} == looked_at.keys()
    two_full_clients(either)
    either.add("tblhostingaddons", id=36, hostingid=32, status="Terminated")
    with either.site.reading() as connection:
        (account,) = either.site.host.accounts(connection, [3])
    kinds = {kind for kind, _ in refs_of(account)}
    assert kinds >= set(looked_at.values())
    assert {Kind(of) for sorts in SORTS.values() for of in sorts if of in {kind.value for kind in kinds}} <= kinds


def test_a_hold_on_an_estimate_keeps_its_client(either: Billing) -> None:
    either.idle_client(1)
    either.add("tblquotes", id=5, userid=1, stage="Lost", subject="x", datecreated="2012-01-01")
    either.hold_on(Kind.QUOTE, 5)
    assert either.sweep().done.get("delete") is None
    assert (either.ids("tblclients"), either.ids("tblquotes")) == ([1], [5])


def test_a_hold_on_the_owner_of_an_add_on_keeps_the_service_of_another_that_would_take_it_along(
    either: Billing,
) -> None:
    either.live_client(1)
    either.live_client(2)
    either.add("tblhosting", id=50, userid=1, domainstatus="Terminated", termination_date="2020-01-01")
    either.add("tblhostingaddons", id=60, hostingid=50, userid=2, status="Terminated", name="ip")
    hold = either.hold(client=2)
    assert either.sweep().kept == {"hold": 1}
    either.release(hold)
    either.sweep()
    assert (either.ids("tblhosting"), either.ids("tblhostingaddons")) == ([9001, 9002], [])
