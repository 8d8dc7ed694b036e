"""`kigen evidence` and `doctor` on time stamps: shown, handed out, checked; a wrong one names its head."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from kigen.ledger.stamp_answers import question
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from kigen.ledger.tables_stamps import stamps
from kigen.policy.periods import to_local
from tests.commands.installation import Installation
from tests.support.authority import Authority, make, running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority") / "tsa") as one:
        yield one


def configure(here: Installation, url: str, certificates: Path) -> None:
    for name, value in (("timestamp.url", url), ("timestamp.certificates", str(certificates))):
        assert here.run("settings", "set", name, value).status == 0


@pytest.fixture
def stamped(here: Installation, authority: Authority) -> Installation:
    """A run deleted what was due, and its head got a stamp."""
    configure(here, authority.url, authority.certificates)
    assert here.run("sweep", "--confirm").status == 0
    return here


def entries_of(here: Installation) -> int:
    """Over how many entries the one head is that is stamped."""
    with here.engine.connect() as connection:
        return int(connection.execute(stamps.select()).one().entries)


def test_head_shows_the_stamp_and_hands_out_the_answer_for_any_tool(
    stamped: Installation, authority: Authority
) -> None:
    answer = stamped.folder / "head.tsr"
    said = stamped.run("evidence", "head", "--stamp-out", str(answer), "--json")
    assert said.status == 0, said.err
    told = said.document
    assert (told["ok"], told["stamp"]["ok"], told["stamp"]["problem"]) == (True, True, None)
    (stamped.folder / "head.bin").write_bytes(bytes.fromhex(told["head"]["hash"]))
    command = ["openssl", "ts", "-verify", "-data", stamped.folder / "head.bin", "-in", answer]
    checked = subprocess.run([*command, "-CAfile", authority.certificates], capture_output=True, check=False)
    assert checked.stdout == b"Verification: OK\n"
    local = to_local(dt.datetime.fromisoformat(told["stamp"]["at"]), "Asia/Tokyo")
    said = f"A time-stamp authority saw it on {local:%Y-%m-%d %H:%M} (Asia/Tokyo)."
    assert said in stamped.run("evidence", "head").out


def test_a_head_without_a_stamp_is_shown_without_one_and_hands_out_nothing(here: Installation) -> None:
    assert here.run("evidence", "head", "--json").document["stamp"] is None
    said = here.run("evidence", "head", "--stamp-out", str(here.folder / "none.tsr"))
    assert said.status == 2 and "has no time stamp" in said.sentence


def test_verify_checks_every_stamp(stamped: Installation) -> None:
    told = stamped.run("evidence", "verify", "--json")
    assert told.status == 0
    assert told.document["stamps"] == {"good": 1, "bad": [], "waiting": 0, "problem": None}


@pytest.mark.parametrize("change", ["another answer", "broken bytes", "another instant"])
def test_a_wrong_stamp_is_a_finding_that_names_its_head_n19(
    stamped: Installation, authority: Authority, change: str
) -> None:
    number = entries_of(stamped)
    with stamped.engine.begin() as connection:
        mine = connection.execute(stamps.select()).one()
        changes: dict[str, dict[str, object]] = {
            "another answer": {"answer": authority.reply(question("ab" * 32).sent)},
            "broken bytes": {"answer": mine.answer[:-1] + b"\0"},
            "another instant": {"at": "2020-01-01T00:00:00.000000Z"},
        }
        connection.execute(update(stamps).values(changes[change]))
    said = stamped.run("evidence", "verify", "--json")
    assert (said.status, said.document["ok"], said.document["first_bad"]) == (1, False, None)
    (bad,) = said.document["stamps"]["bad"]
    assert bad["entries"] == number
    assert f"the time stamp of the head over {number} entries" in bad["problem"]
    assert f"The time stamp of the head over {number} entries" in stamped.run("evidence", "verify").out
    assert stamped.run("evidence", "head", "--json").status == 1


def test_a_stamp_tells_of_a_chain_that_was_cut_off_with_its_heads(stamped: Installation) -> None:
    number = entries_of(stamped)
    with stamped.engine.begin() as connection:
        for table in (entries, leaves, heads):
            connection.execute(delete(table))
        connection.execute(update(chain).values(seq=0, hash="0" * 64))
    (bad,) = stamped.run("evidence", "verify", "--json").document["stamps"]["bad"]
    assert bad["entries"] == number
    assert "was changed or cut off after an authority had seen it" in bad["problem"]


def test_without_the_extra_stamps_are_told_as_not_checked_and_nothing_fails(
    stamped: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    said = stamped.run("evidence", "verify", "--json")
    assert (said.status, said.document["ok"]) == (0, True)
    assert "were not checked: the extra 'timestamp' is not installed" in said.document["stamps"]["problem"]
    assert stamped.run("evidence", "head", "--json").document["stamp"]["ok"] is None
    found = {one["code"]: one["text"] for one in stamped.run("doctor", "--quick", "--json").document["findings"]}
    assert found["stamps-off"] == (
        "Heads of evidence get no time stamp: the extra 'timestamp' is not installed;"
        " expected pip install 'kigen[timestamp]'. Mend that, or blank timestamp.url."
    )


def test_doctor_tells_heads_that_wait_for_days(here: Installation, authority: Authority, tmp_path: Path) -> None:
    make(tmp_path / "other")
    configure(here, authority.url, tmp_path / "other" / "ca.pem")
    assert here.run("sweep", "--confirm", now=None).status == 1

    def codes(now: str | None) -> set[str]:
        found = here.run("doctor", "--quick", "--json", now=now).document["findings"]
        return {one["code"] for one in found if one["code"].startswith("stamps")}

    assert codes(None) == set()
    assert codes("2199-01-01T00:00:00+09:00") == {"stamps-waiting"}
