"""Host events in kigen's words, many at once: the rows that they ask for are read together, not event by event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.hosts.port import Host
from kigen.hosts.rows import Rows
from kigen.policy.events import Event

ROUNDS = 8
"""Events that still ask for rows after so many readings are translated one by one, as all are in a batch with an id
that cannot be asked for: it then costs only its own event."""

_Source = TypeVar("_Source", Connection, Rows)
_Place = tuple[str, tuple[str, ...], str]


class Told(NamedTuple):
    """A host-native event as it came."""

    name: str
    payload: Mapping[str, object]
    at: dt.datetime


@runtime_checkable
class TranslatesMany(Protocol):
    """A host that translates many events at once; by `translated` below that takes one line."""

    def translate_all(self, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
        """For each what `translate` returns or raises."""


def translate_all(host: Host, connection: Connection, told: Sequence[Told]) -> list[Event | Exception]:
    """For each event what the host's `translate` returns or raises, in the same order; DBAPIError is raised."""
    if isinstance(host, TranslatesMany):
        return host.translate_all(connection, told)
    return [_outcome(host.translate, connection, one) for one in told]


def translated(
    rows: Rows, told: Sequence[Told], translate: Callable[[Rows, str, Mapping[str, object], dt.datetime], Event]
) -> list[Event | Exception]:
    """The outcomes of `translate`, a function that reads the host's rows only through the `Rows` it is given.

    Every event is tried with the rows read so far; what it misses is read for all of them together, and it is tried
    again. Within one transaction that is what reading event by event gives.
    """
    ahead = RowsAhead(rows.connection, rows.schema, rows.lock)
    found: dict[int, Event | Exception] = {}
    for _ in range(ROUNDS):
        waiting = []
        for number, one in enumerate(told):
            if number not in found:
                try:
                    found[number] = _outcome(translate, ahead, one)
                except _Missing:
                    waiting.append(number)
        if not waiting or not ahead.has_read_missing():
            break
    for number, one in enumerate(told):
        if number not in found:
            found[number] = _outcome(translate, rows, one)
    return [found[number] for number in range(len(told))]


class _Missing(BaseException):
    """Rows that were not read yet. No Exception: what catches any of those would take it for an answer."""


@dataclass(frozen=True, slots=True)
class RowsAhead(Rows):
    """Rows that were read before they are asked for; of others it only notes that they are missing."""

    known: dict[_Place, dict[Any, list[dict[str, Any]]]] = field(default_factory=dict)
    missing: dict[_Place, set[Any]] = field(default_factory=dict)

    def read(
        self, name: str, columns: Sequence[str], by: str, ids: Any, known: object = None
    ) -> list[dict[str, Any]]:  # fmt: skip
        place, wanted = (name, tuple(columns), by), list(ids)
        there = self.known.get(place, {})
        lacking = [one for one in wanted if one not in there]
        if lacking:
            self.missing.setdefault(place, set()).update(lacking)
            raise _Missing
        return [row for one in sorted(set(wanted)) for row in there[one]]

    def has_read_missing(self) -> bool:
        """Read what was missing, each table once; False where one of the ids is such that no driver sends it."""
        try:
            self._read_missing()
        except OverflowError:
            return False
        return True

    def _read_missing(self) -> None:
        rows = Rows(self.connection, self.schema, self.lock)
        for (name, columns, by), ids in self.missing.items():
            known = self.known.setdefault((name, columns, by), {})
            read = rows.read(name, columns, by, ids)
            if any(row[by] not in ids for row in read):
                # The server compares more loosely (the number 5 and the text "5"): only it can tell whose a row is.
                known.update({one: rows.read(name, columns, by, (one,)) for one in ids})
                continue
            known.update({one: [] for one in ids})
            for row in read:
                known[row[by]].append(row)
        self.missing.clear()


def _outcome(
    translate: Callable[[_Source, str, Mapping[str, object], dt.datetime], Event], source: _Source, told: Told
) -> Event | Exception:
    try:
        return translate(source, *told)
    except DBAPIError:
        raise
    except Exception as error:
        return error
