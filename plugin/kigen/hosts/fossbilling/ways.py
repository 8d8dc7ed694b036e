"""By which ways a row of FOSSBilling is a client's, and which of its columns a decision can rest on."""

from __future__ import annotations

from kigen.hosts.fossbilling.accounts import BALANCE, CLIENT, DOMAIN, LOGIN, ORDER, TICKET
from kigen.hosts.fossbilling.money import INVOICE, ITEM, TRANSACTION
from kigen.hosts.ways import Step, Way

OF_INVOICE = Step("invoice_id", "invoice")

WAYS: tuple[Way, ...] = (
    Way("client", CLIENT, "id"),
    Way("client_order", ORDER, "client_id"),
    Way("invoice", INVOICE, "client_id"),
    Way("invoice_item", ITEM, "client_id", (OF_INVOICE,)),
    Way("transaction", TRANSACTION, "client_id", (OF_INVOICE,)),
    Way("service_domain", DOMAIN, "client_id"),
    Way("support_ticket", TICKET, "client_id"),
    Way("client_balance", BALANCE, "client_id"),
    Way("activity_client_history", LOGIN, "client_id"),
)
