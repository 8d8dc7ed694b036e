"""Events from a file or a pipe: what is accepted, what is rejected and why, and how the inbox is handed over."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from kigen.commands.words_events import MEANINGS_JA
from kigen.ledger.database import LOCK_WAIT_SECONDS
from kigen.policy.events import EVENTS
from tests.commands.installation import Installation, run

GOOD = '{"event":"client_signed_in","at":"2024-01-01T09:00:00+09:00","client":3}'


def test_events_are_accepted_once_however_often_they_are_sent(anywhere: Installation, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text(GOOD + "\n" + GOOD.replace("2024-01-01", "2024-01-02") + "\n", encoding="utf-8")
    first = anywhere.run("events", str(file), "--json")
    assert (first.status, first.document) == (0, {"accepted": 2, "rejected": [], "new": 2})
    assert anywhere.run("events", str(file), "--json").document == {"accepted": 2, "rejected": [], "new": 0}
    assert anywhere.run("intake", "--json").document == {"handled": 2, "failed": 0, "pending": 0}
    assert anywhere.run("intake", "--json").document == {"handled": 0, "failed": 0, "pending": 0}


def test_a_host_event_may_lack_a_payload_and_a_naive_instant_is_the_operators(here: Installation) -> None:
    sent = b'{"host_event":"CancelOrder","at":"2024-01-01T09:00","payload":{"orderid":5}}\n'
    assert here.run("events", "-", "--json", input=sent).document["accepted"] == 1
    with here.engine.connect() as connection:
        assert "2024-01-01 00:00:00" in str(connection.execute(text("SELECT at FROM kigen_inbox")).scalar_one())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "not JSON at character 2"),
        (b"[1]", "a JSON value, but no object"),
        (b'{"event":"order_eaten","at":"2024-01-01T00:00Z"}', "'event' is 'order_eaten'"),
        (b'{"event":"day_started"}', "'at' is missing"),
        (b'{"event":"day_started","at":"2024-02-30T00:00Z"}', "no calendar has"),
        (b'{"event":"day_started","at":"0000-00-00T00:00Z"}', "no calendar has"),
        (b'{"event":"order_cancelled","at":"2024-01-01T00:00Z","client":3}', "'id' is missing"),
        (
            b'{"event":"order_cancelled","at":"2024-01-01T00:00Z","client":"x","id":1}',
            "'client' is a text; expected a whole number",
        ),
        (b'{"event":["order_cancelled"],"at":"2024-01-01T00:00Z"}', "expected one of the events"),
        (b'{"at":"2024-01-01T00:00Z","host_event":"' + b"X" * 129 + b'"}', "at most 128 characters"),
        (b'{"host_event":5,"at":"2024-01-01T00:00Z"}', "'host_event' must be a name"),
        (b'{"host_event":"X","at":"2024-01-01T00:00Z","payload":[1]}', "'payload' must be an object"),
        (b'{"event":"day_started","at":"2024-01-01T00:00Z","n":NaN}', "NaN is no number"),
        (b'{"event":"day_started","at":"2024-01-01T00:00Z","n":"\\ud800"}', "half a character"),
        (b'{"event":"day_started\xff"}', "byte 22 is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"n":"' + b"x" * 10_000_000 + b'"}', "longer than"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_accepted(here: Installation, line: bytes, said: str) -> None:
    other = GOOD.replace("09:00:00", "10:00:00").encode()
    sent = b"\xef\xbb\xbf" + GOOD.encode() + b"\n\n  \r\n" + line + b"\n" + other
    told = here.run("events", "-", "--json", input=sent)
    assert told.status == 1
    assert told.document["accepted"] == told.document["new"] == 2
    (rejected,) = told.document["rejected"]
    assert rejected["line"] == 4
    assert said in rejected["error"]


def test_people_are_told_the_lines_too(here: Installation) -> None:
    said = here.run("events", "-", input=b"{\n" + GOOD.encode())
    assert "1 events accepted" in said.out and "1 lines rejected" in said.out
    assert said.sentence.startswith("kigen: line 1: ")


def test_more_lines_than_a_batch_are_all_stored(here: Installation) -> None:
    lines = [json.dumps({"event": "client_signed_in", "at": "2024-01-01T00:00Z", "client": n}) for n in range(1, 2502)]
    assert here.run("events", "-", "--json", input="\n".join(lines).encode()).document["new"] == 2501


def test_a_file_that_is_not_there_is_wrong_use(here: Installation) -> None:
    said = here.run("events", "nowhere.ndjson")
    assert said.status == 2
    assert "nowhere.ndjson" in said.sentence


def test_an_event_that_no_hook_can_take_is_a_finding_and_holds_up_nothing(here: Installation) -> None:
    sent = b'{"event":"day_started","at":"2099-01-01T00:00Z"}\n' + GOOD.encode()
    here.run("events", "-", input=sent)
    said = here.run("intake", "--json")
    assert (said.status, said.document) == (1, {"handled": 1, "failed": 1, "pending": 0})
    found = here.run("doctor", "--json").document["findings"]
    assert any(one["code"] == "inbox-failed" and "in the future" in one["text"] for one in found)


def test_a_plan_decides_as_if_what_waits_had_been_heard_and_takes_nothing_in(here: Installation) -> None:
    waiting = {"event": "deletion_requested", "at": "2024-01-05T10:00:00+09:00", "client": 1}
    before = here.run("explain", "client", "1", "--json").document
    here.run("events", "-", input=json.dumps(waiting).encode())
    after = here.run("explain", "client", "1", "--json").document
    assert "client.delete-on-request" not in {one["rule"] for one in before["considered"]}
    assert "client.delete-on-request" in {one["rule"] for one in after["considered"]}
    planned = [json.loads(line) for line in here.run("plan", "--all", "--client", "1", "--json").out.splitlines()]
    assert after in planned
    assert _pending(here) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_follower_hands_over_what_comes_and_stops_cleanly_when_told(here: Installation, number: int) -> None:
    follower = here.start("intake", "--follow", "--json")
    try:
        here.run("events", "-", input=GOOD.encode())
        until = time.monotonic() + 3 * LOCK_WAIT_SECONDS
        while _pending(here) and time.monotonic() < until:
            time.sleep(0.1)
        follower.send_signal(number)
        out, err = follower.communicate(timeout=30)
    finally:
        follower.kill()
    assert (follower.returncode, err) == (0, b"")
    assert json.loads(out) == {"handled": 1, "failed": 0, "pending": 0}


def _pending(here: Installation) -> int:
    engine = here.engine.execution_options(kigen_read_only=True)
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT COUNT(*) FROM kigen_inbox")).scalar_one())


def test_every_event_is_listed_with_its_meaning_and_keys_in_both_languages() -> None:
    listed = run("events", "--list", "--json").document
    assert [one["event"] for one in listed] == list(EVENTS) and set(MEANINGS_JA) == set(EVENTS)
    due = next(one for one in listed if one["event"] == "invoice_due_changed")
    assert due == {
        "event": "invoice_due_changed", "family": "invoice", "keys": ["at", "client", "id", "data.due"],
        "means": due["means"],
    }  # fmt: skip
    assert all(one["means"].endswith(".") for one in listed)
    japanese = run("events", "--list", "--lang", "ja").out
    assert "顧客が削除を請求しました。" in japanese and "必須の項目" in japanese
    assert run("events").status == 2 and run("events", "-", "--list").status == 2
