"""Whole lives of clients, step by step: every plan is the oracle's, and a sweep takes just that and nothing else."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck
from hypothesis.stateful import run_state_machine_as_test

from kigen.hosts.whmcs import tables as whmcs
from kigen.ledger import keys, keys_store, migrate
from kigen.work.site import Site
from tests.proof.life import START
from tests.proof.machine import Lives
from tests.work.billing import Copy
from tests.work.worlds import site_for


def lives(fresh: Callable[[], Site], examples: int, steps: int) -> None:
    """Search so many lives of so many steps; the first that goes wrong is made as short as it can be."""

    class Played(Lives):
        pass

    Played.fresh = staticmethod(fresh)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # Hypothesis leaves this function untyped
        Played,
        settings=hypothesis.settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_no_life_on_sqlite_ever_loses_what_it_should_keep(tmp_path: Path, deep: bool) -> None:
    template = tmp_path / "template.sqlite"
    first = site_for(f"sqlite:///{template}", START, tmp_path)
    whmcs.create(first.engine)
    migrate.upgrade(first.engine)
    first.engine.dispose()
    numbers = itertools.count()

    def fresh() -> Site:
        number = next(numbers)
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.rmtree(tmp_path / str(number - 1), ignore_errors=True)  # the life before is over
        shutil.copy(template, folder / "billing.sqlite")
        return site_for(f"sqlite:///{folder / 'billing.sqlite'}", START, folder)

    lives(fresh, examples=600 if deep else 15, steps=60 if deep else 40)


def test_no_life_on_mariadb_ever_loses_what_it_should_keep(mariadb_url: str, tmp_path: Path, deep: bool) -> None:
    site = site_for(mariadb_url, START, tmp_path)
    whmcs.create(site.engine)
    migrate.upgrade(site.engine)
    empty = Copy(mariadb_url)

    numbers = itertools.count()

    def fresh() -> Site:
        empty.put_back()
        folder = tmp_path / str(next(numbers))  # another installation, which remembers nothing of the life before
        keys.make(folder)
        keys_store.make(folder)
        return dataclasses.replace(site, now=START, state_dir=folder)

    try:
        lives(fresh, examples=60 if deep else 5, steps=60 if deep else 40)
    finally:
        empty.drop()
        site.engine.dispose()
