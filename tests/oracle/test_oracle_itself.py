"""The oracle's clocks, rules and floors against dates worked out by hand."""

from datetime import date

import pytest

from . import clock
from .small import at, newcomer, order, payer, said


def test_eighteen_months_from_the_last_of_august_end_on_the_last_of_february():
    world = payer("2024-08-31 12:00:00")
    due = at("2026-02-28T12:00:00")
    assert said(world, "2026-02-28T12:00:00") == ("archive", "client.archive-inactive", due, set())
    assert said(world, "2026-02-28T11:59:59") == ("keep", "client.archive-inactive", due, {"not-due"})


@pytest.mark.parametrize(
    ("day", "term", "end"),
    [
        ("2024-02-29", "120 months", "2034-02-28"),
        ("2028-02-29", "12 months", "2029-02-28"),
        ("2024-01-31", "1 months", "2024-02-29"),
        ("2025-01-31", "1 months", "2025-02-28"),
        ("2028-02-15", "365 days", "2029-02-14"),
        ("2026-01-31", "3 months", "2026-04-30"),
    ],
)
def test_months_clamp_to_the_last_day_and_days_are_counted(day, term, end):
    assert date.fromisoformat(end) == clock.add(date.fromisoformat(day), term)


def test_a_due_date_without_a_time_counts_to_the_end_of_its_day():
    world = newcomer()
    world.add("tblinvoices", userid=1, status=" cancelled", duedate="2025-01-01")
    due = at("2026-01-02T00:00:00")
    assert said(world, "2026-01-01T23:59:59", "invoice") == ("keep", "invoice.delete-cancelled", due, {"not-due"})
    assert said(world, "2026-01-02T00:00:00", "invoice") == ("delete", "invoice.delete-cancelled", due, set())


def test_registration_three_months_ago_deletes_a_client_without_a_paid_invoice():
    due = at("2025-12-01T00:00:00")  # 31 August + 3 months is 30 November, whole
    assert said(newcomer(), "2025-12-01T00:00:00") == ("delete", "client.delete-registration-only", due, set())


def test_a_missing_registration_date_is_the_earliest_dated_thing():
    world = order("Active", "2024-03-10 08:00:00")
    world.tables["tblclients"][0]["datecreated"] = "0000-00-00"
    world.add("tbltickets", userid=1, status="Closed", date="2024-03-11 00:00:00")
    assert said(world, "2024-04-01T00:00:00")[2] == at("2024-06-10T08:00:00")


def test_a_refunded_payment_falls_back_to_the_one_before():
    world = payer("2020-05-31 09:00:00")
    world.add("tblaccounts", userid=1, date="2025-01-01 00:00:00", amountin="7.00")
    assert said(world, "2026-01-01T00:00:00")[2] == at("2026-07-01T00:00:00")
    world.add("tblaccounts", userid=1, date="2025-02-01 00:00:00", amountout="7.00", refundid=2)
    assert said(world, "2026-01-01T00:00:00")[2] == at("2021-11-30T09:00:00")


def test_when_every_payment_was_reversed_the_reversal_is_the_clock():
    world = payer("2024-01-10 09:00:00")
    world.add("tblaccounts", userid=1, date="2024-03-31 18:00:00", amountout="10.00", refundid=1)
    assert said(world, "2026-01-01T00:00:00")[:3] == ("archive", "client.archive-inactive", at("2025-09-30T18:00:00"))


@pytest.mark.parametrize(
    "when", ["0000-00-00 00:00:00", None, "1980-01-01 00:00:00", "2150-01-01 00:00:00", "2026-01-01 00:00:01"]
)
def test_a_payment_nobody_can_date_or_later_than_now_keeps(when):
    world = payer("2001-01-10 09:00:00")
    world.add("tblaccounts", userid=1, date=when, amountin="1.00")
    action, _, due, reasons = said(world, "2026-01-01T00:00:00")
    assert (action, due) == ("keep", None)
    assert "unknown-anchor" in reasons


def test_an_old_payment_deletes_and_a_younger_one_only_archives_for_the_floor():
    assert said(payer("2012-01-10 09:00:00"), "2026-01-01T00:00:00")[:3] == (
        "delete",
        "client.delete-inactive",
        at("2022-01-10T09:00:00"),
    )
    world = payer("2015-01-10 09:00:00")
    assert said(world, "2026-01-01T00:00:00") == (
        "archive",
        "client.archive-inactive",
        at("2016-07-10T09:00:00"),
        {"floor"},
    )


def test_the_floor_ends_with_the_day_fifteen_months_and_ten_years_later():
    world = payer("2014-11-30 09:00:00")  # 29 February 2016, then 28 February 2026
    assert said(world, "2026-02-28T23:59:59")[0] == "archive"
    assert said(world, "2026-03-01T00:00:00")[0] == "delete"


def test_an_archived_client_goes_a_hundred_and_twenty_months_after_archiving():
    world = payer("2008-06-01 00:00:00", status="Closed")
    world.archives.append({"client": 1, "at": at("2016-02-29T03:00:00"), "former_status": "Active"})
    world.settings["terms"]["client.delete-inactive"] = ""
    due = at("2026-02-28T03:00:00")
    assert said(world, "2026-02-28T02:59:59") == ("keep", "client.delete-archived", due, {"not-due"})
    assert said(world, "2026-02-28T03:00:00") == ("delete", "client.delete-archived", due, set())


def test_a_payment_after_archiving_ends_the_archive():
    world = payer("2016-03-01 00:00:00", status="Closed")
    world.archives.append({"client": 1, "at": at("2016-02-29T00:00:00"), "former_status": "Active"})
    assert said(world, "2026-02-28T12:00:00")[:2] == ("archive", "client.archive-inactive")
