"""`decide`, the plan and whole sweeps against a second, independent reading of retention.md on random histories."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from pathlib import Path
from random import Random

import pytest

from kigen.work.plan import decisions
from kigen.work.sweep import sweep
from tests.oracle.generate import generate
from tests.oracle.judge import archived, judge, remaining
from tests.work.worlds import fill, read_back, remember, site_for

SEEDS = range(60 if os.environ.get("KIGEN_DEEP") else 3)
INSTANTS = ("2026-11-22T12:00:00", "2026-12-31T23:59:59", "2028-02-29T00:00:00", "2036-11-30T12:00:00")


def instants() -> list[dt.datetime]:
    """A month's end, a leap day, and 120 months on, in the operator's zone."""
    offset = dt.timezone(dt.timedelta(hours=9))
    return [dt.datetime.fromisoformat(text).replace(tzinfo=offset).astimezone(dt.UTC) for text in INSTANTS]


def differences(site, world) -> list[str]:
    """Every record about which the program and the oracle disagree."""
    expected = judge(world, site.now)
    found = {}
    for decision in decisions(site):
        codes = frozenset(reason.code for reason in decision.reasons)
        found[decision.record.kind.value, decision.record.id] = (decision.action, decision.rule, decision.due, codes)
    wrong = [f"{key}: only in one" for key in expected.keys() ^ found.keys()]
    for key in expected.keys() & found.keys():
        verdict = expected[key]
        ours = found[key]
        theirs = (verdict.action, verdict.rule, verdict.due, verdict.reasons)
        if ours != theirs:
            wrong.append(f"{key}:\n  program {ours}\n  oracle  {theirs}")
    return wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_decisions_plans_and_sweeps_agree_with_the_oracle_at_several_instants_in_a_row(
    seed: int, database_url: str, tmp_path: Path
) -> None:
    """None wrong, and the rows gone are exactly what the plan said and what goes with it."""
    rng = Random(seed)
    now, *later = instants()
    world = generate(rng, 250, now)
    site = site_for(database_url, now, tmp_path)
    fill(site.engine, database_url, world)
    remember(site, world)
    judged = 0
    for instant in (now, *later):
        site = dataclasses.replace(site, now=instant, machine_now=instant)
        wrong = differences(site, world)
        assert not wrong, f"{len(wrong)} differ at {instant}:\n" + "\n".join(wrong[:10])
        verdicts = judge(world, instant)
        judged += len(verdicts)
        swept = sweep(site, confirmed=True)
        assert swept.stopped is None
        assert swept.failures == []
        after = read_back(site, world)
        expected = remaining(world, verdicts)
        for table, rows in after.tables.items():
            assert {row["id"] for row in rows} == expected[table], f"{table} at {instant}"
        closed = {row["id"] for row in after.tables["tblclients"] if row["status"].strip().lower() == "closed"}
        assert archived(world, verdicts) <= closed
        planned = sum(verdict.action != "keep" for verdict in verdicts.values())
        assert planned >= swept.acted
        world = after
    assert judged > 2_500  # times seeds and engines: over 25,000 in every run
