"""How a WHMCS hook's payload becomes an Event: ids checked, the owner looked up, intents confirmed from the tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import hooks, states
from kigen.hosts.whmcs.hooks import HOOKS, OWNER_KEYS, Hook, Thing
from kigen.hosts.whmcs.payments import invoice_paid, invoice_payment, transaction
from kigen.hosts.whmcs.people import Row
from kigen.policy.events import Event


class Told(NamedTuple):
    """One hook as it came: its name, payload, time, and the rows to ask."""

    name: str
    payload: Mapping[str, object]
    at: dt.datetime
    rows: Rows
    orders: states.States | None = None  # the operator's statuses of orders, where they were read already

    def number(self, *keys: str) -> int:
        """A whole number above zero under the first of these keys that is there; ValueError where it is none."""
        found = self.perhaps(*keys)
        if found is None:
            raise ValueError(f"{self.name} has no {keys[0]!r}; expected the id of a row, a whole number above zero")
        return found

    def perhaps(self, *keys: str) -> int | None:
        """The same; None where no key is there, or where it holds 0, WHMCS's word for nobody."""
        for key in keys:
            value = self.payload.get(key)
            if value is None or value == "":
                continue
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                return value or None
            if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,18}\s*", value):
                return int(value) or None
            raise ValueError(f"{self.name} has {key!r} {_short(value)}; expected a whole number")
        return None

    def is_set(self, *keys: str) -> bool:
        return any(states.folded(self.payload.get(key)) not in ("", "0", "false", "no", "off") for key in keys)

    def row(self, thing: Thing, id_: int) -> Row | None:
        found = self.rows.read(thing.table, (thing.owner, thing.status), "id", (id_,))
        return found[0] if found else None


def translate(
    rows: Rows, name: str, payload: Mapping[str, object], at: dt.datetime, orders: states.States | None = None
) -> Event:
    """The event that a hook tells; raises as `Host.translate` says."""
    if not isinstance(payload, Mapping):
        raise ValueError(f"{name} has a payload that is {_short(payload)}; expected an object with keys")
    told = Told(name, _flat(payload), at, rows, orders)
    if special := SPECIAL.get(name):
        return special(told)
    if hook := HOOKS.get(name):
        return _plain(told, hook)
    raise UnknownEvent(f"{name} means nothing to kigen.")


def _flat(payload: Mapping[str, object]) -> Mapping[str, object]:
    """The payload, with what module hooks wrap into `params` beside it; of either only declared keys are ever read."""
    params = payload.get("params")
    return {**params, **payload} if isinstance(params, Mapping) else payload


def _plain(told: Told, hook: Hook) -> Event:
    thing = hook.thing
    id_ = told.number(*thing.keys)
    row = told.row(thing, id_)
    if hook.shows is not None:
        _confirm(told, hook, id_, row)
    data: dict[str, object] = {key: list(value) if value == () else value for key, value in hook.fixed}
    data |= {key: value for key in hook.data if _is_told(key, value := told.payload.get(key))}
    if thing is hooks.CLIENT:
        return Event(hook.event, told.at, client=id_, data=data)
    client = told.perhaps(*OWNER_KEYS) if hook.owner_in_payload else None
    client = client or (row[thing.owner] if row else None) or None
    if client is None and thing is hooks.ADDON:
        client = _owner_above(told, id_)
    return Event(hook.event, told.at, client=client, id=id_, data=data)


def _is_told(key: str, value: object) -> bool:
    """Plain values, and of what changed the names of the columns, never what stood in them."""
    if key == "fields":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, (str, int))


def _owner_above(told: Told, addon: int) -> int | None:
    """An add-on without a userid is its service's owner's; the payload tells the service where the add-on is gone."""
    found = told.rows.read("tblhostingaddons", ("hostingid",), "id", (addon,))
    service = found[0]["hostingid"] if found else told.perhaps(*hooks.SERVICE.keys)
    row = told.row(hooks.SERVICE, service) if service else None
    return (row[hooks.SERVICE.owner] or None) if row else None


