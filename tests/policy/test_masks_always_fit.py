"""Whatever the value and whatever the column: a mask fits, is stable, and names nobody (cases.md L1, L2, L4)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kigen.policy.masks import DoesNotFit, is_blank, mask
from kigen.policy.masks_inside import Inside, OnInvalid, redacted
from kigen.policy.masks_shape import FAMILIES, Family, Shape, fits
from kigen.policy.masks_texts import Seed
from kigen.policy.php_serialized import parse
from kigen.policy.sorts import Sort
from tests.policy.known_people import EVERYBODY, MATCHER
from tests.policy.test_identifiers_search import SPELLINGS

KNOWN = Inside(MATCHER, EVERYBODY)
ROW = st.one_of(st.integers(0, 2**64).map(str), st.text(max_size=20)).map(lambda row: Seed(row, b"salt"))
ROOM = st.one_of(st.none(), st.integers(0, 60))


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    """Columns as information_schema may describe them."""
    room = draw(ROOM)
    return Shape(
        draw(st.sampled_from(sorted(FAMILIES))),
        room,
        None if room is None else room * draw(st.sampled_from([1, 3, 4])),
        draw(st.sampled_from(["utf8mb4", "utf8mb3", "latin1", "cp932", "ascii", "armscii8", None])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from([(), ("a",), ("female", "male"), ("", "x"), ("Unknown", "y")])),
    )


VALUES = st.one_of(
    st.text(), st.binary(), st.integers(-(2**63), 2**64 - 1), st.dates(), st.datetimes(), st.decimals(allow_nan=False),
    st.none(), st.sampled_from(SPELLINGS), st.ip_addresses().map(str),
)  # fmt: skip
WHOLE = [sort for sort in Sort if sort not in (Sort.SERIALIZED, Sort.JSON)]


@settings(max_examples=400)
@given(st.sampled_from(WHOLE), VALUES, shapes(), ROW)
def test_a_mask_fits_its_column_or_is_refused(sort: Sort, value: object, shape: Shape, row: Seed) -> None:
    if is_blank(value):
        assert mask(sort, value, shape, row).value is value
        return
    try:
        masked = mask(sort, value, shape, row).value
    except DoesNotFit:
        assert shape.unique or shape.family in (Family.BYTES, Family.ENUM) or not fits("", shape)
        return
    assert fits(masked, shape)
    assert mask(sort, masked, shape, row).value == masked
    if isinstance(masked, str):
        assert MATCHER.find(masked) == ()


@given(st.sampled_from(WHOLE), st.text(min_size=1), st.text(min_size=1), ROW)
def test_a_mask_tells_nothing_of_the_old_value(sort: Sort, one: str, other: str, row: Seed) -> None:
    shape = Shape("varchar", 255, 1020, nullable=False, unique=True)
    if not is_blank(one) and not is_blank(other) and sort is not Sort.IP:
        assert mask(sort, one, shape, row) == mask(sort, other, shape, row)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(SPELLINGS),
)
KEYS = st.one_of(
    st.text(max_size=8), st.sampled_from(["email", "phone", "name", "contact", "password", "ip", "note", *SPELLINGS])
)
DATA = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=10,
)


def serialized(value: Any) -> bytes:
    """What PHP's serialize() writes for data that json_decode() gave it."""
    match value:
        case None:
            return b"N;"
        case bool():
            return b"b:%d;" % value
        case int():
            return b"i:%d;" % value if abs(value) < 2**63 else b"d:%s;" % repr(float(value)).encode()
        case float():
            return b"d:%s;" % repr(value).encode()
        case str():
            data = value.encode("utf-8", "surrogatepass")
            return b's:%d:"%s";' % (len(data), data)
        case list():
            return serialized(dict(enumerate(value)))
    return b"a:%d:{%s}" % (len(value), b"".join(serialized(key) + serialized(one) for key, one in value.items()))


@given(DATA, st.booleans(), ROOM, ROW)
def test_masked_json_is_json_of_the_same_form_and_names_nobody(
    data: Any, is_ascii: bool, room: int | None, row: Seed
) -> None:
    written = json.dumps(data, ensure_ascii=is_ascii)
    shape = Shape("json", room, None)
    masked = mask(Sort.JSON, written, shape, row, KNOWN).value
    assert fits(masked, shape)
    if masked is not None:
        after = json.loads(str(masked))
        assert form(after) == form(data)
        assert MATCHER.find(str(masked)) == ()
        assert mask(Sort.JSON, masked, shape, row, KNOWN).value == masked


@given(DATA, ROW)
def test_masked_php_is_read_again_and_names_nobody(data: Any, row: Seed) -> None:
    written = serialized(data)
    masked = mask(Sort.SERIALIZED, written, Shape("longblob", None, None, None), row, KNOWN).value
    assert isinstance(masked, bytes)
    parse(masked)
    assert MATCHER.find(masked.decode("utf-8", "replace")) == ()
    assert mask(Sort.SERIALIZED, masked, Shape("longblob", None, None, None), row, KNOWN).value == masked


@given(st.text(), shapes().filter(lambda shape: shape.family is Family.TEXT))
def test_what_cannot_be_read_is_never_written_changed(text: str, shape: Shape) -> None:
    keeping = Inside(MATCHER, EVERYBODY, on_invalid=OnInvalid.KEEP)
    masked = mask(Sort.SERIALIZED, text, shape, Seed("1"), keeping)
    if masked.findings and fits(text, shape):
        assert masked.value in (text, None, "")


@given(
    st.text(),
    st.lists(st.sampled_from(SPELLINGS), max_size=3),
    st.text(),
    st.sampled_from(["utf8mb4", "utf8mb3", "cp932"]),
)
def test_a_text_of_somebody_else_still_fits_without_the_person(
    before: str, spellings: list[str], after: str, charset: str
) -> None:
    text = f"{before} {' / '.join(spellings)} {after}"
    full = Shape("varchar", len(text), None, charset, nullable=False)
    if fits(text, full):
        left = redacted(text, full, KNOWN)
        assert fits(left.value, full)
        assert MATCHER.find(str(left.value)) == ()


def form(value: Any) -> Any:
    """The form of data without its texts and numbers."""
    match value:
        case dict():
            return [form(one) for one in value.values()]
        case list():
            return [form(one) for one in value]
        case bool() | None:
            return value
        case int() | float():
            return 0
    return ""
