"""Who comes in to the pages inside the platform: whom the bridge signed for, once, within a minute; nobody else."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kigen.commands.doctor_web import look_at_web
from kigen.ledger import requests
from tests.web.bridge import STAFF, Bridge, actor, headers

WRONG: dict[str, dict[str, Any]] = {
    "a minute too old": {"at": -61},
    "a minute too early": {"at": 61},
    "another client in the name": {"who": "client:2"},
    "no client": {"client": None},
    "staff as a client": {"who": "staff:3"},
    "a client as staff": {"role": "admin"},
    "staff with a client": {**STAFF, "client": 1},
    "another role": {"role": "root"},
    "another language": {"language": "de"},
    "another host": {"host": "elsewhere"},
    "a number as text": {"client": "1"},
    "a truth for a number": {"client": True, "who": "client:1"},
    "zero": {"client": 0, "who": "client:0"},
    "a session in clear": {"session": "abc"},
    "no nonce": {"nonce": ""},
    "a field too many": {"is_root": True},
    "a field too few": {"base": ...},
    "a base on another site": {"base": "https://evil.example/"},
    "a base of another server": {"base": "//evil.example/"},
    "a base with markup": {"base": '"><script>'},
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG.keys())
def test_an_actor_with_anything_wrong_is_nobody(bridge: Bridge, told: dict[str, Any]) -> None:
    if isinstance(told.get("at"), int):
        told = {**told, "at": int(bridge.desk.site.machine_now.timestamp()) + told["at"]}
    answer = bridge.get("privacy", **told)
    assert answer.status_code == 403
    assert "Please sign in to the portal again" in answer.text
    assert "ログイン" in answer.text


def test_a_signature_covers_method_path_query_body_and_actor(bridge: Bridge) -> None:
    told = actor(bridge.desk.site)
    signed = headers(bridge.secret, "GET", "/bridge/privacy", b"", told)
    assert bridge.browser.get("/bridge/privacy/deletion", headers=signed).status_code == 403
    assert bridge.browser.get("/bridge/privacy?told=asked", headers=signed).status_code == 403
    assert bridge.browser.get("/bridge/privacy", data=b"x", headers=signed).status_code == 403
    assert bridge.browser.post("/bridge/privacy/consents", headers=signed).status_code == 403
    other = {**signed, "Kigen-Actor": headers(b"", "GET", "", b"", {**told, "client": 2})["Kigen-Actor"]}
    assert bridge.browser.get("/bridge/privacy", headers=other).status_code == 403
    forged = headers(secrets.token_bytes(32), "GET", "/bridge/privacy", b"", told)
    assert bridge.browser.get("/bridge/privacy", headers=forged).status_code == 403
    assert bridge.browser.get("/bridge/privacy").status_code == 403
    assert bridge.browser.get("/bridge/privacy", headers=signed).status_code == 200


def test_what_was_sent_once_is_refused_again_also_by_a_second_process_and_after_a_restart(bridge: Bridge) -> None:
    signed = headers(bridge.secret, "GET", "/bridge/privacy", b"", actor(bridge.desk.site))
    assert bridge.browser.get("/bridge/privacy", headers=signed).status_code == 200
    assert bridge.browser.get("/bridge/privacy", headers=signed).status_code == 403
    assert Bridge(bridge.desk).browser.get("/bridge/privacy", headers=signed).status_code == 403


def test_a_platform_whose_clock_is_apart_is_told_by_doctor(bridge: Bridge) -> None:
    bridge.get("privacy", at=int(bridge.desk.site.machine_now.timestamp()) - 3600, nonce="no nonce")
    assert list(look_at_web(bridge.desk.site)) == []  # nobody's word
    bridge.get("privacy", at=int(bridge.desk.site.machine_now.timestamp()) - 3600)
    (found,) = look_at_web(bridge.desk.site)
    assert found.code == "bridge-clock"
    assert "3600 s behind this machine's" in found.text


def test_a_client_sees_no_page_of_staff_and_staff_none_of_a_client(bridge: Bridge) -> None:
    for page in ("admin", "admin/plan", "admin/explain", "admin/settings", "admin/settings/edit", "admin/run"):
        assert bridge.get(page).status_code == 403
    for page in ("privacy", "privacy/export", "privacy/consents", "privacy/deletion"):
        assert bridge.get(page, **STAFF).status_code == 403
    assert bridge.get("").headers["Location"] == "privacy"
    assert bridge.get("", **STAFF).headers["Location"] == "admin"


def test_a_form_counts_only_with_the_token_of_this_person_session_and_page_and_not_for_ever(bridge: Bridge) -> None:
    fields = {**bridge.form(bridge.get("privacy/deletion"), "privacy/deletion"), "understood": "yes"}

    def asked() -> list[Any]:
        with bridge.desk.site.reading() as connection:
            return requests.listed(connection)

    for wrong in ({"kigen_csrf": ""}, {"kigen_csrf": "1.2"}, {"kigen_csrf": fields["kigen_csrf"][:-1] + "x"}):
        assert bridge.post("privacy/deletion", {**fields, **wrong}).status_code == 400
    assert bridge.post("privacy/deletion", {"understood": "yes"}).status_code == 400
    assert bridge.post("privacy/deletion", fields, session="0" * 64).status_code == 400
    assert bridge.post("privacy/deletion", fields, client=2, who="client:2").status_code == 400
    assert bridge.post("privacy/deletion/undo", fields).status_code == 400
    assert asked() == []
    assert bridge.post("privacy/deletion", fields).headers["Location"] == "privacy/deletion?told=asked"
    assert [row.client for row in asked()] == [1]


def test_an_old_form_is_refused(bridge: Bridge) -> None:
    fields = {**bridge.form(bridge.get("privacy/deletion"), "privacy/deletion"), "understood": "yes"}
    later = bridge.desk.site.machine_now + timedelta(hours=2, seconds=1)
    bridge.desk.site = replace(bridge.desk.site, machine_now=later)
    answer = bridge.post("privacy/deletion", fields)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text


def test_what_is_too_large_is_refused_and_every_answer_has_its_headers(bridge: Bridge) -> None:
    assert bridge.post("privacy/deletion", {"kigen_csrf": "x" * 70_000}).status_code == 413
    seen = bridge.get("privacy")
    policy = seen.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert {seen.headers["X-Content-Type-Options"], seen.headers["Referrer-Policy"]} == {"nosniff", "no-referrer"}
    assert seen.headers["Cache-Control"] == "no-store"
    assert "<html" not in seen.text
    assert "<script" not in seen.text
