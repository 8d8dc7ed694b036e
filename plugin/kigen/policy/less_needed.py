"""Whether a claim that kept a record of an anonymised client has ended for that record, though others still claim.

Then less of it is needed than when it was masked (policy/subtraction.py): the client is anonymised again, at once.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from kigen.policy.facts import Facts
from kigen.policy.keeping import needed
from kigen.policy.records import Ref
from kigen.policy.schedule import Schedule

CLAIMED = "claimed."
"""Before the code of a claim: the name under which a record that it needs is remembered from the masking on."""


def is_less_needed(facts: Facts, schedule: Schedule, now: dt.datetime) -> bool:
    """Whether some record was masked around a claim that needs it no more; a record that is gone needs nothing."""

    @cache
    def still(code: str) -> frozenset[Ref]:
        return frozenset(needed(code, facts.account, schedule, now))

    return any(
        ref not in still(name.removeprefix(CLAIMED))
        for ref, memory in facts.memories.items()
        for name in memory.observed
        if name.startswith(CLAIMED)
    )
