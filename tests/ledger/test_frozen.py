"""A document is stored as issued, once for all: what comes back is what was put in, and nobody else reads it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select, text, update

from kigen.ledger import frozen, migrate
from kigen.ledger.database import open_database
from kigen.ledger.frozen_lock import Unreadable
from kigen.ledger.frozen_page import render
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.tables_frozen import frozen as table
from kigen.ledger.tables_frozen import parties
from kigen.policy.papers import Line, Paper, Shown
from kigen.policy.records import Kind
from tests.ledger.papers_made import AT, END, INVOICE, ISSUED, KEYS, OTHER_KEYS, document, ends, other

NAMES = ("山田", "太郎", "ヤマダ", "taro", "yamada", "仙台市", "毎度", "TX-9", "10,000")


def freeze(connection: Connection, *papers: Paper, keys: StoreKeys = KEYS) -> list[int]:
    return frozen.freeze(connection, keys, papers, [document(one) for one in papers], ends(), AT)


def test_what_was_frozen_is_read_as_it_was_with_both_digests(connection: Connection) -> None:
    (number,) = freeze(connection, INVOICE)
    read = frozen.read(connection, KEYS, number)
    assert read.paper == replace(INVOICE, data={name: tuple(rows) for name, rows in INVOICE.data.items()})
    assert read.page == render(INVOICE)
    assert (read.frozen_at, read.until) == (AT, END)
    assert read.content_digest == hashlib.sha256(read.content).hexdigest()
    assert read.page_digest == hashlib.sha256(read.page.encode()).hexdigest()


def test_the_stored_original_stays_when_the_live_rows_are_masked_and_the_page_is_made_anew_h5_h6(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = freeze(connection, INVOICE)
    before = frozen.read(connection, KEYS, number)
    masked = replace(INVOICE, parties=("erased",), shown=replace(INVOICE.shown, buyer=("erased",)))
    with pytest.raises(frozen.Otherwise, match=r"invoice:30 is stored already, with another content; the first one"):
        freeze(connection, masked)
    monkeypatch.setattr(frozen, "render", lambda paper: "a page of a later version")
    assert freeze(connection, INVOICE) == [number]
    assert frozen.read(connection, KEYS, number) == before
    assert "山田 太郎" in before.page


def test_the_same_document_again_is_the_same_and_several_come_in_their_order(connection: Connection) -> None:
    first = freeze(connection, other(31), INVOICE)
    again = freeze(connection, INVOICE, other(32), other(31))
    assert [again[2], again[0]] == first
    assert len(set(again)) == 3
    assert connection.scalar(select(func.count()).select_from(table)) == 3
    assert freeze(connection) == []


def test_only_records_without_a_document_are_to_be_asked_of_the_host(connection: Connection) -> None:
    freeze(connection, INVOICE)
    asked = {(Kind.INVOICE, 30), (Kind.INVOICE, 31), (Kind.ORDER, 30)}
    assert frozen.unfrozen(connection, "whmcs", asked) == {(Kind.INVOICE, 31), (Kind.ORDER, 30)}
    assert frozen.unfrozen(connection, "fossbilling", asked) == asked


def test_a_document_without_a_date_is_kept_with_an_unknown_end(connection: Connection) -> None:
    numbers = frozen.freeze(connection, KEYS, [INVOICE, other(31)], [document(INVOICE, None)], ends(), AT)
    assert [frozen.read(connection, KEYS, number).until for number in numbers] == [None, None]


def test_another_key_is_told_by_name_and_opens_nothing(connection: Connection) -> None:
    (number,) = freeze(connection, INVOICE)
    names = KEYS.names["store.key"], OTHER_KEYS.names["store.key"]
    assert names[0] != names[1]
    with pytest.raises(Unreadable, match=rf"locked with the key {names[0]}, and the one here is {names[1]}; restore"):
        frozen.read(connection, OTHER_KEYS, number)
    connection.execute(update(table).values(store_key=names[1]))
    with pytest.raises(Unreadable, match=r"was changed in the database"):
        frozen.read(connection, OTHER_KEYS, number)


@pytest.mark.parametrize("column", ["wrapped", "content", "page"])
def test_a_bit_that_was_changed_is_found_in_every_part(connection: Connection, column: str) -> None:
    (number,) = freeze(connection, INVOICE)
    stored = connection.scalar(select(table.c[column]))
    assert stored is not None
    for at in (0, 11, 12, len(stored) // 2, len(stored) - 1):
        changed = bytearray(stored)
        changed[at] ^= 1
        connection.execute(update(table).values({column: bytes(changed)}))
        with pytest.raises(Unreadable, match=r"^the document of invoice:30 was changed in the database since it was"):
            frozen.read(connection, KEYS, number)
    for cut in (b"", stored[:12], stored[:-1]):
        connection.execute(update(table).values({column: cut}))
        with pytest.raises(Unreadable, match=r"invoice:30 was changed"):
            frozen.read(connection, KEYS, number)
    connection.execute(update(table).values({column: stored}))
    assert frozen.read(connection, KEYS, number).paper.number == "2019-0030"


def test_a_document_put_in_the_place_of_another_does_not_open(connection: Connection) -> None:
    freeze(connection, INVOICE, other(31))
    parts = (table.c.wrapped, table.c.content, table.c.page)
    first = connection.execute(select(*parts).where(table.c.record == 30)).one()
    moved = dict(zip(("wrapped", "content", "page"), first, strict=True))
    connection.execute(update(table).where(table.c.record == 31).values(moved))
    number = connection.scalar(select(table.c.id).where(table.c.record == 31))
    assert number is not None
    with pytest.raises(Unreadable, match=r"invoice:31 was changed"):
        frozen.read(connection, KEYS, number)


def test_a_number_that_is_not_there_is_told_in_a_sentence(connection: Connection) -> None:
    with pytest.raises(ValueError, match=r"there is no frozen document 5; 'kigen frozen search' shows"):
        frozen.read(connection, KEYS, 5)


def test_no_table_holds_a_name_an_address_or_a_line_of_the_document(engine: Engine) -> None:
    with engine.begin() as connection:
        freeze(connection, INVOICE)
        assert connection.scalar(select(func.count()).select_from(parties)) == 6
        found = b""
        for name in ("kigen_frozen", "kigen_frozen_parties"):
            for row in connection.execute(text(f"SELECT * FROM {name}")):
                found += b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    assert [name for name in NAMES if name.encode() in found] == []
    assert b"2019-0030" in found and b"11000000" in found, "What also stays in the live rows stands in the open."


def test_no_name_is_in_the_file_of_the_database(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        freeze(connection, INVOICE)
    engine.dispose()
    content = Path(engine.url.database or "").read_bytes()
    assert [name for name in NAMES if name.encode() in content or name.encode("utf-16-le") in content] == []


def test_two_documents_of_the_same_content_look_different(connection: Connection) -> None:
    freeze(connection, INVOICE, replace(INVOICE, host="fossbilling"))
    rows = connection.execute(select(table.c.wrapped, table.c.content, table.c.page)).all()
    assert all(len({*pair}) == 2 for pair in zip(*rows, strict=True))


HOSTILE = "<script>alert(1)</script>\"'><img src=//evil.example/x onerror=alert(2)>{{ 7*7 }}"


def test_whatever_a_name_or_a_line_holds_is_text_on_the_page() -> None:
    shown = Shown(
        (HOSTILE,), (HOSTILE,), HOSTILE, HOSTILE, (("issued", HOSTILE),), (Line(HOSTILE, HOSTILE, HOSTILE),),
        (("tax", HOSTILE, HOSTILE),), ((HOSTILE,) * 4,), (HOSTILE,),
    )  # fmt: skip
    page = render(replace(INVOICE, number=HOSTILE, currency=HOSTILE, shown=shown))
    assert page.count("&lt;script&gt;") == 18
    assert re.findall(r"<(?:script|img|link|iframe|object)|\son\w+=\"|49", page) == []
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?\w", page.replace("src=//evil", "")) == []
    assert "default-src 'none'" in page


def test_a_hostile_name_comes_back_from_the_store_unchanged(connection: Connection) -> None:
    paper = replace(INVOICE, parties=(HOSTILE, "O'Brien \\ \u202e\U0001f363\x00"), number="№ 1")
    (number,) = freeze(connection, paper)
    read = frozen.read(connection, KEYS, number)
    assert read.paper.parties == paper.parties
    assert json.loads(read.content)["number"] == "№ 1"


@pytest.mark.parametrize(
    ("kind", "language", "title"),
    [
        (Kind.INVOICE, "en", "Invoice"), (Kind.INVOICE, "ja", "請求書"),
        (Kind.PAYMENT, "en", "Transaction"), (Kind.PAYMENT, "ja", "入出金の記録"),
        (Kind.QUOTE, "en", "Quote"), (Kind.QUOTE, "ja", "見積書"),
        (Kind.ORDER, "en", "Order"), (Kind.ORDER, "ja", "注文書"),
    ],
)  # fmt: skip
def test_a_page_speaks_the_language_of_its_document(kind: Kind, language: str, title: str) -> None:
    page = render(replace(INVOICE, kind=kind, language=language))
    assert f'<html lang="{language}">' in page
    assert f"<h1>{title}</h1>" in page
    assert ("All amounts in JPY." in page) == (language == "en")
    assert ("金額の単位は JPY です。" in page) == (language == "ja")
    for said in ("株式会社ヤマダ", "yamada.jp 1Y", "11,000", "2019-05-21", "TX-9"):
        assert said in page


def test_a_payment_that_came_later_keeps_a_document_longer_and_an_earlier_date_never_shortens(
    connection: Connection,
) -> None:
    (number,) = freeze(connection, INVOICE)
    later, earlier = ISSUED.replace(year=2021), ISSUED.replace(year=2010)
    frozen.freeze(connection, KEYS, [INVOICE], [document(INVOICE, later)], ends(), AT)
    assert frozen.read(connection, KEYS, number).until == ends()(later)
    frozen.freeze(connection, KEYS, [INVOICE], [document(INVOICE, earlier)], ends(), AT)
    assert frozen.read(connection, KEYS, number).until == ends()(later)
