"""What stops a run before its first row: nobody confirmed it, it is abnormally large, or the clock jumped."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import ledger_file, runs, settings
from kigen.ledger.ledger_standing import State, standing
from kigen.policy.records import Kind
from kigen.work.basis import what_was_confirmed
from kigen.work.plan import Tally
from kigen.work.restored import is_restored, lost, pending
from kigen.work.site import Site
from kigen.work.stops import Stop

CONFIRMED = "confirmed"
REPLAYED = "replayed"
"""Stands in place of what was confirmed, after a restore."""

Figures = Mapping[str, Mapping[str, int]]
"""How many records of each kind a plan acts on, by action."""

FEWEST_RUNS = 5  # a median of fewer runs says nothing


@dataclass(frozen=True, slots=True)
class Brake:
    """One reason to stop: a code, what was found and what was allowed, and the sentence for a person."""

    code: str
    found: str
    allowed: str
    text: str

    def as_stop(self) -> Stop:
        return Stop(self.code, {"found": self.found, "allowed": self.allowed}, self.text)

    def as_json(self) -> dict[str, str]:
        return {"brake": self.code, "found": self.found, "allowed": self.allowed, "text": self.text}


def unconfirmed(site: Site, connection: Connection) -> Brake | None:
    """The first run after install, upgrade, restore or rule change only previews, until a person confirms."""
    known = settings.note(connection, CONFIRMED)
    if is_restored(site, connection):
        found = "the database was put back from a backup: it is older than the last run of this machine"
    elif known is None:
        found = "nothing confirmed yet"
    elif known == REPLAYED:
        found = "the database was put back from a backup, and its rules and settings are those of the backup"
    elif known != what_was_confirmed(site, connection):
        found = "the program, its rules or settings changed"
    else:
        return None
    advice = "look at 'kigen plan', then run 'kigen sweep --confirm'"
    return Brake("unconfirmed", found, "a person's confirmation", f"{found[0].upper()}{found[1:]}: {advice}.")


def figures_of(tally: Tally) -> dict[str, dict[str, int]]:
    """The figures of a plan, without zeros."""
    return {action: {kind: n for kind, n in counts.items() if n} for action, counts in tally.acts.items() if +counts}


def other_plan(planned: Tally, shown: Figures | None) -> Brake | None:
    """A person confirmed a plan with other figures than this one's; None where no plan was named."""
    found = figures_of(planned)
    if shown is None or found == {action: dict(counts) for action, counts in shown.items()}:
        return None
    text = "The plan is no longer the one that was confirmed: look at it again, then confirm it again."
    return Brake("other-plan", str(found), str(dict(shown)), text)


def other_database(site: Site, connection: Connection) -> Brake | None:
    """A database that the ledger file is ahead of, or contradicts, is not the one that the work was done in.

    No confirmation overrides it. `connection` has read nothing yet.
    """
    try:
        stands = standing(site.state_dir, connection)
    except OSError as error:
        path = site.state_dir / ledger_file.NAME
        return Brake("ledger-unreadable", str(path), "a ledger file that can be read",
                     f"The ledger file {path} cannot be read ({error.strerror}), and without it nobody can tell"
                     f" whether this database was put back from a backup: make it readable.")  # fmt: skip
    if stands.is_fit_for_work:
        begun = pending(connection)
        if begun is None:
            return None
        return Brake("restored", f"a replay from entry {begun.since} on", "a replay that has ended",
                     "A replay has begun and not ended: run 'kigen replay' again.")  # fmt: skip
    if stands.state is not State.FILE_AHEAD:
        return contradicted(site, f"ledger-{stands.state.value}", stands.sentence)
    return Brake("restored", f"entry {stands.database}", f"entry {stands.file}",
                 f"{stands.sentence} Nothing acts until what came back with it is dealt with: look at"
                 f" 'kigen replay --dry-run', then run 'kigen replay'.")  # fmt: skip


def evidence_lost(site: Site, connection: Connection) -> Brake | None:
    """Evidence that was there at the end of the last run is nowhere: what came back with a restore, nobody can see.

    To be asked under the lease, where nobody appends.
    """
    stands = standing(site.state_dir, connection)
    missing = lost(site, connection, stands)
    if missing is None:
        return None
    return Brake("evidence-lost", f"entry {stands.database}", "the evidence of the last run",
                 f"{missing}. Nothing acts until 'kigen replay' has looked at what there is.")  # fmt: skip


