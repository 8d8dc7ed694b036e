"""The people behind clients that go: named before their rows do, and afterwards cleared from everybody else's.

Files that no other row names go too, once the rows are gone for good (work/files.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kigen.hosts.anonymised import Anonymised
from kigen.ledger import lifecycle, outbox
from kigen.policy.again import REPLAY
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.policy.records import Kind
from kigen.work import files
from kigen.work.gate import Gate
from kigen.work.readings import Reading
from kigen.work.whose_copies import everyone


@dataclass(frozen=True)
class Leaving:
    """Who leaves, with the names of the files in their rows. It lives as long as the transaction."""

    people: Sequence[Person]
    files: frozenset[str]


def before(gate: Gate, accounts: Sequence[Account]) -> Leaving:
    """Asked before the rows of these clients go or are masked. Raises SomebodyElse."""
    people = gate.traces.known(gate.connection, gate.site, accounts)
    own = {account.id for account in accounts}
    # Who became part of these and is gone goes with them, also where no reconcile has seen yet that it is gone.
    gone = sorted(everyone(gate.connection, gate.site, own) - own)
    lifecycle.forget(gate.connection, [(Kind.CLIENT, number) for number in gone], gate.site.now)
    return Leaving(people, gate.site.host.file_names(gate.connection, accounts))


def after(gate: Gate, leaving: Leaving, own: Anonymised | None = None) -> None:
    """Once they went; `own` tells which of their rows stay, masked."""
    gate.count(gate.traces.clear(gate.connection, gate.site, leaving.people, own))
    files.put(gate.connection, gate.site, leaving.files)


def tell_last(gate: Gate, readings: Sequence[Reading], notice: str, data: dict[int, dict[str, object]]) -> None:
    """The last message to those of these clients who asked to be deleted, with the address that is about to go.

    It tells what stays elsewhere as well, which no deletion here reaches.
    What is done again after a restore was told when it was first done.
    """
    asked = [
        one.account.id
        for one in readings
        if any(request.right == "erasure" and not request.is_ordered for request in one.facts.requests)
        and not _is_done_again(one)
    ]
    outbox.forget_former(gate.connection, [one.account.id for one in readings])
    addresses = gate.site.host.addresses(gate.connection, asked) if asked else {}
    elsewhere = gate.site.host.elsewhere(gate.connection, asked) if asked else {}
    for client in asked:
        address, language = addresses.get(client, (None, None))
        told = dict(data.get(client, {}))
        if client in elsewhere:
            told["elsewhere"] = [one.as_data() for one in elsewhere[client]]
        outbox.put(gate.connection, client, notice, told, gate.site.now, address, language)


def _is_done_again(reading: Reading) -> bool:
    decision = reading.decisions.get((Kind.CLIENT, reading.account.id))
    return decision is not None and any(reason.code == REPLAY for reason in decision.reasons)
