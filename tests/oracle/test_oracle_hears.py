"""What the oracle makes of events, answered fiscal years and reversals, against verdicts worked out by hand."""

import pytest

from .small import at, newcomer, order, payer, said


def told(world, name: str, when: str, number: int | None = None, **data):
    world.events.append({"event": name, "at": at(when), "client": 1, "id": number, "data": data})
    return world


@pytest.mark.parametrize(
    ("paid", "year_end", "last_kept", "free"),
    [
        # The year 2018/19 ends on Sunday 31 March; filed by Friday 31 May 2019; seven years from 1 June.
        ("2019-03-31 10:00:00", "03-31", "2026-05-31T23:59:59", "2026-06-01T00:00:00"),
        ("2019-04-01 10:00:00", "03-31", "2027-06-01T23:59:59", "2027-06-02T00:00:00"),  # 31 May 2020 is a Sunday
        # 29 February 2019 is the 28th, a month's last day; filed by 30 April, then come the ten holidays of 2019.
        ("2019-02-28 10:00:00", "02-29", "2026-05-07T23:59:59", "2026-05-08T00:00:00"),
    ],
)
def test_an_answered_fiscal_year_keeps_seven_years_from_the_day_after_filing(paid, year_end, last_kept, free):
    world = payer(paid)
    world.settings["floors.fiscal_year_end"] = year_end
    world.settings["terms"] |= {"client.archive-inactive": "", "client.delete-inactive": "1 months"}
    assert said(world, last_kept)[3] == {"floor"}
    assert said(world, free)[0] == "delete"


def test_an_event_stands_in_for_a_date_that_cannot_be_read_and_not_beside_one_that_can():
    world = told(order("Cancelled", "0000-00-00 00:00:00"), "order_created", "2025-01-01T10:00:00", 1)
    assert said(world, "2026-01-01T10:00:00", "order")[0] == "delete"
    world.tables["tblorders"][0]["date"] = "2025-01-02 10:00:00"
    assert said(world, "2026-01-01T10:00:00", "order")[3] == {"not-due"}


def test_a_sign_in_that_only_an_event_told_moves_a_deletion_and_one_by_staff_does_not():
    world = newcomer()
    world.settings["terms"]["client.delete-registration-only"] = ""
    world.requests.append({"client": 1, "right": "erasure", "received": at("2026-01-01T00:00:00"), "closed": None})
    told(world, "client_signed_in", "2026-01-09T00:00:00", masquerading=True)
    assert said(world, "2026-01-10T00:00:00")[2] == at("2026-01-31T00:00:00")
    told(world, "client_signed_in", "2026-01-05T00:00:00")
    assert said(world, "2026-01-10T00:00:00")[2] == at("2026-02-04T00:00:00")


def test_a_domain_that_a_later_event_calls_live_is_live_until_the_host_says_otherwise():
    world = newcomer()
    world.add("tbldomains", userid=1, status="Expired", expirydate="2020-01-01")
    world.first_seen["domain", 1] = at("2025-06-01T00:00:00")
    assert said(world, "2026-01-01T00:00:00", "domain")[0] == "delete"
    told(world, "domain_renewed", "2025-07-01T00:00:00", 1)
    assert said(world, "2026-01-01T00:00:00", "domain")[3] == {"no-rule"}
    world.state_changes["domain", 1] = at("2025-08-01T00:00:00")
    assert said(world, "2026-01-01T00:00:00", "domain")[0] == "delete"


def test_every_payment_reversed_counts_each_from_its_reversal_else_from_its_payment():
    world = payer("2024-11-22 09:00:00")
    world.add("tblaccounts", userid=1, date=None, amountout="10.00", refundid=1)
    world.add("tblinvoices", userid=1, status="Refunded", date_refunded="2024-11-08 09:00:00", subtotal="5.00")
    assert said(world, "2026-01-01T00:00:00")[2] == at("2026-05-22T09:00:00")
    world.tables["tblinvoices"][1]["date_refunded"] = "1980-01-01 00:00:00"
    assert "unknown-anchor" in said(world, "2026-01-01T00:00:00")[3]


def test_a_pending_order_whose_rule_is_off_keeps_whatever_a_contract_says():
    world = order("Pending", "2025-09-01 10:00:00")
    world.settings["terms"]["order.delete-pending"] = ""
    world.contracts.append(
        {"client": 1, "rule": "order.delete-pending", "term": "10 days", "from": "2020-01-01", "until": None}
    )
    assert said(world, "2026-06-01T00:00:00")[3] == {"pending-order"}


def test_an_order_is_a_document_of_the_latest_day_only():
    world = order("Cancelled", "2016-08-08 10:00:00", invoiceid=1)
    world.add("tblinvoices", userid=1, status="Paid", date="2018-07-19", datepaid="2018-07-26 10:00:00", total="1.00")
    world.settings.update({"floors.fiscal_year_end": "12-31", "floors.loss_years": (2016,)})
    assert said(world, "2026-03-03T00:00:00", "order")[3] == {"paid-invoice"}
