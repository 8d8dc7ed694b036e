"""Replay on FOSSBilling, with a database user who may not change counters, and after SIGKILL at any time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import make_url, text

from kigen.ledger import evidence_read, keys, keys_store, ledger_file, ledger_standing, migrate
from kigen.ledger.database import open_database
from kigen.ledger.evidence_verify import verify
from kigen.plugins import find_plugins
from kigen.work.counting import behind
from kigen.work.replay import replay
from kigen.work.site import Site
from kigen.work.sweep import sweep
from tests.support.fossbilling import connected, create, put, rows
from tests.work.billing import LATER, NOW, Billing, Copy, other_session
from tests.work.restores import Backup
from tests.work.runner import Runner
from tests.work.worlds import ZONE, site_for


@pytest.mark.parametrize("version", ["0.7", "0.8"])
def test_on_fossbilling_what_was_erased_goes_again_and_counters_stay_above_it(
    version: str, sqlite_url: str, tmp_path: Path
) -> None:
    create(sqlite_url, version)
    old = {"created_at": "2010-01-01 10:00:00", "updated_at": "2010-01-01 10:00:00"}
    with connected(sqlite_url) as connection:
        for number in (1, 2, 3):
            put(connection, "client", id=number, email=f"c{number}@example.jp", status="active", **old)
        put(connection, "client_order", id=11, client_id=1, status="active", activated_at="2010-01-02 10:00:00", **old)
        put(connection, "client_order", id=12, client_id=2, status="canceled", **old)
    migrate.upgrade(open_database(sqlite_url))
    keys.make(tmp_path)
    keys_store.make(tmp_path)
    plugins = find_plugins()
    host = plugins.hosts()["fossbilling"]("UTC")
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    site = Site(open_database(sqlite_url), host, plugins, "UTC", now, "tests", tmp_path, is_machine_clock=False)
    site = dataclasses.replace(site, machine_now=now)
    kept = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as file:
        file.backup(kept)
    assert sweep(site, confirmed=True).done["delete"]["client"] == 2
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as file, closing(kept):
        kept.backup(file)
    with connected(sqlite_url) as connection:
        connection.execute(text("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'client'"))
    site = dataclasses.replace(site, now=now + LATER, machine_now=now + LATER)
    assert sweep(site, confirmed=True).stopped == "restored"
    found = replay(site)
    assert (found.swept.done["delete"], found.findings("UTC")) == ({"client": 2}, [])
    with connected(sqlite_url) as connection:
        assert [row["id"] for row in rows(connection, "client")] == [1]
        assert [row["id"] for row in rows(connection, "client_order")] == [11]
        put(connection, "client", email="new@example.jp", status="active")
        assert [row["id"] for row in rows(connection, "client")] == [1, 4]
    site.engine.dispose()


def test_without_the_right_to_change_counters_replay_says_what_an_administrator_has_to_run(billing: Billing) -> None:
    """F11: nothing is erased again while the next client could get an erased number."""
    billing.live_client()
    backup = Backup(billing)
    billing.idle_client(500)
    billing.sweep()
    backup.restore()
    for table in ("tblclients", "tblinvoices", "tblaccounts"):
        billing.run(f"ALTER TABLE {table} AUTO_INCREMENT = 1")
    name = str(make_url(billing.url).database)
    with other_session(billing.url) as session, session.cursor() as cursor:
        cursor.execute(f"CREATE USER IF NOT EXISTS {name}_d@localhost")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{name}`.* TO {name}_d@localhost")
    url = make_url(billing.url).set(username=f"{name}_d").render_as_string(hide_password=False)
    site = dataclasses.replace(site_for(url, NOW + LATER, billing.site.state_dir), machine_now=NOW + LATER)
    found = replay(site)
    assert (found.swept.stopped, found.swept.acted) == ("counters", 0)
    assert "ALTER TABLE `tblclients` AUTO_INCREMENT = 501" in found.swept.brakes[0].text
    with site.reading() as connection:
        assert behind(connection, site)["tblclients"] == 500
    assert billing.sweep().stopped == "restored"  # normal work stays shut meanwhile
    for statement in found.swept.brakes[0].found.split("; "):
        billing.run(statement)
    assert replay(site).swept.stop is None
    billing.run("INSERT INTO tblclients (email) VALUES ('new@example.jp')")
    assert billing.ids("tblclients") == [1, 501]
    site.engine.dispose()
    backup.drop()


def test_a_replay_under_sigkill_at_random_times_ends_as_an_undisturbed_one(
    billing: Billing, tmp_path_factory: pytest.TempPathFactory, deep: bool
) -> None:
    """F1 for replay: each record once again, the chain sound, nothing else touched."""
    billing.live_client()
    for number in range(101, 161):
        billing.idle_client(number)
    billing.set(sweep__chunk=3)
    before = Copy(billing.url)
    folder = billing.site.state_dir
    assert billing.sweep().acted == 60
    outside = {name: (folder / name).read_bytes() for name in (ledger_file.NAME, "last-run")}
    config = tmp_path_factory.mktemp("config") / "kigen.toml"
    config.write_text(
        f'[host]\nname = "whmcs"\ndatabase = "{billing.url}"\n[kigen]\nzone = "{ZONE}"\nstate_dir = "{folder}"\n'
    )
    billing.site.engine.dispose()
    runner, rng, killed = Runner(config, NOW + LATER), Random(5), 0
    for _ in range(6 if deep else 2):
        before.put_back()
        for name, content in outside.items():
            (folder / name).write_bytes(content)
        for _ in range(4):
            killed += runner.kigen("replay", "--confirm", kill_after=rng.uniform(0.1, 1.2)).status is None
        while (ended := runner.kigen("--json", "replay", "--confirm")).status == 3:
            pass
        assert ended.status == 0, ended
        assert billing.ids("tblclients") == [1]
        with billing.site.reading() as connection:
            assert verify(connection, keys.public(folder)).ok
            again = [
                item[0]
                for told in evidence_read.told(connection)
                if told.entry.reasons == ("replay",)
                for part in told.parts
                if part.kind == "client"
                for item in part.items
                if item
            ]
        assert sorted(again) == list(range(101, 161))
        with billing.site.reading() as connection:
            assert ledger_standing.standing(folder, connection).is_fit_for_work
        billing.site.engine.dispose()
    assert killed > (5 if deep else 1)
    runner.end()
    before.drop()
