"""What is kept is found by date, amount and party, alone and together, in every spelling; showings are noted."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from kigen.ledger import frozen
from kigen.ledger.frozen_search import Wanted, note_view, search, viewed
from kigen.policy.records import Kind
from tests.ledger.papers_made import AT, END, INVOICE, KEYS, OTHER_KEYS, document, ends, other

SMITH = ("Anna Smith", "Smith Anna", "Müller & Söhne GmbH", "anna@smith.example")

PAPERS = (
    INVOICE,
    other(31, issued=dt.date(2020, 1, 1), total=Decimal("99.50"), currency="USD", parties=SMITH, client=8),
    other(32, issued=dt.date(2020, 12, 31), total=Decimal("-500"), parties=SMITH, client=8),
    other(33, issued=None, total=None, parties=("髙橋 一郎",), client=None),
    replace(INVOICE, kind=Kind.PAYMENT, id=30, total=Decimal("1e30"), client=9, parties=()),
)


@pytest.fixture
def kept(connection: Connection) -> Connection:
    """Five documents of four parties."""
    frozen.freeze(connection, KEYS, PAPERS, [document(one) for one in PAPERS], ends(), AT)
    return connection


def found(connection: Connection, **wanted: object) -> set[tuple[str, int]]:
    rows = search(connection, KEYS, Wanted(**wanted))  # type: ignore[arg-type]  # by its fields
    return {(one.ref[0].value, one.ref[1]) for one in rows}


def test_without_a_condition_all_are_found_by_date(kept: Connection) -> None:
    rows = search(kept, KEYS, Wanted())
    assert len(rows) == 5
    dated = [one.issued for one in rows if one.issued]
    assert dated == sorted(dated)
    invoice = next(one for one in rows if one.ref == (Kind.INVOICE, 30))
    assert (invoice.number, invoice.amount, invoice.currency, invoice.until) == ("2019-0030", 11000, "JPY", END)


def test_a_range_of_dates_has_both_its_ends_and_no_document_without_a_date_h9(kept: Connection) -> None:
    first, last = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
    assert found(kept, since=first, until=last) == {("invoice", 31), ("invoice", 32)}
    assert found(kept, since=first, until=last - dt.timedelta(days=1)) == {("invoice", 31)}
    assert found(kept, since=first + dt.timedelta(days=1), until=last) == {("invoice", 32)}
    assert ("invoice", 33) not in found(kept, since=dt.date(1995, 1, 1))


def test_a_range_of_amounts_has_both_its_ends_and_goes_below_zero_h9(kept: Connection) -> None:
    assert found(kept, least=Decimal("99.50"), most=Decimal("11000")) == {("invoice", 30), ("invoice", 31)}
    assert found(kept, least=Decimal("99.501")) == {("invoice", 30)}
    assert found(kept, most=Decimal(0)) == {("invoice", 32)}
    assert found(kept, least=Decimal("99.50"), currency="usd") == {("invoice", 31)}


@pytest.mark.parametrize(
    "party",
    [
        "山田 太郎", "山田太郎", "太郎　山田", "株式会社ヤマダ", "ヤマダ", "(株)ヤマダ", "㈱ﾔﾏﾀﾞ", "やまだ株式会社",
        "TARO@Yamada.example", "ｔａｒｏ@yamada.example", "client:7", "7",
    ],
)  # fmt: skip
def test_a_party_is_found_in_every_spelling_h9(kept: Connection, party: str) -> None:
    assert found(kept, party=party) == {("invoice", 30)}


def test_a_variant_kanji_an_accent_and_a_legal_form_make_no_other_party(kept: Connection) -> None:
    assert found(kept, party="高橋一郎") == {("invoice", 33)}
    assert found(kept, party="muller & sohne") == {("invoice", 31), ("invoice", 32)}
    assert found(kept, party="smith  anna") == {("invoice", 31), ("invoice", 32)}


@pytest.mark.parametrize("party", ["山田", "anna", "smith", "%", "", "  ", "・", "client:70", "client 7x", "' OR 1=1"])
def test_a_part_of_a_name_and_nonsense_find_nobody(kept: Connection, party: str) -> None:
    assert found(kept, party=party) == set()


def test_all_conditions_must_hold_together_h9(kept: Connection) -> None:
    wanted = {"party": "Anna Smith", "since": dt.date(2020, 6, 1), "most": Decimal(0), "currency": "JPY"}
    assert found(kept, **wanted) == {("invoice", 32)}
    assert found(kept, **{**wanted, "party": "山田太郎"}) == set()


def test_with_another_key_nobody_is_found_by_name_but_dates_still_are(kept: Connection) -> None:
    assert search(kept, OTHER_KEYS, Wanted(party="山田太郎")) == []
    assert len(search(kept, OTHER_KEYS, Wanted(since=dt.date(2019, 5, 20), until=dt.date(2019, 5, 20)))) == 2


def test_the_digest_of_a_party_is_no_plain_hash_of_its_name(kept: Connection) -> None:
    stored = set(kept.scalars(text("SELECT party FROM kigen_frozen_parties")))
    names = ("山田太郎", "太郎山田", "taro@yamada.example", "annasmith", "client 7", "7")
    assert stored.isdisjoint({hashlib.sha256(name.encode()).hexdigest() for name in names})


def test_every_showing_is_noted_and_stays_when_the_document_is_gone(kept: Connection) -> None:
    note_view(kept, 1, (Kind.INVOICE, 30), AT, "auditor", "page")
    note_view(kept, 2, (Kind.INVOICE, 31), AT, "staff", "data")
    kept.execute(text("DELETE FROM kigen_frozen"))
    assert [(row.document, row.record, row.at, row.actor, row.part) for row in viewed(kept)] == [
        (1, 30, AT, "auditor", "page"), (2, 31, AT, "staff", "data"),
    ]  # fmt: skip
    assert [row.actor for row in viewed(kept, 2)] == ["staff"]
