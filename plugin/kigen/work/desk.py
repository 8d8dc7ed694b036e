"""The request desk: opens, lists and closes rights requests, each with its deadline and how that was found.

A request by letter, ticket or telephone is the same object with the same clock as one from the portal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import bundles, marks, outbox, request_acts, requests
from kigen.policy import desk
from kigen.policy.deadlines import EU, REGIMES, Deadline, deadline, regime_of
from kigen.policy.masked import masked
from kigen.work import destroying, whose_copies
from kigen.work.asked import tell
from kigen.work.calendars import calendar_for
from kigen.work.readings import read
from kigen.work.site import Site

ERASURE = "erasure"

Step = Callable[[Site, Connection], None]
"""Something done about a request, in the caller's transaction; ValueError with a sentence where it cannot be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it stands. With `contact` above 0 that contact of the client asks, about its own data alone.

    `linked` is the number of the earlier one that it repeats, which is answered for both.

    `regime` None in the ledger means that of the client's country now; of a country outside the three, the EU's, which
    is the strictest.
    """

    number: int
    client: int
    contact: int
    right: str
    state: str
    received: dt.datetime
    closed: dt.datetime | None
    regime: str
    deadline: Deadline
    first_term: Deadline
    linked: int | None

    @property
    def is_open(self) -> bool:
        return self.state in (desk.OPEN, desk.EXTENDED)

    @property
    def is_erasure_of_contact(self) -> bool:
        """Carried out by hand, and never on the client."""
        return self.right == ERASURE and self.contact != requests.ITSELF


def entries(site: Site, connection: Connection, clients: Sequence[int] | None = None) -> list[Entry]:
    """Requests of these clients, or of all, in the order in which they were received."""
    rows = [row for row in requests.listed(connection, clients) if row.received <= site.now]
    countries = _countries(site, connection, sorted({row.client for row in rows}))
    target = int(str(site.setting(connection, "requests.japan_days")))
    found: list[Entry] = []
    firsts: dict[tuple[int, int, str], Row[Any]] = {}
    for row in rows:
        first = firsts.get((row.client, row.contact, row.request_right))
        is_passed_on = row.state == desk.PASSED_ON  # somebody else's, which repeats nothing and is repeated by nothing
        is_repeat = not is_passed_on and first is not None and (
            first.closed_at is None or first.closed_at > row.received
        )  # fmt: skip
        if not is_repeat and not is_passed_on:
            firsts[row.client, row.contact, row.request_right] = row
        country = countries.get(row.client, "")
        regime = row.regime or regime_of(country) or EU
        terms = [
            deadline(regime, row.received, site.zone, calendar_for(regime, country), is_extended, target)
            for is_extended in (False, row.extended_at is not None)
        ]
        linked = first.id if first is not None and is_repeat else None
        found.append(
            Entry(row.id, row.client, row.contact, row.request_right, _state(row, site.now), row.received,
                  row.closed_at, regime, terms[1], terms[0], linked)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.received, one.number))


def entry(site: Site, connection: Connection, number: int) -> Entry:
    """One request by its number; ValueError with a sentence where there is none."""
    for one in entries(site, connection):
        if one.number == number:
            return one
    raise ValueError(f"there is no request {number}; 'kigen request list --all' shows them")


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
    country = _countries(site, connection, [client]).get(client, "")
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


def refuse(site: Site, connection: Connection, number: int, reason: str, route: str) -> None:
    """Close a request unanswered, with why and where to complain."""
    desk.check_refusal(reason, route)
    _close(site, connection, number, desk.REFUSE, reason=reason.strip(), route=route.strip())


ANSWERED_BY = {"access": frozenset({"access"}), "portability": frozenset({"access", "portability"})}
"""Which kinds of bundle answer a request."""


def fulfil(site: Site, connection: Connection, number: int, note: str | None = None, bundle: int | None = None) -> None:
    """Close a request as answered, with the number of the `bundle` that answers it where there is one.

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
        if not is_masked and one.client in _countries(site, connection, [one.client]):
            raise ValueError("an erasure is fulfilled by the deletion itself; the client is still there")
        step = desk.FULFIL_IN_PART if is_masked else desk.FULFIL
    if bundle is not None:
        _check_bundle(connection, one, bundle)
        bundles.answered_by(connection, bundle, number)
    _close(site, connection, number, step, reason=(note or "").strip() or None)


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


def _check_bundle(connection: Connection, one: Entry, number: int) -> None:
    """A bundle answers a request where it is the same client's, of a fitting kind, and whole."""
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


def _is_masked(site: Site, connection: Connection, client: int) -> bool:
    """Whether a client is still as it was anonymised; the requests that would be closed by this say nothing of it."""
    readings = read(connection, site.host, site.schedule(connection), [client], site.now)
    return any(masked(replace(one.facts, requests=()), site.zone) for one in readings)


def _note(site: Site, connection: Connection, one: Entry, step: str, **words: str | None) -> None:
    request_acts.write(
        connection, one.client, one.right, step, site.now, actor=site.actor, contact=one.contact, **words
    )  # fmt: skip
    marks.mark(connection, [one.client])


def _state(row: Row[Any], now: dt.datetime) -> str:
    if row.closed_at is not None and row.closed_at <= now:
        return row.state or desk.WITHDRAWN
    return desk.OPEN if row.extended_at is None else desk.EXTENDED


def _countries(site: Site, connection: Connection, clients: Sequence[int]) -> dict[int, str]:
    """The countries of those of these clients that the platform still has."""
    accounts = site.host.accounts(connection, clients) if clients else []
    return {account.id: account.client.country for account in accounts if account.client}
