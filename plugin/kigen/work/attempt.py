"""How one chunk is tried: again after a conflict, then record by record, so that a bad row keeps only itself.

A record that cannot be handled waits until tomorrow and then comes after the others, so that it starves nobody; a
database in which record after record stays locked stops the run.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from kigen.hosts.anonymised import CannotAnonymise
from kigen.ledger import database, inbox, intents, settings
from kigen.ledger.chain import Told
from kigen.ledger.evidence_verify import Bad
from kigen.ledger.frozen import Otherwise
from kigen.ledger.quick import answers
from kigen.policy.letting_go import EMPTY
from kigen.policy.periods import Term, add
from kigen.policy.records import Kind, Ref, ref_text
from kigen.policy.schedule import Effect, Schedule
from kigen.work import brakes, proof, steps
from kigen.work.chunk import Outcome, act
from kigen.work.conflicts import CONFLICTS, code, is_about_the_row, pause
from kigen.work.erasers import EraserFailed
from kigen.work.freezing import CannotFreeze
from kigen.work.intake import run_intake
from kigen.work.late import Overtaken
from kigen.work.lease import AnotherRunner, turn
from kigen.work.mandate import Mandate
from kigen.work.progress import tell_delayed
from kigen.work.set_aside import failed, write_failed
from kigen.work.site import Site
from kigen.work.stops import FAILING, LEDGER, LOCKED, RULES_CHANGED, Stop, stop
from kigen.work.traces import AT_ONCE, NOT_LOOKED_FOR, SomebodyElse, Traces, look_for

TRIES = 3
STUCK = 3  # records in a row whose rows stayed locked
MOST_FAILED = 500  # records that could not be handled: more are a fault of the database, not of the records
REFUSALS = (EraserFailed, CannotAnonymise, CannotFreeze, Otherwise)
"""Why one record cannot be handled although nothing is wrong with the database: each with a sentence."""

LATER = Term(0, 1)


class RulesChanged(Exception):
    """Nobody has confirmed the rules by which this chunk would be decided."""


Work = Callable[..., Outcome]
"""What is tried in a transaction of the gate: `act`, or one step of a large client."""


@dataclass
class Attempts:
    """The tries of one run. `failures` and `warnings` are sentences; `stop` says why the run should not go on.

    With a `mandate` it is that which says what is done, and not rules that somebody confirmed.
    """

    connection: Connection
    site: Site
    schedule: Schedule
    run: int
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    mandate: Mandate | None = None
    coming: Callable[[], Sequence[int]] = tuple  # clients that this process is about to erase, if anybody knows
    is_over: Callable[[], Stop | None] = lambda: None  # asked between the steps of a large client
    aside: set[Ref] = field(default_factory=set)
    stop: Stop | None = None
    held: float = 0.0
    _locked: int = 0
    _stored: dict[str, str] | None = None
    _traces: Traces = NOT_LOOKED_FOR

    def carry_out(self, kind: Kind, chunk: Mapping[int, str]) -> tuple[Outcome, int]:
        """What was done, and how many records were not looked at because the run should stop; action by id."""
        lightened = self._lighten(chunk) if kind is Kind.CLIENT else Outcome()
        if self.stop:
            return lightened, len(chunk)
        rest = {number: action for number, action in chunk.items() if (kind, number) not in self.aside}
        outcome, undone = self._try(kind, rest, act) if rest else (Outcome(), 0)
        lightened.add(outcome)
        return lightened, undone

    def _lighten(self, chunk: Mapping[int, str]) -> Outcome:
        """Clients too large for one transaction go step by step, until the rest of them is not."""
        outcome = Outcome()
        with self.connection.begin():
            large = steps.too_large(self.connection, self.site, chunk)
        for client in large:
            while not self.stop:
                self.stop = self.is_over()
                if self.stop:
                    break
                found, _ = self._try(Kind.CLIENT, {client: chunk[client]}, steps.step)
                outcome.add(found)
                if not (found.rows or found.told):
                    break
        return outcome

    def _try(self, kind: Kind, chunk: Mapping[int, str], work: Work) -> tuple[Outcome, int]:
        problem = None
        overtaken = 0
        until = time.monotonic() + database.LOCK_WAIT_SECONDS
        while overtaken < TRIES:
            try:
                return self._once(kind, chunk, work), 0
            except RulesChanged:
                self.stop = stop(RULES_CHANGED)
                return Outcome(), len(chunk)
            except SomebodyElse as changed:
                problem, self._locked, self._traces = f"{changed} kept changing", 0, NOT_LOOKED_FOR
                overtaken += 1
            except Overtaken as event:
                problem, self._locked = f"{event} kept arriving about it", 0
                overtaken += 1
            except AnotherRunner:
                problem = "another process was at the inbox all the time"
                if time.monotonic() > until:
                    break
            except IntegrityError as error:
                problem, self._locked = f"a foreign key that kigen does not know forbids it ({code(error)})", 0
                break
            except REFUSALS as error:
                problem, self._locked = str(error), 0
                break
            except DBAPIError as error:
                if code(error) not in CONFLICTS:
                    if not is_about_the_row(error):
                        raise
                    problem, self._locked = f"the database refused it ({code(error)})", 0
                    break
                problem = f"its rows stayed locked by somebody else for {database.LOCK_WAIT_SECONDS} s"
                if time.monotonic() > until:
                    break
                pause()
        if len(chunk) == 1:
            (number,) = chunk
            self._locked += "locked" in (problem or "")
            return self._set_aside((kind, number), problem or "", chunk[number]), 0
        return self._one_by_one(kind, chunk, work)

    def _once(self, kind: Kind, chunk: Mapping[int, str], work: Work) -> Outcome:
        # What arrived meanwhile (a withdrawn request, a payment) is heard before anything is decided.
        with self.connection.begin():
            is_waiting, heard, stored = answers(
                self.connection,
                inbox.is_any_pending(self.connection),
                inbox.last_event(self.connection),
                settings.every(self.connection),
            )
            if self.mandate is None:
                self._check_rules(stored)
        if is_waiting:
            with turn(self.connection, self.site, "intake"):
                hear(self.site)
            with self.connection.begin():
                heard = inbox.last_heard(self.connection)
        traces = self._looked_for(chunk) if kind is Kind.CLIENT else NOT_LOOKED_FOR
        began = time.monotonic()
        with database.giving_way(self.connection):
            outcome = work(
                self.connection, self.site, self.schedule, self.run, kind, chunk, heard, traces, self.mandate
            )
        self.held = time.monotonic() - began
        self._locked = 0
        self._tell_outside(outcome.told)
        return outcome

    def _looked_for(self, chunk: Mapping[int, str]) -> Traces:
        """Where the people behind the clients to be erased were found: one pass for those of many chunks."""
        erasing = {number for number, action in chunk.items() if action not in (Effect.ARCHIVE, EMPTY)}
        if not erasing <= self._traces.people.keys():
            wanted = [*sorted(erasing), *(number for number in self.coming() if number not in erasing)]
            self._traces = look_for(self.connection, self.site, wanted[: max(AT_ONCE, len(erasing))])
        return self._traces

    def _tell_outside(self, told: Sequence[Told]) -> None:
        """What was committed goes to the ledger file as well, which undoes nothing where it fails."""
        try:
            problem = proof.write(self.site, self.connection, told)
        except Bad as bad:
            self.stop = stop(LEDGER, said=bad.problem)
        else:
            if problem and problem not in self.warnings:
                self.warnings.append(problem)

    def _check_rules(self, stored: dict[str, str]) -> None:
        """Raises RulesChanged where what this process decides by is not, or no longer, what a person has confirmed.

        The operator may change a rule while the run works, and a worker may have another program, zone or plugin.
        """
        if stored != self._stored:
            if brakes.unconfirmed(self.site, self.connection):
                raise RulesChanged
            self._stored = stored

    def _one_by_one(self, kind: Kind, chunk: Mapping[int, str], work: Work) -> tuple[Outcome, int]:
        outcome = Outcome()
        self._locked = 0
        for done, (number, action) in enumerate(chunk.items()):
            if self._locked >= STUCK:
                self.stop = stop(LOCKED, records=STUCK)
            if self.stop:
                return outcome, len(chunk) - done
            one, _ = self._try(kind, {number: action}, work)
            outcome.add(one)
        return outcome, 0

    def _set_aside(self, ref: Ref, problem: str, action: str) -> Outcome:
        self.aside.add(ref)
        if self.mandate:  # nobody comes back by himself to what a person ordered
            with self.connection.begin():
                is_begun = ref in {(Kind.CLIENT, row.client) for row in intents.begun(self.connection)}
            rest = "it was begun, and the next sweep goes on with it" if is_begun else "it stays as it is"
            self.failures.append(f"{ref_text(ref)} could not be handled: {problem}; {rest}")
            return Outcome(kept=Counter(failed=1))
        self.failures.append(f"{ref_text(ref)} could not be handled: {problem}; it is tried again tomorrow")
        with turn(self.connection, self.site, "failed"), self.connection.begin():
            noted = failed(self.connection)
            noted[ref] = add(self.site.now, LATER, self.site.zone)
            write_failed(self.connection, noted)
            if ref[0] is Kind.CLIENT and action != Effect.ARCHIVE:
                tell_delayed(self.connection, self.site, ref[1], noted[ref])
        if len(noted) >= MOST_FAILED:
            self.stop = stop(FAILING, records=len(noted))
        return Outcome(kept=Counter(failed=1))


def hear(site: Site) -> None:
    """Take the inbox in; a conflict with the platform's own writing is tried again."""
    for attempt in reversed(range(TRIES)):
        try:
            run_intake(site)
            return
        except DBAPIError as error:
            if not attempt or code(error) not in CONFLICTS:
                raise
            pause()