def contradicted(site: Site, code: str, sentence: str) -> Brake:
    """The ledger file and the database cannot both be right, and only a person can tell which of them is."""
    path = site.state_dir / ledger_file.NAME
    rest = f"where the database is the sound one, move {path} away, and the next run writes it anew"
    return _settle(code, sentence, f"look at 'kigen evidence verify'; {rest}")


def unusable(site: Site, sentence: str) -> Brake:
    """The database was put back, and the file that says what was erased since is damaged: nothing can replace it."""
    path = site.state_dir / ledger_file.NAME
    return _settle("ledger-damaged", sentence, f"bring {path} back from its copy, then run 'kigen replay'")


def _settle(code: str, sentence: str, advice: str) -> Brake:
    return Brake(code, sentence, "a ledger file that leads to what the database holds",
                 f"{sentence} Nothing acts until that is settled: {advice}.")  # fmt: skip


def ahead(site: Site) -> Brake | None:
    """An instant in the future may act only when a person says so on this very run."""
    if site.now <= site.machine_now:
        return None
    return Brake("ahead", site.now.isoformat(), site.machine_now.isoformat(),
                 "--now lies in the future: add --confirm to act as of that instant.")  # fmt: skip


def clock_jump(site: Site, connection: Connection) -> Brake | None:
    """The machine's clock against earlier runs on the machine's clock; --now switches it off."""
    last = runs.last_on_machine_clock(connection)
    if site.is_time_stated or not site.is_machine_clock or last is None:
        return None
    back, forward = site.setting(connection, "brakes.clock_back"), site.setting(connection, "brakes.clock_forward")
    moved = site.machine_now - last
    if moved < -dt.timedelta(seconds=_int(back)):
        return Brake("clock-jump", str(moved), f"-{back} s",
                     f"The machine's clock stands before the last run ({last.isoformat()}):"
                     f" set it right, then run again.")  # fmt: skip
    if moved > dt.timedelta(days=_int(forward)):
        return Brake("clock-jump", str(moved), f"{forward} days",
                     f"The last run was on {last.date()}, more than {forward} days ago: if the clock is right, run once"
                     f" with --now and the true present time, else set the clock.")  # fmt: skip
    return None


def breaker(site: Site, connection: Connection, tally: Tally, sizes: Mapping[Kind, int]) -> list[Brake]:
    """Volumes that no ordinary night has: absolute, as a share of a table, against the last 30 runs."""
    acts: dict[str, int] = {}
    for counts in tally.acts.values():
        for kind, number in counts.items():
            acts[kind] = acts.get(kind, 0) + number
    total = sum(acts.values())
    most, minimum = _int(site.setting(connection, "brakes.records")), _int(site.setting(connection, "brakes.minimum"))
    found = []
    if total > most:
        found.append(Brake("records", str(total), str(most),
                           f"The plan acts on {total} records; brakes.records allows {most}."))  # fmt: skip
    for kind, number in acts.items():
        name = "brakes.client_share" if kind == Kind.CLIENT else "brakes.share"
        share = _decimal(site.setting(connection, name))
        size = sizes.get(Kind(kind), 0)
        if number > minimum and number * 100 > share * size:
            found.append(Brake(f"{kind}-share", f"{number} of {size}", f"{share} %",
                               f"The plan acts on {number} of {size} {kind}s; {name} allows {share} %."))  # fmt: skip
    earlier = [size for size in runs.recent_sizes(connection) if size]
    times = _int(site.setting(connection, "brakes.median"))
    if len(earlier) >= FEWEST_RUNS and total > minimum and total > times * statistics.median(earlier):
        middle = statistics.median(earlier)
        found.append(Brake("median", str(total), f"{times} x {middle:g}",
                           f"The plan acts on {total} records; the last runs acted on {middle:g} in the middle,"
                           f" and brakes.median allows {times} times that."))  # fmt: skip
    return found


def confirm(connection: Connection, basis: str) -> None:
    """Remember that a person accepted the rules by which a run decides."""
    settings.write_note(connection, CONFIRMED, basis)


def take_back_confirmation(connection: Connection) -> None:
    """After a restore a person has to look at the rules, which are those of the backup."""
    settings.write_note(connection, CONFIRMED, REPLAYED)


def _int(value: Any) -> int:
    return int(value)


def _decimal(value: Any) -> Decimal:
    return Decimal(value)
