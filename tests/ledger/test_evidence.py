"""Entries follow each other, say what was done and no more, and go with the transaction of the act they prove."""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from kigen.ledger import evidence, evidence_read, keys, merkle
from kigen.ledger.canonical import canonical
from kigen.ledger.chain import GENESIS
from kigen.ledger.evidence_verify import verify
from kigen.ledger.leaves import content
from kigen.ledger.tables_evidence import evidence as table
from kigen.policy.records import Kind
from tests.ledger.chains import CANCELLED, done, several, signed_chain, write
from tests.ledger.times import START, minute


def test_an_entry_says_what_was_done_by_which_rule_when_and_by_whom(engine: Engine) -> None:
    with engine.begin() as connection:
        (told,) = write(connection, {**done(Kind.ORDER, CANCELLED, 11, 3), **done(Kind.SERVICE, CANCELLED, 81, 4)})
    entry = told.entry
    assert (entry.seq, entry.previous, entry.count) == (1, GENESIS, 7)
    assert (entry.host, entry.action, entry.rule, entry.run) == ("whmcs", "delete", CANCELLED, 7)
    assert (entry.actor, entry.at, entry.reasons) == ("ops", "2026-03-01T12:00:00.123456Z", ())
    assert [(part.kind, [item[0] for item in part.items if item]) for part in told.parts] == [
        ("order", [11, 12, 13]),
        ("service", [81, 82, 83, 84]),
    ]


def test_an_entry_can_be_made_again_by_hand_from_what_it_says(engine: Engine) -> None:
    with engine.begin() as connection:
        (told,) = write(connection, {(Kind.ORDER, CANCELLED): [(12, dt.datetime(2026, 1, 1, 9, 30, tzinfo=dt.UTC))]})
    leaf = (
        '{"action":"delete","due":"2026-01-01T09:30:00Z","host":"whmcs","id":"12","kind":"order",'
        '"rule":"order.delete-cancelled"}'
    )
    root = sha256(b"\x00" + told.parts[0].salts + leaf.encode()).hexdigest()
    body = (
        '{"action":"delete","actor":"ops","at":"2026-03-01T12:00:00.123456Z","count":1,"host":"whmcs","reasons":[],'
        f'"root":"{root}","rule":"order.delete-cancelled","run":7,"seq":1}}'
    )
    digest = sha256(b"kigen entry 1\n" + body.encode()).digest()
    assert told.entry.root == root
    assert told.entry.hash == sha256(b"kigen link 1\n" + bytes(32) + digest).hexdigest()


def test_every_leaf_is_the_hash_of_its_salt_and_canonical_json(engine: Engine) -> None:
    with engine.begin() as connection:
        every = several(connection)
    for told in every:
        by_hand = [
            merkle.leaf_hash(part.salt(place) + canonical(content(told.act, part.kind, item or [])))
            for part in told.parts
            for place, item in enumerate(part.items)
        ]
        assert told.leaf_hashes == by_hand


def test_what_is_read_back_is_what_was_written(engine: Engine) -> None:
    with engine.begin() as connection:
        told = several(connection)
    with engine.connect() as connection:
        assert list(evidence_read.told(connection)) == told
        assert list(evidence_read.told(connection, 3, 5)) == told[3:5]
        assert evidence_read.one(connection, 4) == told[3]
        assert evidence_read.one(connection, 10) is None
        assert evidence.end(connection) == (9, told[-1].entry.hash)


def test_two_rules_of_one_chunk_are_two_entries_in_a_row(engine: Engine) -> None:
    both = {**done(Kind.ORDER, CANCELLED, 1, 2), **done(Kind.ORDER, "order.delete-draft", 5, 1)}
    with engine.begin() as connection:
        first, second = write(connection, both)
    assert (first.entry.rule, first.entry.count) == (CANCELLED, 2)
    assert (second.entry.rule, second.entry.previous) == ("order.delete-draft", first.entry.hash)


def test_nothing_done_is_no_entry_and_locks_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        assert write(connection, {}) == write(connection, {(Kind.ORDER, CANCELLED): []}) == []
        assert evidence.end(connection) == (0, GENESIS)


def test_evidence_of_an_act_that_was_taken_back_is_gone_with_it(engine: Engine) -> None:
    with engine.begin() as connection:
        write(connection, done(Kind.ORDER, CANCELLED, 1, 1))
    with engine.connect() as connection:
        write(connection, done(Kind.ORDER, CANCELLED, 2, 1))
        connection.rollback()
    with engine.begin() as connection:
        (told,) = write(connection, done(Kind.ORDER, CANCELLED, 3, 1))
        assert told.entry.seq == 2
        assert evidence_read.latest_about(connection, (Kind.ORDER, 2)) is None


def test_equal_acts_have_different_leaves_so_that_none_can_be_guessed(engine: Engine) -> None:
    with engine.begin() as connection:
        (one,), (other,) = (write(connection, done(Kind.ORDER, CANCELLED, 1, 2)) for _ in range(2))
    assert set(one.leaf_hashes).isdisjoint(other.leaf_hashes)
    assert len({*one.leaf_hashes, *other.leaf_hashes}) == 4


@pytest.mark.parametrize("number", [2**53, 2**63 - 1, -5, 0])
def test_an_id_of_any_size_is_held_exactly(engine: Engine, number: int) -> None:
    with engine.begin() as connection:
        (told,) = write(connection, {(Kind.ORDER, CANCELLED): [(number, START)]})
    item = told.parts[0].items[0]
    assert item is not None
    assert content(told.act, "order", item)["id"] == str(number)
    with engine.connect() as connection:
        assert evidence_read.latest_about(connection, (Kind.ORDER, number)) == (told, 0)


