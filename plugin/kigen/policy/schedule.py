"""The schedule: one row per rule, and the row is the program (Appendix 1 of the policy; retention.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from kigen.policy import records as r
from kigen.policy.anchors import standing_payments
from kigen.policy.facts import Facts
from kigen.policy.floors import Floors
from kigen.policy.guards import ALWAYS, GUARDS, Guard
from kigen.policy.periods import Term, moment
from kigen.policy.records import Kind, Record, State


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


def _has_nothing_live(facts: Facts) -> bool:
    account = facts.account
    return not account.live(Kind.SERVICE, Kind.ADDON, Kind.DOMAIN) and not account.open_tickets


def is_inactive(record: Record, facts: Facts, zone: str) -> bool:
    """Has a paid invoice, no live service or domain, no open ticket."""
    return any(map(facts.account.is_paid, facts.account.invoices)) and _has_nothing_live(facts)


def is_registration_only(record: Record, facts: Facts, zone: str) -> bool:
    """No paid invoice, no live service or domain, no open ticket."""
    return not any(map(facts.account.is_paid, facts.account.invoices)) and _has_nothing_live(facts)


def _inactive_not_archived(record: Record, facts: Facts, zone: str) -> bool:
    return is_inactive(record, facts, zone) and not is_archived(record, facts, zone)


def _archived_still_inactive(record: Record, facts: Facts, zone: str) -> bool:
    return is_archived(record, facts, zone) and is_inactive(record, facts, zone)


def _requested(record: Record, facts: Facts, zone: str) -> bool:
    return any(request.right == "erasure" for request in facts.requests)


def _in(state: State) -> Condition:
    return lambda record, facts, zone: record.state is state


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
    Rule("invoice.delete-cancelled", I, _in(State.CANCELLED), r.DUE, Term(0, 365), Effect.DELETE,
         ("paid-invoice",), "cancelled", "due date"),
    Rule("order.delete-cancelled", O, _in(State.CANCELLED), r.CREATED, Term(0, 365), Effect.DELETE, _ORDER,
         "cancelled", "creation"),
    Rule("order.delete-fraud", O, _in(State.FRAUD), r.CREATED, Term(0, 730), Effect.DELETE, _ORDER,
         "fraud", "creation"),
    Rule("order.delete-pending", O, _in(State.PENDING), r.CREATED, Term(0, 180), Effect.DELETE, _ORDER,
         "pending", "creation"),
    Rule("order.delete-draft", O, _in(State.DRAFT), r.CREATED, Term(0, 30), Effect.DELETE,
         (*_ORDER, "live-estimate"), "draft", "creation"),
    Rule("service.delete-cancelled", S, _in(State.CANCELLED), r.LAST_CHANGE, Term(0, 180), Effect.DELETE, _SERVICE,
         "cancelled", "last change"),
    Rule("service.delete-terminated", S, _in(State.TERMINATED), r.LAST_CHANGE, Term(0, 365), Effect.DELETE, _SERVICE,
         "terminated", "last change"),
    Rule("domain.delete-cancelled", D, _in(State.CANCELLED), r.LAST_CHANGE, Term(0, 180), Effect.DELETE, (),
         "cancelled", "last change"),
    Rule("domain.delete-expired", D, _in(State.EXPIRED), r.EXPIRATION, Term(0, 120), Effect.DELETE, (),
         "expired", "expiration date"),
    Rule("client.delete-on-request", C, _requested, r.REQUESTED, Term(0, 30), Effect.DELETE,
         (*_MONEY, "active-service", "active-domain", "open-ticket"), "deletion requested",
         "the request, and the client's own sign-in after it"),
)  # fmt: skip


SETTLING = Term(0, 7)


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

    def rules_for(self, kind: Kind) -> list[Rule]:
        """The rules for one kind of record, those that are off included."""
        return [rule for rule in self.rules if rule.kind is kind]

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
