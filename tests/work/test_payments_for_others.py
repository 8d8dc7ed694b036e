"""Who paid for somebody else: the payment stays with the invoice that it is on, and says no more who paid it.

Client 1 stays, client 3 is due: its only payment is so old that no floor holds it.
"""

from __future__ import annotations

import pytest

from kigen.policy.records import Kind
from tests.work.billing import LATER, Billing
from tests.work.test_in_part import back_up, kept, person  # noqa: F401 - a fixture

PAID = {"amountin": "7.00", "date": "2012-04-01 10:00:00", "gateway": "stripe"}


def paid_for_another(billing: Billing, number: int, payer: int, invoice: int, **values: str) -> None:
    said = {"transid": "pi_4711", "description": "payment by c3@example.jp"}
    billing.add("tblaccounts", id=number, userid=payer, invoiceid=invoice, **(PAID | said | values))


@pytest.fixture
def world(either: Billing) -> Billing:
    either.live_client()
    either.add("tblinvoices", id=10, userid=1, status="Paid", date="2012-03-01", duedate="2012-03-01",
               datepaid="2012-04-01 10:00:00", subtotal="7.00", total="7.00")  # fmt: skip
    either.idle_client(3)
    return either


def test_a_payment_for_another_clients_invoice_stays_there_without_its_payer_when_that_one_is_deleted(
    world: Billing,
) -> None:
    paid_for_another(world, 31, payer=3, invoice=10)
    paid_for_another(world, 32, payer=3, invoice=99)  # of an invoice that is gone
    invoices = world.rows("tblinvoices WHERE id = 10")
    swept = world.sweep()
    assert swept.done["delete"] == {"client": 1}, swept.kept
    (left,) = world.rows("tblaccounts")
    assert (left["id"], left["invoiceid"], left["userid"], left["amountin"]) == (31, 10, 0, 7)
    assert (left["transid"], left["description"]) != ("pi_4711", "payment by c3@example.jp")
    assert "c3@example.jp" not in str(left) and "pi_4711" not in str(left)
    assert world.rows("tblinvoices") == invoices
    assert world.acts(Kind.PAYMENT, 31) == [], "It was not deleted."
    assert [act.action for act in world.acts(Kind.PAYMENT, 32)] == ["delete"]
    assert swept.left["tblaccounts.invoiceid document-of-another-client"] == 1
    assert swept.rows["tblaccounts"] == 3, "Two went, and one was masked."


def test_a_payment_of_another_client_on_an_invoice_that_goes_stays_the_payers(world: Billing) -> None:
    paid_for_another(world, 33, payer=1, invoice=30, description="for a friend")
    before = world.rows("tblaccounts WHERE id = 33")
    swept = world.sweep()
    assert swept.done["delete"] == {"client": 1}, swept.kept
    assert world.ids("tblinvoices") == [10] and world.ids("tblaccounts") == [33]
    assert world.rows("tblaccounts") == before
    assert world.acts(Kind.PAYMENT, 33) == []
    assert {one["id"] for one in world.rows("kigen_records WHERE kind = 'payment'", "id")} <= {33}


def test_a_client_that_goes_in_part_leaves_its_old_payment_with_the_invoice_of_the_other(kept: Billing) -> None:  # noqa: F811 - a fixture
    """What a floor keeps is its own document, masked; what none does is the other client's paper alone."""
    kept.add("tblinvoices", id=10, userid=1, status="Paid", date="2003-03-01", total="7.00")
    paid_for_another(kept, 31, payer=3, invoice=10, date="2003-04-01 10:00:00")
    paid_for_another(kept, 32, payer=3, invoice=10, date="2015-04-01 10:00:00")
    back_up(kept)
    swept = kept.sweep()
    assert swept.done["anonymise"] == {"client": 1}, (swept.kept, swept.failures)
    payments = {row["id"]: row for row in kept.rows("tblaccounts")}
    assert sorted(payments) == [30, 31, 32]
    assert [(payments[id_]["userid"], payments[id_]["invoiceid"]) for id_ in (31, 32)] == [(0, 10), (3, 10)]
    assert "pi_4711" not in str(payments)
    assert kept.acts(Kind.PAYMENT, 31) == []
    assert swept.left["tblaccounts.invoiceid document-of-another-client"] == 1


def test_a_hold_on_either_paper_keeps_the_client_whose_payment_would_lose_its_payer(world: Billing) -> None:
    paid_for_another(world, 31, payer=3, invoice=10)
    for ref in ((Kind.INVOICE, 10), (Kind.PAYMENT, 31)):
        hold = world.hold(record=ref)
        assert "delete" not in world.sweep().done
        world.release(hold)
        world.at(world.site.now + LATER)
    assert world.rows("tblaccounts WHERE id = 31")[0]["userid"] == 3


def test_both_go_and_the_payment_goes_with_the_invoice(world: Billing) -> None:
    world.idle_client(4)
    paid_for_another(world, 31, payer=3, invoice=40)
    paid_for_another(world, 32, payer=4, invoice=30)
    swept = world.sweep()
    assert swept.done["delete"] == {"client": 2}, swept.kept
    assert world.ids("tblaccounts") == [] and world.ids("tblinvoices") == [10]


@pytest.mark.parametrize("payer, owner", [(3, 4), (4, 3)])
def test_of_two_that_go_in_part_together_the_payment_across_goes_and_is_told_once(
    kept: Billing,  # noqa: F811 - a fixture
    payer: int,
    owner: int,
) -> None:
    person(kept, 4, "2015-03-01")
    kept.add("tblinvoices", id=50, userid=owner, status="Paid", date="2003-03-01", total="7.00")
    paid_for_another(kept, 51, payer=payer, invoice=50, date="2003-04-01 10:00:00")
    back_up(kept)
    swept = kept.sweep()
    assert swept.done["anonymise"] == {"client": 2}, (swept.kept, swept.failures)
    assert kept.ids("tblinvoices") == [30, 40] and kept.ids("tblaccounts") == [30, 40]
    assert [(act.action, act.rule) for act in kept.acts(Kind.PAYMENT, 51)] == [("delete", "client.delete-inactive")]
    assert len({(act.kind, act.id, act.action) for act in kept.acts()}) == len(kept.acts())
