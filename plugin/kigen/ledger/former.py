"""Who clients were that became part of others and whose own rows are gone, as far as their events still tell it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from kigen.ledger import absorbed
from kigen.ledger.bulk import batches
from kigen.ledger.tables import events, merges
from kigen.policy.identifiers import Person
from kigen.policy.identifiers_of import SPELLINGS
from kigen.policy.masks_keys import sort_of_key
from kigen.policy.sorts import Sort

GIVEN, FAMILY = ("firstname", "first_name"), ("lastname", "last_name")


def gone_into(
    connection: Connection, clients: Iterable[int], there: Callable[[Sequence[int]], Collection[int]]
) -> dict[int, set[int]]:
    """By client the numbers of those that became part of it and are gone; clients without any are left out.

    `there` says which of some the platform has still: a merger that never came true is none.
    """
    wanted = set(clients)
    if connection.scalar(select(merges.c.client).limit(1)) is None:
        return {}
    others = absorbed.whole(connection, wanted) - wanted
    gone = others - set(there(sorted(others))) if others else set()
    found = {client: (absorbed.whole(connection, [client]) - {client}) & gone for client in wanted} if gone else {}
    return {client: numbers for client, numbers in found.items() if numbers}


def people(connection: Connection, clients: Iterable[int]) -> dict[int, Person]:
    """What events told of each of these clients; those of which they told nothing are left out."""
    names: dict[int, dict[tuple[str, str], None]] = defaultdict(dict)
    values: dict[int, dict[tuple[Sort, str], None]] = defaultdict(dict)
    for batch in batches(sorted(set(clients))):
        query = select(events.c.client, events.c.data).where(events.c.client.in_(batch), events.c.data != "{}")
        for client, data in connection.execute(query):
            told = _pairs(data)
            given, family = (next((told[key] for key in keys if key in told), "") for keys in (GIVEN, FAMILY))
            if given or family:
                names[client][given, family] = None
            for key, value in told.items():
                sort = None if key in (*GIVEN, *FAMILY) else sort_of_key(key)
                if sort in SPELLINGS and sort is not None:
                    values[client][sort, value] = None
    return {client: Person(str(client), tuple(names[client]), tuple(values[client])) for client in {*names, *values}}


def _pairs(data: str) -> dict[str, str]:
    try:
        told = json.loads(data)
    except ValueError:
        return {}
    return dict(_texts(told)) if isinstance(told, dict) else {}


def _texts(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text with its key, also from within; of two with the same key the last."""
    for key, value in told.items():
        if isinstance(value, dict):
            yield from _texts(value)
        elif isinstance(value, str) and value.strip():
            yield key, value.strip()
