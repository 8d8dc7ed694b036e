"""Killed, its server killed, its connection dropped, at one point after another: nothing half-done, and it finishes.

`python -m tests.chaos` does the same at every point.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.chaos.series import Series, middle
from tests.chaos.stage import Stage

# What happens, in which command, and at how many points first; three more follow each at random ones.
TROUBLES = [
    ("kill", (), 3),
    ("kill", ("intake",), 2),
    ("kill", ("reconcile",), 2),
    ("drop connection", (), 2),
    ("drop connection", ("intake",), 1),
    ("kill server", (), 2),
]


@pytest.mark.parametrize(("does", "command", "count"), TROUBLES)
def test_whatever_happens_to_a_run_nothing_is_half_done_and_the_next_ones_finish(
    stage: Stage, does: str, command: tuple[str, ...], count: int
) -> None:
    series, rng = Series(stage, does, *command), Random(f"{does} {command}")
    assert {"before SELECT", "before INSERT", "before COMMIT", "after COMMIT"} <= set(series.points)
    came = sum(series.play(at, rng) for at in middle(series.named(), rng, count))
    assert came > count
    assert stage.figures.violations == []


def test_a_sweep_killed_on_sqlite_leaves_nothing_half_done_and_the_next_ones_finish(sqlite_stage: Stage) -> None:
    series, rng = Series(sqlite_stage, "kill"), Random("sqlite")
    came = sum(series.play(at, rng) for at in middle(series.named(), rng, 3))
    assert came > 3
    assert sqlite_stage.figures.violations == []


def test_the_small_installation_has_one_of_each_to_lose(stage: Stage) -> None:
    done = {(kind, action) for kind, _, action in stage.final.acts}
    kinds = ("client", "order", "invoice", "service", "domain", "addon", "ticket")
    assert {("client", "archive"), *((kind, "delete") for kind in kinds)} <= done
    assert stage.points.count("after COMMIT") > 30
    assert len(stage.final.host["tblclients"]) > 5


def test_after_a_connection_is_dropped_its_lease_is_free_at_once(stage: Stage) -> None:
    stage.put_back()
    at = len(stage.points) // 2
    assert stage.disturb(does="drop connection", at=at).status == 4
    second = stage.runner.kigen("--json", "sweep", "--confirm")  # not tried again where it is busy
    assert second.status == 0
    assert second.err.count("\n") == 1 and second.err.endswith("bear the instant that was stated\n")  # and no more
    assert second.acted > 0
