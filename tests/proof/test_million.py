"""The first worlds of the million, in every run: none differs, and what they cover is told truly."""

from __future__ import annotations

from tests.oracle.world import TERMS
from tests.proof import million
from tests.proof.coverage import ENOUGH, PAIRS, Coverage

WORLDS = range(1, 9)


def test_no_record_of_the_first_worlds_differs_and_every_rule_and_reason_occurs() -> None:
    found = million.Run(WORLDS.start, 1)
    for seed in WORLDS:
        found.take(million.judge_world(seed))
    assert found.coverage.judged > 10_000
    assert found.is_right, "\n".join(found.lines())
    found.take(million.Judged(9, wrong=["client:1 differs"]))
    assert not found.is_right
    assert any("1 differing" in line for line in found.lines())
    assert any(line.startswith("seed 9 at") for line in found.lines())


def test_a_world_through_a_database_says_the_same() -> None:
    judged = million.judge_world(0)
    assert judged.wrong == []
    assert judged.through_a_database == judged.coverage.judged


def test_what_never_occurred_is_told() -> None:
    coverage = Coverage()
    assert f"{next(iter(TERMS))} never acted" in coverage.missing()
    coverage.records["client"] = ENOUGH
    assert sum("never kept from" in one for one in coverage.missing()) == len(PAIRS)
