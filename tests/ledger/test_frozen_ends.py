"""A frozen document goes at its floor's end, not before, not while something keeps it, and with it its own key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, insert, select

from kigen.ledger import frozen, holds, keys, keys_backup, keys_store, requests
from kigen.ledger.frozen_ends import destroy_ended, endless, kept_back, renew
from kigen.ledger.tables import records
from kigen.ledger.tables_frozen import frozen as table
from kigen.ledger.tables_frozen import parties
from kigen.policy.floors import Floors
from kigen.policy.records import Kind
from tests.ledger.papers_made import AT, END, FLOORS, INVOICE, ISSUED, KEYS, document, ends, other

MOMENT = dt.timedelta(microseconds=1)
NEXT_YEAR = ISSUED.replace(year=2020)
LOSS = Floors(fiscal_year_end=(3, 31), loss_years=frozenset({2020}))
TEN_YEARS = dt.datetime(2030, 6, 1, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def kept(connection: Connection) -> Connection:
    """Invoice 30 of the year to March 2020 and invoice 31 of the year after, both of client 7."""
    papers = (INVOICE, other(31))
    documents = [document(INVOICE), document(papers[1], NEXT_YEAR)]
    frozen.freeze(connection, KEYS, papers, documents, ends(), AT)
    return connection


def left(connection: Connection) -> list[int]:
    return list(connection.scalars(select(table.c.record).order_by(table.c.record)))


def test_a_document_goes_when_its_floor_is_over_and_not_a_moment_before_h6(kept: Connection) -> None:
    assert destroy_ended(kept, END - MOMENT) == {}
    assert left(kept) == [30, 31]
    assert destroy_ended(kept, END) == {Kind.INVOICE: [30]}
    assert left(kept) == [31]
    assert kept.scalar(select(func.count(parties.c.document.distinct()))) == 1, "The other one is still found."
    assert destroy_ended(kept, END) == {}


def test_a_document_whose_end_nobody_knows_stays_for_ever_and_is_counted(connection: Connection) -> None:
    frozen.freeze(connection, KEYS, [INVOICE], [document(INVOICE, None)], ends(), AT)
    assert renew(connection, ends(), run=5) == {}
    assert destroy_ended(connection, dt.datetime(2199, 1, 1, tzinfo=dt.UTC)) == {}
    assert endless(connection) == 1


def test_a_year_that_ends_at_one_instant_goes_in_pieces(connection: Connection) -> None:
    papers = [other(number) for number in range(100, 107)]
    frozen.freeze(connection, KEYS, papers, [document(one) for one in papers], ends(), AT)
    sizes = []
    while gone := destroy_ended(connection, END, limit=3):
        sizes.append(len(gone[Kind.INVOICE]))
    assert sizes == [3, 3, 1]


def test_a_year_that_became_a_loss_year_keeps_what_is_not_gone_at_once_a16(kept: Connection) -> None:
    assert renew(kept, ends(LOSS), run=5) == {"longer": 1}
    assert destroy_ended(kept, END) == {}
    assert destroy_ended(kept, TEN_YEARS - MOMENT) == {Kind.INVOICE: [31]}
    assert destroy_ended(kept, TEN_YEARS) == {Kind.INVOICE: [30]}


def test_a_floor_that_became_shorter_destroys_nothing_in_the_same_run_a16(kept: Connection) -> None:
    renew(kept, ends(LOSS), run=5)
    for _ in range(2):  # a run that was killed begins again
        assert renew(kept, ends(FLOORS), run=6) == {"shorter": 1}
        assert destroy_ended(kept, END) == {}
    assert renew(kept, ends(FLOORS), run=7) == {}
    assert destroy_ended(kept, END) == {Kind.INVOICE: [30]}
    assert left(kept) == [31]


def test_a_wrong_answer_taken_back_before_the_next_run_changes_nothing_a16(kept: Connection) -> None:
    renew(kept, ends(LOSS), run=5)
    renew(kept, ends(FLOORS), run=6)
    assert renew(kept, ends(LOSS), run=7) == {}
    assert destroy_ended(kept, END) == {}
    assert renew(kept, ends(FLOORS), run=8) == {"shorter": 1}, "It is told anew, for the first telling was taken back."
    assert destroy_ended(kept, END) == {}


def test_a_floor_shortened_further_goes_only_as_far_as_was_told(kept: Connection) -> None:
    one, two = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    renew(kept, lambda day: one, run=5)
    assert renew(kept, lambda day: two, run=6) == {"shorter": 2}
    assert set(kept.scalars(select(table.c.until))) == {one}
    assert renew(kept, lambda day: two, run=7) == {}
    assert set(kept.scalars(select(table.c.until))) == {two}


def test_an_end_that_becomes_known_is_taken(connection: Connection) -> None:
    frozen.freeze(connection, KEYS, [INVOICE], [document(INVOICE)], ends(), AT)
    connection.execute(table.update().values(until=None))
    assert renew(connection, ends(), run=5) == {"longer": 1}
    assert endless(connection) == 0


HOLDS = {
    "on the client": (7, None),
    "on the client as a record": (None, (Kind.CLIENT, 7)),
    "on the invoice": (None, (Kind.INVOICE, 30)),
    "on an order of the client": (None, (Kind.ORDER, 5)),
}


@pytest.mark.parametrize("where", HOLDS)
def test_a_hold_keeps_a_document_beyond_its_floor_until_it_is_released(kept: Connection, where: str) -> None:
    kept.execute(insert(records).values(kind="order", id=5, client=7))
    client, ref = HOLDS[where]
    number = holds.place(kept, client, ref, "court", None, AT, "ops")
    assert destroy_ended(kept, END) == {}
    assert kept_back(kept, END) == 1
    holds.release(kept, number, "over", AT, "ops")
    assert destroy_ended(kept, END) == {Kind.INVOICE: [30]}


def test_a_hold_that_ended_and_one_on_somebody_else_keep_nothing(kept: Connection) -> None:
    holds.place(kept, 7, None, "court", END, AT, "ops")
    holds.place(kept, 8, None, "court", None, AT, "ops")
    holds.place(kept, None, (Kind.ORDER, 30), "court", None, AT, "ops")
    assert destroy_ended(kept, END) == {Kind.INVOICE: [30]}


def test_an_open_request_keeps_a_document_unless_it_asks_for_erasure(kept: Connection) -> None:
    requests.open_request(kept, 7, "erasure", AT)
    requests.open_request(kept, 7, "access", AT)
    assert destroy_ended(kept, END) == {}
    requests.close_requests(kept, 7, "access", AT)
    assert destroy_ended(kept, END) == {Kind.INVOICE: [30]}


def test_a_document_that_is_held_does_not_stand_in_the_way_of_the_others(connection: Connection) -> None:
    papers = [INVOICE, *(other(number, client=number) for number in (31, 32, 33))]
    frozen.freeze(connection, KEYS, papers, [document(one) for one in papers], ends(), AT)
    holds.place(connection, 7, None, "court", None, AT, "ops")
    assert destroy_ended(connection, END, limit=2) == {Kind.INVOICE: [31, 32]}
    assert destroy_ended(connection, END, limit=2) == {Kind.INVOICE: [33]}
    assert left(connection) == [30]


def test_when_the_reason_ends_the_key_goes_and_no_backup_of_the_keys_brings_it_back_l13_n20(
    engine: Engine, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    keys.make(state)
    keys_store.make(state)
    own = keys_store.read(state)
    with engine.begin() as connection:
        (number,) = frozen.freeze(connection, own, [INVOICE], [document(INVOICE)], ends(), AT)
        wrapped = connection.scalar(select(table.c.wrapped))
    assert wrapped is not None
    keys_backup.back_up(state, tmp_path / "keys", "a long passphrase", AT)
    with engine.begin() as connection:
        assert frozen.read(connection, own, number).paper.parties[0] == "太郎 山田"
        destroy_ended(connection, END)
    (state / keys_store.STORE).unlink()
    keys_backup.restore(state, (tmp_path / "keys").read_bytes(), "a long passphrase")
    with engine.connect() as connection, pytest.raises(ValueError, match=r"there is no frozen document"):
        frozen.read(connection, keys_store.read(state), number)
    assert wrapped not in (tmp_path / "keys").read_bytes()
