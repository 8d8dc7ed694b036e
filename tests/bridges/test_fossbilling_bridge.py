"""FOSSBilling's bridge under PHP: the recorded events of both versions mean through it what they mean in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from kigen.hosts.ahead import Told
from kigen.hosts.fossbilling.host import FossBillingHost
from kigen.hosts.fossbilling.let_through import table
from kigen.ledger.database import open_database
from kigen.work.arrivals import without_persons
from tests.bridges.bridge import Platform
from tests.support.scenario import put_state_afterwards, recorded

SECRET = "hunter2-secret"


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    engine = open_database(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def meanings(connection: Connection, told: Sequence[Told]) -> list[tuple[object, ...]]:
    """What kigen understands of each, without the time."""
    found = FossBillingHost("UTC").translate_all(connection, told)
    return [
        (type(one).__name__,) if isinstance(one, Exception) else (one.name, one.client, one.id, dict(one.data))
        for one in found
    ]


@pytest.mark.parametrize(("dump", "version"), [("0.7.2", "0.7"), ("0.8.5", "0.8")])
def test_each_recorded_event_arrives_once_and_means_what_it_means_in_full(
    fossbilling: Callable[[str], Platform], shared_data: Path, dump: str, version: str
) -> None:
    platform = fossbilling(dump)
    events = recorded(shared_data, f"fossbilling-{dump}")
    secrets = {"password": SECRET, "pass": SECRET, "card": "4111111111111111", "config": {"token": SECRET}}

    def params(given: object) -> object:
        return {**given, **secrets} if isinstance(given, dict) else given

    said = platform.fire([{"event": one.name, "params": params(one.params)} for one in events], version)
    assert said["printed"] == ""
    assert said["isProvider"] is (version == "0.8")
    rows = platform.inbox()
    mapped = [one for one in events if one.name in table()]
    assert len(mapped) > 60
    assert [row["host_event"] for row in rows] == [one.name for one in mapped]
    text = json.dumps([row["payload"] for row in rows])
    assert SECRET not in text
    assert "4111" not in text
    assert {key for row in rows for key in row["payload"]} <= {"id", "client_id", "status", "due_at", "by"}
    engine = sa.create_engine(platform.url)
    with engine.begin() as connection:
        put_state_afterwards(connection, shared_data, f"fossbilling-{dump}")
    engine.dispose()
    with reading(platform.url) as connection:
        wholes = [without_persons(one.params) if isinstance(one.params, dict) else {} for one in mapped]
        in_full = meanings(connection, [Told(o.name, whole, o.at) for o, whole in zip(mapped, wholes, strict=True)])
        through = meanings(connection, [Told(o.name, r["payload"], o.at) for o, r in zip(mapped, rows, strict=True)])
    assert through == in_full
    assert len({one[0] for one in through}) > 12
    assert platform.kigen("intake", "--json").document["failed"] == 0
    assert not (platform.tally / "tally.json").exists()


def test_a_version_with_both_kinds_of_listeners_hears_each_event_once_and_counts_new_names(
    fossbilling: Callable[[str], Platform],
) -> None:
    platform = fossbilling("0.8.5")
    staff = {"admin": {"id": "2"}, "client_id": 5}
    said = platform.fire([
        {"event": "onAfterClientLogin", "params": {"id": "5", "ip": "192.0.2.1"}, "session": {"client_id": 5}},
        {"event": "onAfterClientProfileUpdate", "params": {"object": {"id": 5}}, "session": staff},
        {"event": "onAfterAdminInvoicePayed", "params": {"id": 7}},
        {"event": "onAfterAdminSettingsUpdate", "params": None},
        {"event": "onAfterAdminCronRun", "params": None},
        {"sql": "RENAME TABLE kigen_inbox TO away"}, {"event": "onAfterClientLogin", "params": {"id": 6}},
        {"sql": "RENAME TABLE away TO kigen_inbox"},
    ], "0.8")  # fmt: skip
    assert said["called"] == 10  # the named listeners were called as well, and stepped back
    assert [(row["host_event"], row["payload"]) for row in platform.inbox()] == [
        ("onAfterClientLogin", {"id": 5, "by": "client:5"}),
        ("onAfterClientProfileUpdate", {"by": "staff:2", "masquerading": True}),
        ("onAfterAdminCronRun", {"by": "system"}),
    ]
    counts = json.loads((platform.tally / "tally.json").read_text())["counts"]
    assert counts == {"unknown:onAfterAdminInvoicePayed": 1, "database-1146": 1}
    found = {one["code"]: one["text"] for one in platform.kigen("doctor", "--quick", "--json").document["findings"]}
    assert "onAfterAdminInvoicePayed" in found["bridge-unknown"]
    assert "Extensions" in found["bridge-inactive"]
    assert "bridge-waiting" in found
    # What the platform's own settings do behind kigen's back is said with what to do about it, in either language.
    platform.sql("INSERT INTO setting (param, value, public) VALUES ('remove_after_days', '30', 0)")
    told = platform.kigen("doctor", "--quick", "--json", "--lang", "ja").document["findings"]
    texts = {one["code"]: one["text"] for one in told}
    assert "remove_after_days" in texts["host-deletes"]
    assert "0 にしてください" in texts["host-deletes"]
    assert "cron" in texts["host-cron"]
