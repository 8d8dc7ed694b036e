"""Events told twice, in any order, in pieces, or only after a sweep: the same ledger and the same rows in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.chaos import small
from tests.chaos.stage import Stage
from tests.support.mariadb import MariaDB
from tests.work.billing import Billing

LOSABLE = ("order_cancelled", "service_terminated", "domain_expired", "invoice_cancelled", "payment_received")
"""Events of what the platform's own rows also say; without them a clock may only start later."""


class Telling:
    """The small installation with an empty inbox, and what is in it once everything was told in order."""

    def __init__(self, url: str, folder: Path, server: MariaDB | None) -> None:
        self.billing = Billing(url, folder / "state")
        small.fill(self.billing)
        self.billing.site.engine.dispose()
        self.stage = Stage(url, folder, server)
        self.in_order = small.events()
        self.expected = self.ends_after([self.in_order])

    def ends_after(self, pieces: list[list[dict[str, Any]]], sweeps_between: bool = False) -> dict[str, list[Any]]:
        """Everything in every column after these were told, each piece heard before the next arrives."""
        self.stage.put_back()
        for piece in pieces:
            small.put_events(self.billing, piece)
            self.billing.site.engine.dispose()  # an SQLite file is put back only while nobody has it open
            command = ("sweep", "--confirm") if sweeps_between else ("intake",)
            assert self.stage.runner.kigen(*command).status in (0, 1)
        self.stage.runner.finish()
        found = self.stage.everything()
        found["kigen_inbox"] = sorted({row[:4] for row in found["kigen_inbox"]}, key=repr)  # set aside, also twice
        return found

    def gone(self) -> set[tuple[str, Any]]:
        """Rows of the platform that are no longer there."""
        before, now = self.stage.before.host, self.stage.moment().host
        return {(name, key) for name, rows in before.items() for key in rows.keys() - now[name].keys()}


@pytest.fixture(scope="module", params=["mariadb", "sqlite"])
def telling(
    request: pytest.FixtureRequest, mariadb_server: MariaDB, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Telling]:
    """Once on each engine."""
    folder = tmp_path_factory.mktemp("telling")
    mariadb_server.start()
    is_maria = request.param == "mariadb"
    name = mariadb_server.create_database()
    url = mariadb_server.url(name) if is_maria else f"sqlite:///{folder / 'billing.sqlite'}"
    yield (one := Telling(url, folder, mariadb_server if is_maria else None))
    one.stage.end()
    one.billing.site.engine.dispose()
    mariadb_server.drop_database(name)


@pytest.mark.parametrize("seed", range(3))
def test_events_told_twice_shuffled_and_in_pieces_make_the_same_ledger_and_the_same_rows(
    telling: Telling, seed: int
) -> None:
    rng = Random(seed)
    told = [*telling.in_order, *rng.sample(telling.in_order, len(telling.in_order) // 2)]
    rng.shuffle(told)
    cuts = sorted(rng.sample(range(1, len(told)), 3))
    pieces = [told[a:b] for a, b in zip([0, *cuts], [*cuts, len(told)], strict=True)]
    found = telling.ends_after(pieces)
    for name, rows in telling.expected.items():
        assert found[name] == rows, name
    assert len(found["kigen_observed"]) > 3


def test_an_event_that_is_told_again_after_a_sweep_changes_nothing(telling: Telling) -> None:
    found = telling.ends_after([telling.in_order, telling.in_order], sweeps_between=True)
    gone = {(kind, number) for kind, number, action in telling.stage.final.acts if action == "delete"}
    for name, rows in telling.expected.items():
        if name == "kigen_observed":  # what was told about a record after it went is remembered, and decides nothing
            found[name] = [row for row in found[name] if row[:2] not in gone]
            rows = [row for row in rows if row[:2] not in gone]
        assert found[name] == rows, name


def test_events_that_are_lost_may_only_keep_more_and_never_take_more(telling: Telling) -> None:
    telling.ends_after([telling.in_order])
    with_all = telling.gone()
    telling.ends_after([[one for one in telling.in_order if one["event"] not in LOSABLE]])
    with_less = telling.gone()
    newer = ("tblhosting", (7004,))  # its event was newer than its row, so the row alone says that it is due
    assert with_less - {newer, ("tblcustomfieldsvalues", (7004,))} <= with_all
    assert len(with_less) > 30
