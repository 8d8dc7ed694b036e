"""Canonical JSON is that of RFC 8785, byte for byte, for what kigen proves; anything else is refused."""

from __future__ import annotations

import pytest

from kigen.ledger.canonical import canonical

VECTORS = [
    (  # RFC 8785, 3.2.2, without its numbers
        {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]},
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ),
    (  # RFC 8785, 3.2.3: keys by their UTF-16 units, so that an emoji stands before U+FB33
        {
            "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis",
        },
        '{"\\r":"Carriage Return","1":"One","\x80":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","\U0001f600":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ),
    (  # the test data that the RFC refers to: structures, french, unicode
        {"1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "empty", "a": {}, "111": [{"e": "yes", "E": "no"}]},
        '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"a":{}}',
    ),
    (
        {"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST",
         "sin": "ignore locale"},
        '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST",'
        '"sin":"ignore locale"}',
    ),
    ({"Unnormalized Unicode": "A\u030a"}, '{"Unnormalized Unicode":"A\u030a"}'),
    ([56, {"d": True, "10": None, "1": []}], '[56,{"1":[],"10":null,"d":true}]'),
    ([2**53 - 1, -(2**53) + 1, 0, -1], "[9007199254740991,-9007199254740991,0,-1]"),
    ("\u2028\u007f\u0000\t期限", '"\u2028\u007f\\u0000\\t期限"'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VECTORS)
def test_a_value_becomes_the_bytes_that_the_rfc_gives(value: object, expected: str) -> None:
    assert canonical(value) == expected.encode("utf-8")  # type: ignore[arg-type]  # the vectors are of all types


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.1,
        {"a": [{"b": 2.5}]},
        float("nan"),
        2**53,
        -(2**53),
        "\ud800",
        {"\udead": 1},
        {1: "a number as key"},
        b"x",
    ],
)
def test_what_other_programs_could_write_differently_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        canonical(value)  # type: ignore[arg-type]  # that is the point
