"""A small FOSSBilling installation: a client with everything, another with the same beside it, one odd, one orphan.

AOKI (1) has one row in every table that can be a client's. VOGEL (2) has rows beside them that nothing may touch.
ODD (4) has an order in a status that nobody mapped. Of ORPHAN (9) the platform's own deletion left a service, a
canceled order and a message whose ticket is gone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect

from tests.support.fossbilling import put

AOKI, VOGEL, EMPTY, ODD, ORPHAN = 1, 2, 3, 4, 9
ORDER, SERVICE, PAID, CANCELED = 10, 20, 30, 31  # Aoki's
VOGELS = 100  # added to an id it is Vogel's


def fill(connection: Connection) -> None:
    """The rows; those of tables that this version lacks are left out."""
    there = set(inspect(connection).get_table_names())
    for table, values in ROWS:
        if table in there:
            put(connection, table, **values)


def _of(client: int, plus: int) -> list[tuple[str, dict[str, Any]]]:
    """The same rows for a client, with ids that differ by `plus`; services have the same ids for both."""
    order, service, paid, canceled = ORDER + plus, SERVICE + plus, PAID + plus, CANCELED + plus
    ticket, mine = 50 + plus, {"client_id": client}
    activated = {"activated_at": "2018-01-02 10:00:00", "created_at": "2018-01-01 10:00:00"}
    return [
        ("client_order", {"id": order, **mine, "status": "pending_setup", "unpaid_invoice_id": canceled,
                          "created_at": "2018-03-01 10:00:00"}),
        ("client_order", {"id": service, **mine, "status": "canceled", "service_type": "hosting", "group_id": "g",
                          "service_id": 5 + plus, "group_master": 1, **activated,
                          "canceled_at": "2019-03-01 10:00:00"}),
        ("client_order", {"id": service + 1, **mine, "status": "active", "service_type": "domain", "group_id": "g",
                          "service_id": 6 + plus, "group_master": 0, **activated}),
        *(("client_order_meta", {"client_order_id": one, "name": "k", "value": "v"}) for one in (order, service)),
        *(("client_order_status", {"client_order_id": one, "status": "x"}) for one in (order, service)),
        ("service_hosting", {"id": 5 + plus, **mine, "username": "u", "pass": "p"}),
        ("service_domain", {"id": 6 + plus, **mine, "sld": "aoki", "expires_at": "2020-01-01 00:00:00"}),
        *((f"service_{name}", {"id": 7 + plus, **mine}) for name in ("apikey", "custom", "license", "membership")),
        ("invoice", {"id": paid, **mine, "status": "paid", "taxrate": "10", "created_at": "2018-01-02 10:00:00",
                     "due_at": "2018-01-16 10:00:00", "paid_at": "2018-01-03 09:00:00"}),
        ("invoice_item", {"invoice_id": paid, "type": "order", "rel_id": str(service), "price": 10, "taxed": 1}),
        ("transaction", {"id": 40 + plus, "invoice_id": paid, "amount": "11.00", "status": "processed",
                         "created_at": "2018-01-03 09:00:00", "ipn": "{}"}),
        ("invoice", {"id": canceled, **mine, "status": "canceled", "due_at": "2018-03-15 10:00:00"}),
        ("invoice_item", {"invoice_id": canceled, "type": "order", "rel_id": str(order), "price": 10}),
        ("transaction", {"id": 41 + plus, "invoice_id": canceled, "amount": "10", "status": "error", "ipn": "{}"}),
        ("support_ticket", {"id": ticket, **mine, "status": "closed"}),
        ("support_ticket_message", {"id": ticket, "support_ticket_id": ticket, **mine, "content": "c"}),
        ("support_ticket_message", {"id": ticket + 1, "support_ticket_id": ticket, "admin_id": 1, "content": "c"}),
        ("support_ticket_message_history", {"support_ticket_message_id": ticket, "content": "c"}),
        ("support_ticket_note", {"support_ticket_id": ticket, "admin_id": 1, "note": "n"}),
        ("client_balance", {**mine, "amount": "12.50"}),
        ("activity_client_history", {**mine, "ip": "192.0.2.1", "created_at": "2019-04-01 10:00:00"}),
        ("subscription", {**mine, "sid": "s"}),
        ("promo_redemption", {**mine, "client_order_id": order}),
        *((name, dict(mine)) for name in (
            "activity_client_email", "activity_system", "client_password_reset", "email_queue", "extension_meta",
            "mod_email_queue",
        )),
    ]  # fmt: skip


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("client", {"id": AOKI, "status": "active", "email": "aoki@example.jp", "created_at": "2018-01-01 09:00:00"}),
    ("client", {"id": VOGEL, "status": "suspended", "email": "vogel@example.org", "created_at": "2018-02-01 09:00:00"}),
    ("client", {"id": EMPTY, "status": "canceled", "email": "empty@example.net"}),
    ("client", {"id": ODD, "status": "active", "email": "odd@example.com"}),
    *_of(AOKI, 0),
    *_of(VOGEL, VOGELS),
    # Vogel's order points by mistake at Aoki's service, and Aoki once wrote into Vogel's ticket.
    ("client_order", {"id": 25, "client_id": VOGEL, "status": "canceled", "service_type": "hosting", "service_id": 5}),
    ("support_ticket_message", {"id": 60, "support_ticket_id": 50 + VOGELS, "client_id": AOKI, "content": "hello"}),
    ("client_order", {"id": 80, "client_id": ODD, "status": "Frozen", "created_at": "2018-01-01 10:00:00"}),
    ("client_order", {"id": 90, "client_id": ORPHAN, "status": "canceled", "created_at": "2018-01-01 10:00:00"}),
    ("service_domain", {"id": 91, "client_id": ORPHAN, "contact_email": "gone@example.org"}),
    ("support_ticket_message", {"id": 92, "support_ticket_id": 92, "client_id": ORPHAN, "content": "left behind"}),
    # Nobody's: a guest's ticket of 0.8, a public one of 0.7, a setting.
    ("support_ticket", {"id": 70, "status": "open"}),
    ("support_p_ticket", {"id": 50, "author_email": "aoki@example.jp", "status": "open"}),
    ("setting", {"param": "invoice_refund_logic", "value": "credit_note"}),
]
