"""By which ways a row of WHMCS is a client's, and which of its columns a decision can rest on."""

from __future__ import annotations

from kigen.hosts.ways import Step, Way
from kigen.hosts.whmcs.accounts import QUOTE, TICKET
from kigen.hosts.whmcs.items import ADDON, DOMAIN, HISTORY, ORDER, REFERRAL, REQUEST, SERVICE
from kigen.hosts.whmcs.money import INVOICE, LINE, TRANSACTION
from kigen.hosts.whmcs.people import BALANCE, CLIENT, LINK, USER

OF_SERVICE, OF_INVOICE = Step("relid", "tblhosting"), Step("invoiceid", "tblinvoices")

WAYS: tuple[Way, ...] = (
    Way("tblclients", CLIENT, "id"),
    Way("tblusers_clients", LINK, "client_id"),
    Way("tblusers", USER, "client_id", (Step("id", "tblusers_clients", "auth_user_id"),)),
    Way("tblorders", ORDER, "userid"),
    Way("tblhosting", SERVICE, "userid"),
    Way("tblhostingaddons", ADDON, "userid"),
    Way("tblhostingaddons", ADDON, "userid", (Step("hostingid", "tblhosting"),)),
    Way("tbldomains", DOMAIN, "userid"),
    Way("tblcancelrequests", REQUEST, "userid", (OF_SERVICE,)),
    Way("tblaffiliatesaccounts", REFERRAL, "userid", (OF_SERVICE,)),
    Way("tblaffiliateshistory", HISTORY, "userid", (Step("affaccid", "tblaffiliatesaccounts"), OF_SERVICE)),
    Way("tblinvoices", INVOICE, "userid"),
    Way("tblinvoiceitems", LINE, "userid", (OF_INVOICE,)),
    Way("tblaccounts", TRANSACTION, "userid"),
    Way("tblaccounts", TRANSACTION, "userid", (OF_INVOICE,), unless="userid"),
    Way("tblaccounts", TRANSACTION, "userid", (Step("refundid", "tblaccounts"),), nobodys="userid"),
    Way("tbltickets", TICKET, "userid"),
    Way("tblquotes", QUOTE, "userid"),
    Way("tblaffiliates", BALANCE, "clientid"),
)
"""An add-on, and what was paid, count both for whom they name and for whose service or invoice they are on."""
