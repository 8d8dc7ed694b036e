"""Serialized PHP and JSON are masked within, by key and by who is known, and stay valid; broken data is not changed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from kigen.policy.masks import mask
from kigen.policy.masks_findings import SENTENCES, Finding
from kigen.policy.masks_inside import Inside, OnInvalid, redacted
from kigen.policy.masks_keys import sort_of_key
from kigen.policy.masks_shape import Shape
from kigen.policy.masks_texts import Seed
from kigen.policy.php_serialized import parse
from kigen.policy.sorts import Sort
from tests.policy.known_people import MATCHER, OWN

S = Sort
TEXT = Shape("text", 65535, 65535, nullable=False)
KNOWN = Inside(MATCHER, OWN)


def within(value: object, shape: Shape = TEXT, inside: Inside = KNOWN) -> Any:
    return mask(S.SERIALIZED, value, shape, Seed("1"), inside).value


PHP = [
    ('a:2:{s:9:"firstname";s:6:"花子";s:4:"plan";s:3:"VPS";}',
     'a:2:{s:9:"firstname";s:6:"erased";s:4:"plan";s:3:"VPS";}'),
    ('a:1:{s:4:"note";s:27:"山田太郎様の申込み";}', 'a:1:{s:4:"note";s:23:"[erased]様の申込み";}'),
    ('O:8:"stdClass":1:{s:8:"\0*\0email";s:7:"a@b.com";}',
     'O:8:"stdClass":1:{s:8:"\0*\0email";s:21:"erased@erased.invalid";}'),
    ('a:2:{s:8:"password";s:4:"pass";s:5:"token";s:2:"ab";}', 'a:2:{s:8:"password";s:0:"";s:5:"token";s:0:"";}'),
    ('a:1:{s:5:"phone";i:312345678;}', 'a:1:{s:5:"phone";i:0;}'),
    ('a:1:{s:1:"n";i:312345678;}', 'a:1:{s:1:"n";i:0;}'),
    # An amount that reads like a postcode stays an amount.
    ('a:1:{s:6:"amount";i:9896154;}', 'a:1:{s:6:"amount";i:9896154;}'),
    ('a:1:{s:6:"amount";i:312345679;}', 'a:1:{s:6:"amount";i:312345679;}'),
    # What a key says counts for a reference, too, wherever its value stands.
    ('a:2:{s:1:"x";s:3:"abc";s:8:"password";R:2;}', 'a:2:{s:1:"x";s:0:"";s:8:"password";R:2;}'),
    ('a:2:{s:5:"email";s:7:"a@b.com";s:1:"y";R:2;}', 'a:2:{s:5:"email";s:21:"erased@erased.invalid";s:1:"y";R:2;}'),
    # A known address as a key; two that become one stay two.
    ('a:2:{s:15:"taro@example.jp";i:1;s:15:"TARO@example.jp";i:2;}', 'a:2:{s:8:"[erased]";i:1;s:10:"[erased] 2";i:2;}'),
    ('a:1:{s:7:"contact";a:2:{s:4:"name";s:4:"Hana";s:5:"state";s:2:"CA";}}',
     'a:1:{s:7:"contact";a:2:{s:4:"name";s:6:"erased";s:5:"state";s:6:"erased";}}'),
    ('a:1:{s:5:"state";s:6:"active";}', 'a:1:{s:5:"state";s:6:"active";}'),
    ('a:1:{s:4:"data";s:28:"a:1:{s:5:"email";s:3:"a@b";}";}',
     'a:1:{s:4:"data";s:47:"a:1:{s:5:"email";s:21:"erased@erased.invalid";}";}'),
    ('a:1:{s:4:"data";s:15:"{"email":"a@b"}";}', 'a:1:{s:4:"data";s:33:"{"email":"erased@erased.invalid"}";}'),
    ('C:11:"ArrayObject":44:{x:i:0;a:1:{s:4:"mail";s:5:"a@b.c";};m:a:0:{}}',
     'C:11:"ArrayObject":61:{x:i:0;a:1:{s:4:"mail";s:21:"erased@erased.invalid";};m:a:0:{}}'),
    ('s:15:"taro@example.jp";', 's:8:"[erased]";'),
    ("a:0:{}", "a:0:{}"),
    ("N;", "N;"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "masked"), PHP)
def test_serialized_php_is_masked_within_and_its_lengths_fit(value: str, masked: str) -> None:
    assert within(value) == masked
    parse(masked.encode())


JSON = [
    ('{"email":"a@b.com","plan":"VPS"}', '{"email":"erased@erased.invalid","plan":"VPS"}'),
    ('{ "a" : 1.50, "note": "tel 03-1234-5678" }', '{ "a" : 1.50, "note": "tel [erased]" }'),
    (r'{"note":"\u5c71\u7530\u592a\u90ce"}', '{"note":"[erased]"}'),
    ('{"note":"山田太郎様"}', '{"note":"[erased]様"}'),
    (r'{"x":"\u00e9 taro@example.jp"}', r'{"x":"\u00e9 [erased]"}'),
    ('{"password":["a","b"],"ip":"2001:db8::9"}', '{"password":["",""],"ip":"::"}'),
    ('{"buyer":{"name":"Hana","state":"CA"},"name":"VPS S","state":"active"}',
     '{"buyer":{"name":"erased","state":"erased"},"name":"VPS S","state":"active"}'),
    ('{"id":12345678901234567890,"phone":312345678,"paid":true,"none":null}',
     '{"id":12345678901234567890,"phone":0,"paid":true,"none":null}'),
    ('{"taro@example.jp":1,"TARO@example.jp":2}', '{"[erased]":1,"[erased] 2":2}'),
    ('{"a":1,"a":2}', '{"a":1,"a":2}'),
    ('[{"email":"a@b.c"},["taro@example.jp"]]', '[{"email":"erased@erased.invalid"},["[erased]"]]'),
    ('"taro@example.jp"', '"[erased]"'),
    ("null", "null"),
    ("{}", "{}"),
    (' {"email":"a@b.c"}\n', ' {"email":"erased@erased.invalid"}\n'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "masked"), JSON)
def test_json_is_masked_within_and_all_else_stays_as_written(value: str, masked: str) -> None:
    assert mask(S.JSON, value, TEXT, Seed("1"), KNOWN).value == masked
    json.loads(masked)


@pytest.mark.parametrize("value", [value for value, _ in PHP + JSON])
def test_masking_within_twice_changes_nothing_more(value: str) -> None:
    assert within(within(value)) == within(value)


def test_serialized_data_in_base64_is_masked_and_encoded_again() -> None:
    value = base64.b64encode(b'a:1:{s:5:"email";s:7:"a@b.com";}').decode()
    assert base64.b64decode(within(value)) == b'a:1:{s:5:"email";s:21:"erased@erased.invalid";}'


def test_bytes_stay_bytes() -> None:
    assert within(b'a:1:{s:5:"email";s:7:"a@b.com";}', Shape("blob", None, 65535, None, nullable=False)) == (
        b'a:1:{s:5:"email";s:21:"erased@erased.invalid";}'
    )


def test_lengths_of_a_latin1_column_are_those_that_php_saw() -> None:
    # An old WHMCS writes UTF-8 into a latin1 column: what MariaDB shows as two letters are the two bytes PHP counted.
    shown = "é".encode().decode("latin-1")
    value = f'a:2:{{s:4:"city";s:2:"{shown}";s:1:"x";s:2:"{shown}";}}'
    masked = within(value, Shape("text", 65535, 65535, "latin1", nullable=False))
    assert masked == f'a:2:{{s:4:"city";s:6:"erased";s:1:"x";s:2:"{shown}";}}'


def test_real_latin1_text_keeps_its_lengths() -> None:
    value = 'a:2:{s:4:"city";s:1:"é";s:1:"x";s:3:"a€b";}'
    masked = within(value, Shape("text", 65535, 65535, "latin1", nullable=False))
    assert masked == 'a:2:{s:4:"city";s:6:"erased";s:1:"x";s:3:"a€b";}'


BROKEN = ['a:1:{s:1:"x";s:15:"山田太郎";}', '{"a":', "{'a': 'b'}", '{"a":NaN}', "Taro Yamada", "[" * 5000, 's:9:"x";']


@pytest.mark.parametrize("value", BROKEN, ids=range(len(BROKEN)))
def test_broken_data_is_emptied_and_reported(value: str) -> None:
    emptied = mask(S.SERIALIZED, value, TEXT, Seed("1"), KNOWN)
    assert (emptied.value, emptied.findings) == ("", (Finding.INVALID,))
    assert mask(S.JSON, value, Shape("json", nullable=False), Seed("1"), KNOWN).value == "null"
    assert mask(S.JSON, value, Shape("json"), Seed("1"), KNOWN).value is None


@pytest.mark.parametrize("value", BROKEN, ids=range(len(BROKEN)))
def test_broken_data_is_kept_unchanged_and_reported_where_the_treatment_says_so(value: str) -> None:
    kept = mask(S.SERIALIZED, value, TEXT, Seed("1"), Inside(MATCHER, OWN, on_invalid=OnInvalid.KEEP))
    assert (kept.value, kept.findings) == (value, (Finding.INVALID,))


def test_an_object_that_only_its_class_reads_is_emptied_if_it_names_somebody() -> None:
    named = mask(S.SERIALIZED, 'C:4:"Mine":17:{m=taro@example.jp}', TEXT, Seed("1"), KNOWN)
    assert (named.value, named.findings) == ("", (Finding.OPAQUE,))
    other = mask(S.SERIALIZED, 'C:4:"Mine":7:{a=b|c=d}', TEXT, Seed("1"), KNOWN)
    assert (other.value, other.findings) == ('C:4:"Mine":7:{a=b|c=d}', ())


def test_where_the_mask_has_no_room_the_shortest_one_is_taken() -> None:
    value = '{"email":"a@b.com","x":"taro@example.jp"}'
    assert within(value, Shape("varchar", 41, 41, nullable=False)) == '{"email":"","x":"*"}'


def test_names_that_may_mean_somebody_else_are_left_and_reported() -> None:
    foreign = mask(S.JSON, '{"x":"山田太郎"}', TEXT, Seed("1"), Inside(MATCHER, frozenset({"99"})))
    assert (foreign.value, foreign.findings) == ('{"x":"山田太郎"}', (Finding.LEFT,))


REDACTED = [
    ("Dear Mr Yamada,\r\nyour invoice\t is paid.", "Dear Mr [erased],\r\nyour invoice\t is paid."),
    ('{"email":"a@b.com","x":"taro@example.jp"}', '{"email":"a@b.com","x":"[erased]"}'),
    ('a:1:{s:1:"x";s:15:"taro@example.jp";}', 'a:1:{s:1:"x";s:8:"[erased]";}'),
    ("{see taro@example.jp}", "{see [erased]}"),
    ("nothing here", "nothing here"),
    (b"\xff\xfe taro@example.jp \x80", b"\xff\xfe [erased] \x80"),
    (12, 12),
    (None, None),
]


@pytest.mark.parametrize(("value", "left"), REDACTED)
def test_a_text_of_somebody_else_keeps_everything_but_the_person(value: object, left: object) -> None:
    shape = Shape("blob", None, 65535, None, nullable=False) if isinstance(value, bytes) else TEXT
    assert redacted(value, shape, KNOWN).value == left


def test_a_full_column_takes_a_shorter_mark() -> None:
    # Two times the surname: each mark would be two characters longer than the name.
    assert redacted("Yamada Yamada", Shape("varchar", 13, 13, nullable=False), KNOWN).value == "* *"


def test_a_text_of_somebody_else_is_rather_kept_than_emptied() -> None:
    kept = redacted("Dear taro@example.jp", Shape("varchar", 3, 3, nullable=False), KNOWN)
    assert (kept.value, kept.findings) == ("Dear taro@example.jp", (Finding.LEFT,))


KEYS = [
    ("email", S.EMAIL), ("billing_email", S.EMAIL), ("BillingEmail", S.EMAIL), ("email2", S.EMAIL),
    ("\0*\0email", S.EMAIL),
    ("\0App\\Client\0phoneNumber", S.PHONE), ("buyer[first_name]", S.NAME), ("payer_state", S.REGION),
    ("address1", S.ADDRESS),
    ("メールアドレス", S.EMAIL), ("郵便番号", S.POSTCODE), ("remote_addr", S.IP), ("api-key", S.TOKEN),
    ("clientid", None),
    ("name", None), ("state", None), ("status", None), ("amount", None), ("invoice_number", None),
    ("userid", None), ("", None),
    ("domain_name", None), ("product", None),
]  # fmt: skip


@pytest.mark.parametrize(("key", "sort"), KEYS)
def test_a_key_tells_the_sort_of_what_stands_under_it(key: str, sort: Sort | None) -> None:
    assert sort_of_key(key) is sort


def test_every_finding_has_its_sentence_in_two_languages() -> None:
    assert set(SENTENCES) == set(Finding)
    assert all(english.endswith(".") and japanese.endswith("。") for english, japanese in SENTENCES.values())
