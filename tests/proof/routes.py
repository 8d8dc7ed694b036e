"""Decides how the program is asked about a world, by two routes: straight from its rows, and through a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kigen.policy import settings
from kigen.policy.anchors import record_of, with_later_events
from kigen.policy.decide import Decision, decide
from kigen.work.plan import decisions
from kigen.work.readings import entities
from kigen.work.site import is_tax_office_open
from kigen.work.sweep import sweep
from tests.oracle.judge import Verdict, remaining
from tests.oracle.world import World
from tests.proof.accounts import facts_of
from tests.work.worlds import ZONE, fill, read_back, remember, settings_of, site_for

Verdicts = dict[tuple[str, int], Verdict]


def in_memory(world: World, now: dt.datetime) -> Iterator[Decision]:
    """The decision on every record; no host, no ledger, no database."""
    schedule = settings.schedule_from(settings_of(world), ZONE, is_working_day=is_tax_office_open)
    for facts in facts_of(world, now):
        known = replace(facts, account=with_later_events(facts.account, dict(facts.memories)))
        for _, entity in entities(known.account):
            yield decide(record_of(entity, known, now, ZONE), known, schedule, now)


def through_a_database(world: World, now: dt.datetime, folder: Path, verdicts: Verdicts) -> tuple[int, list[str]]:
    """How many records the plan of a real installation judged, and what differs: its plan, and the rows a sweep left.

    On SQLite: MariaDB has the same in the ordinary run.
    """
    url = f"sqlite:///{folder / 'billing.sqlite'}"
    site = site_for(url, now, folder)
    fill(site.engine, url, world)
    remember(site, world)
    planned = list(decisions(site))
    wrong = differences(planned, verdicts)
    swept = sweep(site, confirmed=True)
    if swept.stopped or swept.failures:
        wrong.append(f"the sweep stopped ({swept.stopped}) or failed: {swept.failures[:3]}")
    left, after = remaining(world, verdicts), read_back(site, world)
    for table, rows in after.tables.items():
        there = {row["id"] for row in rows}
        if there != left[table]:
            wrong.append(f"{table}: gone too much {left[table] - there}, left too much {there - left[table]}")
    site.engine.dispose()
    return len(planned), wrong


def differences(answers: list[Decision], verdicts: Verdicts) -> list[str]:
    """Every record about which the program and the oracle disagree."""
    wrong = []
    left = set(verdicts)
    for decision in answers:
        key = (decision.record.kind.value, decision.record.id)
        left.discard(key)
        theirs = verdicts.get(key)
        ours = Verdict(
            decision.action, decision.rule, decision.due, frozenset(reason.code for reason in decision.reasons)
        )
        if ours != theirs:
            wrong.append(f"{key[0]}:{key[1]}\n  program {ours}\n  oracle  {theirs}")
    return wrong + [f"{kind}:{number} was not decided" for kind, number in sorted(left)]
