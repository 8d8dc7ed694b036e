"""A few invented clients and each real dump through the proof of forgetting; and that the proof can fail."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

from sqlalchemy import text

from kigen.demo import world
from kigen.ledger import keys, keys_store, migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.work.site import Site
from tests.proof.forgotten import Proof
from tests.proof.looking import Forgotten, look
from tests.work.billing import NOW, Billing, Copy


def test_invented_clients_who_ask_are_forgotten_and_forgotten_again_after_a_restore(
    mariadb_url: str, tmp_path: Path
) -> None:
    billing = Billing(mariadb_url, tmp_path / "state")
    world.fill(billing.site.engine, 40, 2, now=NOW)
    backup, proof = Copy(mariadb_url), Proof(billing.site, tmp_path)
    forgotten = proof.forget(wanted=8, seed=2)
    assert forgotten.is_right(8), "\n".join(forgotten.lines())
    assert forgotten.identifiers > 100 and forgotten.cells > 30_000
    billing.site.engine.dispose()
    backup.put_back()
    again = proof.forget_again()
    assert again.is_right(8), "\n".join(again.lines())
    assert again.done == forgotten.done
    backup.drop()


def test_clients_of_the_real_dumps_who_ask_are_forgotten_and_nobody_else_is_touched(
    fossbilling_url: str, tmp_path: Path
) -> None:
    state, plugins = tmp_path / "state", find_plugins()
    keys.make(state)
    keys_store.make(state)
    engine = open_database(fossbilling_url)
    migrate.upgrade(engine)
    host = plugins.hosts()["fossbilling"]("UTC")
    site = Site(engine, host, plugins, "UTC", NOW, "tests", state, is_machine_clock=False, machine_now=NOW)
    forgotten = Proof(site, tmp_path).forget(wanted=20, seed=1)
    assert forgotten.is_right(20), "\n".join(forgotten.lines())
    assert forgotten.identifiers > 100
    engine.dispose()


def test_an_address_is_never_forgiven_for_a_name_that_the_run_listed_in_the_same_column(
    sqlite_url: str, tmp_path: Path
) -> None:
    billing = Billing(sqlite_url, tmp_path / "state")
    billing.add("tblactivitylog", id=1, description="about mori, perhaps")
    billing.add("tblactivitylog", id=2, description="signed in: taro.yamada@example.jp")
    needles = {"taro.yamada@example.jp", "mori"}
    listed = {"tblactivitylog.description may-mean-somebody-else": 1, "tblactivitylog.description and-more": 1}
    found = Forgotten()
    with billing.site.reading() as connection:
        look(connection, tmp_path, needles, listed, found, certain={"taro.yamada@example.jp"})
    assert (found.found.keys(), found.listed) == ({"tblactivitylog.description of 2"}, 1)


def test_whoever_is_found_in_a_cell_or_a_file_is_told(sqlite_url: str, tmp_path: Path) -> None:
    billing = Billing(sqlite_url, tmp_path / "state")
    billing.add("tblclients", id=1, notes="call Taro.Yamada@Example.jp", email="memorial@example.jp")
    billing.add("tblactivitylog", id=2, description="mail to taro.yamada@example.jp")
    (tmp_path / "a.txt").write_text("from taro.yamada@example.jp")
    listed = Counter({"tblactivitylog.description may-mean-somebody-else": 1})
    found = Forgotten()
    with billing.site.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM tblclients")).scalar() == 1
        look(connection, tmp_path, {"taro.yamada@example.jp", "mori"}, listed, found)
    assert found.found.keys() == {"tblclients.notes of 1", "file of a.txt"}
    assert found.listed == 1
    assert not dataclasses.replace(found, done=Counter(delete=5)).is_right(5)
    assert dataclasses.replace(found, done=Counter(delete=5), found={}).is_right(5)
    assert not dataclasses.replace(found, done=Counter(delete=4), found={}).is_right(5)
