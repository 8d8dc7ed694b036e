"""What `doctor` and `frozen` say of backups: older than published, not told, and what may still be in them."""

from __future__ import annotations

import datetime as dt

import pytest

from kigen.ledger import frozen, frozen_ends, keys_store
from tests.commands.installation import Installation
from tests.ledger.papers_made import AT, INVOICE, document, ends, other

DESTROYED = dt.datetime(2027, 6, 10, 3, 0, tzinfo=dt.UTC)
"""10 June 2027, noon in Tokyo; the floor of invoice 30 ended nine days before."""


def findings(here: Installation, now: str) -> dict[str, tuple[str, str]]:
    """Level and text of what is found about backups, by code."""
    found = here.run("doctor", "--quick", "--json", now=now).document["findings"]
    codes = ("backups", "frozen-beyond-use")
    return {one["code"]: (one["level"], one["text"]) for one in found if one["code"].startswith(codes)}


def say(here: Installation, name: str, value: str, now: str = "2026-01-01T00:00:00+09:00") -> None:
    said = here.run("settings", "set", name, value, now=now)
    assert said.status == 0, said.err


@pytest.fixture
def gone(here: Installation) -> Installation:
    """Invoice 30 was frozen, and destroyed at its floor's end; 31 is still kept."""
    with here.engine.begin() as connection:
        keys = keys_store.read(here.folder / "kigen-state")
        frozen.freeze(connection, keys, [INVOICE, other(31)], [document(INVOICE)], ends(), AT)
        frozen_ends.destroy_ended(connection, DESTROYED)
    return here


def test_nothing_is_found_while_nobody_published_a_cycle(here: Installation) -> None:
    assert findings(here, "2026-03-01T00:00:00+09:00") == {}
    say(here, "backups.oldest", "2020-01-01")
    assert findings(here, "2026-03-01T00:00:00+09:00") == {}


def test_a_backup_older_than_the_published_cycle_is_an_alarm_with_its_days_n17(here: Installation) -> None:
    say(here, "backups.cycle", "60")
    say(here, "backups.oldest", "2026-01-01")
    assert findings(here, "2026-03-02T23:59:00+09:00") == {}
    level, text = findings(here, "2026-03-03T00:00:00+09:00")["backups-overdue"]
    assert level == "warning"
    assert text.startswith(
        "The oldest backup is of 2026-01-01, 61 days ago, and a backup is published to be gone after 60"
    )
    say(here, "backups.oldest", "2026-02-01")
    assert findings(here, "2026-03-03T00:00:00+09:00") == {}


def test_a_date_that_nobody_told_for_longer_than_the_cycle_is_an_alarm_n17(here: Installation) -> None:
    say(here, "backups.cycle", "60")
    assert findings(here, "2026-03-02T00:00:00+09:00") == {}
    level, text = findings(here, "2026-03-03T00:00:00+09:00")["backups-untold"]
    assert level == "warning" and "for 61 days" in text and "gone after 60" in text


def test_a_date_that_lies_ahead_is_told(here: Installation) -> None:
    say(here, "backups.oldest", "2026-03-04")
    assert findings(here, "2026-03-03T23:00:00+09:00").keys() == {"backups-ahead"}
    assert findings(here, "2026-03-04T00:00:00+09:00") == {}


def test_tombstones_that_die_before_the_last_backup_are_told(here: Installation) -> None:
    say(here, "backups.cycle", "400")
    assert findings(here, "2026-01-02T00:00:00+09:00") == {}
    say(here, "backups.cycle", "401")
    text = findings(here, "2026-01-02T00:00:00+09:00")["backups-tombstones"][1]
    assert "Backups last 401 days and tombstones 400" in text


def test_a_destroyed_document_is_beyond_use_until_the_cycle_is_over_and_then_erased_n20(gone: Installation) -> None:
    before, after = "2027-08-09T23:00:00+09:00", "2027-08-10T00:00:00+09:00"

    def stands(now: str) -> tuple[str, str | None]:
        (one,) = gone.run("frozen", "gone", "--json", now=now).document
        assert (one["document"], one["record"], one["destroyed"]) == (1, "invoice:30", "2027-06-10T12:00:00+09:00")
        return one["state"], one["until"]

    assert stands(before) == ("beyond-use", None)
    assert "nobody said until when" in findings(gone, before)["frozen-beyond-use"][1]
    say(gone, "backups.cycle", "60", now="2027-06-11T00:00:00+09:00")
    assert stands(before) == ("beyond-use", "2027-08-09")
    assert "beyond use until 2027-08-09" in gone.run("frozen", "gone", now=before).out
    assert "beyond use until 2027-08-09" in gone.run("frozen", "show", "1", now=before).sentence
    level, text = findings(gone, before)["frozen-beyond-use"]
    assert level == "note" and "beyond use until 2027-08-09" in text
    assert stands(after) == ("erased", None)
    assert "frozen-beyond-use" not in findings(gone, after)
    (kept,) = gone.run("frozen", "search", "--json").document
    assert kept["record"] == "invoice:31"  # what has no end that anybody knows survives


def test_a_later_oldest_backup_erases_before_the_cycle_is_over_n20(gone: Installation) -> None:
    say(gone, "backups.cycle", "60", now="2027-06-11T00:00:00+09:00")
    now = "2027-07-01T00:00:00+09:00"
    for oldest, state in (("2027-06-10", "beyond-use"), ("2027-06-11", "erased")):
        say(gone, "backups.oldest", oldest, now=now)
        assert gone.run("frozen", "gone", "--json", now=now).document[0]["state"] == state
