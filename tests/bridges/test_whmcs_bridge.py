"""WHMCS's bridge under PHP: what each hook leaves in the inbox, what never gets there, and what nothing can break."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kigen.hosts.let_through import FLAG, ID, NAMES
from kigen.hosts.port import UnconfirmedEvent, UnknownEvent
from kigen.hosts.whmcs.host import WhmcsHost
from kigen.hosts.whmcs.let_through import table
from kigen.ledger.database import open_database
from tests.bridges.bridge import Platform

CARD, PASSWORD, PERSON = "4111 1111 1111 1111", "hunter2-secret", "Aoki Kei"

HOSTILE: Mapping[str, Any] = {
    "password": PASSWORD, "cardnum": CARD, "cardcvv": "123", "authdata": PASSWORD, "token": PASSWORD, "email": PERSON,
    "firstname": PERSON, "customFields": [CARD, {"pin": PASSWORD}], "notes": CARD, "message": PERSON, "data": CARD,
    "params": {"serverpassword": PASSWORD, "clientsdetails": {"name": PERSON}, "password": PASSWORD, "model": CARD},
    CARD: PASSWORD, "invoice": {"object": {"id": 9, "notes": PASSWORD}},
}  # fmt: skip
"""What hooks carry beside what kigen needs, wherever it may stand."""


def told(hook: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payload for a hook with a value under every key, and what of it goes on."""
    given: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for number, (key, (name, sort)) in enumerate(table()[hook].items(), start=11):
        if sort == NAMES:
            given |= {key: {"address1": "Osaka", "notes": CARD, "groupid": given.get("groupid")}, "address1": "Nara"}
            kept[name] = ["address1", "notes"]
            continue
        value = number if sort == ID else True if sort == FLAG else "Closed"
        given[key] = {"object": {"id": number, "password": PASSWORD}} if key == "user" else value
        kept.setdefault(name, value)
    return {**HOSTILE, **given, **({"notes": "new"} if "olddata" in given else {})}, kept


