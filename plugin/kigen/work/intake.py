"""How events become anchors: each is handed to the hooks once it can be understood; a bad one is set aside alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.hosts import ahead
from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.ledger import inbox, marks
from kigen.ledger.book import LedgerBook
from kigen.ledger.chain import Told
from kigen.ledger.requests import ITSELF
from kigen.plugins import PluginError
from kigen.policy.events import EVENTS, Event
from kigen.policy.schedule import ON_REQUEST
from kigen.work import asked, changes, consents_told, desk_told, destroying, whose_copies
from kigen.work.arrivals import BOUND, event_of, parse_event, without_persons
from kigen.work.erased import told_of
from kigen.work.held_copies import take
from kigen.work.site import Site
from kigen.work.uncollected import uncollected

__all__ = ["BATCH", "Intake", "event_of", "hear_batch", "parse_event", "run_intake", "without_persons"]

BATCH = 2000
"""Arrivals in one transaction: a fraction of a second, since others may wait for its locks."""

ERASURE = "erasure"

FAST_CLOCK = dt.timedelta(days=1)
"""How far ahead of both clocks an event may be."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a round did: `failed` were set aside with their reason, `pending` still wait."""

    handled: int
    failed: int
    pending: int

    def as_json(self) -> dict[str, int]:
        return {"handled": self.handled, "failed": self.failed, "pending": self.pending}


class TooEarly(ValueError):
    """An event from the future: it is heard once its instant has come."""


def run_intake(site: Site) -> Intake:
    """Hand everything that is pending to the hooks, batch by batch, each in a transaction of its own.

    What comes meanwhile is heard too, but no more of it than a batch: a flood must not keep a run from its work, whose
    gate looks once more at what waits.
    """
    handled = failed = after = 0
    with site.reading() as connection:
        most = inbox.count(connection, inbox.PENDING, _latest(site)) + BATCH
    while True:
        told: list[Told] = []
        with uncollected(), site.transaction() as connection:
            batch = _next_batch(site, connection, after)
            heard = _hear(site, connection, batch, False, told) if batch else (0, 0)
        if told:
            with site.engine.connect() as connection:
                destroying.tell_file(connection, site, told)
        handled, failed = handled + heard[0], failed + heard[1]
        if (not batch and not after) or handled + failed >= most:
            break
        # Walked by number, past the places of what was removed; and from the start again until nothing is there: an
        # arrival with a lower number may have been committed after one with a higher.
        after = max(one[0] for one in batch) if len(batch) == BATCH else 0
    with site.reading() as connection:
        return Intake(handled, failed, inbox.count(connection, inbox.PENDING, _latest(site)))


def hear_batch(site: Site, connection: Connection, is_preview: bool = False) -> tuple[int, int] | None:
    """Hand the oldest pending arrivals to the hooks in the caller's transaction; None when there are none.

    A preview, whose transaction is taken back, touches neither the host's rows nor anybody else's hooks.
    """
    batch = _next_batch(site, connection)
    return _hear(site, connection, batch, is_preview, []) if batch else None


def _next_batch(site: Site, connection: Connection, after: int = 0) -> list[inbox.Arrival | tuple[int, str]]:
    return inbox.next_batch(connection, BATCH, _latest(site), after)


def _latest(site: Site) -> dt.datetime:
    return max(site.now, site.machine_now)


