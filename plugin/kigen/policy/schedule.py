"""The schedule: one row per rule, and the row is the program (Appendix 1 of the policy; retention.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from kigen.policy import records as r
from kigen.policy.anchors import standing_payments
from kigen.policy.clocks import masked_by
from kigen.policy.facts import Facts
from kigen.policy.floors import Floors
from kigen.policy.guards import ALWAYS, GUARDS, LOOKS_AT, Guard
from kigen.policy.once import once
from kigen.policy.orders_named import ON_REQUEST as ON_REQUEST
from kigen.policy.orders_named import ORDERED as ORDERED
from kigen.policy.orders_named import asked_by as asked_by
from kigen.policy.periods import Term, moment
from kigen.policy.records import Kind, Record, State
from kigen.policy.sights import Sight


class Effect(StrEnum):
    """What a rule does, strongest first."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    ARCHIVE = "archive"


STRENGTH = {Effect.DELETE: 3, Effect.ANONYMISE: 2, Effect.ARCHIVE: 1}

Condition = Callable[[Record, Facts, str], bool]
"""Whether a rule speaks of a record: the record, its facts, the operator's zone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the schedule. `term` None: the rule is off. `kept_by` names guards besides those of every rule."""

    id: str
    kind: Kind
    condition: Condition
    anchor: str
    term: Term | None
    effect: Effect = Effect.DELETE
    kept_by: tuple[str, ...] = ()
    state: str = ""  # the column "state" of the published table
    clock: str = ""  # the column "clock starts at"


def is_archived(record: Record, facts: Facts, zone: str) -> bool:
    """Closed, by kigen or by staff, and no payment since: a payment ends an archive at once."""
    archived = record.anchors.get(r.ARCHIVED)
    if record.state is not State.CLOSED or archived is None:
        return False
    if archived.at is None:
        return True  # closed, whenever that was
    since = moment(archived.at, zone)
    return not any(at is not None and moment(at, zone) > since for at, _ in standing_payments(facts))


def is_inactive(record: Record, facts: Facts, zone: str) -> bool:
    """Has a paid invoice, no live service or domain, no open ticket."""
    return facts.account.has_paid_invoice and facts.account.has_nothing_live


def is_registration_only(record: Record, facts: Facts, zone: str) -> bool:
    """No paid invoice, no live service or domain, no open ticket; and not what was left of somebody who asked.

    What then stays does so for a claim or by law, though the paid invoices went: the rule of the request deletes it.
    """
    if facts.anonymised and masked_by(ON_REQUEST, facts, zone):
        return False
    return not facts.account.has_paid_invoice and facts.account.has_nothing_live


def _inactive_not_archived(record: Record, facts: Facts, zone: str) -> bool:
    return is_inactive(record, facts, zone) and not is_archived(record, facts, zone)


def _archived_still_inactive(record: Record, facts: Facts, zone: str) -> bool:
    return is_archived(record, facts, zone) and is_inactive(record, facts, zone)


def _requested(record: Record, facts: Facts, zone: str) -> bool:
    """Asked for and not withdrawn; or done as far as could be, and the rest waits for the end of what keeps it."""
    if facts.anonymised and masked_by(ON_REQUEST, facts, zone):
        return True
    return bool(facts.requests) and any(request.right == "erasure" for request in facts.requests)


@dataclass(frozen=True, slots=True)
class _In:
    """The condition that a record is in one state; of the others in that state a schedule need not ask it."""

    state: State

    def __call__(self, record: Record, facts: Facts, zone: str) -> bool:
        return record.state is self.state


_MONEY = ("unpaid-invoice", "credit-balance", "approved-commission")
_ORDER = ("active-service", "active-domain", "paid-invoice", "approved-commission", "foreign-item")
_SERVICE = ("active-service", "approved-commission")
C, O, I, S, D = Kind.CLIENT, Kind.ORDER, Kind.INVOICE, Kind.SERVICE, Kind.DOMAIN  # noqa: E741 - column heads

RULES: tuple[Rule, ...] = (
    Rule("client.archive-inactive", C, _inactive_not_archived, r.LAST_PAYMENT, Term(18), Effect.ARCHIVE, _MONEY,
         "inactive", "last payment"),
    Rule("client.delete-archived", C, _archived_still_inactive, r.ARCHIVED, Term(120), Effect.DELETE,
         (*_MONEY, "foreign-item"), "archived", "archival"),
    Rule("client.delete-registration-only", C, is_registration_only, r.REGISTERED, Term(3), Effect.DELETE,
         ("credit-balance", "approved-commission", "pending-order", "foreign-item"), "registration only",
         "registration"),
    Rule("client.delete-inactive", C, is_inactive, r.LAST_PAYMENT, Term(120), Effect.DELETE,
         (*_MONEY, "foreign-item"), "inactive", "last payment"),
    Rule("invoice.delete-cancelled", I, _In(State.CANCELLED), r.DUE, Term(0, 365), Effect.DELETE,
         ("paid-invoice",), "cancelled", "due date"),
    Rule("order.delete-cancelled", O, _In(State.CANCELLED), r.CREATED, Term(0, 365), Effect.DELETE, _ORDER,
         "cancelled", "creation"),
    Rule("order.delete-fraud", O, _In(State.FRAUD), r.CREATED, Term(0, 730), Effect.DELETE, _ORDER,
         "fraud", "creation"),
    Rule("order.delete-pending", O, _In(State.PENDING), r.CREATED, Term(0, 180), Effect.DELETE, _ORDER,
         "pending", "creation"),
    Rule("order.delete-draft", O, _In(State.DRAFT), r.CREATED, Term(0, 30), Effect.DELETE,
         (*_ORDER, "live-estimate"), "draft", "creation"),
    Rule("service.delete-cancelled", S, _In(State.CANCELLED), r.LAST_CHANGE, Term(0, 180), Effect.DELETE, _SERVICE,
         "cancelled", "last change"),
    Rule("service.delete-terminated", S, _In(State.TERMINATED), r.LAST_CHANGE, Term(0, 365), Effect.DELETE, _SERVICE,
         "terminated", "last change"),
    Rule("domain.delete-cancelled", D, _In(State.CANCELLED), r.LAST_CHANGE, Term(0, 180), Effect.DELETE, (),
         "cancelled", "last change"),
    Rule("domain.delete-expired", D, _In(State.EXPIRED), r.EXPIRATION, Term(0, 120), Effect.DELETE, (),
         "expired", "expiration date"),
    Rule(ON_REQUEST, C, _requested, r.REQUESTED, Term(0, 30), Effect.DELETE,
         (*_MONEY, "active-service", "active-domain", "open-ticket"), "deletion requested",
         "the request, and the client's own sign-in after it"),
)  # fmt: skip


