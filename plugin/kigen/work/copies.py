"""Whom sealed copies name: read once for all who are about to go, before any lock, as the platform's own texts are.

What stands in rows as a number (whose they are, who wrote them) is noted as a copy is made; who is named in a text can
be told only by somebody who knows of whom to look for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import quarantine
from kigen.ledger.keys_store import StoreKeys
from kigen.policy.identifiers import Person, Strength
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.identifiers_search import Matcher

TOGETHER, APART = 64_000, "\n|\n"
"""Characters that are first searched as one text, and what stands between two values of it."""


@dataclass(frozen=True)
class Copies:
    """What one look found: by part whom it names, parts that do not open, and whom a part is to be noted to name.

    `seen` is the highest part, 0 where there was none. `own` are parts that this process has put since then.
    """

    people: tuple[Person, ...] = ()
    found: Mapping[int, frozenset[int]] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()
    unnoted: Mapping[int, frozenset[int]] = field(default_factory=dict)
    seen: int = 0
    own: set[int] = field(default_factory=set)

    def named_in(self, pieces: Iterable[Any]) -> set[int]:
        """Which of the people looked for are surely named in what was taken, as JSON has it."""
        return _surely(self._known, list(_texts(pieces))) if self.people else set()

    def of(self, client: int) -> list[int]:
        """The parts in which one of the people looked for was found."""
        return self._of.get(client, [])

    @cached_property
    def _known(self) -> Matcher:
        return Matcher(one for person in self.people for one in identifiers_of(person))

    @cached_property
    def _of(self) -> dict[int, list[int]]:
        """Turned round once: a process erases one of a thousand people at a time."""
        by_client: dict[int, list[int]] = {}
        for part, clients in self.found.items():
            for client in clients:
                by_client.setdefault(client, []).append(part)
        return by_client


def look_in_copies(connection: Connection, keys: StoreKeys, people: Sequence[Person], after: int = 0) -> Copies:
    """Look for these people in all copies above a number, in the caller's transaction, which takes no lock."""
    numbers = quarantine.numbers_after(connection, after)
    if not numbers:
        return Copies(tuple(people), seen=after)
    unnoted = quarantine.unnoted(connection)
    copies = Copies(tuple(people))
    found: dict[int, set[int]] = {}
    closed: set[int] = set()
    noted: dict[int, frozenset[int]] = {}
    for block in _blocks(quarantine.walk(connection, keys, numbers), closed):
        together = APART.join(text for _, _, texts in block for text in texts)
        is_worth_it = copies._known.is_in(together)
        for row, told, texts in block:
            by_number = {int(one) for one in told.get("clients", ())}
            if row.id in unnoted:
                noted[row.id] = frozenset(by_number | {int(row.client)})
            if mine := by_number | (_surely(copies._known, texts) if is_worth_it else set()):
                found[row.id] = mine
    wanted = {int(person.owner) for person in people}
    return Copies(
        tuple(people), {part: frozenset(mine & wanted) for part, mine in found.items()}, frozenset(closed), noted,
        numbers[-1],
    )  # fmt: skip


Block = list[tuple[Row[Any], Mapping[str, Any], list[str]]]


def _blocks(parts: Iterable[tuple[Row[Any], str | None]], closed: set[int]) -> Iterator[Block]:
    """Copies by so many that searching them at once is worth it; those that do not open are noted as closed."""
    block: Block = []
    length = 0
    for row, content in parts:
        if content is None:
            closed.add(row.id)
            continue
        told = json.loads(content)
        block.append((row, told, list(_texts(told.get("pieces", ())))))
        length += len(content)
        if length > TOGETHER:
            yield block
            block, length = [], 0
    yield block


def _surely(known: Matcher, texts: Iterable[str]) -> set[int]:
    return {int(hit.owner) for text in texts for hit in known.find(text) if hit.strength is Strength.ALONE}


def _texts(pieces: Iterable[Any]) -> Iterator[str]:
    """The words of rows; names of tables and columns are nobody's."""
    for piece in pieces:
        yield from _words(piece[2:])


def _words(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, (list, tuple, dict)):  # bytes stand there in base64, into which a search looks
        for one in told.values() if isinstance(told, dict) else told:
            yield from _words(one)
