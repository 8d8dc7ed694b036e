"""What a bundle calls the tables of WHMCS, which rows are staff's alone, and what the numbers in them mean."""

from __future__ import annotations

from kigen.hosts.listed import Listed, Unshown
from kigen.policy.exporting import Section
from kigen.policy.fates import Withheld

_TABLES: dict[Section, str] = {
    Section.PROFILE: "tblclients tblnotes tblclientsfiles tblcustomfieldsvalues",
    Section.CONTACTS: "tblcontacts tblusers tblusers_clients",
    Section.SERVICES: "tblhosting tblhostingaddons tblcancelrequests",
    Section.DOMAINS: "tbldomains",
    Section.ORDERS: "tblorders tblquotes tblquoteitems",
    Section.INVOICES: "tblinvoices tblinvoiceitems tblinvoicedata",
    Section.TRANSACTIONS: """tblaccounts tblcredit tblpaymethods tblcreditcards tblbankaccts tblaffiliates
        tblaffiliatesaccounts tblaffiliateshistory tblaffiliatespending tblaffiliateswithdrawals""",
    Section.TICKETS: "tbltickets tblticketreplies tblticketnotes tblticketlog",
    Section.MESSAGES: "tblemails",
    Section.ACTIVITY: "tblactivitylog tblaffiliateshits",
    Section.CONSENTS: "tblmarketing_consent",
}

LISTED = Listed(
    {name: section for section, names in _TABLES.items() for name in names.split()},
    (
        Unshown("tblclientsfiles", "adminonly", Withheld.NOTES, (1, "1", "on")),
        Unshown("tblcustomfieldsvalues", "fieldid", Withheld.NOTES, of=("tblcustomfields", "adminonly", ("on", "1"))),
        Unshown(
            "tblcustomfieldsvalues", "fieldid", Withheld.SECRET, of=("tblcustomfields", "fieldtype", ("password",))
        ),
    ),
    named={"tblcustomfieldsvalues.fieldid": ("tblcustomfields", "fieldname")},
    currency=("currency", "tblcurrencies", "code"),
)
"""An affiliate's hits, a ticket's log and the users are read by the map's links, whatever section they stand in."""
