"""The request desk: opens, lists and closes rights requests, each with its deadline and how that was found.

A request by letter, ticket or telephone is the same object with the same clock as one from the portal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import bundles, marks, outbox, request_acts, requests
from kigen.policy import desk
from kigen.policy.deadlines import EU, REGIMES, regime_of
from kigen.policy.masked import masked
from kigen.work import desk_told, destroying, whose_copies
from kigen.work.asked import tell
from kigen.work.desk_entries import ERASURE, Entry, countries, entries, entry
from kigen.work.readings import read
from kigen.work.site import Site

__all__ = ["ERASURE", "Entry", "entries", "entry"]

Step = Callable[[Site, Connection], None]
"""Something done about a request, in the caller's transaction; ValueError with a sentence where it cannot be."""


def open_request(
    site: Site, connection: Connection, client: int, right: str, received: dt.datetime, regime: str | None,
    told: dict[str, str], contact: int = requests.ITSELF,
) -> int:  # fmt: skip
    """Open a request and tell the client what follows; returns its number, of a known one the same.

    `told` holds codes: method and source. What a `contact` asks its client is not told: a person answers the contact.
    Raises ValueError for an instant that lies ahead, or a contact on a platform that knows none.
    """
    if received > site.now:
        raise ValueError("--received lies in the future; expected when it came in")
    if contact != requests.ITSELF and not site.host.has_contacts:
        raise ValueError(f"{site.host.name} knows no contacts of a client; expected a request of the client")
    country = countries(site, connection, [client]).get(client, "")
    number = requests.open_request(connection, client, right, received, regime or regime_of(country) or EU, contact)
    if number is None:
        wanted = (contact, right, received)
        known = requests.listed(connection, [client])
        number = next(row.id for row in known if (row.contact, row.request_right, row.received) == wanted)
    request_acts.write(
        connection, client, right, desk.RECEIVED, received, actor=site.actor, contact=contact, **told
    )  # fmt: skip
    marks.mark(connection, [client])
    tell(connection, site, [client])
    desk_told.received(site, connection, [client])
    if right == ERASURE and contact == requests.ITSELF:  # what could still be brought back is asked about as well
        asking = whose_copies.asking(connection, site, [client])
        destroying.destroy(connection, site, whose_copies.parts_of(connection, site, asking))
    return int(number)


def extend(site: Site, connection: Connection, number: int, reason: str) -> None:
    """Put the answer off by two months, counted from the receipt; ValueError where the law does not let one."""
    one = entry(site, connection, number)
    desk.after(one.state, desk.EXTEND)
    desk.check_extension(site.now, one.first_term.due, REGIMES[one.regime].extended is not None, reason)
    requests.extend(connection, number, site.now)
    _note(site, connection, one, desk.EXTEND, reason=reason.strip())
    desk_told.step(site, connection, entry(site, connection, number), outbox.EXTENDED)


def ask_identity(site: Site, connection: Connection, number: int, until: dt.datetime | None = None) -> None:
    """Ask the person to sign in and confirm a request that is doubted; its clock is a person's to look at (J2)."""
    one = entry(site, connection, number)
    if not one.is_open:
        raise ValueError(f"it is {one.state}; expected one that is open")
    if until is not None and until <= site.now:
        raise ValueError("--until has passed; expected an instant that lies ahead")
    _note(site, connection, one, desk.IDENTITY_ASKED)
    desk_told.identity(site, connection, one, until)


def refuse(site: Site, connection: Connection, number: int, reason: str, route: str) -> None:
    """Close a request unanswered, with why and where to complain."""
    desk.check_refusal(reason, route)
    one = entry(site, connection, number)
    _close(site, connection, number, desk.REFUSE, reason=reason.strip(), route=route.strip())
    desk_told.step(site, connection, one, outbox.REFUSED)


ANSWERED_BY = {"access": frozenset({"access"}), "portability": frozenset({"access", "portability"})}
"""Which kinds of bundle answer a request."""


