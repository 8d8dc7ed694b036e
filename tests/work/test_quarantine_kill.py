"""An undo that is killed anywhere leaves no client half there; run again, it ends as one that nobody disturbed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from kigen.ledger import evidence_read, keys, ledger_file
from kigen.ledger.evidence_verify import verify
from tests.work.billing import NOW, Billing, Copy
from tests.work.kept import due_client, platform
from tests.work.runner import Runner
from tests.work.worlds import ZONE

CLIENTS = range(101, 131)
PARTS = {"tblclients": 1, "tblorders": 10, "tblhosting": 10, "tblinvoices": 10, "tbltickets": 10, "tblcontacts": 10}


def test_an_undo_under_sigkill_at_random_times_leaves_whole_clients_and_ends_as_an_undisturbed_one(
    billing: Billing, tmp_path_factory: pytest.TempPathFactory, deep: bool
) -> None:
    billing.live_client()
    for number in CLIENTS:
        due_client(billing, number, f"c{number}@kept.example")
    billing.set(quarantine__term="30 days")
    before = platform(billing)
    run = billing.sweep().run
    assert billing.ids("tblclients") == [1]
    folder: Path = billing.site.state_dir
    gone, file = Copy(billing.url), (folder / ledger_file.NAME).read_bytes()
    config = tmp_path_factory.mktemp("config") / "kigen.toml"
    config.write_text(
        f'[host]\nname = "whmcs"\ndatabase = "{billing.url}"\n[kigen]\nzone = "{ZONE}"\nstate_dir = "{folder}"\n'
    )
    billing.site.engine.dispose()
    runner, rng, killed, between = Runner(config, NOW), Random(3), 0, 0
    for _ in range(4 if deep else 2):
        gone.put_back()
        (folder / ledger_file.NAME).write_bytes(file)
        for _ in range(5):
            killed += runner.kigen("undo", str(run), kill_after=rng.uniform(0.1, 0.9)).status is None
            back = [number for number in billing.ids("tblclients") if number > 1]
            between += 0 < len(back) < len(CLIENTS)
            for table, times in PARTS.items():
                assert [id_ for id_ in billing.ids(table) if id_ < 9000 and id_ > 1] == [n * times for n in back], table
            assert sorted({row["record"] for row in billing.rows("kigen_quarantine")} | set(back)) == list(CLIENTS)
            billing.site.engine.dispose()
        while (ended := runner.kigen("--json", "undo", str(run))).status == 3:
            pass
        assert platform(billing) == before, ended
        with billing.site.reading() as connection:
            assert verify(connection, keys.public(folder)).ok
            undone = [
                item[0] for told in evidence_read.told(connection) if told.entry.action == "undo"
                for part in told.parts if part.kind == "client" for item in part.items if item
            ]  # fmt: skip
        assert sorted(int(str(one)) for one in undone) == list(CLIENTS)
        billing.site.engine.dispose()
    assert killed > (5 if deep else 1) and (between > 0 or not deep)
    runner.end()
    gone.drop()
