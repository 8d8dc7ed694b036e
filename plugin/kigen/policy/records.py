"""What there is and when it happened: records of a billing platform in kigen's words, the same for every host."""

from __future__ import annotations

import datetime as dt
from dataclasses import field, replace
from decimal import Decimal
from enum import StrEnum

from kigen.policy.frozen import frozen
from kigen.policy.periods import When


class Kind(StrEnum):
    """A sort of record. `RECORDS` have rules of their own; the others go with one of them."""

    CLIENT = "client"
    ORDER = "order"
    INVOICE = "invoice"
    SERVICE = "service"
    DOMAIN = "domain"
    ADDON = "addon"
    TICKET = "ticket"
    QUOTE = "quote"
    PAYMENT = "payment"


RECORDS = (Kind.CLIENT, Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.DOMAIN)
"""The order of a sweep."""


class State(StrEnum):
    """What a host's status means. A status that nobody mapped is UNKNOWN: keep and report."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    CLOSED = "closed"
    PENDING = "pending"
    DRAFT = "draft"
    CANCELLED = "cancelled"
    FRAUD = "fraud"
    SUSPENDED = "suspended"
    FAILED_RENEW = "failed-renew"
    TERMINATED = "terminated"
    COMPLETED = "completed"
    GRACE = "grace"
    REDEMPTION = "redemption"
    PENDING_TRANSFER = "pending-transfer"
    PENDING_REGISTRATION = "pending-registration"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDED = "refunded"
    COLLECTIONS = "collections"
    PAYMENT_PENDING = "payment-pending"
    OPEN = "open"
    UNKNOWN = "unknown"


LIVE = frozenset({
    State.ACTIVE, State.SUSPENDED, State.FAILED_RENEW,
    State.GRACE, State.REDEMPTION, State.PENDING_TRANSFER, State.PENDING_REGISTRATION,
})  # fmt: skip
"""States in which a service, add-on or domain is live (retention.md, What counts as what)."""

UNREADABLE = dt.date.min
"""A date that a host has set to nonsense, where no date at all would mean something else: it makes a clock unknown."""

NEVER_UNPAID = frozenset({State.PAID, State.REFUNDED, State.CANCELLED, State.DRAFT})
AWAITING = frozenset({State.UNPAID, State.COLLECTIONS, State.PAYMENT_PENDING})

Ref = tuple[Kind, int]

# Names of anchors: the clocks of retention.md, and what kigen observes of payments and invoices.
REGISTERED, LAST_PAYMENT, ARCHIVED, FINAL_LOGIN = "registered", "last payment", "archived", "final login"
CREATED, DUE, LAST_CHANGE, EXPIRATION, REQUESTED = "created", "due", "last change", "expiration", "requested"
BOUGHT, RECEIVED, REVERSED, RETURNED, ADDRESS_CHANGED = "bought", "received", "reversed", "returned", "address changed"


class Source(StrEnum):
    """How an anchor is known: kigen saw it happen, a host column says so, or nobody knows better."""

    OBSERVED = "observed"
    READ = "read"
    ASSUMED = "assumed"


@frozen
class Anchor:
    """When a clock started. `at` None: unknown, and then the record is kept and reported."""

    at: When | None
    source: Source
    why_unknown: str | None = None  # "missing" or "future", for the sentence


@frozen
class Client:
    """A client account. `dated` are the dates of the things it has, where the registration date is missing."""

    id: int
    state: State
    status: str
    group: int | None = None
    country: str = ""
    credit: Decimal = Decimal(0)
    commission: Decimal = Decimal(0)  # affiliate balance
    registered: When | None = None
    dated: tuple[When, ...] = ()
    last_login: When | None = None


@frozen
class Order:
    """An order; `invoice` is the id of its first invoice, None where it has none."""

    id: int
    client: int
    state: State
    status: str
    created: When | None = None
    invoice: int | None = None


@frozen
class Item:
    """A service, add-on or domain. An add-on's `parent` is its service; `client` is who it belongs to."""

    kind: Kind
    id: int
    client: int
    state: State
    status: str
    order: int | None = None
    parent: int | None = None
    changed: When | None = None  # the host's own word on the last change
    expires: When | None = None
    bought: str = ""  # what the client bought, as the declared columns say it: a change restarts the clock
    commissioned: bool = False  # an affiliate payment for it has cleared

    @property
    def ref(self) -> Ref:
        return (self.kind, self.id)


