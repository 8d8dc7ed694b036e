"""One process's part of the chaos: rounds in which every sort of trouble has its turns, in the order of a seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random

from tests.chaos.conftest import small_stage
from tests.chaos.crew import Crew
from tests.chaos.crowd import crowd_stage
from tests.chaos.full_disk import in_a_namespace
from tests.chaos.series import Series
from tests.chaos.slipping import Slipping
from tests.chaos.stage import Figures
from tests.chaos.what_slips import ORDERS, TOLD, WRITTEN
from tests.support.mariadb import MariaDB

# How often each sort of trouble has its turn.
TURNS = {
    ("kill",): 6, ("kill", "intake"): 2, ("kill", "reconcile"): 2, ("kill server",): 2, ("drop connection",): 2,
    ("drop connection", "intake"): 1, ("kill server", "reconcile"): 1,
}  # fmt: skip
CREWS = 6
"""How often a sweep and its workers have their turn, each time with trouble for one or two of them in several runs."""

SLIPS_EVERY, DISK_EVERY = 3, 12
"""In every so manieth round also something slips in, and also a disk is filled."""


def play(folder: Path, number: int, kills: int, seed: int, until: float) -> Figures:
    """One process's part: rounds of every sort, until it has its kills or the time is over."""
    rng, figures = Random(f"{seed} {number}"), Figures()
    own = folder / str(number)
    own.mkdir()
    server = MariaDB(folder / "template")
    try:
        server.start()
        for turns in rounds(server, folder / "template", own, rng, figures):
            for turn in turns:
                turn()
                if killed(figures) >= kills or time.time() > until:
                    return figures
    finally:
        server.remove()
    return figures


def killed(figures: Figures) -> int:
    """The kills of processes, servers and connections: what slips in and full disks are counted beside them."""
    return sum(times for sort, times in figures.kills.items() if sort.startswith(("kill", "drop")))


def rounds(
    server: MariaDB, template: Path, folder: Path, rng: Random, figures: Figures
) -> Iterator[list[Callable[[], object]]]:
    """Lists of things to do, for ever; all installations write into the same figures."""
    for name in ("maria", "sqlite", "crew", "written", "orders", "told"):
        (folder / name).mkdir()
    stage = small_stage(server.url(server.create_database()), folder / "maria", server)
    file = small_stage(f"sqlite:///{folder / 'sqlite' / 'billing.sqlite'}", folder / "sqlite", None)
    crew = Crew(crowd_stage(server.url(server.create_database()), folder / "crew", server))
    slipping = [
        Slipping(server, server.url(server.create_database()), folder / name, slips, f"what is {name}")
        for name, slips in (("written", WRITTEN), ("orders", ORDERS), ("told", TOLD))
    ]
    stages = [stage, file, crew.stage, *(one.stage for one in slipping)]
    for one in stages:
        one.figures = figures
    try:
        every = [(Series(stage, *sort), times) for sort, times in TURNS.items()] + [(Series(file, "kill"), 3)]
        waiting = {id(series): shuffled(series, rng) for series, _ in every}
        for number in count():
            turns: list[Callable[[], object]] = [lambda: crew.play(rng)] * CREWS
            for series, times in every:
                turns += [lambda series=series: series.play(next(waiting[id(series)]), rng)] * times
            if number % SLIPS_EVERY == 0:
                turns += [lambda one=one: one.at_random(rng, 3) for one in slipping]
            if number % DISK_EVERY == 0:
                for what in ("server", "sqlite", "state"):
                    turns.append(lambda what=what: figures.add(in_a_namespace(template, what, 3, rng.randrange(10**6))))
            rng.shuffle(turns)
            yield turns
    finally:
        crew.end()
        for one in stages:
            one.end()


def shuffled(series: Series, rng: Random) -> Iterator[int]:
    """Every point of a run, none twice before all have come: those of each name first."""
    yield from series.named()
    while True:
        points = list(range(1, len(series.points) + 1))
        rng.shuffle(points)
        yield from points