def fulfil(site: Site, connection: Connection, number: int, note: str | None = None, bundle: int | None = None) -> None:
    """Close a request as answered, with the number of the `bundle` that answers it where there is one.

    Where mail is set up the client is written to that the bundle is ready, and the request is answered when that left.

    An erasure closes itself: by hand only where nothing is left to delete now. That of a contact is carried out by
    hand, and done when nothing of the contact is left.
    """
    one = entry(site, connection, number)
    step = desk.FULFIL
    if one.is_erasure_of_contact:
        if left := site.host.left_of_contact(connection, one.client, one.contact):
            told = "; ".join(task.text() for task in left)
            raise ValueError(f"contact {one.contact} of client {one.client} is not erased yet: {told}")
    elif one.right == ERASURE:
        is_masked = _is_masked(site, connection, one.client)
        if not is_masked and one.client in countries(site, connection, [one.client]):
            raise ValueError("an erasure is fulfilled by the deletion itself; the client is still there")
        step = desk.FULFIL_IN_PART if is_masked else desk.FULFIL
    if bundle is not None:
        expires = _check_bundle(connection, one, bundle)
        bundles.answered_by(connection, bundle, number)
        if desk_told.waits_for_mail(site, connection, one, bundle, expires):
            desk.after(one.state, step)
            _note(site, connection, one, desk.MAILED, reason=(note or "").strip() or None)
            return
    _close(site, connection, number, step, reason=(note or "").strip() or None)
    if step == desk.FULFIL and bundle is None and one.right != ERASURE:
        desk_told.step(site, connection, one, outbox.FULFILLED)


def answered_by_mail(site: Site, connection: Connection, number: int) -> None:
    """The mail that a request waited for has left: it is answered by that (K16). A closed one stays."""
    one = next((one for one in entries(site, connection) if one.number == number), None)
    if one is not None and one.is_open:
        _close(site, connection, number, desk.FULFIL)


def withdraw(site: Site, connection: Connection, number: int) -> None:
    """Close a request because the person took it back, and those that repeat it."""
    one = entry(site, connection, number)
    desk.after(one.state, desk.WITHDRAW)
    if one.contact != requests.ITSELF:
        _close(site, connection, number, desk.WITHDRAW)
        return
    requests.close_requests(connection, one.client, one.right, site.now)
    if one.right == ERASURE:
        told = {"withdrawn": site.now.isoformat()}
        outbox.put(connection, one.client, outbox.WITHDRAWN, told, site.now)
    _note(site, connection, one, desk.WITHDRAW)


def history(connection: Connection, one: Entry) -> list[Row[Any]]:
    """Every step about this right of this client, with who took it."""
    return request_acts.of(connection, one.client, one.right, one.contact)


def question(connection: Connection, one: Entry) -> dt.datetime | None:
    """When the client last signed in during the grace without having answered since; None: nothing is asked.

    A page shows it: undo the deletion, or keep it planned.
    """
    asked = outbox.last(connection, one.client, outbox.SIGNED_IN)
    if one.right != ERASURE or one.is_erasure_of_contact or not one.is_open or asked is None:
        return None
    answers = [row.at for row in history(connection, one) if row.act == desk.KEPT]
    signed_in = dt.datetime.fromisoformat(asked["signed_in"])
    is_open = signed_in > one.received and not any(at >= signed_in for at in answers)
    return signed_in if is_open else None


def _close(site: Site, connection: Connection, number: int, step: str, **words: str | None) -> None:
    one = entry(site, connection, number)
    state = desk.after(one.state, step)
    requests.carried_out(connection, [number], site.now, state)
    _note(site, connection, one, step, **words)


def _check_bundle(connection: Connection, one: Entry, number: int) -> dt.datetime | None:
    """A bundle answers a request where it is the same client's, of a fitting kind, and whole. How long it is there."""
    row = bundles.get(connection, number)
    if row is None or row.client != one.client:
        raise ValueError(f"there is no bundle {number} of client {one.client}; 'kigen bundle list' shows them")
    if row.contact != one.contact:
        whose = f"contact {row.contact}" if row.contact else f"all of client {one.client}"
        raise ValueError(
            f"bundle {number} is of {whose}, which is not who asks; 'kigen export --contact' makes another"
        )
    if row.kind not in ANSWERED_BY.get(one.right, ()):
        raise ValueError(f"bundle {number} is one for {row.kind}, which does not answer a request for {one.right}")
    if row.state in (bundles.MAKING, bundles.FAILED):
        raise ValueError(f"bundle {number} is {row.state}; expected one that was made")
    if row.problems:
        raise ValueError(f"bundle {number} is incomplete ({row.problems.splitlines()[0]}); make another, or note why")
    expires: dt.datetime | None = row.expires_at
    return expires


def _is_masked(site: Site, connection: Connection, client: int) -> bool:
    """Whether a client is still as it was anonymised; the requests that would be closed by this say nothing of it."""
    readings = read(connection, site.host, site.schedule(connection), [client], site.now)
    return any(masked(replace(one.facts, requests=()), site.zone) for one in readings)


def _note(site: Site, connection: Connection, one: Entry, step: str, **words: str | None) -> None:
    request_acts.write(
        connection, one.client, one.right, step, site.now, actor=site.actor, contact=one.contact, **words
    )  # fmt: skip
    marks.mark(connection, [one.client])
