"""Decides what the events that kigen heard say of a record: when something happened to it, and what it became.

An event counts from the instant it tells, whenever and however often it arrived; of two the later one counts. Asked
are events only where the host's own column cannot say it, and beside it for payments, sign-ins and changes.
"""

from collections import defaultdict
from datetime import datetime

HAPPENED = {
    "client_registered": ("client", "registered"),
    "client_signed_in": ("client", "signed in"),
    "order_drafted": ("order", "created"),
    "order_created": ("order", "created"),
    "invoice_paid": ("invoice", "received"),
    "payment_received": ("payment", "received"),
    "payment_reversed": ("payment", "reversed"),
    "service_changed": ("service", "bought"),
    "domain_changed": ("domain", "bought"),
}
BECAME = {
    "client_closed": ("client", "closed"),
    "client_archived": ("client", "closed"),
    "client_unarchived": ("client", "active"),
    "order_drafted": ("order", "draft"),
    "order_created": ("order", "pending"),
    "order_set_pending": ("order", "pending"),
    "order_accepted": ("order", "active"),
    "order_cancelled": ("order", "cancelled"),
    "order_marked_fraud": ("order", "fraud"),
    "invoice_created": ("invoice", "unpaid"),
    "invoice_paid": ("invoice", "paid"),
    "invoice_refunded": ("invoice", "refunded"),
    "invoice_cancelled": ("invoice", "cancelled"),
    "service_activated": ("service", "active"),
    "service_unsuspended": ("service", "active"),
    "service_suspended": ("service", "suspended"),
    "service_cancelled": ("service", "cancelled"),
    "service_terminated": ("service", "terminated"),
    "domain_registered": ("domain", "active"),
    "domain_renewed": ("domain", "active"),
    "domain_transferred": ("domain", "active"),
    "domain_cancelled": ("domain", "cancelled"),
    "domain_expired": ("domain", "expired"),
}
BOUGHT = {"packageid", "billingcycle", "domain", "type", "registrationperiod", "userid"}
"""Fields whose change is a change of what was bought, as far as the histories here name any."""


class Heard:
    """`happened`: the latest instant by kind, id and name; `became`: the latest change of state with its instant."""

    def __init__(self, events: list[dict]):
        self.happened: dict[tuple[str, int, str], datetime] = {}
        self.became: dict[tuple[str, int], tuple[datetime, str]] = {}
        self.dues: dict[int, list[datetime]] = defaultdict(list)
        for event in events:
            self.take(event, event.get("data") or {})

    def take(self, event: dict, data: dict) -> None:
        name, at = event["event"], event["at"]
        if name == "invoice_due_changed":
            self.dues[event["id"]].append(datetime.fromisoformat(data["due"]))
        if name in BECAME:
            kind, state = BECAME[name]
            key = (kind, event["client"] if kind == "client" else event["id"])
            self.became[key] = max(self.became.get(key, (at, state)), (at, state))
        if name in HAPPENED and counts(name, data):
            kind, what = HAPPENED[name]
            entry = (kind, event["client"] if kind == "client" else event["id"], what)
            self.happened[entry] = max(self.happened.get(entry, at), at)

    def when(self, kind: str, number: int, what: str) -> list[datetime]:
        """The latest instant of this, or nothing."""
        found = self.happened.get((kind, number, what))
        return [found] if found else []

    def due(self, number: int) -> datetime | None:
        """The latest due date that was told of an invoice."""
        return max(self.dues[number]) if self.dues.get(number) else None


def counts(name: str, data: dict) -> bool:
    """Own sign-ins, payments above zero, whole reversals, changes of what was bought."""
    if name == "client_signed_in":
        return not (data.get("masquerading") or data.get("sso") or data.get("by") in ("staff", "admin", "api"))
    if name == "payment_received":
        return float(data["amount"]) > 0
    if name == "invoice_paid":
        return float(data.get("gross", 1)) > 0
    if name == "payment_reversed":
        return not data.get("partial")
    if name in ("service_changed", "domain_changed"):
        return "fields" not in data or bool(BOUGHT & set(data["fields"]))
    return True
