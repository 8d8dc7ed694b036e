"""What a plugin hands over: its own data, how that goes, who else gets data; and which rules and guards are taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from kigen.policy import records as r
from kigen.policy.guards import Case, Guard
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind
from kigen.policy.schedule import Rule

if TYPE_CHECKING:
    from sqlalchemy import Connection

RESERVED = frozenset({*map(str, Kind), "email", "log", "kigen"})
"""Prefixes of kigen's own rules, now and planned."""

CLOCKS: Mapping[Kind, frozenset[str]] = {
    Kind.CLIENT: frozenset({r.REGISTERED, r.LAST_PAYMENT, r.ARCHIVED, r.FINAL_LOGIN, r.REQUESTED}),
    Kind.ORDER: frozenset({r.CREATED}),
    Kind.INVOICE: frozenset({r.DUE}),
    Kind.SERVICE: frozenset({r.LAST_CHANGE}),
    Kind.DOMAIN: frozenset({r.LAST_CHANGE, r.EXPIRATION}),
}
"""From which clocks a rule may count; from any other its records would be kept for ever as unknown."""

_NAME = re.compile(r"(?=.{3,80}$)([a-z][a-z0-9_-]*)(\.[a-z0-9][a-z0-9_-]*)+")
_FAILED = (
    "Guard {guard} could not answer ({error}), so {ref} stays.",
    "ガード {guard} が判定できないため、{ref} を保持します（{error}）。",
)


@dataclass(frozen=True, slots=True)
class Exporter:
    """What a plugin keeps of a client, for the client's bundle.

    `rows(connection, client)` yields one mapping per row, values as JSON knows them; none where there is nothing. It
    only reads. `section` is the heading in the bundle; several exporters may share one.
    """

    name: str
    section: str
    rows: Callable[[Connection, int], Iterable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Eraser:
    """How a plugin's own rows about records go, in the transaction that deletes the records themselves.

    `erase(connection, kind, ids)` is called for the named kinds before the host's rows go, returns the rows that it
    removed, and neither ends the transaction nor makes tables: that is refused, and keeps the record. It may be called
    again for the same ids. What it raises stops the chunk: nothing of it is deleted. It decides nothing; to keep a
    record is a guard's work.

    `find(connection, kind, ids)` only reads: it is asked of every plugin before any of them erases, and `erase` then
    gets what it found (keys of the plugin's own) in place of the ids. An eraser that finds its rows by way of another
    plugin's needs it, for in which order erasers are called is not said.
    """

    name: str
    kinds: Collection[Kind]
    erase: Callable[[Connection, Kind, Sequence[Any]], int]
    find: Callable[[Connection, Kind, Sequence[int]], Sequence[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """An outside processor that gets personal data, for the registers (GDPR Art. 13, 15, 30; APPI Art. 28).

    `country` is its ISO 3166 code; `safeguard` says on what the transfer rests, blank where there is none to name;
    `url` is its privacy notice.
    """

    name: str
    purpose: str
    country: str
    safeguard: str
    url: str


def checked_rule(rule: object, taken: Collection[str], guards: Collection[str]) -> Rule:
    """A plugin's rule, if it can be taken; ValueError with what is wrong with it."""
    if not isinstance(rule, Rule):
        raise ValueError(f"{rule!r} is no Rule")
    _check_name("rule", rule.id, taken)
    clocks = CLOCKS.get(rule.kind)
    if clocks is None:
        raise ValueError(f"rule {rule.id} is about a record of kind {rule.kind}; expected {', '.join(CLOCKS)}")
    if rule.anchor not in clocks:
        raise ValueError(f"rule {rule.id} counts from {rule.anchor!r}; expected {' or '.join(sorted(clocks))}")
    for guard in rule.kept_by:
        if guard not in guards:
            raise ValueError(f"rule {rule.id} is kept by {guard!r}, which is no guard")
    return rule


def checked_guard(name: str, guard: object, taken: Collection[str]) -> Guard:
    """A plugin's guard, if it can be taken; where it cannot answer later, it keeps the record and says so."""
    _check_name("guard", name, taken)
    if not callable(guard):
        raise ValueError(f"guard {name} is {guard!r}; expected a function of one case")
    return partial(_ask, name, guard)


def _check_name(what: str, name: str, taken: Collection[str]) -> None:
    matched = _NAME.fullmatch(name)
    if not matched:
        raise ValueError(f"the {what} {name!r} needs a prefix of its own, small letters and a dot, as in 'acme.{what}'")
    if name in taken:
        raise ValueError(f"there is a {what} {name} already")
    if matched[1] in RESERVED:
        raise ValueError(f"the {what} {name} has a prefix of kigen's; expected one of its own, as in 'acme.{what}'")


def _ask(name: str, guard: Guard, case: Case) -> Iterator[Reason]:
    # Where it fails, or its reason has no words to show, nobody knows whether the record may go: it stays.
    try:
        reasons = list(guard(case))
        for reason in reasons:
            if not _NAME.fullmatch(reason.code):
                raise ValueError(f"its reason {reason.code!r} has no prefix")
            for language in ("en", "ja"):
                reason.text(case.schedule.zone, language)
    except Exception as error:
        told = {"guard": name, "error": f"{type(error).__name__}: {error}"}
        reasons = [Reason(name, told, refs=(r.ref_text(case.record.ref),), words=_FAILED)]
    yield from reasons
