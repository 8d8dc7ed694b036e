"""Whatever is changed, dropped, swapped, cut off or put in afterwards is found, and the first bad entry is named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, update

from kigen.ledger import evidence, evidence_read, keys, ledger_file
from kigen.ledger.database import open_database
from kigen.ledger.evidence_verify import verify
from kigen.ledger.ledger_standing import State, standing
from kigen.ledger.migrate import upgrade
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from kigen.policy.records import Kind
from tests.ledger.chains import CANCELLED, done, signed_chain, write
from tests.ledger.tampering import ENTRIES, WAYS, in_file, rows
from tests.ledger.times import minute

SEED = 20_260_301


@pytest.fixture
def sqlite(sqlite_url: str) -> Engine:
    """The verification is the same on both engines, and a file is quicker a thousand times."""
    engine = open_database(sqlite_url)
    upgrade(engine)
    return engine


def test_a_chain_that_nobody_touched_is_good(engine: Engine, tmp_path: Path) -> None:
    signed_chain(engine, tmp_path)
    with engine.connect() as connection:
        found = verify(connection, keys.public(tmp_path))
    assert (found.ok, found.entries, found.records, found.signed, found.problem) == (True, 9, 26, 9, None)


def test_an_empty_chain_is_good(engine: Engine, tmp_path: Path) -> None:
    keys.make(tmp_path)
    with engine.connect() as connection:
        assert verify(connection, keys.public(tmp_path)).ok


def test_each_of_a_thousand_random_tamperings_is_found_and_the_first_bad_entry_named(
    sqlite: Engine, tmp_path: Path
) -> None:
    signed_chain(sqlite, tmp_path)
    key, chance = keys.public(tmp_path), random.Random(SEED)
    missed = []
    with sqlite.connect() as connection:
        for number in range(1000):
            way = chance.choice(WAYS)
            expected = way(connection, chance)
            found = verify(connection, key)
            if found.ok or not found.problem or (expected and found.first_bad not in expected):
                missed.append((number, way.__name__, expected, found))
            connection.rollback()
    assert missed == []


def test_each_of_a_thousand_random_tamperings_with_the_ledger_file_is_found(sqlite: Engine, tmp_path: Path) -> None:
    told, head = signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        ledger_file.append(tmp_path, connection, told, [head])
    path, key, chance = tmp_path / ledger_file.NAME, keys.public(tmp_path), random.Random(SEED)
    content = path.read_bytes()
    assert content.count(b"\n") == ENTRIES + 1
    missed = []
    for number in range(1000):
        changed, expected = in_file(content, chance)
        path.write_bytes(changed)
        found = ledger_file.verify(tmp_path, key)
        first_bad = found.first_bad
        if first_bad is None:  # cut off after a whole line, as after a crash: only the database knows
            with sqlite.connect() as connection:
                state = standing(tmp_path, connection)
            cut_head = state.state is State.AGREE and found.signed == 0
            first_bad = ENTRIES + 1 if cut_head else state.file + 1 if state.state is State.DATABASE_AHEAD else None
        if first_bad is None or (expected and first_bad not in expected):
            missed.append((number, expected, found))
    assert missed == []


def test_a_last_line_of_the_ledger_file_that_stands_twice_is_named(sqlite: Engine, tmp_path: Path) -> None:
    told, head = signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        ledger_file.append(tmp_path, connection, told, [head])
        ledger_file.append(tmp_path, connection, heads=[head])  # signed again at the same instant
    path, key = tmp_path / ledger_file.NAME, keys.public(tmp_path)
    assert ledger_file.verify(tmp_path, key).ok
    content = path.read_bytes()
    path.write_bytes(content + content.splitlines(keepends=True)[-1])
    found = ledger_file.verify(tmp_path, key)
    assert (found.first_bad, found.problem) == (
        9, "the head over 9 entries, of 2026-03-01T12:20:00.123456Z, stands twice in the ledger file"
    )  # fmt: skip


def test_the_whole_chain_made_anew_by_somebody_without_the_key_is_found(sqlite: Engine, tmp_path: Path) -> None:
    signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        for table in (entries, leaves, heads):
            connection.execute(delete(table))
        connection.execute(update(chain).values(seq=0, hash="0" * 64))
        for number in range(9):
            write(connection, done(Kind.ORDER, CANCELLED, number + 50, 3))
        forger = tmp_path / "forger"
        forger.mkdir()
        keys.make(forger)
        evidence.sign_head(connection, keys.private(forger), minute(20))
        found = verify(connection, keys.public(tmp_path))
    assert found.first_bad == 9
    assert found.problem and f"not signed by the key {keys.name(keys.public(tmp_path))}" in found.problem


def test_an_entry_before_the_head_that_was_made_anew_with_all_after_it_is_found(sqlite: Engine, tmp_path: Path) -> None:
    signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        signed = list(rows(connection, heads))
        kept = list(evidence_read.told(connection, 0, 8))
        for table in (entries, leaves):
            connection.execute(delete(table))
        connection.execute(update(chain).values(seq=0, hash="0" * 64))
        evidence.write(connection, kept)
        write(connection, done(Kind.ORDER, CANCELLED, 99, 1))
        assert rows(connection, heads) == signed
        found = verify(connection, keys.public(tmp_path))
    assert found.first_bad == 9
    assert found.problem == "entry 9 is not the one that was signed on 2026-03-01T12:20:00.123456Z"


def test_a_verification_from_a_signed_head_walks_only_what_came_after(sqlite: Engine, tmp_path: Path) -> None:
    _, head = signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        write(connection, done(Kind.ORDER, CANCELLED, 50, 3))
        assert verify(connection, keys.public(tmp_path), head).records == 3
        connection.execute(update(entries).where(entries.c.seq == 2).values(actor="nobody"))
        assert verify(connection, keys.public(tmp_path), head).ok
        connection.execute(update(entries).where(entries.c.seq == 10).values(actor="nobody"))
        assert verify(connection, keys.public(tmp_path), head).first_bad == 10
        other = tmp_path / "other"
        other.mkdir()
        keys.make(other)
        with pytest.raises(ValueError, match="the head over 9 entries is not signed by the key"):
            verify(connection, keys.public(other), head)


def test_a_forged_head_over_more_entries_than_there_are_is_no_proof_of_a_cut(sqlite: Engine, tmp_path: Path) -> None:
    signed_chain(sqlite, tmp_path)
    with sqlite.connect() as connection:
        (row,) = rows(connection, heads)
        connection.execute(insert(heads).values({**row, "entries": 12}))
        found = verify(connection, keys.public(tmp_path))
    assert found.problem and "the head over 12 entries" in found.problem and "not signed" in found.problem
