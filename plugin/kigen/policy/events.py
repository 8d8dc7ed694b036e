"""What can happen on a billing platform, as one table: every event, what it is about and which keys it needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from kigen.policy.frozen import frozen
from kigen.policy.records import Kind, Ref


@dataclass(frozen=True, slots=True)
class EventType:
    """One event of contract.md. `kind` None: about no record; `needs` are keys besides `event` and `at`."""

    family: str
    kind: Kind | str | None
    needs: tuple[str, ...]


@frozen
class Event:
    """An event in kigen's words. `at` is UTC; `client` and `id` None where the event does not tell and nobody knows."""

    name: str
    at: dt.datetime
    client: int | None = None
    id: int | None = None
    into: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def ref(self) -> Ref | None:
        """The record that the event is about, None where kigen keeps no record of its kind."""
        kind = EVENTS[self.name].kind
        number = self.client if kind is Kind.CLIENT else self.id
        return (kind, number) if isinstance(kind, Kind) and number is not None else None


def who_acted(data: Mapping[str, object]) -> str:
    """Who did it, as one word of an event's data; blank where nobody says. A bridge adds a number, as in `staff:3`."""
    return str(data.get("by") or "").partition(":")[0].strip().lower()


def _family(family: str, kind: Kind | str | None, needs: tuple[str, ...], *names: str) -> dict[str, EventType]:
    return {name: EventType(family, kind, needs) for name in names}


EVENTS: dict[str, EventType] = {
    **_family("client", Kind.CLIENT, ("client",), "client_registered", "client_changed", "client_signed_in",
              "client_archived", "client_unarchived", "client_closed", "client_deleted"),
    **_family("client", Kind.CLIENT, ("client", "into"), "client_merged"),
    **_family("contact", "contact", ("client", "id"), "contact_added", "contact_changed", "contact_deleted"),
    **_family("order", Kind.ORDER, ("client", "id"), "order_drafted", "order_created", "order_accepted",
              "order_set_pending", "order_cancelled", "order_marked_fraud", "order_deleted"),
    **_family("invoice", Kind.INVOICE, ("client", "id"), "invoice_created", "invoice_paid", "invoice_refunded",
              "invoice_cancelled", "invoice_deleted"),
    **_family("invoice", Kind.INVOICE, ("client", "id", "data.due"), "invoice_due_changed"),
    **_family("payment", Kind.PAYMENT, ("client", "id", "data.amount", "data.invoice"), "payment_received",
              "payment_reversed"),
    **_family("service", Kind.SERVICE, ("client", "id"), "service_activated", "service_suspended",
              "service_unsuspended", "service_changed", "service_cancelled", "service_terminated", "service_deleted"),
    **_family("domain", Kind.DOMAIN, ("client", "id"), "domain_registered", "domain_renewed", "domain_changed",
              "domain_transferred", "domain_cancelled", "domain_expired", "domain_deleted"),
    **_family("ticket", Kind.TICKET, ("client", "id"), "ticket_opened", "ticket_replied", "ticket_closed",
              "ticket_deleted"),
    **_family("commission", "commission", ("client", "id", "data.service"), "commission_approved",
              "commission_reversed"),
    **_family("consent", Kind.CLIENT, ("client", "data.purpose", "data.notice"), "consent_given", "consent_refused",
              "consent_withdrawn", "policy_accepted"),
    **_family("request", Kind.CLIENT, ("client",), "deletion_requested", "deletion_withdrawn",
              "cancellation_requested", "export_requested", "rights_requested"),
    **_family("time", None, (), "day_started"),
}  # fmt: skip
