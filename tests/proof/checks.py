"""Decides whether kigen did right at one instant of a life: its plan, its sweep and what stayed, against the oracle."""

from __future__ import annotations

import copy
from typing import Any

from kigen.work.intake import run_intake
from kigen.work.plan import decisions
from kigen.work.reconcile import reconcile
from kigen.work.sweep import sweep
from tests.oracle.books import fold
from tests.oracle.judge import archived, judge, remaining
from tests.oracle.world import World
from tests.proof.life import Life
from tests.proof.routes import Verdicts, differences
from tests.proof.safety import wrongly_gone


def world_to_come(life: Life) -> World:
    """The world as a sweep at this instant would find it, were it to hear and to look now; nothing is written down."""
    knowledge = copy.deepcopy(life.knowledge)
    knowledge.hear()
    world = knowledge.world(life.tables())
    sightings = life.sightings
    for client in knowledge.restored.keys() - life.knowledge.restored.keys():
        sightings = copy.deepcopy(sightings)
        sightings.own_act(client, None)
    sightings.after_a_look(world, life.now).give(world)
    return world


def told(life: Life, wrong: list[str]) -> str:
    """What is wrong and the story up to there; a life that went wrong is not played to its end."""
    life.is_over = bool(wrong)
    return "\n".join([*wrong[:5], "", *life.story])


def plan_agrees(life: Life) -> Verdicts:
    """Every decision that a plan shows is the oracle's."""
    verdicts = judge(world_to_come(life), life.now)
    wrong = differences(list(decisions(life.site)), verdicts)
    assert not wrong, told(life, wrong)
    return verdicts


def hear(life: Life) -> None:
    """The inbox is taken in."""
    heard = run_intake(life.site)
    wrong = [] if heard.failed == heard.pending == 0 else [f"the inbox: {heard}"]
    assert not wrong, told(life, wrong)
    _heard(life)


def look(life: Life) -> None:
    """The host is read and compared."""
    tables = life.tables()
    reconcile(life.site)
    _looked(life, tables)


def sweep_agrees(life: Life) -> Verdicts:
    """A sweep does what was planned and the oracle said: these rows go and no others, and whom it closes."""
    planned, world = plan_agrees(life), world_to_come(life)
    swept = sweep(life.site, confirmed=True)
    assert swept.stopped is None and not swept.failures, told(life, [str(swept.stopped), *swept.failures])
    _heard(life)
    given_back = _looked(life, world.tables)
    expected, after = remaining(world, planned), life.tables()
    wrong = []
    for table, rows in after.items():
        there = {row["id"] for row in rows}
        if there != expected[table]:
            wrong.append(f"{table}: gone too much {expected[table] - there}, left too much {there - expected[table]}")
    wrong += wrongly_gone(world, after, life.now)
    closed = archived(world, planned)
    for row in after["tblclients"]:
        before = next(one for one in world.tables["tblclients"] if one["id"] == row["id"])
        status = "Closed" if row["id"] in closed else given_back.get(row["id"], before["status"])
        if fold(row["status"]) != fold(status):
            wrong.append(f"client {row['id']} is {row['status']!r}, expected {status!r}")
    assert not wrong, told(life, wrong)
    for row in world.tables["tblclients"]:
        if row["id"] in closed:
            former = given_back.get(row["id"], row["status"])
            life.knowledge.archives.append({"client": row["id"], "at": life.now, "former_status": former})
            life.sightings.own_act(row["id"], "closed")
    gone = {(kind, number) for kind, number in planned if number not in expected[TABLES[kind]]}
    life.sightings.forget(gone)
    return planned


def sweep_again_agrees(life: Life, first: Verdicts) -> None:
    """At the same instant again: nothing goes but what the first sweep set free."""
    second = sweep_agrees(life)
    again = [key for key, verdict in second.items() if verdict.action != "keep" and first[key].action != "keep"]
    assert not again, told(life, [f"{again} acted twice"])


def _heard(life: Life) -> None:
    knowledge = life.knowledge
    knowledge.hear()
    for client in list(knowledge.restored):
        knowledge.restored.pop(client)
        life.sightings.own_act(client, None)


def _looked(life: Life, tables: dict[str, list[dict[str, Any]]]) -> dict[int, str]:
    """What reading these rows taught, and the former status of those whose archive it ended."""
    world = life.knowledge.world(tables)
    life.sightings.look(world, life.now)
    life.sightings.give(world)
    given_back = life.knowledge.end_broken_archives(world, life.now)
    for client in given_back:
        life.sightings.own_act(client, None)
    return given_back


TABLES = {
    "client": "tblclients", "order": "tblorders", "invoice": "tblinvoices", "service": "tblhosting",
    "domain": "tbldomains",
}  # fmt: skip
