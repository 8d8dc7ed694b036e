"""By which columns a record of WHMCS is known again when it comes back."""

from __future__ import annotations

from kigen.hosts.unchanging import Unchanging
from kigen.policy.records import Kind

CREATED, WHOSE = ("created_at",), frozenset({"userid"})
UNCHANGING = {
    Kind.CLIENT: Unchanging("tblclients", (("uuid",), CREATED), frozenset({"uuid"})),
    Kind.ORDER: Unchanging("tblorders", (("ordernum", "date"),)),
    Kind.INVOICE: Unchanging("tblinvoices", (CREATED, ("date", "duedate", "subtotal", "userid")), beside=WHOSE),
    Kind.SERVICE: Unchanging("tblhosting", (CREATED, ("regdate", "orderid"))),
    Kind.ADDON: Unchanging("tblhostingaddons", (CREATED, ("regdate", "hostingid"))),
    Kind.DOMAIN: Unchanging("tbldomains", (CREATED, ("registrationdate", "orderid"))),
    Kind.TICKET: Unchanging("tbltickets", (("tid", "date"),)),
    Kind.QUOTE: Unchanging("tblquotes", (("datecreated", "validuntil", "total", "userid"),), beside=WHOSE),
    Kind.PAYMENT: Unchanging("tblaccounts", (("date", "invoiceid", "amountin", "amountout"),)),
}
"""No mask changes these columns. Older installations lack uuid and created_at, or leave them empty: of such a client
only a day is left (`datecreated`), by which nobody is known."""
