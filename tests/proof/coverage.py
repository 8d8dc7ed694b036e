"""Decides whether judged records were many different cases, or many times the same: what must have occurred, and how.

Two reasons of the contract are never told by a decision: `unconfirmed` is told of a run, `already-gone` of a record
that is not there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kigen.policy.decide import Decision
from tests.oracle.world import TERMS

CODES = (
    "not-due no-rule unknown-anchor unknown-state active-service active-domain paid-invoice approved-commission "
    "live-estimate open-ticket unpaid-invoice pending-order credit-balance foreign-item settling hold open-request "
    "restricted contract floor"
).split()

_ANY = "hold open-request restricted contract unknown-anchor unknown-state settling"
_MONEY = "unpaid-invoice credit-balance approved-commission"
_ORDER = "active-service active-domain paid-invoice approved-commission foreign-item floor"
_KEPT_BY = {
    "client.archive-inactive": _MONEY,
    "client.delete-archived": f"{_MONEY} foreign-item floor",
    "client.delete-registration-only": "credit-balance approved-commission pending-order foreign-item floor",
    "client.delete-inactive": f"{_MONEY} foreign-item floor",
    "client.delete-on-request": f"{_MONEY} active-service active-domain open-ticket floor",
    "invoice.delete-cancelled": "paid-invoice floor",
    "order.delete-cancelled": _ORDER,
    "order.delete-fraud": _ORDER,
    "order.delete-pending": _ORDER,
    "order.delete-draft": f"{_ORDER} live-estimate",
    "service.delete-cancelled": "active-service approved-commission",
    "service.delete-terminated": "active-service approved-commission",
    "domain.delete-cancelled": "",
    "domain.delete-expired": "",
}
IMPOSSIBLE = {
    ("client.delete-archived", "unknown-anchor"): "kigen notes its own archives, and first sights, when they happen",
    ("domain.delete-cancelled", "unknown-anchor"): "a domain has no host column for its last change",
    ("domain.delete-cancelled", "unknown-state"): "its state is cancelled, and nothing goes along",
    ("domain.delete-expired", "unknown-state"): "its state is expired, and nothing goes along",
    ("invoice.delete-cancelled", "unknown-state"): "its state is cancelled, and nothing with a state goes along",
}
PAIRS = {(rule, code) for rule, codes in _KEPT_BY.items() for code in f"{_ANY} {codes}".split()} - IMPOSSIBLE.keys()
"""Every rule with every reason that can keep a record from it (retention.md, Rules, conditions, and what keeps)."""

ENOUGH = 100_000
"""Records from which on every pair must have occurred; in fewer only every rule and every reason."""


@dataclass
class Coverage:
    """Counts of cases; two of them add up."""

    records: Counter[str] = field(default_factory=Counter)  # by kind
    due: Counter[str] = field(default_factory=Counter)  # by rule
    acting: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)  # by reason
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    at_its_instant: int = 0  # due at the very instant of the judgement
    shapes: Counter[tuple[str, ...]] = field(default_factory=Counter)  # action, rule and reasons

    def take(self, decision: Decision, due_now: bool) -> None:
        self.records[decision.record.kind.value] += 1
        codes = {reason.code for reason in decision.reasons}
        self.told.update(codes)
        self.at_its_instant += due_now
        self.shapes[decision.action, decision.rule or "", *sorted(codes)] += 1
        for one in decision.considered:
            mine = {reason.code for reason in one.reasons}
            self.pairs.update((one.rule.id, code) for code in mine)
            if "not-due" not in mine:
                self.due[one.rule.id] += 1
                self.kept[one.rule.id] += bool(mine)
        if decision.acts:
            self.acting[decision.rule or ""] += 1

    def add(self, other: Coverage) -> None:
        for name in ("records", "due", "acting", "kept", "told", "pairs", "shapes"):
            getattr(self, name).update(getattr(other, name))
        self.at_its_instant += other.at_its_instant

    @property
    def judged(self) -> int:
        return self.records.total()

    def missing(self) -> list[str]:
        """What never occurred although it must; a sentence each."""
        found = [f"no record was due by {rule}" for rule in TERMS if not self.due[rule]]
        found += [f"{rule} never acted" for rule in TERMS if not self.acting[rule]]
        found += [f"{rule} was due and never kept" for rule in TERMS if not self.kept[rule]]
        found += [f"the reason {code} was never told" for code in CODES if not self.told[code]]
        found += [f"the reason {code} is not the contract's" for code in sorted(set(self.told) - set(CODES))]
        if self.judged >= ENOUGH:
            found += [f"{code} never kept from {rule}" for rule, code in sorted(PAIRS - self.pairs.keys())]
        return found

    def lines(self) -> list[str]:
        """The figures as a table."""
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(self.records.items()))
        table = [f"{'rule':34}{'due':>10}{'acting':>10}{'kept':>10}"]
        for rule in TERMS:
            table.append(f"{rule:34}{self.due[rule]:>10,}{self.acting[rule]:>10,}{self.kept[rule]:>10,}")
        table += ["", *(f"{code:34}{self.told[code]:>10,}" for code in CODES)]
        pairs = len(PAIRS & self.pairs.keys())
        table += ["", f"kinds: {kinds}", f"rules with each of their reasons: {pairs} of {len(PAIRS)} pairs"]
        table.append(f"different answers: {len(self.shapes):,}; due at that very instant: {self.at_its_instant:,}")
        return table
