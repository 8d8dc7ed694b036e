"""What each event of FOSSBilling means in kigen's words, as one table; both versions' names side by side.

After-events tell what happened. Before-events tell what somebody is about to do: one is read only where the
after-event says less or does not exist, and then the tables must show the change by the time it is taken in. An event
that is not here means nothing to kigen, or says what another one says better. Public tickets of 0.7 are not here on
purpose: they live in a table of their own, and their ids are other tickets' ids in support_ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Thing:
    """Where a thing lives, and which column names its client."""

    table: str
    owner: str = "client_id"


CLIENT = Thing("client", "id")
ORDER = Thing("client_order")
INVOICE = Thing("invoice")
TICKET = Thing("support_ticket")


@dataclass(frozen=True, slots=True)
class Hook:
    """One event: what it is in kigen's words, of which thing, and what it always carries."""

    event: str
    thing: Thing
    data: Mapping[str, object] = field(default_factory=dict)


# Which columns changed, only the tables tell: the reading that follows compares what was bought.
TABLES_TELL: Mapping[str, object] = {"fields": []}

BY_STAFF: Mapping[str, object] = {"by": "staff"}
BY_CLIENT: Mapping[str, object] = {"by": "client"}

TOLD_BEFORE = {"onBeforeAdminClientUpdate": "staff", "onBeforeClientProfileUpdate": "client"}
"""Events that hold what somebody is about to write, beside which a bridge can send what stood there (`olddata`)."""

HOOKS: Mapping[str, Hook] = {
    "onAfterAdminCreateClient": Hook("client_registered", CLIENT, BY_STAFF),
    "onAfterClientSignUp": Hook("client_registered", CLIENT, BY_CLIENT),
    "onAfterClientLogin": Hook("client_signed_in", CLIENT),
    "onAfterAdminClientUpdate": Hook("client_changed", CLIENT, BY_STAFF),
    "onAfterClientProfileUpdate": Hook("client_changed", CLIENT, BY_CLIENT),
    "onAfterAdminClientDelete": Hook("client_deleted", CLIENT),
    "onAfterAdminOrderCreate": Hook("order_created", ORDER),
    "onAfterClientOrderCreate": Hook("order_created", ORDER),
    "onAfterAdminOrderActivate": Hook("service_activated", ORDER),
    "onAfterAdminOrderUncancel": Hook("service_activated", ORDER),
    "onAfterAdminOrderSuspend": Hook("service_suspended", ORDER),
    "onAfterAdminOrderUnsuspend": Hook("service_unsuspended", ORDER),
    # The row is gone and was an order or a service: the host's own word for both is order.
    "onAfterAdminOrderDelete": Hook("order_deleted", ORDER),
    # An invoice that is prepared but not approved is seen by nobody, and fires nothing.
    "onAfterAdminInvoiceApprove": Hook("invoice_created", INVOICE),
    "onAfterAdminInvoicePaymentReceived": Hook("invoice_paid", INVOICE),
    "onAfterAdminInvoiceRefund": Hook("invoice_refunded", INVOICE),
    "onAfterAdminInvoiceDelete": Hook("invoice_deleted", INVOICE),
    "onAfterClientOpenTicket": Hook("ticket_opened", TICKET),
    "onAfterAdminOpenTicket": Hook("ticket_opened", TICKET),
    "onAfterClientReplyTicket": Hook("ticket_replied", TICKET),
    "onAfterAdminReplyTicket": Hook("ticket_replied", TICKET),
    "onAfterClientCloseTicket": Hook("ticket_closed", TICKET),
    "onAfterAdminCloseTicket": Hook("ticket_closed", TICKET),
}

# Not here, and why:
# onAfterAdminClientCreate: the same creation as onAfterAdminCreateClient, without an id and with a password.
# onAfterAdminOrderRenew: nothing else was bought; that a failed renewal has been made good is seen by reading.
# onAfterAdminGenerateRenewalInvoice: its approval has been told already.
# onAfterAdminTransactionUpdate: an edit of an old payment is no payment.
# onAfterAdminInvoiceUpdate: tells the invoice as it is now, not what changed; the before-event tells that.
# password changes, name servers, licence resets, baskets, reminders, staff, settings: nothing with a term.
