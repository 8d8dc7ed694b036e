"""What stands in place of each sort of value in each sort of column; blank stays blank, nothing ever looks real."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest

from kigen.policy.masks import DoesNotFit, mask
from kigen.policy.masks_shape import Shape, fits
from kigen.policy.masks_texts import Seed
from kigen.policy.sorts import Sort

S = Sort
ROW = Seed("4711", b"the salt of this installation")
TEXT = Shape("varchar", 255, 1020, nullable=False)
NULLABLE = Shape("varchar", 255, 1020)
UNIQUE = Shape("varchar", 255, 1020, nullable=False, unique=True)


def written(sort: Sort, value: object, shape: Shape, row: Seed = ROW) -> Any:
    return mask(sort, value, shape, row).value


IN_A_ROOMY_COLUMN = [
    (S.NAME, "山田 太郎", "erased"), (S.COMPANY, "株式会社山田", "erased"), (S.ADDRESS, "1-2-3 Chuo", "erased"),
    (S.CITY, "大崎市", "erased"), (S.REGION, "宮城県", "erased"), (S.POSTCODE, "989-6154", "000-0000"),
    (S.COUNTRY, "JP", "ZZ"), (S.PHONE, "+81.312345678", "0000000000"),
    (S.EMAIL, "t@example.jp", "erased@erased.invalid"),
    (S.IP, "192.0.2.7", "0.0.0.0"), (S.IP, "2001:db8::7", "::"),  # noqa: S104 - data, nothing is bound
    (S.IP, "::ffff:192.0.2.7", "0.0.0.0"),  # noqa: S104 - data, nothing is bound
    (S.IP, "192.0.2.7, 198.51.100.4", "0.0.0.0"),  # noqa: S104 - data, nothing is bound
    (S.HOSTNAME, "a.example.jp", "erased.invalid"),
    (S.URL, "https://a.example.jp/x", "https://erased.invalid/"), (S.USERNAME, "tyamada", "erased"),
    (S.BIRTHDAY, "1980-01-31", ""), (S.TAX_ID, "T1234567890123", ""), (S.BANK_ACCOUNT, "1234567", ""),
    (S.CARD, "4242", ""), (S.SECRET, "$2y$10$abc", ""), (S.TOKEN, "f00d", ""), (S.FREE_TEXT, "I am ill", "[erased]"),
    (S.SUBJECT, "About me", "[erased]"), (S.IDENTIFIER, "cus_123", ""), (S.USER_AGENT, "Mozilla/5.0", ""),
    (S.TRAIT, "female", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sort", "value", "masked"), IN_A_ROOMY_COLUMN)
def test_a_text_becomes_the_neutral_text_of_its_sort(sort: Sort, value: str, masked: str) -> None:
    assert written(sort, value, TEXT) == masked


def test_every_sort_has_a_row_in_the_table_above_or_is_masked_within() -> None:
    assert {sort for sort, _, _ in IN_A_ROOMY_COLUMN} | {S.SERIALIZED, S.JSON} == set(Sort)


EMPTIED = [S.SECRET, S.TOKEN, S.TAX_ID, S.BANK_ACCOUNT, S.CARD, S.IDENTIFIER, S.USER_AGENT, S.BIRTHDAY, S.TRAIT]


@pytest.mark.parametrize("sort", EMPTIED)
def test_what_is_emptied_becomes_null_where_null_is_allowed(sort: Sort) -> None:
    # A blank api_token would be found by a host that looks it up by equality; NULL equals nothing.
    assert written(sort, "1980-01-31", NULLABLE) is None


BLANK = [None, "", "   ", "\u3000", b"", b"\0\0\0\0", 0, Decimal("0.00"), 0.0, "0000-00-00", "0000-00-00 00:00:00",
         dt.timedelta(0)]  # fmt: skip


@pytest.mark.parametrize("value", BLANK, ids=repr)
@pytest.mark.parametrize("sort", Sort)
def test_what_is_blank_stays_as_it_is_even_where_it_would_have_to_be_unique(sort: Sort, value: object) -> None:
    masked = written(sort, value, UNIQUE)
    assert (masked, type(masked)) == (value, type(value))


UNIQUE_TEXTS = [
    (S.EMAIL, 255, "4711", "erased-4711@erased.invalid"), (S.EMAIL, 26, "4711", "erased-4711@erased.invalid"),
    (S.EMAIL, 25, "4711", "e4711@e.invalid"), (S.EMAIL, 14, "4711", "gzf@e.invalid"),
    (S.EMAIL, 11, "4711", "gzf@invalid"),
    (S.USERNAME, 255, "4711", "erased-4711"), (S.USERNAME, 10, "4711", "e4711"), (S.USERNAME, 3, "4711", "gzf"),
    (S.HOSTNAME, 255, "4711", "erased-4711.invalid"), (S.HOSTNAME, 13, "4711", "e4711.invalid"),
    (S.URL, 255, "4711", "https://erased-4711.invalid/"), (S.NAME, 255, "4711", "erased-4711"),
    (S.IP, 45, "4711", "0.0.18.103"), (S.IP, 45, "16777216", "2001:db8:1:0:0:0:100:0"),
]  # fmt: skip


@pytest.mark.parametrize(("sort", "room", "row", "masked"), UNIQUE_TEXTS)
def test_a_unique_column_gets_the_number_of_the_row_shortened_to_fit(
    sort: Sort, room: int, row: str, masked: str
) -> None:
    assert written(sort, "x", Shape("varchar", room, room * 4, nullable=False, unique=True), Seed(row)) == masked


def test_ten_thousand_rows_get_ten_thousand_values_even_in_a_short_column() -> None:
    short = Shape("varchar", 13, 13, "latin1", nullable=False, unique=True)
    values = {written(S.EMAIL, "x", short, Seed(str(row))) for row in range(10_000)}
    assert len(values) == 10_000
    assert max(map(len, values)) == 13


def test_a_row_whose_key_is_no_number_is_told_apart_by_a_keyed_digest_of_the_key() -> None:
    one, other = (written(S.EMAIL, "x", UNIQUE, Seed(key, b"salt")) for key in ("7,en", "7,ja"))
    assert one != other
    assert re.fullmatch(r"erased-[a-z2-7]{26}@erased\.invalid", one)
    assert one == written(S.EMAIL, "quite another value", UNIQUE, Seed("7,en", b"salt"))
    assert one != written(S.EMAIL, "x", UNIQUE, Seed("7,en", b"another salt"))


def test_a_token_that_must_be_filled_and_unique_can_be_guessed_by_nobody() -> None:
    one, other = (written(S.TOKEN, "x", UNIQUE, Seed(row, b"salt")) for row in ("1", "2"))
    assert re.fullmatch(r"[a-z2-7]{52}", one)
    assert one != other
    assert written(S.TOKEN, "x", UNIQUE, Seed("1", b"another salt")) not in (one, other)


@pytest.mark.parametrize(("room", "salt"), [(19, b"salt"), (255, b"")])
def test_a_token_that_could_be_guessed_is_refused(room: int, salt: bytes) -> None:
    with pytest.raises(
        DoesNotFit, match=r"^A varchar\(\d+\) column that must be unique has no room for a mask of sort token$"
    ):
        mask(S.TOKEN, "x", Shape("varchar", room, room, nullable=False, unique=True), Seed("1", salt))


def test_a_column_too_short_for_one_value_per_row_is_refused_and_the_sentence_tells_no_value() -> None:
    with pytest.raises(DoesNotFit) as refused:
        mask(S.EMAIL, "taro@example.jp", Shape("varchar", 8, 8, nullable=False, unique=True), ROW)
    assert str(refused.value) == "A varchar(8) column that must be unique has no room for a mask of sort email"


@pytest.mark.parametrize("type_name", ["geometry", "bit", "", "vector"])
def test_a_type_that_no_mask_is_known_for_is_refused(type_name: str) -> None:
    with pytest.raises(DoesNotFit):
        mask(S.NAME, "Taro", Shape(type_name, nullable=False), ROW)


SHORT = [
    (S.NAME, 5, "-"), (S.EMAIL, 20, "e@erased.invalid"), (S.EMAIL, 9, "e@invalid"), (S.EMAIL, 4, "-"),
    (S.COUNTRY, 2, "ZZ"),
    (S.COUNTRY, 1, "-"), (S.POSTCODE, 5, "00000"), (S.PHONE, 9, "000"), (S.IP, 6, "::"),
    (S.HOSTNAME, 10, "e.invalid"),
    (S.URL, 14, "erased.invalid"), (S.FREE_TEXT, 4, "-"), (S.NAME, 0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("sort", "room", "masked"), SHORT)
def test_a_short_column_gets_the_longest_mask_that_fits(sort: Sort, room: int, masked: str) -> None:
    assert written(sort, "x", Shape("char", room, room, "latin1", nullable=False)) == masked


OTHER_TYPES = [
    (S.PHONE, 312345678, Shape("bigint", nullable=False), 0),
    (S.PHONE, 312345678, Shape("bigint", nullable=False, unique=True), 4711),
    (S.IP, 3221225991, Shape("int", nullable=False, unsigned=True), 0),
    (S.IP, b"\xc0\x00\x02\x07", Shape("varbinary", None, 16, None, nullable=False), b"\0\0\0\0"),
    (S.IP, bytes(15) + b"\x07", Shape("varbinary", None, 16, None, nullable=False), bytes(16)),
    (S.IP, "192.0.2.7", Shape("inet4", charset=None, nullable=False), "0.0.0.0"),  # noqa: S104 - data, nothing is bound
    (S.IP, "192.0.2.7", Shape("inet6", charset=None, nullable=False), "::"),
    (S.NAME, b"Taro", Shape("blob", None, 65535, None, nullable=False), b"erased"),
    (S.CARD, b"\x8f\x01", Shape("blob", None, 65535, None, nullable=False), b""),
    (S.BIRTHDAY, dt.date(1980, 1, 31), Shape("date"), None),
    (S.BIRTHDAY, dt.date(1980, 1, 31), Shape("date", nullable=False), dt.date(1900, 1, 1)),
    (S.BIRTHDAY, "1980-01-31", Shape("date", nullable=False, default="0000-00-00"), "0000-00-00"),
    (S.BIRTHDAY, "1980-01-31", Shape("date", nullable=False), "1900-01-01"),
    (S.BIRTHDAY, dt.datetime(1980, 1, 31), Shape("datetime", nullable=False), dt.datetime(1900, 1, 1)),
    (S.BIRTHDAY, "1980-01-31 00:00:00", Shape("timestamp", nullable=False), "1970-01-02 00:00:00"),
    (S.BIRTHDAY, 1980, Shape("year", nullable=False), 0),
    (S.BIRTHDAY, 317433600, Shape("int"), None),
    (S.TRAIT, "female", Shape("enum", nullable=False, values=("female", "male", "Other")), "Other"),
    (S.TRAIT, "female", Shape("enum", nullable=False, values=("female", "male"), default="male"), "male"),
    (S.TRAIT, "male", Shape("enum", nullable=False, values=("female", "male")), "female"),
    (S.TRAIT, "female", Shape("enum", values=("female", "male")), None),
    (S.TRAIT, "tall,thin", Shape("set", nullable=False, values=("tall", "thin")), ""),
    (S.IDENTIFIER, "6f1e8a1c-7d51-4d3e-9a55-0b0f4b0d2c11", Shape("uuid", nullable=False),
     "00000000-0000-0000-0000-000000000000"),
    (S.IDENTIFIER, "6f1e8a1c-7d51-4d3e-9a55-0b0f4b0d2c11", Shape("uuid", nullable=False, unique=True),
     "00000000-0000-0000-0000-000000001267"),
    (S.IDENTIFIER, "6f1e8a1c-7d51-4d3e-9a55-0b0f4b0d2c11", Shape("char", 10, 10, nullable=False, unique=True), "e4711"),
    (S.NAME, '"Taro"', Shape("json", charset="utf8mb4", nullable=False), '"erased"'),
    (S.SECRET, "1234", Shape("decimal", nullable=False), Decimal(0)),
]  # fmt: skip


@pytest.mark.parametrize(("sort", "value", "shape", "masked"), OTHER_TYPES)
def test_a_column_of_another_type_gets_a_value_of_its_type(
    sort: Sort, value: object, shape: Shape, masked: object
) -> None:
    got = written(sort, value, shape)
    assert (got, type(got)) == (masked, type(masked))
    assert fits(got, shape)


@pytest.mark.parametrize(("sort", "value", "shape", "masked"), OTHER_TYPES)
def test_masking_what_is_masked_changes_nothing(sort: Sort, value: object, shape: Shape, masked: object) -> None:
    assert written(sort, masked, shape) == masked


@pytest.mark.parametrize(("shape", "value"), [
    (Shape("tinyint", nullable=False, unique=True), 5), (Shape("date", nullable=False, unique=True), "1980-01-31"),
    (Shape("enum", nullable=False, unique=True, values=("a", "b")), "a"),
    (Shape("decimal", nullable=False, unique=True), 5),
    (Shape("varbinary", None, 16, None, nullable=False, unique=True), b"\xc0\x00\x02\x07"),
])  # fmt: skip
def test_a_unique_column_that_cannot_tell_rows_apart_is_refused(shape: Shape, value: object) -> None:
    with pytest.raises(DoesNotFit):
        mask(S.IP, value, shape, ROW)


FITTING = [
    ("é", Shape("varchar", 1, 1, "latin1"), True), ("€", Shape("varchar", 1, 1, "latin1"), True),
    ("\x81", Shape("varchar", 1, 1, "latin1"), True), ("山", Shape("varchar", 1, 1, "latin1"), False),
    ("山", Shape("varchar", 1, 3, "utf8mb3"), True), ("𠮷", Shape("varchar", 1, 4, "utf8mb3"), False),
    ("𠮷", Shape("varchar", 1, 4, "utf8mb4"), True), ("ab", Shape("varchar", 1, 4), False),
    ("山", Shape("text", 65535, 2), False), ("山", Shape("varchar", 1, 4, "armscii8"), False),
    ("a", Shape("varchar", 1, 4, "armscii8"), True), (None, Shape(nullable=False), False), (None, Shape(), True),
    (128, Shape("tinyint"), False), (255, Shape("tinyint", unsigned=True), True),
    (-1, Shape("int", unsigned=True), False),
    ("x", Shape("enum", values=("x",)), True), ("", Shape("enum", values=("x",)), False),
    ("x,y", Shape("set", values=("x",)), False),
    ("{", Shape("json"), False), ("{}", Shape("json"), True), (True, Shape("tinyint"), True),
    (b"ab", Shape("binary", None, 1), False),
    (1900, Shape("year"), False), (-1.5, Shape("double", unsigned=True), False), ("25:00:00", Shape("time"), False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shape", "yes"), FITTING)
def test_whether_a_value_fits_is_decided_as_the_server_does(value: object, shape: Shape, yes: bool) -> None:
    assert fits(value, shape) is yes


def test_the_salt_of_an_installation_is_never_printed() -> None:
    assert "salt" not in repr(ROW)
