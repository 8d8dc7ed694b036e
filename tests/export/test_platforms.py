"""Bundles of the other platform and of the demo: the same sections from other tables, whole and verified."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

from kigen.hosts.fossbilling import FossBillingHost
from kigen.ledger import keys, keys_store, migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.policy.exporting import Section
from kigen.work.export.check import check
from kigen.work.export.content import Wanted
from kigen.work.export.make import Made, export
from kigen.work.site import Site
from tests.commands.installation import run

NOW = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)
CLIENT = 1


def made_of(url: str, folder: Path) -> Made:
    engine = open_database(url)
    migrate.upgrade(engine)
    keys.make(folder)
    keys_store.make(folder)
    site = Site(engine, FossBillingHost("Asia/Tokyo"), find_plugins(), "Asia/Tokyo", NOW, "tests", folder)
    try:
        return export(site, Wanted(CLIENT, language="ja"), folder / "bundle.zip")
    finally:
        engine.dispose()


def test_a_client_of_a_real_fossbilling_gets_what_the_tables_hold(fossbilling_url: str, tmp_path: Path) -> None:
    made = made_of(fossbilling_url, tmp_path)
    assert check(made.files[0]).problems == []
    rows = {name: count for name, count in made.sections.items() if count}
    assert {Section.PROFILE, Section.SERVICES, Section.DOMAINS, Section.INVOICES, Section.RETENTION} <= rows.keys()
    with zipfile.ZipFile(made.files[0]) as content:
        text = b"".join(content.read(name) for name in content.namelist()).decode(errors="replace")
    engine = open_database(fossbilling_url)
    with engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT email, pass FROM client WHERE id = 1").one()
        others = connection.exec_driver_sql("SELECT email FROM client WHERE id <> 1").scalars().all()
    engine.dispose()
    assert own.email in text
    assert own["pass"] not in text if isinstance(own, dict) else own[1] not in text
    assert [one for one in others if one and one in text] == []


def test_the_demo_s_clients_get_theirs(tmp_path: Path) -> None:
    told = run("demo", "--dir", str(tmp_path / "demo"), "--clients", "30", "--no-serve", "--json")
    assert told.status == 0, told.err
    config = str(tmp_path / "demo" / "kigen.toml")
    said = run("--config", config, "export", "5", "--out", str(tmp_path / "bundle.zip"), "--json")
    assert said.status == 0, said.err
    assert check(tmp_path / "bundle.zip").problems == []
    assert said.document["sections"]["profile"] >= 1
