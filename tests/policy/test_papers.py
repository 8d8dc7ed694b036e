"""By which words a document is found, and that it comes back from JSON as it went in."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from kigen.policy.papers import (
    Line,
    Paper,
    Shown,
    as_json,
    client_word,
    from_json,
    party_words,
    read_total,
    searched_words,
)
from kigen.policy.records import Kind


def paper(*parties: str, client: int | None = 7) -> Paper:
    return Paper("whmcs", Kind.INVOICE, 1, client, "1", None, "", None, parties, {})


def test_a_paper_comes_back_from_json_as_it_went_in() -> None:
    whole = Paper(
        "whmcs", Kind.ORDER, 2**53 + 1, None, "№ 1", dt.date(2020, 2, 29), "JPY", Decimal("-1.50"), ("a", "b"),
        {"t": ({"x": None, "y": "1"},)}, "ja",
        Shown(("s",), ("b",), "subject", "Paid", (("issued", "2020"),), (Line("a", "1", "2"), Line("b")),
              (("tax", "10", "5"),), (("d", "n", "h", "a"),), ("note",)),
    )  # fmt: skip
    assert from_json(json.loads(json.dumps(as_json(whole)))) == whole
    empty = paper(client=None)
    assert from_json(json.loads(json.dumps(as_json(empty)))) == empty


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("山田 太郎", "山田　太郎"), ("ﾔﾏﾀﾞ", "やまだ"), ("髙橋", "高橋"),
        ("MÜLLER", "muller"), ("(株)ヤマダ", "ヤマダ株式会社"),
        ("Acme Co., Ltd.", "acme"), ("a.b@Example.com", "A.B@example.COM"), ("O’Brien", "o'brien"),
    ],
)  # fmt: skip
def test_spellings_of_one_party_meet(written: str, searched: str) -> None:
    assert party_words(paper(written)) & searched_words(searched)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("山田 太郎", "山田"), ("Acme", "Acme Two"), ("a@example.com", "b@example.com"), ("", ""), ("株式会社", ""),
        ("7", "7"),
    ],
)  # fmt: skip
def test_parts_and_others_do_not_meet(written: str, searched: str) -> None:
    assert not party_words(paper(written, client=None)) & searched_words(searched)


def test_a_client_is_found_by_its_number_and_by_no_name() -> None:
    words = party_words(paper("x"))
    for said in ("7", "client:7", " CLIENT: 7 ", "07"):
        assert searched_words(said) == {client_word(7)} <= words
    assert client_word(7) not in searched_words("client 7")
    assert party_words(paper(client=None)) == frozenset()


@pytest.mark.parametrize(
    ("value", "total"),
    [
        ("1.50", "1.50"), (" 2 ", "2"), (3.5, "3.5"), (None, None), ("", None), ("abc", None), ("nan", None),
        ("inf", None),
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_not_guessed(value: object, total: str | None) -> None:
    assert read_total(value) == (None if total is None else Decimal(total))
