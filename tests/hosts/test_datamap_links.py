"""The maps' links: each leads somewhere, in an order in which rows can be deleted, and deleting follows them."""

from __future__ import annotations

from itertools import product

import pytest

from kigen.hosts.fossbilling import FossBillingHost, deleting
from kigen.hosts.whmcs import WhmcsHost
from kigen.hosts.whmcs import deleting as whmcs_deleting
from kigen.policy.datamap import CLIENT, DataMap
from kigen.policy.fates import Fate

host_maps = pytest.mark.parametrize(
    "datamap", [WhmcsHost.datamap, FossBillingHost.datamap], ids=lambda datamap: datamap.host
)


@host_maps
def test_every_link_names_columns_that_are_there(datamap: DataMap) -> None:
    assert len(datamap.named) == len(datamap.tables), "No table stands twice."
    for table in datamap:
        for link in table.links:
            on = datamap.holder(link.of)
            assert on, f"{table.name} hangs on {link.of}, which no table holds."
            assert link.column in table.fields and link.target in on.fields, (table.name, link)
            assert not link.unless or link.unless in table.fields, (table.name, link)


@host_maps
def test_a_table_stands_before_what_its_rows_name(datamap: DataMap) -> None:
    at = {table.name: number for number, table in enumerate(datamap)}
    for table, link in ((one, link) for one in datamap for link in one.links):
        on = datamap.holder(link.of)
        assert on
        first, then = (table.name, on.name) if link.target == "id" or link.of == "session" else (on.name, table.name)
        assert at[first] < at[then], f"{first} names a row of {then}."


def test_deleting_on_whmcs_follows_the_maps_links() -> None:
    assert {(part.table, part.column, part.of, part.field) for part in whmcs_deleting.PARTS} == {
        *product(["tblcustomfieldsvalues"], ["relid"], ["addon"], ["addon"]),
        *product(["tblcustomfieldsvalues"], ["relid"], ["service"], ["product"]),
        *product(["tblcustomfieldsvalues"], ["relid"], ["domain"], ["domain"]),
        *product(["tblcustomfieldsvalues"], ["relid"], ["ticket"], ["support"]),
        *product(["tblcustomfieldsvalues"], ["relid"], ["client"], ["client"]),
        ("tblhostingaddons", "id", "addon", ""), ("tblcancelrequests", "relid", "service", ""),
        ("tblhosting", "id", "service", ""), ("tbldomains", "id", "domain", ""), ("tblorders", "id", "order", ""),
        ("tblaccounts", "userid", "client", ""), ("tblaccounts", "invoiceid", "client's invoice", ""),
        ("tblinvoiceitems", "invoiceid", "invoice", ""), ("tblinvoicedata", "invoice_id", "invoice", ""),
        ("tblinvoices", "id", "invoice", ""), ("tblticketreplies", "tid", "ticket", ""),
        ("tblticketnotes", "ticketid", "ticket", ""), ("tblticketlog", "tid", "ticket", ""),
        ("tbltickets", "id", "ticket", ""), ("tblquoteitems", "quoteid", "quote", ""), ("tblquotes", "id", "quote", ""),
        ("tblaffiliatespending", "affaccid", "referral", ""), ("tblaffiliateshistory", "affiliateid", "affiliate", ""),
        ("tblaffiliateswithdrawals", "affiliateid", "affiliate", ""),
        ("tblaffiliateshits", "affiliateid", "affiliate", ""), ("tblaffiliatesaccounts", "id", "referral", ""),
        ("tblaffiliates", "id", "affiliate", ""), ("tblcreditcards", "pay_method_id", "paymethod", ""),
        ("tblbankaccts", "pay_method_id", "paymethod", ""), ("tblpaymethods", "id", "paymethod", ""),
        *product(["tblemails", "tblactivitylog", "tblnotes", "tblclientsfiles", "tblmarketing_consent", "tblcontacts"],
                 ["userid"], ["client"], [""]),
        ("tblcredit", "clientid", "client", ""), ("tblusers_clients", "client_id", "client", ""),
        ("tblusers", "id", "user", ""), ("tblclients", "id", "client", ""),
    }  # fmt: skip
    assert [part.table for part in whmcs_deleting.PARTS if part.unowned] == ["tblaccounts"]
    assert len(whmcs_deleting.PARTS) == 40, "None stands twice."


def test_deleting_on_fossbilling_follows_the_maps_links() -> None:
    assert set(deleting.BY_CLIENT) == {
        "activity_client_email", "activity_client_history", "activity_system", "client_balance",
        "client_password_reset", "email_queue", "extension_meta", "mod_email_queue", "promo_redemption", "subscription",
    }  # fmt: skip
    assert set(deleting.SERVICES) == {
        "service_apikey", "service_custom", "service_domain", "service_downloadable", "service_hosting",
        "service_license", "service_membership",
    }  # fmt: skip
    of_order = {"client_order", "client_order_meta", "client_order_status", *deleting.SERVICES}
    of_invoice = {"invoice", "invoice_item", "transaction"}
    assert {kind.value: tables for kind, tables in deleting.TOUCHED.items()} == {
        "order": of_order, "service": of_order, "invoice": of_invoice,
        "client": {
            "client", *of_order, *of_invoice, *deleting.BY_CLIENT, "support_ticket", "support_ticket_message",
            "support_ticket_message_history", "support_ticket_note",
        },
    }  # fmt: skip


@host_maps
def test_all_that_goes_with_a_client_can_be_found_from_it(datamap: DataMap) -> None:
    assert datamap.along(CLIENT) == {table.name for table in datamap if table.fate in (Fate.GOES, Fate.STAYS_MASKED)}
