"""What `doctor` says about evidence: nothing while all is well, and one finding for each thing that is not."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from sqlalchemy import delete, update

from kigen.commands.words_doctor import FINDINGS
from kigen.ledger import keys, ledger_file
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from tests.commands.installation import Installation
from tests.commands.test_evidence import state, write

CODES = ("evidence", "ledger-")


def findings(here: Installation, now: str = "2024-04-01T00:00:00+09:00") -> dict[str, tuple[str, str]]:
    """Level and text of what is found about evidence, by code."""
    found = here.run("doctor", "--quick", "--json", now=now).document["findings"]
    return {one["code"]: (one["level"], one["text"]) for one in found if one["code"].startswith(CODES)}


@pytest.fixture
def kept(here: Installation) -> Installation:
    """Two entries, signed, in the file."""
    write(here, 10)
    write(here, 20, sign=True)
    return here


def test_nothing_is_found_before_the_first_entry_nor_while_all_is_well(here: Installation) -> None:
    assert findings(here) == {}
    write(here, 10, sign=True)
    assert findings(here) == {}


def test_a_lost_key_is_an_error(kept: Installation) -> None:
    (state(kept) / keys.PRIVATE).unlink()
    level, text = findings(kept)["evidence-key"]
    assert level == "error" and "evidence.key is missing; expected" in text


def test_another_key_than_the_one_that_signed_is_an_error(kept: Installation) -> None:
    name = keys.name(keys.public(state(kept)))
    for half in (keys.PRIVATE, keys.PUBLIC):
        (state(kept) / half).unlink()
    keys.make(state(kept))
    level, text = findings(kept)["evidence-key"]
    assert level == "error" and f"signed by the key {name}" in text


def test_a_key_that_others_may_use_is_a_warning(kept: Installation) -> None:
    (state(kept) / keys.PRIVATE).chmod(0o644)
    assert findings(kept)["evidence-key-readable"][0] == "warning"


def test_a_database_that_was_put_back_is_an_error(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        first = connection.execute(entries.select().where(entries.c.seq == 1)).one()
        connection.execute(delete(entries).where(entries.c.seq > 1))
        connection.execute(delete(leaves).where(leaves.c.entry > 1))
        connection.execute(delete(heads))
        connection.execute(update(chain).values(seq=1, hash=first.hash))
    level, text = findings(kept)["ledger-file-ahead"]
    assert level == "error" and "goes on to entry 2 where the database ends with 1" in text


def test_a_missing_and_a_damaged_ledger_file_are_told(kept: Installation) -> None:
    path = state(kept) / ledger_file.NAME
    path.write_bytes(path.read_bytes().replace(b'"seq":2', b'"seq":x'))
    assert findings(kept)["ledger-damaged"][0] == "error"
    path.unlink()
    level, text = findings(kept)["ledger-missing"]
    assert level == "warning" and "the next run writes it anew" in text


def test_entries_that_no_head_covers_for_days_are_a_warning(kept: Installation) -> None:
    write(kept, 30)
    assert findings(kept, "2024-04-02T11:00:00+09:00") == {}
    level, text = findings(kept, "2024-04-02T13:00:00+09:00")["evidence-unsigned"]
    assert level == "warning" and text.startswith("1 entries of evidence, from 2024-04-01 00:00 on,")


def test_a_ledger_file_that_was_changed_in_its_middle_is_an_error_at_once_and_with_quick_on_its_day(
    kept: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = state(kept) / ledger_file.NAME
    path.write_bytes(path.read_bytes().replace(b'"seq":1,', b'"seq":1,', 1).replace(b'"actor":"', b'"actor":"x', 1))
    found = {one["code"]: one["text"] for one in kept.run("doctor", "--json").document["findings"]}
    assert "entry 1 says something else" in found["ledger-damaged-inside"]
    assert "'kigen evidence verify'" in found["ledger-damaged-inside"]
    half = path.stat().st_size // 2 + 1
    monkeypatch.setattr("kigen.commands.doctor_evidence.PIECE", half)
    days = [findings(kept, f"2024-04-0{day}T00:00:00+09:00") for day in (1, 2)]
    assert ["ledger-damaged-inside" in one for one in days].count(True) == 1


def test_every_finding_is_told_in_japanese_too_with_the_same_values_and_commands() -> None:
    for what, (english, japanese) in FINDINGS.items():
        fields = {name for _, name, _, _ in Formatter().parse(japanese) if name}
        assert fields <= {name for _, name, _, _ in Formatter().parse(english) if name} | {"path"}, what
        commands = set(re.findall(r"'(kigen [a-z]+ ?[a-z]*)", english))
        assert commands <= set(re.findall(r"'(kigen [a-z]+ ?[a-z]*)", japanese)), what
        assert re.search(r"[ぁ-んァ-ン一-龥]", japanese), what


def test_doctor_speaks_japanese(kept: Installation) -> None:
    (state(kept) / keys.PRIVATE).unlink()
    told = kept.run("doctor", "--quick", "--lang", "ja").out
    assert "確認が必要な事項" in told and "重要度" in told and "answers." not in told
    found = kept.run("doctor", "--quick", "--lang", "ja", "--json").document["findings"]
    assert any("'kigen keys restore' で戻してください" in one["text"] for one in found if one["code"] == "evidence-key")
