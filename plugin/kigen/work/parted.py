"""What is written down when a client went, whole or in part: its requests are answered, and it is told what stays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from kigen.ledger import anonymised, outbox, requests
from kigen.policy.decide import Decision
from kigen.policy.facts import Anonymised
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.schedule import Schedule
from kigen.work.asked import as_data
from kigen.work.readings import Reading
from kigen.work.site import Site


def keeping_of(decision: Decision, reading: Reading, schedule: Schedule, site: Site) -> Keeping:
    """What stays of a client that is anonymised by this decision."""
    return keeping(reading.facts, schedule, site.now, decision.standing)


def went_in_part(
    connection: Connection, site: Site, run: int, decision: Decision, reading: Reading, kept: Keeping,
    address: str | None = None, language: str | None = None,
) -> None:  # fmt: skip
    """Remember that a client was anonymised, in the transaction that did it.

    Its open erasures are answered in part, whichever rule came first: nothing more can go now. A message tells what
    stays, why and until when. `address` is the one that the client had: after this nobody can look it up.
    """
    client = reading.account.id
    done = Anonymised(site.now, kept.until, kept.codes, decision.rule)
    anonymised.write(connection, {client: done}, run)
    asked = _erasures(reading)
    requests.carried_out(connection, asked, site.now, requests.PARTLY_FULFILLED)
    if asked:
        told = {"at": site.now.isoformat(), "until": kept.until and kept.until.isoformat(),
                "kept": as_data(decision.reasons)}  # fmt: skip
        outbox.put(connection, client, outbox.PARTLY_KEPT, told, site.now, address, language)


def went_whole(
    connection: Connection, site: Site, reading: Reading, address: str | None, language: str | None = None
) -> None:
    """Write the last message to a client that asked to be deleted and was; without an address there is none to send.

    To be called when what was remembered of the client is forgotten already, or is about to be: this message stays.
    """
    if address and _erasures(reading):
        told = {"at": site.now.isoformat()}
        outbox.put(connection, reading.account.id, outbox.DONE, told, site.now, address, language)


def _erasures(reading: Reading) -> Sequence[int]:
    """Numbers of the open requests that are carried out; an officer's word has none."""
    return [one.id for one in reading.facts.requests if one.right == "erasure" and one.id]
