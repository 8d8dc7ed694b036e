"""Serialized PHP is read strictly, written back byte for byte, its lengths counted anew where a text changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kigen.policy.php_serialized import Invalid, Value, dump, looks_serialized, parse, set_text, set_zero

# As PHP 8 and the hosts write them: orders and settings of WHMCS, a session of FOSSBilling, PHP's own containers.
SAMPLES = {
    "null": b"N;",
    "true": b"b:1;",
    "a negative number": b"i:-7;",
    "a fraction": b"d:0.10000000000000001;",
    "an exponent": b"d:1.0E+25;",
    "infinity": b"d:-INF;",
    "an empty string": b's:0:"";',
    "japanese": 's:12:"山田太郎";'.encode(),
    "quotes inside": b's:8:"a";b:1;x";',
    "escapes": rb'S:3:"\61b\ff";',
    "an empty array": b"a:0:{}",
    "custom fields of whmcs": 'a:2:{i:3;s:6:"東京";s:5:"email";s:15:"taro@example.jp";}'.encode(),
    "an order of whmcs": b'a:3:{s:2:"ip";s:9:"192.0.2.7";s:5:"items";a:1:{i:0;a:1:{s:3:"pid";i:4;}}s:5:"promo";N;}',
    "a session of fossbilling": b'a:1:{s:6:"client";a:2:{s:2:"id";i:1;s:4:"role";s:6:"client";}}',
    "an object": b'O:8:"stdClass":2:{s:4:"name";s:4:"Taro";s:3:"age";i:45;}',
    "protected and private": b'O:6:"Person":2:{s:7:"\0*\0mail";s:5:"a@b.c";s:13:"\0Person\0phone";s:1:"0";}',
    "a class with a namespace": b'O:17:"WHMCS\\Module\\Data":1:{s:1:"k";b:0;}',
    "a reference to a value": b'a:2:{s:1:"a";s:1:"x";s:1:"b";R:2;}',
    "a reference to an object": b'a:2:{i:0;O:8:"stdClass":0:{}i:1;r:2;}',
    "an array object": b'C:11:"ArrayObject":44:{x:i:0;a:1:{s:4:"mail";s:5:"a@b.c";};m:a:0:{}}',
    "a storage of objects": b'C:16:"SplObjectStorage":39:{x:i:1;O:8:"stdClass":0:{},i:1;;m:a:0:{}}',
    "a list of its own": b'C:19:"SplDoublyLinkedList":14:{i:0;:i:1;:i:2;}',
    "a value inside a class of its own": b'C:4:"Mine":12:{a:1:{i:0;N;}}',
    "a class of its own": b'C:4:"Mine":7:{a=b|c=d}',
    "an enum": b'E:11:"Suit:Hearts";',
}

BROKEN = {
    "cut": b's:12:"abc";',
    "a length too small": b's:2:"abc";',
    "characters counted for bytes": 's:4:"山田太郎";'.encode(),
    "an array that misses an item": b'a:2:{i:0;s:1:"x";}',
    "an array with one too many": b'a:1:{i:0;s:1:"x";i:1;N;}',
    "something behind": b"i:1;i:2;",
    "no end": b"a:1:{i:0;N;",
    "a key of null": b"a:1:{N;i:1;}",
    "an array as key": b"a:1:{a:0:{}i:1;}",
    "a class of another length": b'O:9:"stdClass":0:{}',
    "a payload of another length": b'C:4:"Mine":8:{a=b|c=d}',
    "nothing": b"",
    "a text": b"hello",
    "json": b'{"a":1}',
    "too deep": b"a:1:{i:0;" * 200 + b"N;" + b"}" * 200,
}


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES.keys())
def test_what_is_not_changed_is_written_back_byte_for_byte(data: bytes) -> None:
    assert dump(parse(data).value) == data


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES.keys())
def test_what_php_writes_looks_serialized(data: bytes) -> None:
    assert looks_serialized(data.decode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_php_would_not_take_is_invalid(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse(data)


@pytest.mark.parametrize("text", ["", "hello", "a: 1", "b: yes", "i:love you;", "N", "s:x", '{"a":1}', "YToxOnt9"])
def test_a_text_that_only_begins_alike_does_not_look_serialized(text: str) -> None:
    assert not looks_serialized(text)


def test_an_error_says_where_and_not_what() -> None:
    with pytest.raises(Invalid, match=r"^The string of 3 bytes at byte 9 does not end there$"):
        parse(b'a:1:{i:0;s:3:"Taro";}')


def test_the_length_of_a_changed_text_is_counted_in_bytes() -> None:
    value = parse(b'a:1:{s:4:"name";s:4:"Taro";}').value
    set_text(value.items[0][1], "匿名".encode())
    assert dump(value) == 'a:1:{s:4:"name";s:6:"匿名";}'.encode()


def test_the_length_of_a_payload_follows_what_is_changed_inside() -> None:
    value = parse(SAMPLES["an array object"]).value
    (inner,) = (part for part in value.parts if isinstance(part, Value) and part.kind == "a" and part.items)
    set_text(inner.items[0][1], b"erased@erased.invalid")
    assert dump(value) == (b'C:11:"ArrayObject":61:{x:i:0;a:1:{s:4:"mail";s:21:"erased@erased.invalid";};m:a:0:{}}')


def test_an_escaped_text_is_written_plainly_once_it_changed() -> None:
    value = parse(rb'S:3:"\61bc";').value
    assert value.text == b"abc"
    set_text(value, b"x")
    assert dump(value) == b's:1:"x";'


def test_numbers_become_zero_in_their_own_sort() -> None:
    value = parse(b"a:2:{i:0;i:312345678;i:1;d:0.5;}").value
    for _, number in value.items:
        set_zero(number)
    assert dump(value) == b"a:2:{i:0;i:0;i:1;d:0;}"


def test_references_count_values_and_not_keys() -> None:
    document = parse(b'a:3:{s:1:"a";a:1:{i:0;s:1:"x";}s:1:"b";R:3;s:1:"c";s:1:"y";}')
    target = document.value.items[1][1].target
    assert (target, document.slots[target - 1].text) == (3, b"x")
    assert [slot.kind for slot in document.slots] == ["a", "a", "s", "s"]


TEXTS = st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
VALUES = st.recursive(
    st.one_of(
        st.just(b"N;"),
        st.booleans().map(lambda yes: b"b:%d;" % yes),
        st.integers(-(2**63), 2**63 - 1).map(lambda number: b"i:%d;" % number),
        st.binary().map(lambda data: b's:%d:"%s";' % (len(data), data)),
        TEXTS.map(lambda data: b's:%d:"%s";' % (len(data), data)),
    ),
    lambda inner: st.lists(inner, max_size=4).map(
        lambda values: b"a:%d:{%s}" % (len(values), b"".join(b"i:%d;%s" % pair for pair in enumerate(values)))
    ),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_php_may_have_written_comes_back_unchanged(data: bytes) -> None:
    assert dump(parse(data).value) == data


@given(VALUES, st.integers(0, 400))
def test_what_is_cut_anywhere_is_never_taken_for_whole(data: bytes, at: int) -> None:
    if 0 < at < len(data):
        with pytest.raises(Invalid):
            parse(data[:at])
