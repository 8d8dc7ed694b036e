"""Events that are sent signed: each stored once before it is answered, and nothing else let in or falling over."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from kigen.ledger import bridge_secret, settings
from tests.web.bridge import Bridge

EVENT = {"event": "order_cancelled", "at": "2026-05-20T10:00:00+09:00", "client": 1, "id": 12}


class Sender:
    """A platform that calls a webhook."""

    def __init__(self, bridge: Bridge, name: str = "panel") -> None:
        self.bridge, self.name = bridge, name
        self.secret = bridge_secret.add_source(bridge.desk.site.state_dir, name)

    def send(
        self, body: bytes | dict[str, Any], key: str | None = "delivery-1", at: int = 0, **wrong: str
    ) -> TestResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(self.bridge.desk.site.machine_now.timestamp()) + at)
        signed = hmac.new(self.secret, f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
        headers = {"Kigen-Source": self.name, "Kigen-Timestamp": stamp, "Kigen-Signature": f"v1={signed}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        headers.update({name.replace("_", "-"): value for name, value in wrong.items()})
        return self.bridge.browser.post("/events", data=content, headers=headers)


@pytest.fixture
def sender(bridge: Bridge) -> Sender:
    return Sender(bridge)


def inbox(sender: Sender) -> list[Any]:
    return sender.bridge.desk.rows("kigen_inbox", "event")


def test_an_event_is_answered_once_it_is_stored_and_sent_again_it_makes_no_second_row(sender: Sender) -> None:
    first = sender.send(EVENT)
    assert (first.status_code, first.json) == (202, {"accepted": 1, "new": 1})
    assert inbox(sender) == ["order_cancelled"]
    again = sender.send(EVENT)
    assert (again.status_code, again.json) == (202, {"accepted": 1, "new": 0})
    assert sender.send(EVENT, key="delivery-2").json == {"accepted": 1, "new": 0}  # the inbox knows it by itself
    assert sender.send({**EVENT, "id": 13}).status_code == 409
    assert inbox(sender) == ["order_cancelled"]


def test_nothing_that_is_not_signed_lately_by_a_known_source_is_let_in(sender: Sender) -> None:
    for wrong in (
        {"Kigen_Signature": "v1=" + "0" * 64}, {"Kigen_Signature": ""}, {"Kigen_Timestamp": "1"},
        {"Kigen_Timestamp": "x"}, {"Kigen_Source": "other"}, {"Kigen_Source": "../bridge"}, {"Kigen_Source": ""},
    ):  # fmt: skip
        assert sender.send(EVENT, **wrong).status_code == 401
    assert sender.send(EVENT, at=-301).status_code == 401
    assert sender.send(EVENT, at=301).status_code == 401
    other = Sender(sender.bridge, "other")
    other.secret = sender.secret
    assert other.send(EVENT).status_code == 401  # each has a secret of its own
    bridge_secret.remove_source(sender.bridge.desk.site.state_dir, "panel")
    assert sender.send(EVENT).status_code == 401
    assert inbox(sender) == []


def test_of_a_delivery_with_a_bad_line_nothing_is_stored_and_the_line_is_named(sender: Sender) -> None:
    lines = b"\n".join(json.dumps(one).encode() for one in (EVENT, {"event": "x"}, {**EVENT, "id": 13}))
    answer = sender.send(lines)
    assert answer.status_code == 400
    assert [one["line"] for one in answer.json["rejected"]] == [2]
    assert sender.send(EVENT, key=None).status_code == 400
    assert sender.send(b"").status_code == 400
    assert sender.send(b" " * (256 * 1024 + 1)).status_code == 413
    assert inbox(sender) == []


def test_a_source_that_sends_too_often_waits_for_the_next_minute(sender: Sender) -> None:
    desk = sender.bridge.desk
    with desk.site.transaction() as connection:
        settings.store(connection, "events.per_minute", "2", desk.site.now, "tests")
    told = [sender.send({**EVENT, "id": number}, key=f"delivery-{number}").status_code for number in (1, 2, 3)]
    assert told == [202, 202, 429]
    desk.site = replace(desk.site, machine_now=desk.site.machine_now + timedelta(minutes=1))
    assert sender.send({**EVENT, "id": 3}, key="delivery-3").status_code == 202
    assert len(inbox(sender)) == 3