def _hear(
    site: Site, connection: Connection, batch: Sequence[inbox.Arrival | tuple[int, str]], is_preview: bool,
    told: list[Told],
) -> tuple[int, int]:  # fmt: skip
    book, notes, gone = LedgerBook(), LedgerBook(), set[int]()
    done: list[tuple[inbox.Arrival, Event | None]] = []
    arrivals = [one for one in batch if isinstance(one, inbox.Arrival)]
    refused = [(one[0], one[1], inbox.FAILED) for one in batch if not isinstance(one, inbox.Arrival)]
    understood = _understood(site, connection, arrivals)
    erased = told_of(connection, site, understood)
    for place, (arrival, event) in enumerate(zip(arrivals, understood, strict=True)):
        if place in erased:
            gone |= _asking(_heard_of_erased(site, event))
            if said := erased[place]:
                refused.append((arrival.id, said, inbox.FAILED))
                inbox.empty(connection, arrival.id)
            else:
                done.append((arrival, None))
            continue
        try:
            if isinstance(event, Exception):
                raise event
            if event is not None:
                site.plugins.hear(event, notes, is_preview)
        except PluginError as error:
            if isinstance(error.__cause__, DBAPIError):
                raise
            # The built-in hooks heard it: what they wrote down counts, and a person sees which plugin did not take it.
            book.take(notes)
            if isinstance(event, Event):  # it is in no history, so that only a mark has its client read again
                marks.mark(connection, [event.client, event.into], [event.ref])
            refused.append((arrival.id, str(error), inbox.FAILED))
        except DBAPIError:
            raise  # the database failed, not the event: the whole batch waits for the next round
        except Exception as error:
            said = str(error) if isinstance(error, ValueError) else type(error).__name__
            refused.append((arrival.id, said, inbox.EARLY if isinstance(error, TooEarly) else inbox.FAILED))
        else:
            book.take(notes)
            done.append((arrival, event))
        notes.clear()
    for number, said, state in refused:
        inbox.set_aside(connection, number, said, state)
    former = book.flush(connection)
    if former and not is_preview:
        site.host.unarchive(connection, former)
    if not is_preview:
        heard = [event for _, event in done if event is not None and event.name in asked.TELLING]
        if about := {number for event in heard for number in (event.client, event.into) if number is not None}:
            asked.tell(connection, site, about)
            desk_told.received(site, connection, sorted(about))
        consents_told.hear(site, connection, [event for _, event in done if event is not None])
        changes.hear(site, connection, done)
    inbox.handled(connection, done, site.now)
    asking = whose_copies.asking(connection, site, _asking(book) | _merged(book))
    # Of who is gone no request is remembered, so the rule is noted where a hold keeps a copy for now.
    for clients, rule in ((asking, None), (gone, ON_REQUEST)):
        parts = whose_copies.parts_of(connection, site, clients) if clients else []
        if is_preview:
            take(connection, site, parts, rule)
        else:
            told += destroying.destroy(connection, site, parts, rule)
    return len(done), len(refused)


def _understood(
    site: Site, connection: Connection, arrivals: Sequence[inbox.Arrival]
) -> list[Event | Exception | None]:
    found: list[Event | Exception | None] = []
    native: dict[int, ahead.Told] = {}
    last = _latest(site) + FAST_CLOCK
    for number, arrival in enumerate(arrivals):
        found.append(None)
        if arrival.at > last:
            said = f"'at' is {arrival.at.isoformat()}, in the future; expected an instant that has passed"
            found[number] = TooEarly(said)
        elif arrival.event is None:
            native[number] = ahead.Told(arrival.host_event or "", arrival.payload, arrival.at)
        else:
            found[number] = _own(arrival.event, arrival)
    translated = ahead.translate_all(site.host, connection, list(native.values()))
    for number, event in zip(native, translated, strict=True):
        found[number] = None if isinstance(event, (UnknownEvent, UnconfirmedEvent)) else _bounded(event)
    return found


def _own(name: str, arrival: inbox.Arrival) -> Event | Exception:
    if name not in EVENTS:
        return ValueError(f"{name!r} is not an event that kigen knows")
    try:
        return event_of(name, arrival.at, arrival.payload)
    except Exception as error:
        return error


def _bounded(event: Event | Exception) -> Event | Exception:
    """A number that no column holds would stop its whole batch."""
    if isinstance(event, Event) and max(event.client or 0, event.id or 0, event.into or 0) >= BOUND:
        return ValueError(f"{event.name} has a number of a record with more than 18 digits")
    return event


def _heard_of_erased(site: Site, event: Event | Exception | None) -> LedgerBook:
    """What an event of somebody who was erased says: nothing of it is noted, but what is kept goes where he asks."""
    notes = LedgerBook()
    if isinstance(event, Event):
        with suppress(ValueError):  # of a wrong shape: nobody has asked for anything
            site.plugins.hear(event, notes, is_preview=True)
    return notes


def _asking(book: LedgerBook) -> set[int]:
    """Who asks to be erased. What a contact asks takes nothing from its client, not even what that could have back."""
    return {
        client
        for act, client, contact, right, _ in book.requests
        if act == "open" and right == ERASURE and contact == ITSELF
    }


def _merged(book: LedgerBook) -> set[int]:
    """Clients that became one: what one of them had asked counts for what is kept of the other."""
    return {number for client, into, _ in book.merged for number in (client, into)}
