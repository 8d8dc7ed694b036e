"""What each WHMCS hook means in kigen's words, as one table: hook, event, keys of the payload, and what must be true.

Hooks that run before a change are intents: the tables must show the change by the time the event is taken in. A hook
that is not here means nothing to kigen, or says what another one says better.
"""

from __future__ import annotations

from dataclasses import dataclass

from kigen.hosts.whmcs import states
from kigen.policy.records import State


@dataclass(frozen=True, slots=True)
class Thing:
    """Where a thing lives: its table, the column of its owner, and the payload keys under which hooks give its id."""

    table: str
    owner: str
    keys: tuple[str, ...]
    status: str = "status"
    states: states.States | None = None


CLIENT = Thing("tblclients", "id", ("client_id", "userid", "clientId"), states=states.CLIENTS)
CONTACT = Thing("tblcontacts", "userid", ("contactid", "contactId"))
ORDER = Thing("tblorders", "userid", ("orderid", "OrderID", "orderId"))
INVOICE = Thing("tblinvoices", "userid", ("invoiceid", "invoiceId"), states=states.INVOICES)
SERVICE = Thing("tblhosting", "userid", ("serviceid", "serviceId"), "domainstatus", states.SERVICES)
DOMAIN = Thing("tbldomains", "userid", ("domainid", "domainId"), states=states.DOMAINS)
ADDON = Thing("tblhostingaddons", "userid", ("id",), states=states.SERVICES)
TICKET = Thing("tbltickets", "userid", ("ticketid", "ticketId"))

OWNER_KEYS = ("userid", "clientId", "client_id", "userId")
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook. `data` are the payload keys that may enter the event, `fixed` what it always carries.

    `shows`: the state that the tables must show, GONE for no row at all; None: the hook runs after the change.
    `owner_in_payload`: whether the payload's userid is the client (in some hooks it is an admin, or mixed).
    """

    event: str
    thing: Thing
    shows: State | str | None = None
    data: tuple[str, ...] = ()
    fixed: tuple[tuple[str, object], ...] = ()
    owner_in_payload: bool = True


# Which columns changed, only the tables tell: the reading that follows compares what was bought.
TABLES_TELL = (("fields", ()),)
OF_ADDON = (("kind", "addon"),)
BY = ("by", "masquerading")  # who changed it, where the bridge knows

HOOKS: dict[str, Hook] = {
    "ClientAdd": Hook("client_registered", CLIENT, data=BY),
    "ClientAreaRegister": Hook("client_registered", CLIENT, data=BY),
    "ClientEdit": Hook("client_changed", CLIENT, data=("status", "groupid", "fields", *BY)),
    "ClientClose": Hook("client_closed", CLIENT),
    "PreDeleteClient": Hook("client_deleted", CLIENT, GONE),
    "ClientDelete": Hook("client_deleted", CLIENT, GONE),
    "ContactAdd": Hook("contact_added", CONTACT),
    "ContactEdit": Hook("contact_changed", CONTACT, data=BY),
    "ContactDelete": Hook("contact_deleted", CONTACT),
    "AfterShoppingCartCheckout": Hook("order_created", ORDER),
    "AcceptOrder": Hook("order_accepted", ORDER, State.ACTIVE),
    "PendingOrder": Hook("order_set_pending", ORDER, State.PENDING),
    "CancelOrder": Hook("order_cancelled", ORDER, State.CANCELLED),
    "CancelAndRefundOrder": Hook("order_cancelled", ORDER, State.CANCELLED),
    "FraudOrder": Hook("order_marked_fraud", ORDER, State.FRAUD),
    "DeleteOrder": Hook("order_deleted", ORDER, GONE),
    "InvoiceCreation": Hook("invoice_created", INVOICE, data=("status", "source"), owner_in_payload=False),
    "InvoiceCreated": Hook("invoice_created", INVOICE, data=("status", "source"), owner_in_payload=False),
    "InvoiceRefunded": Hook("invoice_refunded", INVOICE),
    "InvoiceCancelled": Hook("invoice_cancelled", INVOICE),
    "AfterModuleCreate": Hook("service_activated", SERVICE),
    "AfterModuleSuspend": Hook("service_suspended", SERVICE),
    "AfterModuleUnsuspend": Hook("service_unsuspended", SERVICE),
    "AfterModuleTerminate": Hook("service_terminated", SERVICE),
    "AfterModuleChangePackage": Hook("service_changed", SERVICE, fixed=TABLES_TELL),
    "ServiceEdit": Hook("service_changed", SERVICE, data=BY, fixed=TABLES_TELL),
    "AdminServiceEdit": Hook("service_changed", SERVICE, data=BY, fixed=TABLES_TELL),
    "ServiceDelete": Hook("service_deleted", SERVICE),
    # An add-on is a service with numbers of its own. No event says fraud or created: the tables do.
    "AddonAdd": Hook("service_changed", ADDON, fixed=OF_ADDON + TABLES_TELL),
    "AddonEdit": Hook("service_changed", ADDON, fixed=OF_ADDON + TABLES_TELL),
    "AddonFraud": Hook("service_changed", ADDON, fixed=OF_ADDON + TABLES_TELL),
    "AddonActivated": Hook("service_activated", ADDON, fixed=OF_ADDON),
    "AddonSuspended": Hook("service_suspended", ADDON, fixed=OF_ADDON),
    "AddonUnsuspended": Hook("service_unsuspended", ADDON, fixed=OF_ADDON),
    "AddonCancelled": Hook("service_cancelled", ADDON, fixed=OF_ADDON),
    "AddonTerminated": Hook("service_terminated", ADDON, fixed=OF_ADDON),
    "AddonDeleted": Hook("service_deleted", ADDON, fixed=OF_ADDON),
    "AfterRegistrarRegistration": Hook("domain_registered", DOMAIN),
    "AfterRegistrarRenewal": Hook("domain_renewed", DOMAIN),
    # Always a transfer to the operator; of one away only the status tells.
    "DomainTransferCompleted": Hook("domain_transferred", DOMAIN),
    "DomainEdit": Hook("domain_changed", DOMAIN, data=BY, fixed=TABLES_TELL),
    "DomainDelete": Hook("domain_deleted", DOMAIN),
    "TicketOpen": Hook("ticket_opened", TICKET),
    "TicketOpenAdmin": Hook("ticket_opened", TICKET),
    "TicketUserReply": Hook("ticket_replied", TICKET),
    "TicketAdminReply": Hook("ticket_replied", TICKET, data=("status",)),
    "TicketClose": Hook("ticket_closed", TICKET),
    "TicketDelete": Hook("ticket_deleted", TICKET),
}
