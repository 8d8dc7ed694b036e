"""How the gate reads what a restore brought back: locked, known again by its rows, decided by what is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from kigen.policy.again import Act, decide_again
from kigen.policy.decide import KEEP, Decision
from kigen.policy.reasons import Reason
from kigen.policy.records import Kind, Ref, ref_text
from kigen.policy.schedule import Schedule
from kigen.work.alike import Followers
from kigen.work.proved import fingerprints_of
from kigen.work.readings import Reading, decided, read_around
from kigen.work.site import Site

ANOTHER = (
    "{ref} is not the record that was there when kigen acted: only its number is the same.",
    "{ref} は kigen が処理した記録ではありません。番号が同じだけです。",
)


@dataclass
class Again:
    """The acts that are proved, with the fingerprints of their records; `kept` grows by what stays all the same."""

    acts: Mapping[Ref, Act]
    prints: Mapping[Ref, str]
    kept: dict[Ref, Decision] = field(default_factory=dict)
    failed: dict[Ref, int] = field(default_factory=dict)  # what could not be handled, with its client

    def read(
        self, connection: Connection, site: Site, schedule: Schedule, kind: Kind, planned: Mapping[int, str]
    ) -> tuple[list[Reading], list[Followers]]:
        """Lock and read these records; decisions say what of the proved acts is done again, and why not the rest."""
        around = read_around(connection, site.host, schedule, kind, sorted(planned), lock=True)
        readings = decided(connection, schedule, around, kind, planned.keys(), site.now, lock=True)
        same = fingerprints_of(connection, site, {kind: sorted(planned)})  # rows that are locked now
        found = [
            replace(one, decisions={ref: self._again(ref, one, same, schedule.zone) for ref in one.decisions})
            for one in readings
        ]
        return found, []

    def _again(self, ref: Ref, reading: Reading, same: Mapping[Ref, str], zone: str) -> Decision:
        decision, act = reading.decisions[ref], self.acts[ref]
        if same.get(ref) == self.prints[ref]:
            found = decide_again(decision, reading.facts, act, self.acts, zone)
        else:
            why = Reason("another-record", refs=(ref_text(ref),), words=ANOTHER)
            found = Decision(decision.record, KEEP, act.rule, act.due, (why,), decision.considered)
        self.kept.pop(ref, None)
        if not found.acts:
            self.kept[ref] = found
        return found