@frozen
class Invoice:
    """An invoice. `gross` is subtotal and taxes, before credit; `bills` names the items its lines are for."""

    id: int
    client: int
    state: State
    status: str
    gross: Decimal = Decimal(0)
    issued: When | None = None
    due: When | None = None
    paid: When | None = None
    refunded: When | None = None
    bills: frozenset[Ref] = frozenset()


@frozen
class Payment:
    """A transaction; only one above zero is a payment. `reversed_at` are the readable dates of what was paid back."""

    id: int
    client: int
    invoice: int | None
    amount: Decimal
    at: When | None
    is_reversed: bool = False
    reversed_at: tuple[When, ...] = ()
    is_on_others: bool = False  # on an invoice of somebody else, who needs it as well


@frozen
class Ticket:
    """A support ticket; merged tickets are not open."""

    id: int
    client: int
    is_open: bool
    status: str


@frozen
class Quote:
    """An estimate; `is_live` also where its stage is unknown."""

    id: int
    client: int
    stage: str
    is_live: bool
    is_accepted: bool = False
    dated: When | None = None  # the later of issue and acceptance


@frozen
class Memory:
    """What kigen itself remembers of one record; all None where it never saw it.

    `first_seen`, `seen_at` and `other_seen_at` come from reading the host: when the record was first met, when a
    change to the present state was noticed, and when it was last seen in another state. `event_state` and `event_at`
    are the latest change of state that an event told. `observed` holds the latest instant per anchor name.
    """

    state: State | None = None
    bought: str | None = None
    first_seen: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    other_seen_at: dt.datetime | None = None
    event_state: State | None = None
    event_at: dt.datetime | None = None
    observed: dict[str, dt.datetime] = field(default_factory=dict)

    def changed_at(self, state: State) -> dt.datetime | None:
        """When kigen saw the record enter its present state; None at first sight, which is no change."""
        if self.event_at and self.event_state == state and self.event_at >= (self.other_seen_at or self.event_at):
            return self.event_at
        return self.seen_at if self.state == state else None

    def refreshed(self, state: State, bought: str, now: dt.datetime, last_read: dt.datetime | None) -> Memory:
        """What there is to remember after the host was read at `now`; `last_read` is the reading before."""
        if self.first_seen is None:
            seen = (self.seen_at, self.other_seen_at, self.event_state, self.event_at, self.observed)
            return Memory(state, bought, now, *seen)  # all fields: `replace` takes three times as long
        changed = self if self.bought is not None else replace(self, bought=bought)
        if self.state is None:
            changed = replace(changed, state=state)
        elif self.state != state:
            changed = replace(changed, state=state, seen_at=now, other_seen_at=last_read or self.first_seen)
        if self.bought is not None and self.bought != bought:
            changed = replace(changed, bought=bought, observed={**changed.observed, BOUGHT: now})
        return changed


NOTHING = Memory()


@frozen
class Record:
    """One record of a host with its clocks. `settled_from`: when kigen last saw its state change; None: never."""

    kind: Kind
    id: int
    client: int | None
    state: State
    status: str
    anchors: dict[str, Anchor]
    settled_from: dt.datetime | None = None

    @property
    def ref(self) -> Ref:
        return (self.kind, self.id)


def ref_text(ref: Ref) -> str:
    """`service:81`, as decisions name a record."""
    return f"{ref[0].value}:{ref[1]}"
