"""The endpoint that takes a visitor's choice: what it writes down, once, and what it refuses without failing itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kigen.ledger import choices, consents, notices
from kigen.ledger.bridge_secret import bridge_secret
from kigen.policy.consents import State, standing
from kigen.policy.periods import Term
from kigen.web.cookies import LARGEST, OF_ONE, asset
from kigen.web.signed_in import token
from kigen.work import own_terms
from tests.cases.desk import ZONE, at
from tests.web.shop import Shop

VISITOR = "0123456789abcdef" * 2
CHOICE: dict[str, Any] = {
    "visitor": VISITOR, "stamp": 1_780_000_000_000, "ago": 0, "version": 1, "language": "ja",
    "purposes": {"analytics": "given", "advertising": "refused"}, "signal": False, "client": None,
}  # fmt: skip
PORTAL = "http://portal.example.jp"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.set(**{"operator.portal": f"{PORTAL}/clientarea.php"})
    shop.publish()
    yield shop
    shop.close()


def send(shop: Shop, body: bytes | None = None, **changed: Any) -> TestResponse:
    headers = {"Origin": PORTAL, "Content-Type": "application/json", **changed.pop("headers", {})}
    text = json.dumps({**CHOICE, **changed}).encode() if body is None else body
    return shop.app.test_client().post(
        "/privacy/cookies/choice", data=text, headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )


def test_a_choice_is_written_down_with_what_was_read_and_without_who_it_was_and_told_twice_it_is_one(
    shop: Shop,
) -> None:
    for _ in range(2):
        assert send(shop, headers={"X-Forwarded-For": "203.0.113.7", "User-Agent": "Browser of one"}).status_code == 204
    rows = shop.told("purpose, act, notice, version, language, is_signal, visitor")
    assert rows == [
        ("advertising", "refused", "cookies", 1, "ja", 0, VISITOR),
        ("analytics", "given", "cookies", 1, "ja", 0, VISITOR),
    ]
    with shop.desk.site.reading() as connection:
        version = notices.versions(connection, "cookies")[0]
        assert {one.digest for one in choices.of(connection, VISITOR)} == {version.digest("ja")}
        assert consents.of(connection) == []
    everything = repr(shop.told("*"))
    assert "203.0.113" not in everything and "127.0.0.1" not in everything and "Browser of one" not in everything


def test_m3_a_choice_that_comes_late_counts_from_when_it_was_made_whatever_the_browsers_clock_says(shop: Shop) -> None:
    assert send(shop, stamp=5, ago=3_600_000, purposes={"analytics": "withdrawn"}).status_code == 204
    assert send(shop, stamp=4, ago=7_200_000, purposes={"analytics": "given"}).status_code == 204
    with shop.desk.site.reading() as connection:
        events = choices.of(connection, VISITOR)
    assert [one.at for one in events] == [at("2026-06-01 11:00"), at("2026-06-01 10:00")]
    assert standing(events, at("2026-06-01 12:00"), ZONE, Term(6)).state is State.WITHDRAWN
    assert standing(events, at("2026-06-01 10:30"), ZONE, Term(6)).state is State.GIVEN


def test_of_a_client_whom_the_bridge_signed_for_it_is_that_clients_consent(shop: Shop) -> None:
    secret, now = bridge_secret(shop.desk.site.state_dir), int(shop.site().machine_now.timestamp())
    good, over, other = (
        token(secret, 7, now + 60), token(secret, 8, now - 1), token(b"x" * 32, 9, now + 60)
    )  # fmt: skip
    for number, given_token in enumerate((good, good, over, other, "7.1.zz")):
        assert send(shop, client=given_token, stamp=max(number, 1)).status_code == 204
    with shop.desk.site.reading() as connection:
        mine = consents.of(connection)
        assert [(one.client, one.purpose, one.act.value, one.channel, one.actor, one.evidence) for one in mine] == [
            (7, "advertising", "refused", "cookie banner", "client", "choice 1"),
            (7, "analytics", "given", "cookie banner", "client", "choice 1"),
        ]
        assert [(one.client, one.version, one.language) for one in notices.views(connection, "cookies")] == [
            (7, 1, "ja")
        ]
    assert len(shop.told()) == 6


REFUSED: list[tuple[int, dict[str, Any]]] = [
    (403, {"headers": {"Origin": "https://elsewhere.example"}}),
    (403, {"headers": {"Origin": "null"}}),
    (403, {"headers": {"Origin": f"{PORTAL}.evil.example"}}),
    (415, {"headers": {"Content-Type": "text/plain"}}),
    (413, {"body": b"[" * (LARGEST + 1)}),
    (400, {"body": b"[" * LARGEST}),
    (400, {"body": b'{"visitor": "\xff\xfe"}'}),
    (400, {"visitor": "a name of somebody"}),
    (400, {"purposes": {"marketing": "given"}}),
    (400, {"purposes": {}}),
    (400, {"stamp": "1"}),
    (400, {"ago": -1}),
    (400, {"language": "fr"}),
    (400, {"surplus": 1}),
    (409, {"version": 2}),
]


def test_what_is_no_choice_on_the_portals_own_pages_is_refused_and_nothing_is_written(shop: Shop) -> None:
    found = [(send(shop, **dict(changed)).status_code, changed) for _, changed in REFUSED]
    assert found == REFUSED
    # A server's name that is none has no origin, and who tells none is not at home there.
    nowhere = {"Host": "[", "Content-Type": "application/json"}
    asked = shop.app.test_client().post("/privacy/cookies/choice", data=json.dumps(CHOICE).encode(), headers=nowhere)
    assert asked.status_code == 403
    assert shop.told() == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda one: st.lists(one, max_size=4) | st.dictionaries(st.sampled_from([*CHOICE, "x"]), one, max_size=4),
    max_leaves=12).map(lambda one: json.dumps(one).encode())))  # fmt: skip
def test_garbage_is_the_senders_fault_and_never_the_endpoints(shop: Shop, body: bytes) -> None:
    assert send(shop, body).status_code in (400, 413, 429)


def test_one_address_has_only_so_many_choices_a_minute_and_others_still_have_theirs(shop: Shop) -> None:
    client = shop.app.test_client()

    def statuses(address: str, many: int) -> set[int]:
        found = [
            client.post("/privacy/cookies/choice", data=b"x", environ_base={"REMOTE_ADDR": address})
            for _ in range(many)
        ]
        return {one.status_code for one in found}

    assert statuses("203.0.113.7", OF_ONE) == {403}
    assert statuses("203.0.113.7", 1) == {429}
    assert statuses("203.0.113.8", 1) == {403}
    assert statuses("2001:db8:1:2::1", OF_ONE) == {403} and statuses("2001:db8:1:2::2", 1) == {429}


def test_without_a_tool_or_without_a_published_notice_nobody_is_asked(shop: Shop) -> None:
    client = shop.app.test_client()
    asked = client.get("/privacy/cookies.json?language=ja-JP").json
    assert asked is not None
    assert [one["key"] for one in asked["purposes"]] == ["analytics", "advertising"]
    assert (
        asked["purposes"][0]["name"] == "ポータルの利用状況の分析"
        and "Example Analytics KK" in asked["purposes"][0]["by"]
    )
    shop.set(**{"cookies.tools": "necessary | Session | BESTNET | WHMCSabc | | "})
    assert client.get("/privacy/cookies.json").json == {"why": "no tool that needs consent is named in cookies.tools"}


def test_m8_only_the_header_1_is_the_signal_and_it_is_kept_with_the_choice(shop: Shop) -> None:
    client = shop.app.test_client()
    told = {
        value: client.get("/privacy/cookies.json", headers={"Sec-GPC": value}).json["signal"]  # type: ignore[index]  # it is an object
        for value in ("1", "0", "true", "1, 1", "")
    }
    assert told == {"1": True, "0": False, "true": False, "1, 1": False, "": False}
    send(shop, headers={"Sec-GPC": "1"})
    send(shop, headers={"Sec-GPC": "true"}, stamp=2)
    assert shop.told("stamp, is_signal")[::2] == [(1_780_000_000_000, 1), (2, 0)]


def test_the_script_is_small_cached_by_its_content_and_the_settings_are_asked_anew(shop: Shop) -> None:
    client = shop.app.test_client()
    text, digest = asset()
    assert len(text.encode()) < 8 * 1024
    lasting = client.get(f"/privacy/cookies.{digest}.js")
    assert lasting.text == text and "immutable" in lasting.headers["Cache-Control"]
    first = client.get("/privacy/cookies.json")
    assert first.headers["Cache-Control"] == "no-cache" and "Sec-GPC" in first.headers["Vary"]
    again = client.get("/privacy/cookies.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/.well-known/gpc.json").json == {"gpc": True, "lastUpdate": "2026-06-01"}


def test_the_record_of_a_visitor_goes_when_its_term_is_over_and_that_of_a_client_stays(shop: Shop) -> None:
    secret = bridge_secret(shop.desk.site.state_dir)
    send(shop)
    send(shop, client=token(secret, 7, int(shop.site().machine_now.timestamp()) + 60))
    for now, gone in (("2027-06-01 11:59", 0), ("2027-06-01 12:00", 2)):
        shop.desk.move_to(now)
        with shop.desk.site.engine.connect() as connection:
            assert own_terms.drop_own_history(connection, shop.desk.site)["kigen_choices"] == gone
    assert shop.told() == []
    with shop.desk.site.reading() as connection:
        assert len(consents.of(connection, [7])) == 2
