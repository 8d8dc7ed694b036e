"""The decisions of a few worlds against the independent oracle: what a mutant changes shows here, whatever it is."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from tests.oracle.generate import generate
from tests.oracle.judge import Verdict, judge
from tests.oracle.world import World
from tests.proof.million import instant_of
from tests.proof.routes import differences, in_memory

CLIENTS = 40
SEEDS = range(1, 7)


@cache
def _judged(seed: int) -> tuple[World, dict[tuple[str, int], Verdict]]:
    world = generate(Random(seed), CLIENTS, instant_of(seed))
    return world, judge(world, instant_of(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_oracle_agrees_on_every_record(seed: int) -> None:
    world, verdicts = _judged(seed)
    assert len(verdicts) > CLIENTS
    assert differences(list(in_memory(world, instant_of(seed))), verdicts) == []
