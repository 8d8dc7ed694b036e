"""kigen.hooks: what kigen itself does with each family of billing events, through the same hooks as any other plugin.

A hook only writes down through the book when something happened. It reads neither clock nor table, so the same events
give the same anchors in any order, once or twice. What is common to the families stands here: what an event says.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal, InvalidOperation

from kigen.policy.desk import code_of
from kigen.policy.events import EVENTS, Event, who_acted
from kigen.policy.records import Ref

STAFF = frozenset({"staff", "admin"})
"""Values of data.by that are people of the operator's."""

_YES = (True, "1", "true", "yes", "on")  # bridges send what their platform has; 1 is True


def ref_of(event: Event) -> Ref:
    """The record that an event is about; ValueError where it does not tell."""
    if event.ref is None:
        missing = "client" if EVENTS[event.name].kind == "client" else "id"
        raise ValueError(f"{event.name} has no {missing}; expected the number of a record")
    return event.ref


def client_of(event: Event) -> int:
    """The client whose event it is; ValueError where it does not tell."""
    if event.client is None:
        raise ValueError(f"{event.name} has no client; expected the number of a client")
    return event.client


def contact_of(event: Event) -> int:
    """The contact of the client who asks, by data.contact; 0: the client itself.

    ValueError where a contact asks and nobody says which: what it asks must never be done to its client.
    """
    told = str(event.data.get("contact") or "0").strip()
    is_by_contact = code_of("actor", event.data.get("actor")) == "contact"
    if not told.isascii() or not told.isdigit() or len(told) > 18 or (is_by_contact and not int(told)):
        raise ValueError(f"{event.name} does not say which contact asks; expected its number in data.contact")
    return int(told)


def is_set(event: Event, key: str) -> bool:
    """Whether a flag of the event's data is there and true."""
    value = event.data.get(key)
    return (value.strip().lower() if isinstance(value, str) else value) in _YES


def is_by(event: Event, whom: Container[str]) -> bool:
    """Whether one of these did it, as far as data.by tells."""
    return who_acted(event.data) in whom


def is_by_staff(event: Event) -> bool:
    """Staff did it, in their own name or acting as the client."""
    return is_by(event, STAFF) or is_set(event, "masquerading")


def amount_of(event: Event, key: str) -> Decimal | None:
    """An amount of the event's data, None where it has none; ValueError for what is no number."""
    value = event.data.get(key)
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ValueError(f"{event.name} has another data.{key}; expected an amount such as 1200.00")
    return amount


def is_counted(event: Event, counted: Container[str]) -> bool:
    """Whether an edit changed what was bought: data.fields names a counted field, or the sender names none at all.

    Without fields the sender says only that it changed, and the later clock is the careful reading.
    """
    fields = event.data.get("fields")
    if fields is None:
        return True
    if not isinstance(fields, (list, tuple)):
        raise ValueError(f"{event.name} has other data.fields; expected a list of names")
    return any(str(field).strip().lower() in counted for field in fields)
