"""What a legal hold says against a record, wherever it is told: under a rule, under none, and of a sealed copy.

A hold keeps whatever is due, so it is told also where nothing is due: a person who reads of a record has to know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kigen.policy.facts import Facts, Hold
from kigen.policy.reasons import UNTOLD_HOLD, Reason
from kigen.policy.records import Kind, Record, Ref, ref_text


def told(holds: Iterable[Hold]) -> Iterator[Reason]:
    """The reason `hold` for each of these, about what it was placed on."""
    for one in holds:
        ref = one.record or (Kind.CLIENT, one.client or 0)
        words = UNTOLD_HOLD if one.is_untold else None
        yield Reason("hold", {"hold": one.id}, one.until, (ref_text(ref),), words)


def on(record: Record, facts: Facts) -> Iterator[Reason]:
    """The holds on the client and on the record itself, of which no rule speaks."""
    return told(facts.holds_on([facts.account.id], [record.ref]))


COPY_KEPT = (
    "A sealed copy of {ref} was to be destroyed; it stays until the hold ends and cannot be brought back.",
    "{ref} の封印した写しは廃棄の時期が来ていますが、保全が終わるまで残ります。復元はできません。",
)


def on_copy(ref: Ref, holds: Iterable[Hold]) -> tuple[Reason, ...]:
    """Of a sealed copy whose end has come: that only these holds keep it."""
    return (Reason("restorable", refs=(ref_text(ref),), words=COPY_KEPT), *told(holds))
