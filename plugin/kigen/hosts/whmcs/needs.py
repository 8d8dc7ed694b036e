"""Which columns a rule's decision rests on: by its record, its clock and its guards; a missing one refuses the rule."""

from __future__ import annotations

from kigen.hosts.whmcs.deleting import parts_of
from kigen.policy import records as r
from kigen.policy.records import Kind
from kigen.policy.schedule import Effect, Rule

Columns = frozenset[str]


def _of(name: str, columns: str) -> Columns:
    return frozenset(f"{name}.{column}" for column in columns.split())


CLIENTS = _of("tblclients", "id status groupid")
ORDERS = _of("tblorders", "id userid status") | _of("tblorderstatuses", "title showpending showactive showcancelled")
SERVICES = (
    _of("tblhosting", "id userid orderid domainstatus") | _of("tblhostingaddons", "id hostingid orderid status")
)  # fmt: skip
DOMAINS = _of("tbldomains", "id userid orderid status")
INVOICES = _of("tblinvoices", "id userid status subtotal tax tax2")
PAYMENTS = _of("tblaccounts", "id userid invoiceid amountin amountout refundid")
TICKETS = _of("tbltickets", "id userid status")
QUOTES = _of("tblquotes", "id userid stage")
REFERRALS = (
    _of("tblaffiliatesaccounts", "id affiliateid relid") | _of("tblaffiliateshistory", "id affiliateid affaccid amount")
)  # fmt: skip
BALANCES = _of("tblaffiliates", "clientid balance")
BILLS = INVOICES | PAYMENTS | _of("tblinvoiceitems", "invoiceid type relid") | _of("tblorders", "invoiceid")
PAID_WHEN = _of("tblaccounts", "date") | _of("tblinvoices", "date datepaid date_refunded")

# tblhostingaddons.userid and tbltickets.merged_ticket_id are read where they are there; without them more is kept, and
# so no rule is refused.
ABOUT: dict[Kind, Columns] = {
    Kind.CLIENT: CLIENTS | SERVICES | DOMAINS | INVOICES | PAYMENTS | TICKETS,
    Kind.ORDER: CLIENTS | ORDERS | SERVICES | DOMAINS,
    Kind.INVOICE: CLIENTS | INVOICES | PAYMENTS,
    Kind.SERVICE: CLIENTS | SERVICES,
    Kind.DOMAIN: CLIENTS | DOMAINS,
}

CLOCKS: dict[tuple[Kind, str], Columns] = {
    (Kind.CLIENT, r.REGISTERED): _of("tblclients", "datecreated"),
    (Kind.CLIENT, r.LAST_PAYMENT): PAID_WHEN,
    (Kind.CLIENT, r.REQUESTED): _of("tblclients", "country lastlogin")
    | _of("tblusers", "id last_login") | _of("tblusers_clients", "auth_user_id client_id"),
    (Kind.ORDER, r.CREATED): _of("tblorders", "date"),
    (Kind.INVOICE, r.DUE): _of("tblinvoices", "duedate"),
    (Kind.SERVICE, r.LAST_CHANGE): _of("tblhosting", "termination_date packageid billingcycle domain")
    | _of("tblcancelrequests", "relid date"),
    (Kind.DOMAIN, r.LAST_CHANGE): _of("tbldomains", "type domain registrationperiod"),
    (Kind.DOMAIN, r.EXPIRATION): _of("tbldomains", "expirydate"),
}  # fmt: skip

GUARDS: dict[str, Columns] = {
    "active-service": SERVICES,
    "active-domain": DOMAINS,
    "foreign-item": ORDERS | SERVICES | DOMAINS,
    "paid-invoice": BILLS,
    "live-estimate": QUOTES,
    "open-ticket": TICKETS,
    "unpaid-invoice": INVOICES | PAYMENTS | _of("tblinvoices", "duedate"),
    "pending-order": ORDERS | INVOICES | PAYMENTS | _of("tblorders", "date") | _of("tblinvoices", "duedate"),
    "credit-balance": _of("tblclients", "credit"),
}

FLOORS: dict[Kind, Columns] = {
    Kind.CLIENT: BILLS | PAID_WHEN | QUOTES | _of("tblquotes", "datecreated dateaccepted") | _of("tblorders", "date"),
    Kind.ORDER: BILLS | PAID_WHEN,
    Kind.INVOICE: BILLS | PAID_WHEN,
}
"""A rule that only archives asks no floor."""

LOOKUPS = frozenset({"tblorderstatuses", "tblcustomfields"})
"""Read without a lock: the operator's own words, not a client's rows."""


def needs(rule: Rule) -> Columns:
    """Every column that deciding by this rule reads, as `table.column`."""
    found = ABOUT.get(rule.kind, frozenset()) | CLOCKS.get((rule.kind, rule.anchor), frozenset())
    for guard in rule.kept_by:
        found |= GUARDS.get(guard, frozenset())
    if "approved-commission" in rule.kept_by:
        found |= BALANCES if rule.kind is Kind.CLIENT else REFERRALS
    if rule.effect is not Effect.ARCHIVE:
        found |= FLOORS.get(rule.kind, frozenset())
    return found


def removes(rule: Rule) -> frozenset[str]:
    """Tables that this rule can delete rows from; none for a rule that only archives."""
    return frozenset(part.table for part in parts_of(rule.kind)) if rule.effect is Effect.DELETE else frozenset()
