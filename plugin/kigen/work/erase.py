"""An officer's word: one client is erased now, through the same gate and by the same decision as in a nightly run.

It needs neither request nor grace and is its own confirmation; every other reason to keep binds it.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from kigen.hosts.anonymised import CannotAnonymise
from kigen.hosts.foreseen import Foreseen
from kigen.ledger import datamap, runs
from kigen.policy import held
from kigen.policy.decide import Decision
from kigen.policy.facts import Account
from kigen.policy.orders import as_an_order
from kigen.policy.periods import When
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect, Schedule
from kigen.policy.sorts import Sort
from kigen.work import brakes, files, proof
from kigen.work.attempt import Attempts, hear
from kigen.work.chunk import Outcome
from kigen.work.destroying import destroy_copies
from kigen.work.export import keep
from kigen.work.freezing import kept_by
from kigen.work.held_copies import held as held_copies
from kigen.work.held_copies import ref_of
from kigen.work.lease import lease, turn
from kigen.work.mandate import Ordered, schedule_for_orders
from kigen.work.opening import before_all_else
from kigen.work.plan import as_a_sweep_sees_it
from kigen.work.readings import Reading, read
from kigen.work.share import held_by_file, told_by_file
from kigen.work.site import Site
from kigen.work.stamping import stamp
from kigen.work.stops import Stop
from kigen.work.whose_copies import parts_of


@dataclass(frozen=True)
class Known:
    """By what an operator knows a client again; `name` is empty but in a preview."""

    status: str
    registered: When | None
    services: int
    invoices: int
    name: str = field(default="", repr=False)


@dataclass
class Erased:
    """What was decided and done. `decision` None: neither the platform nor its rows know this client.

    `foreseen` is told by a preview of what would act; `known` only to the person at the terminal, and never written.
    """

    decision: Decision | None = None
    foreseen: Foreseen | None = None
    known: Known | None = field(default=None, repr=False)
    run: int | None = None
    outcome: Outcome = field(default_factory=Outcome)
    stop: Stop | None = None
    brakes: list[brakes.Brake] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    destroyed: int = 0  # sealed copies of what had gone before, in a preview or where nothing else is done
    copies: tuple[Reason, ...] = ()  # of those that stay, which holds keep them

    @property
    def done(self) -> dict[str, dict[str, int]]:
        """How many records were handled, by action and kind."""
        return {action: dict(Counter(kind.value for kind, _ in refs)) for action, refs in self.outcome.done.items()}

    @property
    def is_unchanged(self) -> bool:
        """Whether it was carried out and found nothing to change: it was anonymised before, for the same reasons."""
        is_ended = self.stop is not None or bool(self.failures)
        return bool(self.decision and self.decision.acts and self.run and not self.done and not is_ended)

    def as_json(self, zone: str, language: str = "en") -> dict[str, Any]:
        """The decision with what was done; `language` is that of its reasons."""
        told = self.decision.as_json(zone, language) if self.decision else {}
        return {
            **told, "run": self.run, "done": self.done, "rows": dict(self.outcome.rows),
            "masked": dict(self.outcome.masked), "left": dict(self.outcome.left), "left_rows": self.outcome.left_rows,
            "foreseen": asdict(self.foreseen) if self.foreseen else None,
            "kept": dict(self.outcome.kept), "stopped": self.stop.code if self.stop else None,
            "stopped_because": self.stop.as_json() if self.stop else None, "failures": self.failures,
            "destroyed": self.destroyed,
            "copies_kept": [one.as_json(zone, language) for one in self.copies],
            "unchanged": self.is_unchanged, "warnings": self.warnings, "seconds": round(self.seconds, 3),
            "acted": sum(sum(counts.values()) for counts in self.done.values()),
        }  # fmt: skip


def preview(site: Site, client: int, orphans: bool = False) -> Erased:
    """What `erase` would decide and do now; nothing is written and nothing is locked."""
    erased = Erased()
    with as_a_sweep_sees_it(site) as connection:
        looked = _look(connection, site, client, orphans, erased)
        if looked and erased.known and not orphans:
            erased.known = replace(erased.known, name=_name(connection, site, looked[1].account))
        kept = _copies_kept(connection, site, client, erased)
        parts = parts_of(connection, site, [client])
        erased.destroyed = len({part.id for part in parts if ref_of(part) not in kept})
        if looked is None or erased.decision is None or not erased.decision.acts:
            return erased
        schedule, reading = looked
        is_parted = erased.decision.action == Effect.ANONYMISE
        keeping = kept_by(site, schedule, reading, erased.decision) if is_parted else None
        try:
            erased.foreseen = site.host.foresee(connection, reading.account, keeping, datamap.answers(connection))
        except CannotAnonymise as error:
            erased.failures.append(f"client {client} could not be handled: {error}")
        else:
            erased.failures += [
                f"{name} points to rows that would go, and its foreign key does not let them go"
                for name in erased.foreseen.held
            ]
    return erased


def erase(site: Site, client: int, confirmed: bool = False, orphans: bool = False) -> Erased:
    """Erase one client as far as nothing keeps it. Raises AnotherRunner where one works already.

    `orphans`: what is left of a client whose own row is gone. `confirmed` is asked for only by an instant ahead.
    """
    began = time.monotonic()
    erased = Erased()
    with lease(site) as connection:
        held_back = before_all_else(connection, site, erased.warnings)
        held_back = held_back or held_by_file(site) or (None if confirmed else brakes.ahead(site))
        if held_back:
            erased.brakes = [held_back]
            with connection.begin():
                _look(connection, site, client, orphans, erased)
            return erased
        with turn(connection, site, "intake"):
            hear(site)
        with connection.begin():
            _look(connection, site, client, orphans, erased)
        if erased.decision and erased.decision.acts:
            _carry_out(connection, site, client, erased, began)
            if not erased.done:  # what kept it was seen under locks only: the reasons are told as they are now
                with connection.begin():
                    _look(connection, site, client, orphans, erased)
        else:
            erased.destroyed = destroy_copies(connection, site, client, erased.warnings)
        with connection.begin():
            _copies_kept(connection, site, client, erased)
    erased.warnings += stamp(site)
    return erased


def _look(
    connection: Connection, site: Site, client: int, orphans: bool, erased: Erased
) -> tuple[Schedule, Reading] | None:
    """Decide, and say what the live schema has against it; None, and no decision, where nobody knows this client."""
    is_there = client in site.host.owners(connection, Kind.CLIENT, [client])
    if is_there == orphans or (orphans and not site.host.sizes(connection, [client]).get(client)):
        return None
    schedule, against = schedule_for_orders(connection, site)
    for reading in read(connection, site.host, schedule, [client], site.now, ordered={client}):
        decision = reading.decisions.get((Kind.CLIENT, client))
        erased.decision = as_an_order(decision) if decision else None
        erased.known = _known(reading.account)
        erased.warnings += [against] if against and against not in erased.warnings else []
        return schedule, reading
    return None


def _copies_kept(connection: Connection, site: Site, client: int, erased: Erased) -> set[Ref]:
    """The records of which sealed copies stay although they were to go, for a hold; it is told."""
    kept = held_copies(connection, site, parts_of(connection, site, [client]))
    erased.copies = tuple(one for ref, standing in sorted(kept.items()) for one in held.on_copy(ref, standing))
    return set(kept)


def _known(account: Account) -> Known | None:
    client, services = account.client, [one for one in account.items if one.kind is Kind.SERVICE]
    if client is None:
        return None
    return Known(client.status, client.registered, len(services), len(account.invoices))


def _name(connection: Connection, site: Site, account: Account) -> str:
    """The first name that the client's rows say, else its company; empty where the host cannot tell."""
    try:
        people = site.host.people(connection, [account], datamap.answers(connection))
    except CannotAnonymise:
        return ""
    names = [" ".join(filter(None, name)) for one in people for name in one.names]
    words = [value for sort in (Sort.NAME, Sort.COMPANY) for one in people for its, value in one.values if its is sort]
    return next(filter(None, [*names, *words]), "")


def _carry_out(connection: Connection, site: Site, client: int, erased: Erased, began: float) -> None:
    with connection.begin():
        schedule, _ = schedule_for_orders(connection, site)
        erased.run = runs.begin(
            connection, site.machine_now, site.now, site.is_machine_clock, is_confirmed=True, actor=site.actor
        )
    attempts = Attempts(connection, site, schedule, erased.run, erased.failures, erased.warnings, Ordered(client))
    attempts.is_over = lambda: told_by_file(site)
    outcome = runs.FAILED
    try:
        action = erased.decision.action if erased.decision else ""
        erased.outcome, _ = attempts.carry_out(Kind.CLIENT, {client: action})
        erased.stop = attempts.stop
        outcome = runs.STOPPED if erased.stop else runs.DONE
    finally:
        erased.seconds = time.monotonic() - began
        connection.rollback()
        with connection.begin():
            runs.finish(connection, erased.run, outcome, erased.as_json(site.zone),
                        erased.stop.code if erased.stop else None, site.machine_now)  # fmt: skip
    erased.warnings += files.remove(connection, site)
    erased.warnings += keep.remove_ended(connection, site)
    if warning := proof.sign(site, connection, site.machine_now):
        erased.warnings.append(warning)
