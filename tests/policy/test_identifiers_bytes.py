"""A person is found in bytes of every encoding that Japanese texts have, and in compressed ones; the rest stays."""

from __future__ import annotations

import gzip
import zlib

import pytest

from kigen.policy import identifiers_bytes
from kigen.policy.identifiers_bytes import find_in_bytes, is_too_long, redact_bytes
from tests.policy.known_people import MATCHER, OWN

TEXT = "件名: 山田太郎様\r\n電話は03-1234-5678です。\r\n"
LEFT = "件名: [erased]様\r\n電話は[erased]です。\r\n"
CODECS = ["utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8-sig"]


@pytest.mark.parametrize("codec", CODECS)
def test_a_text_loses_the_person_in_its_own_encoding(codec: str) -> None:
    assert redact_bytes(TEXT.encode(codec), MATCHER, OWN).decode(codec) == LEFT


@pytest.mark.parametrize("codec", CODECS)
def test_a_person_is_listed_in_every_encoding(codec: str) -> None:
    assert {hit.owner for hit in find_in_bytes(TEXT.encode(codec), MATCHER)} == {"7"}


def mysql_compress(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + zlib.compress(data)


def mysql_uncompress(data: bytes) -> bytes:
    inner = zlib.decompress(data[4:])
    assert int.from_bytes(data[:4], "little") == len(inner)
    return inner


PACKED = [(gzip.compress, gzip.decompress), (zlib.compress, zlib.decompress), (mysql_compress, mysql_uncompress)]


@pytest.mark.parametrize(("close", "read"), PACKED)
def test_compressed_data_is_opened_and_closed_again(close: object, read: object) -> None:
    assert callable(close)
    assert callable(read)
    assert read(redact_bytes(close(TEXT.encode()), MATCHER, OWN)).decode() == LEFT
    assert find_in_bytes(close(TEXT.encode()), MATCHER)


@pytest.mark.parametrize(("close", "read"), PACKED)
def test_compressed_data_of_others_stays_byte_for_byte(close: object, read: object) -> None:
    assert callable(close)
    packed = close(b"nothing of anybody")
    assert redact_bytes(packed, MATCHER, OWN) == packed
    assert callable(read)


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"\x1f\x8bbroken", b"x\x9c", b"\x00\x00\x00\x00x\x9cabc", b"\xff\xfe", bytes(range(256))]
)
def test_bytes_that_are_nothing_stay(data: bytes) -> None:
    assert redact_bytes(data, MATCHER, OWN) == data
    assert find_in_bytes(data, MATCHER) == ()
    assert not is_too_long(data)


def test_bytes_that_are_no_text_stay_around_a_hit() -> None:
    assert redact_bytes(b"\xff\x00taro@example.jp\xfe\r\n", MATCHER) == b"\xff\x00[erased]\xfe\r\n"


def test_what_is_too_long_when_opened_is_not_opened_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers_bytes, "LONGEST", 1000)
    packed = gzip.compress(b"taro@example.jp" + bytes(100_000))
    assert is_too_long(packed)
    assert redact_bytes(packed, MATCHER) == packed
    assert not is_too_long(gzip.compress(b"taro@example.jp"))