OWN = frozenset(rule.id for rule in RULES)
"""The ids of kigen's own rules; the others are plugins'."""

SETTLING = Term(0, 7)
ADDRESS_GRACE = Term(0, 14)


def kinds_with_several(rules: Iterable[Rule]) -> frozenset[Kind]:
    """Kinds of which several rules may speak of one record: clients, and all that rules of plugins speak of.

    kigen's own rules about the other kinds each speak of another state.
    """
    return frozenset({Kind.CLIENT, *(rule.kind for rule in rules if rule.id not in OWN)})


@dataclass(frozen=True)
class Schedule:
    """The rules with the operator's terms, and every setting that a decision reads."""

    zone: str
    rules: tuple[Rule, ...] = RULES
    settling: Term | None = SETTLING
    smallest_credit: Decimal = Decimal("0.01")
    unpaid_limit: Term | None = None
    sign_in_moves_date: bool = True
    prefer: str | None = None
    refused: frozenset[str] = frozenset()
    floors: Floors = field(default_factory=Floors)
    guards: Mapping[str, Guard] = field(default_factory=lambda: GUARDS)
    can_anonymise: bool = False  # a backup of the keys is noted, without which frozen documents may be lost
    restorable: Term | None = None  # how long what a rule deleted can be brought back; None: not at all
    today: dt.datetime | None = None  # the machine's clock where a decision is for an earlier instant (moments.py)
    masks_claims: bool = False  # a client that only claims keep is anonymised around them; nothing is frozen for that
    warning: Term | None = None  # how long before it acts the schedule warns a client by mail; None: nobody is warned
    address_changed: Term | None = ADDRESS_GRACE  # how long an address counts as changed lately, and the further grace

    @once
    def _by_kind(self) -> dict[Kind, list[Rule]]:
        return {kind: [rule for rule in self.rules if rule.kind is kind] for kind in Kind}

    @once
    def _by_state(self) -> dict[tuple[Kind, State], tuple[Rule, ...]]:
        return {}

    @once
    def _guards(self) -> dict[tuple[str, frozenset[Sight]], tuple[Guard, ...]]:
        return {}

    def rules_for(self, kind: Kind) -> list[Rule]:
        """The rules for one kind of record, those that are off included."""
        return list(self._by_kind[kind])

    @once
    def is_extended(self) -> bool:
        """Whether plugins have a say: a rule or guard of theirs may look at anything of a client."""
        return any(rule.id not in OWN for rule in self.rules) or self.guards.keys() - GUARDS.keys() != set()

    def speaking_of(self, record: Record, facts: Facts) -> list[Rule]:
        """The rules whose condition holds for a record, those that are off or refused left out."""
        key = (record.kind, record.state)
        possible = self._by_state.get(key)
        if possible is None:
            possible = self._by_state[key] = tuple(
                rule
                for rule in self._by_kind[record.kind]
                if self.acts(rule) and not (isinstance(rule.condition, _In) and rule.condition.state != record.state)
            )
        return [rule for rule in possible if rule.condition(record, facts, self.zone)]

    def without(self, refused: Collection[str]) -> Schedule:
        """The same schedule in which some rules may not act; what they say still keeps (a pending order's term)."""
        return replace(self, refused=self.refused | frozenset(refused))

    def acts(self, rule: Rule) -> bool:
        """Whether a rule is on and allowed."""
        return rule.term is not None and rule.id not in self.refused

    def guards_for(self, rule: Rule) -> list[tuple[str, Guard]]:
        """What can keep a record from this rule: its own row, every rule's guards, then plugins' (asked of all)."""
        names = [*rule.kept_by, *ALWAYS, *(name for name in self.guards if "." in name)]
        return [(name, self.guards[name]) for name in dict.fromkeys(names)]

    def guards_seeing(self, rule: Rule, there: frozenset[Sight]) -> tuple[Guard, ...]:
        """Those of `guards_for` that look at something that is there, and every one that is not kigen's own."""
        key = (rule.id, there)
        asked = self._guards.get(key)
        if asked is None:
            asked = self._guards[key] = tuple(
                guard
                for name, guard in self.guards_for(rule)
                if guard is not GUARDS.get(name) or name not in LOOKS_AT or not LOOKS_AT[name].isdisjoint(there)
            )
        return asked
