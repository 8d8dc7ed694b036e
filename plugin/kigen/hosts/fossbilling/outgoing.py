"""What a bundle calls the tables of FOSSBilling, and where the client's currency stands."""

from __future__ import annotations

from kigen.hosts.listed import Listed
from kigen.policy.exporting import Section

_TABLES: dict[Section, str] = {
    Section.PROFILE: "client extension_meta",
    Section.SERVICES: """client_order service_apikey service_custom service_downloadable service_hosting service_license
        service_membership""",
    Section.DOMAINS: "service_domain",
    Section.ORDERS: "client_order_meta client_order_status",
    Section.INVOICES: "invoice invoice_item",
    Section.TRANSACTIONS: "transaction client_balance subscription promo_redemption",
    Section.TICKETS: "support_ticket support_ticket_message support_ticket_message_history support_ticket_note",
    Section.MESSAGES: "activity_client_email mod_email_queue email_queue",
    Section.ACTIVITY: "activity_client_history activity_system client_password_reset",
}

LISTED = Listed(
    {name: section for section, names in _TABLES.items() for name in names.split()},
    lost={"support_ticket_message": "client_id"},
    currency=("currency", "", ""),
)
"""An order is what was bought and its service in one row: it stands among the services. Of a ticket that staff deleted
the platform leaves the messages behind, which still say who wrote them."""