class Read(dict[str, Any]):
    """A payload that notes which keys were asked for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.keys_read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.keys_read.add(key)
        return super().get(key, default)


def test_kigen_asks_for_no_key_that_the_bridge_does_not_let_through(here: Platform) -> None:
    # Who acted the bridge says itself, beside what the platform hands over.
    marks = {"params", "by", "masquerading", "isMasqueradingAdmin", "is_masquerading", "admin", "adminid", "admin_id"}
    engine = open_database(here.url)
    missing = {}
    with engine.connect() as connection:
        for hook, keys in table().items():
            through = {one.name for one in keys.values()} | marks
            for payload in (Read(), Read(told(hook)[1])):
                with suppress(UnknownEvent, UnconfirmedEvent, ValueError):
                    WhmcsHost("UTC").translate(connection, hook, payload, dt.datetime.now(dt.UTC))
                missing.update({hook: more} if (more := payload.keys_read - through) else {})
    engine.dispose()
    assert missing == {}


def test_each_hook_leaves_one_row_with_what_kigen_needs_and_nothing_else(whmcs: Platform) -> None:
    hooks = sorted(table())
    before = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    said = whmcs.fire({"hook": hook, "vars": told(hook)[0], "session": {"uid": "3"}} for hook in hooks)
    assert said["printed"] == ""
    assert said["returned"] == []
    assert set(said["hooks"]) == {*hooks, "ClientAreaSecondaryNavbar"}
    rows = whmcs.inbox()
    assert [(row["host_event"], row["payload"]) for row in rows] == [
        (hook, {**told(hook)[1], "by": "client:3"}) for hook in hooks
    ]
    text = json.dumps([row["payload"] for row in rows])
    assert not any(secret in text for secret in (CARD, CARD.replace(" ", ""), PASSWORD, PERSON, "123"))
    # UTC, whatever the zone of the host's session.
    assert all(before - dt.timedelta(seconds=1) <= row["at"] <= dt.datetime.now() for row in rows)
    assert {row["state"] for row in rows} == {"pending"}
    assert list(whmcs.tally.iterdir()) == [whmcs.tally / ".htaccess"]


def test_staff_that_act_as_a_client_are_marked_and_are_no_sign_in_of_it(whmcs: Platform) -> None:
    whmcs.sql(
        "SET SESSION sql_mode = ''",
        "INSERT INTO tblclients (id, uuid, email, status, datecreated) VALUES (3, 'u', 'e', 'Active', '2020-01-01')",
        "INSERT INTO tblusers (id, email) VALUES (8, 'e')",
        "INSERT INTO tblusers_clients (auth_user_id, client_id, owner) VALUES (8, 3, 1)",
    )
    user = {"user": {"object": {"id": 8}}}
    whmcs.fire([
        {"hook": "UserLogin", "vars": user, "session": {"uid": "3", "adminid": 1}},
        {"hook": "UserLogin", "vars": user, "session": {"uid": "3"}},
        {"hook": "DailyCronJob"},
    ])  # fmt: skip
    assert [row["payload"] for row in whmcs.inbox()] == [
        {"user_id": 8, "by": "staff:1", "masquerading": True}, {"user_id": 8, "by": "client:3"}, {"by": "system"},
    ]  # fmt: skip
    assert whmcs.kigen("intake", "--json").document == {"handled": 3, "failed": 0, "pending": 0}
    assert whmcs.heard() == [("client_signed_in", 3), ("day_started", None)]
    assert whmcs.inbox() == []


def test_payloads_that_are_nothing_like_they_should_be_break_nothing(whmcs: Platform) -> None:
    def order(value: object) -> dict[str, object]:
        return {"hook": "CancelOrder", "vars": {"orderid": value}}

    odd = [
        order(None), order("12"), order({"object": {"id": "12"}}), order({"object": {}}), order([12]), order(12.0),
        order("4111111111111111"), order(-1), order(True), order({"bytes": "ff31"}), order({"long": 200_000}),
        {"hook": "CancelOrder", "vars": None}, {"hook": "CancelOrder", "vars": "12"},
        {"hook": "CancelOrder", "vars": {"object": {"orderid": 12}}}, {"hook": "ClientClose", "vars": {"userid": 0}},
        {"hook": "TicketStatusChange", "vars": {"ticketid": 5, "status": {"bytes": "c3"}}},
        {"hook": "TicketStatusChange", "vars": {"ticketid": 5, "status": "対応済み"}},
        {"hook": "TicketStatusChange", "vars": {"ticketid": 5, "status": CARD}},
    ]  # fmt: skip
    assert whmcs.fire(odd)["printed"] == ""
    payloads = [{key: value for key, value in row["payload"].items() if key != "by"} for row in whmcs.inbox()]
    twelve = {"orderid": 12}
    assert payloads == [
        {}, twelve, twelve, {}, {}, twelve, {}, {}, {}, {}, {}, {}, {}, {}, {"userid": 0}, {"ticketid": 5},
        {"ticketid": 5, "status": "対応済み"}, {"ticketid": 5},
    ]  # fmt: skip
    intake = whmcs.kigen("intake", "--json").document
    assert intake["pending"] == 0
    assert intake["failed"] == 12  # those without an id wait with the reason, where a person sees them


def test_a_listener_that_is_called_twice_leaves_one_row_and_a_later_event_another(whmcs: Platform) -> None:
    event = {"hook": "InvoicePaid", "vars": {"invoiceid": 7}}
    other = {"hook": "InvoicePaid", "vars": {"invoiceid": 8}, "again": True}
    whmcs.fire([event, {**event, "again": True}, other, event])
    assert [row["payload"]["invoiceid"] for row in whmcs.inbox()] == [7, 8, 7]


def test_events_that_find_no_place_in_the_database_are_kept_and_counted_for_doctor(whmcs: Platform) -> None:
    event = {"hook": "InvoicePaid", "vars": {"invoiceid": 7}}
    said = whmcs.fire([
        {"sql": "SET SESSION TRANSACTION READ ONLY"}, event, {"sql": "SET SESSION TRANSACTION READ WRITE"},
        {"hook": "DailyCronJob"},
    ])  # fmt: skip
    assert said["printed"] == ""
    assert [row["host_event"] for row in whmcs.inbox()] == ["DailyCronJob"]
    assert json.loads((whmcs.tally / "tally.json").read_text())["counts"] == {"database-1792": 1}
    whmcs.sql("INSERT INTO tbladdonmodules (module, setting, value) VALUES ('kigen', 'version', '0.1.0')")
    found = {one["code"]: one for one in whmcs.kigen("doctor", "--quick", "--json").document["findings"]}
    assert "database-1792 1" in found["bridge-errors"]["text"]
    kept = whmcs.tally / "kept.ndjson"
    assert f"kigen events {kept}" in found["bridge-waiting"]["text"]
    japanese = whmcs.kigen("doctor", "--quick", "--json", "--lang", "ja").document["findings"]
    assert "1 件" in next(one["text"] for one in japanese if one["code"] == "bridge-waiting")
    assert whmcs.kigen("events", str(kept), "--json").document["new"] == 1
    assert [row["host_event"] for row in whmcs.inbox()] == ["DailyCronJob", "InvoicePaid"]


def test_without_a_table_a_folder_or_a_configuration_the_page_goes_on(whmcs: Platform) -> None:
    whmcs.sql("RENAME TABLE kigen_inbox TO kigen_inbox_away")
    event = {"hook": "InvoicePaid", "vars": {"invoiceid": 7}}
    assert whmcs.fire([event])["called"] == 1
    assert json.loads((whmcs.tally / "tally.json").read_text())["counts"] == {"database-1146": 1}
    (whmcs.tally / "tally.json").write_text("not json")
    (whmcs.tally / "kept.ndjson").unlink()
    (whmcs.tally / "kept.ndjson").mkdir()
    assert whmcs.fire([event])["printed"] == ""
    assert json.loads((whmcs.tally / "tally.json").read_text())["counts"] == {"database-1146": 1, "lost": 1}
    (whmcs.tally / "kept.ndjson").rmdir()
    copy = whmcs.place / "broken"
    shutil.copytree(whmcs.folder, copy)
    (copy / "config.php").unlink()
    assert whmcs.fire([event], folder=copy)["printed"] == ""
    (copy / "events.php").unlink()
    assert whmcs.fire([event], folder=copy)["called"] == 0
    whmcs.sql("RENAME TABLE kigen_inbox_away TO kigen_inbox")
    assert whmcs.inbox() == []
