"""What evidence says of a chunk: what was done to which records, why, and by what each would be known again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from kigen.ledger import evidence, tombstones
from kigen.ledger.chain import Told
from kigen.ledger.runs import Done
from kigen.policy.decide import Decision
from kigen.policy.records import Kind, Ref
from kigen.work.site import Site

Prints = Mapping[Kind, Mapping[int, str]]

Materials = Mapping[Kind, Mapping[int, str | None]]
NOTHING_READ: Materials = {}

Written = dict[tuple[Kind, str], Done]
"""What is written down as done, by kind and rule."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One sort of act on the records of a chunk; `reasons` are codes by rule, `known` fingerprints by kind and id."""

    action: str
    done: Written
    reasons: Mapping[str, Sequence[str]]
    known: Prints

    def write(self, connection: Connection, site: Site, run: int) -> list[Told]:
        """Append it: the last thing before the commit, since from here on nobody else can append."""
        return evidence.append(
            connection, site.host.name, run, site.actor, self.action, site.now, self.done, self.reasons, self.known
        )


def proof_of(
    connection: Connection, site: Site, action: str, done: Written, decisions: Sequence[Decision],
    read: Materials = NOTHING_READ,
) -> Proof:  # fmt: skip
    """Put together while the rows are there, in the transaction that locked them.

    `read` is what never changes of records that this transaction has locked and read already.
    """
    return Proof(action, done, _reasons(decisions), known_by(connection, site, done, read))


def known_by(
    connection: Connection, site: Site, done: Mapping[tuple[Kind, str], Done], read: Materials = NOTHING_READ
) -> Prints:
    """The fingerprints of these records, read set-wise where they are not; none without the key."""
    ids: dict[Kind, list[int]] = defaultdict(list)
    for (kind, _), mine in done.items():
        ids[kind] += [number for number, _ in mine]
    return _prints(connection, site, ids, read)


def fingerprints_of(connection: Connection, site: Site, ids: Mapping[Kind, Sequence[int]]) -> dict[Ref, str]:
    """The fingerprints of records that are there; those of which only the id is known have none."""
    found = _prints(connection, site, ids)
    return {(kind, number): one for kind, mine in found.items() for number, one in mine.items()}


def _prints(
    connection: Connection, site: Site, ids: Mapping[Kind, Sequence[int]], read: Materials = NOTHING_READ
) -> Prints:
    key = site.fingerprint_key
    if key is None:
        return {}
    wanted: dict[Kind, list[int]] = {}
    told: dict[Kind, dict[int, str]] = {}
    for kind, numbers in ids.items():
        there = read.get(kind, {})
        told[kind] = {number: known for number in numbers if (known := there.get(number))}
        if missing := [number for number in numbers if number not in there]:
            wanted[kind] = missing
    for kind, materials in site.host.all_fingerprints(connection, wanted).items() if wanted else ():
        told[kind].update(materials)
    return {kind: tombstones.fingerprints(key, site.host.name, mine) for kind, mine in told.items()}


def _reasons(decisions: Sequence[Decision]) -> dict[str, list[str]]:
    """By the rule that acted, the codes of the reasons why a stronger one did not."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for decision in decisions:
        found[decision.rule or ""].update(dict.fromkeys(reason.code for reason in decision.reasons))
    return {rule: list(codes) for rule, codes in found.items()}