def test_the_latest_entry_about_a_record_is_found_by_kind_and_id(engine: Engine) -> None:
    with engine.begin() as connection:
        told = several(connection)
        (again,) = write(connection, done(Kind.ORDER, CANCELLED, 12, 1), at=30)
        assert evidence_read.latest_about(connection, (Kind.ORDER, 12)) == (again, 0)
        assert evidence_read.latest_about(connection, (Kind.ORDER, 13)) == (told[1], 2)
        assert evidence_read.latest_about(connection, (Kind.SERVICE, 82)) == (told[1], 4)
        assert evidence_read.latest_about(connection, (Kind.SERVICE, 12)) is None
        assert evidence_read.latest_about(connection, (Kind.ORDER, 8)) is None


def test_a_forgotten_record_leaves_only_its_hash_and_the_chain_stays_whole(engine: Engine, tmp_path: Path) -> None:
    told, _ = signed_chain(engine, tmp_path)
    with engine.begin() as connection:
        evidence.forget(connection, told[1], {Kind.ORDER: frozenset({12})})
        left = evidence_read.one(connection, 2)
        assert left is not None
        assert [item and item[0] for item in left.parts[0].items] == [11, None, 13]
        assert left.parts[0].salt(1) == told[1].leaf_hashes[1]
        assert left.parts[0].salt(0) == told[1].parts[0].salt(0)
        assert evidence_read.latest_about(connection, (Kind.ORDER, 12)) is None
        assert evidence_read.latest_about(connection, (Kind.ORDER, 11)) == (left, 0)
        assert evidence_read.latest_about(connection, (Kind.SERVICE, 81)) == (left, 3)
        assert verify(connection, keys.public(tmp_path)).ok


def test_an_entry_that_is_forgotten_whole_keeps_its_place_and_its_root(engine: Engine, tmp_path: Path) -> None:
    told, _ = signed_chain(engine, tmp_path)
    with engine.begin() as connection:
        for one in told[:4]:
            evidence.forget(connection, one)
        stored = connection.execute(text("SELECT records, lowest, highest FROM kigen_leaves WHERE entry <= 4")).all()
        assert {value for row in stored for value in json.loads(row[0])} == {None}
        assert {tuple(row[1:]) for row in stored} == {(None, None)}
        assert verify(connection, keys.public(tmp_path)).entries == 9
        assert evidence.forget(connection, told[0]).leaf_hashes == told[0].leaf_hashes


def test_a_head_signed_twice_over_the_same_is_there_once(engine: Engine, tmp_path: Path) -> None:
    _, head = signed_chain(engine, tmp_path)
    with engine.begin() as connection:
        assert evidence.sign_head(connection, keys.private(tmp_path), minute(20)) == head
        later = evidence.sign_head(connection, keys.private(tmp_path), minute(21))
        assert [one.at for one in evidence_read.signed(connection)] == [head.at, later.at]
        assert evidence_read.last_head(connection) == later
        assert evidence_read.head_before(connection, 9) is None
        assert evidence_read.head_before(connection, 10) == later


def test_a_database_whose_end_of_the_chain_is_gone_appends_nothing(connection: Connection) -> None:
    connection.execute(text("DELETE FROM kigen_chain"))
    with pytest.raises(ValueError, match="kigen_chain has lost the row"):
        write(connection, done(Kind.ORDER, CANCELLED, 1, 1))
    assert connection.execute(table.select()).all() == []


@pytest.mark.parametrize(
    ("name", "size"), [("host", 64), ("action", 12), ("rule", 80), ("actor", 120), ("reasons", 1000)]
)
def test_a_text_fits_its_column_or_is_refused_since_mariadb_would_cut_it(engine: Engine, name: str, size: int) -> None:
    def given(text: str) -> dict[str, Any]:
        rule = text if name == "rule" else CANCELLED
        codes = {rule: [text]} if name == "reasons" else None
        texts = {"host": "whmcs", "action": "delete", "actor": "ops"} | (
            {name: text} if name in {"host", "action", "actor"} else {}
        )
        return {**texts, "run": 1, "at": START, "done": done(Kind.ORDER, rule, 1, 1), "reasons": codes}

    with engine.begin() as connection:
        assert table.c[name].type.length == size
        (told,) = evidence.append(connection, **given("x" * size))
        assert list(evidence_read.told(connection)) == [told]
        with pytest.raises(ValueError, match=f"{name} has {size + 1} characters; evidence holds {size}"):
            evidence.append(connection, **given("x" * (size + 1)))


def test_more_records_than_a_row_takes_stand_in_several_and_under_one_root(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST", 3)
    keys.make(tmp_path)
    with engine.begin() as connection:
        (told,) = write(connection, done(Kind.ORDER, CANCELLED, 1, 8))
        assert [len(part.items) for part in told.parts] == [3, 3, 2]
        assert evidence_read.latest_about(connection, (Kind.ORDER, 7)) == (told, 6)
        assert verify(connection, keys.public(tmp_path)).records == 8


def test_an_actor_that_no_json_can_hold_is_refused_before_anything_is_written(connection: Connection) -> None:
    with pytest.raises(ValueError, match="non-UTF-8"):
        evidence.append(connection, "whmcs", 1, "\ud800", "delete", START, done(Kind.ORDER, CANCELLED, 1, 1))
    assert connection.execute(table.select()).all() == []
    assert evidence.end(connection) == (0, GENESIS)