def _confirm(told: Told, hook: Hook, id_: int, row: Row | None) -> None:
    where = f"{hook.thing.table} {id_}"
    if hook.shows == hooks.GONE:
        if row is not None:
            raise UnconfirmedEvent(f"{told.name} announced a deletion, but {where} is still there.")
        return
    if row is None:
        raise UnconfirmedEvent(f"{told.name} announced {hook.shows}, but {where} is not there.")
    known = hook.thing.states or told.orders or states.order_states(told.rows)
    if (state := states.state_of(known, row[hook.thing.status])) is not hook.shows:
        raise UnconfirmedEvent(f"{told.name} announced {hook.shows}, but {where} is {state}.")


def _signed_in(told: Told) -> Event:
    """A sign-in is a user's; the client is the one the payload names, else the one that the user owns."""
    if told.is_set("masquerading", "isMasqueradingAdmin", "is_masquerading", "admin", "adminid", "admin_id"):
        raise UnknownEvent("Staff acting as a client are no sign-in of the client.")
    user = told.number("user_id", "userId")
    links = told.rows.read("tblusers_clients", ("client_id", "owner"), "auth_user_id", (user,))
    if not links:
        raise UnknownEvent(f"User {user} belongs to no client.")
    named = told.perhaps("client_id", "clientId")
    links = [link for link in links if link["client_id"] == named] or links
    chosen = min(links, key=lambda link: (not link["owner"], link["client_id"]))
    data = {key: True for key in ("sso",) if told.is_set(key)}
    return Event("client_signed_in", told.at, client=chosen["client_id"], data=data)


def _merged(told: Told) -> Event:
    into, gone = told.number("toUserID", "touserid"), told.number("fromUserID", "fromuserid")
    return Event("client_merged", told.at, client=gone, into=into)


def _ticket_status(told: Told) -> Event:
    """Staff set a ticket's status: closed, or anything else, which is open again."""
    is_closed = states.folded(told.payload.get("status")) == states.CLOSED_TICKET
    return _plain(told, Hook("ticket_closed" if is_closed else "ticket_opened", hooks.TICKET))


def _commission(told: Told) -> Event:
    """A commission that waits for its clearing date is pending: it has not been approved."""
    service = told.number("serviceId", "serviceid")
    if told.is_set("commissionDelayed"):
        raise UnconfirmedEvent(f"The commission for service {service} has not cleared yet.")
    found = told.rows.read("tblaffiliates", ("clientid",), "id", (told.number("affiliateId", "affiliateid"),))
    client, referral = found[0]["clientid"] if found else None, told.perhaps("referralId", "referralid")
    return Event("commission_approved", told.at, client=client, id=referral, data={"service": service})


def _cancellation(told: Told) -> Event:
    service = told.number("relid")
    row = told.row(hooks.SERVICE, service)
    client = told.perhaps(*OWNER_KEYS) or (row[hooks.SERVICE.owner] if row else None)
    written = told.payload.get("type")
    data: dict[str, Any] = {"service": service, **({"type": written} if isinstance(written, str) else {})}
    return Event("cancellation_requested", told.at, client=client, data=data)


def _day(told: Told) -> Event:
    return Event("day_started", told.at)


def _invoice_paid(told: Told) -> Event:
    return invoice_paid(told.rows, told.number(*hooks.INVOICE.keys), told.at)


def _invoice_payment(told: Told) -> Event:
    return invoice_payment(told.rows, told.number(*hooks.INVOICE.keys), told.at)


def _transaction(told: Told) -> Event:
    return transaction(told.rows, told.number("id"), told.at)


SPECIAL: Mapping[str, Callable[[Told], Event]] = {
    "UserLogin": _signed_in,
    "AfterClientMerge": _merged,
    "TicketStatusChange": _ticket_status,
    "AffiliateCommission": _commission,
    "CancellationRequest": _cancellation,
    "DailyCronJob": _day,
    "InvoicePaid": _invoice_paid,
    "InvoicePaidPreEmail": _invoice_paid,
    "AddInvoicePayment": _invoice_payment,
    "AddTransaction": _transaction,
}
"""Hooks whose meaning takes more than a line of the table."""


def _short(value: object) -> str:
    """What a wrong value is, without what it holds: it may be a card, a password or a name."""
    return "that is a " + {dict: "object", list: "list", str: "text", bool: "yes or no"}.get(type(value), "number")
