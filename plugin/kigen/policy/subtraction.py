"""What a reason to keep needs: while it lasts the data of its purposes stay, and all else can go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kigen.policy.datamap import Field, Table
from kigen.policy.vocabulary import Purpose

EVERYTHING = frozenset(Purpose)

_CLAIM = frozenset({Purpose.BILLING, Purpose.LAW})
_LIVE = frozenset({Purpose.CONTRACT, Purpose.BILLING, Purpose.SUPPORT, Purpose.SECURITY, Purpose.LAW})

NEEDED: Mapping[str, frozenset[Purpose]] = {
    "unpaid-invoice": _CLAIM,
    "credit-balance": _CLAIM,
    "approved-commission": _CLAIM,
    "open-ticket": frozenset({Purpose.SUPPORT}),
    "pending-order": frozenset({Purpose.CONTRACT, Purpose.BILLING, Purpose.FRAUD}),
    "live-estimate": frozenset({Purpose.CONTRACT}),
    "active-service": _LIVE,
    "active-domain": _LIVE | {Purpose.REGISTRATION},
    "floor": frozenset(),  # the issued documents are frozen, and live only there
}
"""Purposes by the code of the reason. A code that is not here, of a hold, a request or a plugin, needs everything."""


def needed_by(codes: Iterable[str]) -> frozenset[Purpose]:
    """The purposes that these reasons together need; none for no reasons."""
    return frozenset().union(*(NEEDED.get(code, EVERYTHING) for code in codes))


def unneeded(table: Table, codes: Iterable[str]) -> tuple[Field, ...]:
    """The columns of a row that stays which none of these reasons needs: a mask replaces them."""
    purposes = needed_by(codes)
    return tuple(one for one in table.masked if not one.is_needed_for(purposes))
