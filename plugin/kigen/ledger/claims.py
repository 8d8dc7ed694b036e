"""Which claims needed which records of a client when it was anonymised, remembered beside each record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, delete

from kigen.ledger.bulk import batches
from kigen.ledger.lifecycle import by_kind, write_observed
from kigen.ledger.tables import observed
from kigen.policy.less_needed import CLAIMED
from kigen.policy.records import Memory, Ref


def write(connection: Connection, refs: Iterable[Ref], claims: Mapping[Ref, Iterable[str]], at: dt.datetime) -> None:
    """Remember which claims need which of these records of a client, and nothing of an earlier time."""
    names = {ref: {f"{CLAIMED}{code}": at for code in codes} for ref, codes in claims.items()}
    for kind, numbers in by_kind(refs).items():
        for batch in batches(numbers):
            mine = and_(observed.c.kind == kind.value, observed.c.id.in_(batch), observed.c.name.startswith(CLAIMED))
            connection.execute(delete(observed).where(mine))
    write_observed(connection, names)


def remembered(memories: Mapping[Ref, Memory]) -> dict[Ref, frozenset[str]]:
    """Which claims needed which records when their client was anonymised; records that none did are left out."""
    found = {
        ref: frozenset(name.removeprefix(CLAIMED) for name in memory.observed if name.startswith(CLAIMED))
        for ref, memory in memories.items()
    }
    return {ref: codes for ref, codes in found.items() if codes}
