"""When a client that is due goes in part: which reasons keep only what they need, so that the rest can be masked.

Source: retention.md, "When a floor keeps documents of a client that is due" and "Deletion on request".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kigen.policy.facts import Facts
from kigen.policy.masked import masked
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST, Effect, Rule, Schedule

FLOOR = "floor"

CLAIMS = frozenset({"unpaid-invoice", "credit-balance", "open-ticket", "approved-commission"})
"""Reasons that only delay a deletion on request: what the claim needs stays, the rest does not wait for it."""

LIVE = frozenset({"active-service", "active-domain"})
"""They delay a deletion on request too, but were to be cancelled first: where they were not, a person decides."""


PARTS = CLAIMS | {FLOOR}
"""All reasons that keep no more than parts of a client."""


@dataclass(frozen=True, slots=True)
class Parting:
    """Under one rule: the reasons that keep parts only, and those for which the client was anonymised before.

    `done` None: it never was, or has come back since. `is_less_needed`: one of these has ended for one of the records.
    """

    codes: frozenset[str]
    done: frozenset[str] | None = None
    freezes: bool = False
    masks_claims: bool = False
    is_less_needed: bool = False

    def is_for(self, standing: Collection[str]) -> bool:
        """Whether a client against which exactly these reasons stand is anonymised now.

        Never twice for the same reasons; again when one of the earlier ones has ended, for then less is needed.
        """
        found = frozenset(standing)
        if not found or not found <= self.codes:
            return False
        if not (self.freezes or (self.masks_claims and FLOOR not in found)):
            return False
        return self.done is None or self.is_less_needed or not self.done <= found

    def waits_for_backup(self, standing: Collection[str]) -> bool:
        """Whether no more than a backup of the keys is missing, without which no document is frozen."""
        found = frozenset(standing)
        return not self.freezes and self.done is None and FLOOR in found and found <= self.codes


NEVER = Parting(frozenset())
"""Of a record that goes whole or not at all."""


def parting_of(rule: Rule, facts: Facts, schedule: Schedule) -> Parting:
    """How a client may go in part under a rule; NEVER for other records and for rules that do not delete."""
    if rule.kind is not Kind.CLIENT or rule.effect is not Effect.DELETE:
        return NEVER
    done = masked(facts, schedule.zone)
    codes = done.codes if done else None
    return _parting(rule.id == ON_REQUEST, codes, schedule.can_anonymise, schedule.masks_claims)


@lru_cache(maxsize=256)
def _parting(is_requested: bool, done: frozenset[str] | None, freezes: bool, masks_claims: bool) -> Parting:
    """One for all clients alike, for it is asked of every rule of every client."""
    return Parting(PARTS if is_requested else frozenset({FLOOR}), done, freezes, masks_claims)
