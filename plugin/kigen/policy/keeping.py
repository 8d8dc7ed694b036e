"""What of a client stays when the rest goes: the records that a floor or a claim needs, and for which reasons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kigen.policy.records import Ref


@dataclass(frozen=True, slots=True)
class Keeping:
    """The records whose rows stay, masked; everything else of the client goes.

    `codes` are the reasons that keep them (policy/subtraction.py says which columns each needs). `documents` are those
    of the records that a floor keeps, with the instant at which it ends, None where nobody can tell.
    """

    records: frozenset[Ref]
    codes: frozenset[str]
    documents: tuple[tuple[Ref, dt.datetime | None], ...] = ()
