"""Money that is open when a client asks to be deleted, and papers that name somebody else (cases.md G, H)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kigen.ledger import frozen, frozen_search, keys_store, outbox, settings
from kigen.ledger.frozen_search import Wanted
from kigen.policy.records import Kind
from kigen.work.erase import erase
from tests.cases.desk import Desk
from tests.cases.test_floors_and_claims import PAID, back_up

ASKED = {"event": "deletion_requested", "client": 1, "at": "2026-05-01 12:00"}


@pytest.fixture
def clients(desk: Desk) -> Desk:
    """Clients 1 and 2 from Japan; 1 is about to ask."""
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", datecreated="2026-04-20", country="JP",
                 email=f"{number}@example.jp")  # fmt: skip
    return desk


def store(desk: Desk, name: str, value: str) -> None:
    with desk.site.transaction() as connection:
        settings.store(connection, name, value, desk.site.now, "officer")


def blockers(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """What the first message to client 1 lists."""
    with desk.site.reading() as connection:
        (first, *_) = outbox.of(connection, 1)
    return [(one["code"], tuple(one["refs"])) for one in json.loads(first.data)["blockers"]]


@pytest.mark.parametrize("choice", ["paid out", "forfeit"])
def test_a_credit_balance_keeps_what_it_needs_until_it_is_paid_out_or_a_recorded_choice_forfeits_it(
    clients: Desk, choice: str
) -> None:
    """H1"""
    clients.run("UPDATE tblclients SET credit = '0.50' WHERE id = 1")
    clients.run("UPDATE tblclients SET credit = '3.00' WHERE id = 2")
    clients.hear(ASKED)
    assert blockers(clients) == [("credit-balance", ("client:1",))]
    clients.sweep()
    assert list(map(float, clients.rows("tblclients", "credit"))) == [0.5, 3.0]  # nothing is written off by itself
    if choice == "paid out":
        clients.run("UPDATE tblclients SET credit = 0 WHERE id = 1")
    else:
        store(clients, "guards.smallest_credit", "1.00")
        with clients.site.reading() as connection:
            (change,) = settings.history(connection, "guards.smallest_credit")
        assert (change.new, change.actor) == ("1.00", "officer")
    clients.move_to("2026-06-02 12:00")
    clients.sweep()
    assert clients.rows("tblclients") == [2]


def test_unpaid_disputed_and_collected_invoices_are_listed_and_keep_what_the_claim_needs(clients: Desk) -> None:
    """H2: a payment whose chargeback is still possible has a floor, which outlasts every such window."""
    due: dict[str, Any] = {"userid": 1, "date": "2026-04-01", "duedate": "2026-04-15", "subtotal": "11.00"}
    for number, status in ((10, "Unpaid"), (11, "Collections"), (12, "Payment Pending"), (13, "Cancelled")):
        clients.put("tblinvoices", id=number, **due, status=status)
    clients.put("tblinvoices", id=14, **{**due, **PAID, "datepaid": "2026-04-20 09:00:00"})
    clients.put("tblaccounts", id=14, userid=1, invoiceid=14, amountin="11.00", date="2026-04-20 09:00:00")
    clients.hear(ASKED)
    assert sorted(blockers(clients)) == [
        ("floor", ("invoice:14",)), ("floor", ("payment:14",)), ("unpaid-invoice", ("invoice:10",)),
        ("unpaid-invoice", ("invoice:11",)), ("unpaid-invoice", ("invoice:12",)),
    ]  # fmt: skip
    back_up(clients)
    clients.sweep()
    assert clients.rows("tblclients") == [1, 2]
    assert clients.rows("tblinvoices") == [10, 11, 12, 14]
    assert clients.rows("tblaccounts") == [14]
    clients.run("UPDATE tblinvoices SET status = 'Cancelled' WHERE status <> 'Paid'")
    assert clients.decision(Kind.CLIENT, 1)[2] == {"floor"}


def test_an_invoice_that_names_somebody_else_is_kept_as_issued_and_found_by_either_name(clients: Desk) -> None:
    """G9: a family's or a company's account; the other person's own account stays as it is."""
    clients.run("UPDATE tblclients SET firstname = '太郎', lastname = '山田', email = 'taro@example.jp' WHERE id = 1")
    clients.run(
        "UPDATE tblclients SET firstname = 'Hanako', lastname = 'Sato', email = 'hanako@example.jp' WHERE id = 2"
    )
    clients.put("tblinvoices", id=10, userid=1, **PAID)
    billed = {"firstname": "Hanako", "lastname": "Sato", "companyname": "Sato KK", "email": "hanako@example.jp"}
    clients.put("tblinvoicedata", id=5, invoice_id=10, data=json.dumps({"clientsdetails": billed}))
    store(clients, "floors.fiscal_year_end", "12-31")
    back_up(clients)
    before = [row for row in clients.everything()["tblclients"] if row[0] == 2]
    assert erase(clients.site, 1).done["anonymise"] == {"client": 1}
    keys = keys_store.read(clients.site.state_dir)
    with clients.site.reading() as connection:
        page = frozen.read(connection, keys, clients.rows("kigen_frozen")[0]).page
        found = {
            party: [one.ref for one in frozen_search.search(connection, keys, Wanted(party=party))]
            for party in ("Hanako Sato", "佐藤花子", "client:1", "client:2")
        }
    assert "Sato KK" in page and "Hanako" in page
    assert found == {"Hanako Sato": [(Kind.INVOICE, 10)], "佐藤花子": [], "client:1": [(Kind.INVOICE, 10)],
                     "client:2": []}  # fmt: skip
    assert [row for row in clients.everything()["tblclients"] if row[0] == 2] == before
    mine = [row for name in ("tblclients", "tblinvoices", "tblinvoicedata") for row in clients.everything()[name]]
    assert "山田" not in repr(mine) and "Sato KK" not in repr(mine)
