"""The ledger file follows the database, is brought up after a crash, and knows a database that was put back."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from kigen.ledger import evidence, evidence_read, keys, ledger_file, ledger_standing
from kigen.ledger.chain import Head, Told
from kigen.ledger.database import open_database
from kigen.ledger.evidence_verify import Bad, verify
from kigen.ledger.leaves import forgotten
from kigen.ledger.ledger_lines import last_of, lines
from kigen.ledger.ledger_standing import Standing, State
from kigen.ledger.migrate import upgrade
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from kigen.policy.records import Kind
from tests.ledger.chains import CANCELLED, done, signed_chain, write
from tests.ledger.times import minute


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    """One engine is enough here: what both must store alike is in test_evidence."""
    made = open_database(sqlite_url)
    upgrade(made)
    return made


def content(folder: Path) -> bytes:
    return (folder / ledger_file.NAME).read_bytes()


def stands(engine: Engine, folder: Path) -> Standing:
    with engine.connect() as connection:
        return ledger_standing.standing(folder, connection)


def bring_up(engine: Engine, folder: Path, fresh: list[Told] | None = None, signed: list[Head] | None = None) -> int:
    with engine.connect() as connection:
        return ledger_file.append(folder, connection, fresh or [], signed or [])


def written(engine: Engine, folder: Path) -> tuple[list[Told], Head]:
    """Nine entries and a head, in the database and in the file."""
    told, head = signed_chain(engine, folder)
    assert bring_up(engine, folder, told, [head]) == 9
    return told, head


def put_back_to(engine: Engine, seq: int) -> None:
    """Make the database what a backup from after so many entries holds."""
    with engine.begin() as connection:
        told = evidence_read.one(connection, seq)
        connection.execute(delete(entries).where(entries.c.seq > seq))
        connection.execute(delete(leaves).where(leaves.c.entry > seq))
        connection.execute(delete(heads).where(heads.c.entries > seq))
        connection.execute(update(chain).values(seq=seq, hash=told.entry.hash if told else "0" * 64))


def test_the_file_holds_what_the_database_holds_and_only_its_owner_reads_it(engine: Engine, tmp_path: Path) -> None:
    told, head = written(engine, tmp_path)
    assert list(ledger_standing.entries(tmp_path)) == [*told, head]
    assert stat.S_IMODE((tmp_path / ledger_file.NAME).stat().st_mode) == 0o600
    found = ledger_file.verify(tmp_path, keys.public(tmp_path))
    assert (found.ok, found.entries, found.records, found.signed) == (True, 9, 26, 9)
    assert stands(engine, tmp_path) == Standing(State.AGREE, 9, 9)


def test_before_the_first_entry_there_is_no_file_and_nothing_is_wrong(engine: Engine, tmp_path: Path) -> None:
    assert stands(engine, tmp_path) == Standing(State.AGREE, 0, 0)
    assert bring_up(engine, tmp_path) == 0


def test_what_a_crash_kept_from_the_file_is_added_from_the_database(engine: Engine, tmp_path: Path) -> None:
    told, _ = signed_chain(engine, tmp_path)
    bring_up(engine, tmp_path, told[:4])
    assert stands(engine, tmp_path) == Standing(State.DATABASE_AHEAD, 4, 9)
    assert bring_up(engine, tmp_path) == 5
    assert list(ledger_standing.entries(tmp_path)) == told
    assert bring_up(engine, tmp_path) == 0


def test_who_comes_to_the_file_before_an_earlier_entry_writes_that_too_and_nothing_is_there_twice(
    engine: Engine, tmp_path: Path
) -> None:
    told, _ = signed_chain(engine, tmp_path)
    assert bring_up(engine, tmp_path, told[2:4]) == 9
    assert bring_up(engine, tmp_path, told[:2]) == 0
    assert list(ledger_standing.entries(tmp_path)) == told


@pytest.mark.parametrize("left", [1, 30, 400])
def test_a_line_that_was_never_finished_is_written_again_from_the_database(
    engine: Engine, tmp_path: Path, left: int
) -> None:
    told, _ = signed_chain(engine, tmp_path)
    bring_up(engine, tmp_path, told[:3])
    whole = content(tmp_path)
    bring_up(engine, tmp_path, told[3:4])
    torn = content(tmp_path)[: len(whole) + left]
    (tmp_path / ledger_file.NAME).write_bytes(torn)
    assert stands(engine, tmp_path) == Standing(State.DATABASE_AHEAD, 3, 9)
    found = ledger_file.verify(tmp_path, keys.public(tmp_path))
    assert (found.first_bad, found.problem) == (4, "the ledger file breaks off after entry 3")
    assert bring_up(engine, tmp_path, told[4:5]) == 6
    assert list(ledger_standing.entries(tmp_path)) == told


def test_a_head_that_was_never_finished_goes_and_takes_nothing_along(engine: Engine, tmp_path: Path) -> None:
    told, _ = written(engine, tmp_path)
    (tmp_path / ledger_file.NAME).write_bytes(content(tmp_path)[:-20])
    assert stands(engine, tmp_path) == Standing(State.AGREE, 9, 9)
    assert bring_up(engine, tmp_path) == 0
    assert list(ledger_standing.entries(tmp_path)) == told


@pytest.mark.parametrize("seq", [0, 5, 8])
def test_a_database_from_a_backup_is_known_by_the_file_and_gets_back_what_it_lost(
    engine: Engine, tmp_path: Path, seq: int
) -> None:
    told, head = written(engine, tmp_path)
    put_back_to(engine, seq)
    found = stands(engine, tmp_path)
    assert found == Standing(State.FILE_AHEAD, 9, seq)
    assert not found.is_fit_for_work
    with engine.begin() as connection:
        assert ledger_standing.put_back(tmp_path, connection) == 9 - seq
    with engine.begin() as connection:
        assert list(evidence_read.told(connection)) == told
        assert evidence_read.last_head(connection) == head
        assert verify(connection, keys.public(tmp_path)).ok
        assert ledger_standing.put_back(tmp_path, connection) == 0
    assert stands(engine, tmp_path) == Standing(State.AGREE, 9, 9)


def test_a_backup_is_known_also_where_the_file_broke_off_in_the_entry_after_it(engine: Engine, tmp_path: Path) -> None:
    told, _ = signed_chain(engine, tmp_path)
    bring_up(engine, tmp_path, told[:4])
    (tmp_path / ledger_file.NAME).write_bytes(content(tmp_path)[:-30])
    put_back_to(engine, 3)
    assert stands(engine, tmp_path) == Standing(State.FILE_AHEAD, 3, 3, torn=4)
    with engine.connect() as connection, pytest.raises(Bad, match="breaks off in entry 4, which the database does not"):
        ledger_file.append(tmp_path, connection)


def test_a_restored_database_that_went_on_is_told_apart_and_the_file_stays_as_it_is(
    engine: Engine, tmp_path: Path
) -> None:
    written(engine, tmp_path)
    put_back_to(engine, 6)
    with engine.begin() as connection:
        fresh = write(connection, done(Kind.ORDER, CANCELLED, 60, 1)) + write(
            connection, done(Kind.ORDER, CANCELLED, 61, 1)
        )
    before = content(tmp_path)
    assert stands(engine, tmp_path) == Standing(State.APART, 9, 8, 7)
    assert bring_up(engine, tmp_path, fresh) == 0, "They have the numbers of entries that the file has."
    with engine.begin() as connection:
        for number in range(62, 65):
            write(connection, done(Kind.ORDER, CANCELLED, number, 1))
    assert stands(engine, tmp_path) == Standing(State.APART, 9, 11, 7)
    with engine.connect() as connection, pytest.raises(Bad, match="entry 10 of the database does not follow"):
        ledger_file.append(tmp_path, connection)
    assert content(tmp_path) == before
    with engine.connect() as connection, pytest.raises(Bad, match="the ledger file ends with entry 9, before entry 11"):
        ledger_standing.put_back(tmp_path, connection)


def test_an_entry_with_the_number_and_not_the_hash_of_the_files_last_is_refused(engine: Engine, tmp_path: Path) -> None:
    written(engine, tmp_path)
    put_back_to(engine, 8)
    with engine.begin() as connection:
        fresh = write(connection, done(Kind.ORDER, CANCELLED, 60, 1))
    with engine.connect() as connection, pytest.raises(Bad, match="entry 9 of the ledger file is another"):
        ledger_file.append(tmp_path, connection, fresh)
    with engine.connect() as connection, pytest.raises(Bad, match="entry 9 of the database is not the one in the"):
        ledger_standing.put_back(tmp_path, connection)


def test_the_file_of_another_database_is_told_apart_at_the_first_entry(engine: Engine, tmp_path: Path) -> None:
    written(engine, tmp_path)
    put_back_to(engine, 0)
    with engine.begin() as connection:
        write(connection, done(Kind.ORDER, CANCELLED, 1, 5))
    assert stands(engine, tmp_path) == Standing(State.APART, 9, 1, 1)


def test_a_file_whose_end_cannot_be_read_is_damaged_and_nothing_is_written_to_it(
    engine: Engine, tmp_path: Path
) -> None:
    told, _ = signed_chain(engine, tmp_path)
    bring_up(engine, tmp_path, told)
    spoilt = content(tmp_path).replace(b'"seq":9', b'"seq":"9"')
    (tmp_path / ledger_file.NAME).write_bytes(spoilt)
    assert stands(engine, tmp_path) == Standing(State.DAMAGED, 0, 9, 9)
    with engine.connect() as connection, pytest.raises(Bad, match="the last entry of the ledger file cannot be read"):
        ledger_file.append(tmp_path, connection)
    assert content(tmp_path) == spoilt


def test_nothing_is_put_back_from_a_file_that_was_tampered_with(engine: Engine, tmp_path: Path) -> None:
    written(engine, tmp_path)
    put_back_to(engine, 2)
    (tmp_path / ledger_file.NAME).write_bytes(content(tmp_path).replace(b'"action":"anonymise"', b'"action":"delete"'))
    with engine.connect() as connection:
        with pytest.raises(Bad) as bad:
            ledger_standing.put_back(tmp_path, connection)
        assert bad.value.seq == 5
        connection.rollback()
    assert stands(engine, tmp_path).database == 2


def test_what_the_file_knew_dies_with_it_in_the_database_and_the_chain_stays_whole(
    engine: Engine, tmp_path: Path
) -> None:
    told, head = written(engine, tmp_path)
    with engine.begin() as connection:
        evidence.forget(connection, told[0])
    ledger_file.rewrite(tmp_path, lambda one: Told(one.entry, tuple(forgotten(one.act, p) for p in one.parts))
                        if one.entry.seq == 1 else one)  # fmt: skip
    assert told[0].parts[0].stored_items.encode() not in content(tmp_path)
    with engine.connect() as connection:
        assert list(ledger_standing.entries(tmp_path)) == [*evidence_read.told(connection), head]
    assert ledger_file.verify(tmp_path, keys.public(tmp_path)).ok
    assert sorted(path.name for path in tmp_path.glob("*ledger*")) == [ledger_file.NAME]
    with engine.begin() as connection:
        fresh = write(connection, done(Kind.ORDER, CANCELLED, 70, 1), at=30)
    assert bring_up(engine, tmp_path, fresh) == 1


def test_what_another_process_is_writing_meanwhile_is_neither_read_nor_a_fault(engine: Engine, tmp_path: Path) -> None:
    told, head = written(engine, tmp_path)
    with ledger_file.reading(tmp_path) as (handle, size):
        with (tmp_path / ledger_file.NAME).open("ab") as other:
            other.write(b'{"entry":{"seq":10,"half')
        assert list(lines(handle, size)) == [*told, head]
        assert last_of(handle, size).seq == 9


def test_a_head_in_the_file_that_another_key_signed_is_found(engine: Engine, tmp_path: Path) -> None:
    written(engine, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    keys.make(other)
    with engine.begin() as connection:
        forged = evidence.sign_head(connection, keys.private(other), minute(40))
    bring_up(engine, tmp_path, signed=[forged])
    found = ledger_file.verify(tmp_path, keys.public(tmp_path))
    assert found.first_bad == 9
    assert found.problem and "not signed by the key" in found.problem


def test_a_folder_that_cannot_be_written_is_an_error_and_the_next_call_writes_all(
    engine: Engine, tmp_path: Path
) -> None:
    told, _ = signed_chain(engine, tmp_path)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    with engine.connect() as connection, pytest.raises(OSError, match="exists"):
        ledger_file.append(blocked, connection, told)
    blocked.unlink()
    assert bring_up(engine, blocked) == 9
