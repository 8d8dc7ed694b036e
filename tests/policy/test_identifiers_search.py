"""What a hit proves by what stands beside it, in whose row, and inside which encoding; all else stays byte for byte."""

from __future__ import annotations

import base64
import quopri
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kigen.policy.identifiers import Person, Strength
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.identifiers_redact import redact
from kigen.policy.identifiers_search import Hit, Matcher
from kigen.policy.sorts import Sort
from tests.policy.known_people import EVERYBODY, MATCHER, OWN

S = Sort


def test_a_hit_says_where_of_which_sort_of_whom_and_how_sure_and_never_what() -> None:
    (hit,) = MATCHER.find("Write to taro@example.jp.")
    assert hit == Hit(9, 24, S.EMAIL, "7", Strength.ALONE)
    assert "taro" not in repr(hit)


IN_ROWS_OF_OTHERS = [
    # A name alone never redacts (cases.md G7): there are many of them.
    ("山田太郎です", "山田太郎です"), ("Taro Yamada called", "Taro Yamada called"),
    ("from 192.0.2.7", "from 192.0.2.7"),
    ("Yamada Yamada Yamada", "Yamada Yamada Yamada"),
    # What means one person goes, and takes along what stands beside it.
    ("mail taro@example.jp", "mail [erased]"), ("0312345678", "[erased]"), ("taro@example.jp", "[erased]"),
    ("Taro Yamada <taro@example.jp>", "[erased] <[erased]>"), ("Taro Yamada, 192.0.2.7", "[erased], [erased]"),
    ("山田太郎 大崎市古川1-2-3", "[erased] [erased]"),
    ("born 1980-01-31: taro@example.jp", "born 1980-01-31: [erased]"),
    # Two people in one text: each keeps to its own.
    ("Taro Yamada and li@example.com", "Taro Yamada and [erased]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), IN_ROWS_OF_OTHERS)
def test_in_rows_of_others_only_what_surely_means_the_person_goes(text: str, left: str) -> None:
    assert redact(text, MATCHER).text == left


def test_what_is_left_in_rows_of_others_is_listed_with_its_place() -> None:
    result = redact("taro@example.jp wrote" + " " * 90 + "Yamada called", MATCHER)
    assert (result.replaced, result.text.strip(" ")[:20]) == (1, "[erased] wrote      ")
    assert [(result.text[hit.start : hit.end], hit.owner) for hit in result.left] == [("Yamada", "7")]


BESIDE = [
    ("Li, li@example.com", "[erased], [erased]"), ("森 mori@example.jp", "[erased] [erased]"),
    ("1980-01-31 taro@example.jp", "[erased] [erased]"), ("31/01/1980 taro@example.jp", "[erased] [erased]"),
    ("taro@example.jp 1980年1月31日", "[erased] [erased]"), ("taro@example.jp 3221225991", "[erased] [erased]"),
    ("大崎市の山田太郎", "[erased]の[erased]"),
    ("Li" + " " * 81 + "li@example.com", "Li" + " " * 81 + "[erased]"),
    ("Li" + " " * 80 + "li@example.com", "[erased]" + " " * 80 + "[erased]"),
    ("Li", "Li"), ("森", "森"), ("1980-01-31", "1980-01-31"), ("大崎市", "大崎市"), ("3221225991", "3221225991"),
    # Somebody else's address beside it proves nothing.
    ("Li, taro@example.jp", "Li, [erased]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), BESIDE)
def test_an_ambiguous_identifier_counts_only_beside_another_of_the_same_person(text: str, left: str) -> None:
    assert redact(text, MATCHER, EVERYBODY).text == left


def test_a_name_that_is_also_the_login_is_not_its_own_witness() -> None:
    matcher = Matcher(identifiers_of(Person("1", (("", "Yamada"),), ((S.USERNAME, "yamada"),))))
    assert {hit.strength for hit in matcher.find("yamada and yamada")} == {Strength.OWN}


def test_what_two_people_share_is_a_hit_for_both() -> None:
    family = [Person(owner, (), ((S.PHONE, "0312345678"),)) for owner in ("1", "2")]
    matcher = Matcher(one for person in family for one in identifiers_of(person))
    assert [hit.owner for hit in matcher.find("tel 0312345678")] == ["1", "2"]


NAME = "山田太郎"
ENCODED = [
    ("&#23665;&#30000;&#22826;&#37070;", "[erased]"), ("&#x5c71;&#x7530;&#x592a;&#x90ce;", "[erased]"),
    ("taro&#64;example.jp", "[erased]"),
    ("taro&commat;example.jp", "[erased]"), ("?m=taro%40example.jp&x=1", "?m=[erased]&x=1"),
    ("%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E", "[erased]"),
    (r"\u5c71\u7530\u592a\u90ce", "[erased]"), (r"{\"note\":\"\nTaro Yamada\"}", r"{\"note\":\"\n[erased]\"}"),
    ("q=Taro+Yamada", "q=[erased]"),
    ("=E5=B1=B1=E7=94=B0=E5=A4=AA=E9=83=8E", "[erased]"), ("ta=\r\nro@example.jp", "[erased]"),
    ("taro=40example.jp", "[erased]"),
    ("To: =?UTF-8?B?5bGx55Sw5aSq6YOO?= <x@y.z>", "To: [erased] <x@y.z>"), ("=?utf-8?Q?Taro_Yamada?=", "[erased]"),
    ("=?ISO-2022-JP?B?GyRCOzNFREJATzobKEI=?=", "[erased]"), ("=?x-unknown?B?5bGx?=", "=?x-unknown?B?5bGx?="),
    ("&amp;&lt;b&gt;", "&amp;&lt;b&gt;"),
    ("100%25 =41 \\u0041 &#65;", "100%25 =41 \\u0041 &#65;"),
    (r"𠮷 \ud842\udfb7 taro%40example.jp", r"𠮷 \ud842\udfb7 [erased]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), ENCODED)
def test_what_is_written_in_an_encoding_is_found_and_replaced_where_it_stands(text: str, left: str) -> None:
    assert redact(text, MATCHER, OWN).text == left


@pytest.mark.parametrize(
    "text", ["taro&amp;#64;example.jp", "taro%2540example.jp", r"\\u5c71\\u7530\\u592a\\u90ce", "taro=2540example.jp"]
)
def test_an_escape_within_an_escape_is_found_too(text: str) -> None:
    assert redact(text, MATCHER, OWN).text == "[erased]"


HOSTILE = {
    "blanks after a number": "大崎市古川1" + " " * 100_000 + "x",
    "dashes": "大崎市古川1" + "-ー" * 50_000,
    "digits": "0" * 100_000,
    "spaced digits": "0 3 " * 50_000,
    "entities": "&amp;" * 40_000,
    "percents": "%E5" * 60_000,
    "letters of base64": "A" * 200_000,
    "colons": ":" * 100_000,
    "dots": "1." * 100_000,
    "header words": "=?a?b?" * 30_000,
    "names": "山田" * 50_000,
    "plus": "taro+" * 40_000,
    "ats": "taro@" * 40_000,
    "accents": "e" + "\u0301" * 100_000,
    "invisible": "\u200b" * 100_000,
    "brackets": "(((" * 50_000,
    "a form of company": "森 " + "." * 100_000,
    "quads": "192.0.2." * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_makes_the_search_slow(text: str) -> None:
    began = time.process_time()
    redact(text, MATCHER, EVERYBODY)
    assert time.process_time() - began < 10, "Seconds for at most 200,000 characters."


def test_a_body_in_quoted_printable_loses_the_person_only() -> None:
    body = "Sehr geehrter Herr 山田太郎,\r\nIhre Rechnung — 5 €.\r\n"
    left = redact(quopri.encodestring(body.encode()).decode(), MATCHER, OWN).text
    assert quopri.decodestring(left).decode().replace("\r\n", "\n") == body.replace(NAME, "[erased]").replace(
        "\r\n", "\n"
    )


@pytest.mark.parametrize("wrap", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
def test_base64_is_opened_and_closed_again(wrap: object) -> None:
    assert callable(wrap)
    body = "Dear Mr Yamada, call 03-1234-5678 ÿþ? " + "and so on. " * 12
    packed = wrap(body.encode()).decode()
    left = redact(packed, MATCHER, OWN).text
    opened = base64.b64decode(left.replace("\n", "").translate(str.maketrans("-_", "+/"))).decode()
    assert opened == body.replace("Yamada", "[erased]").replace("03-1234-5678", "[erased]")
    assert left.endswith("\n") is packed.endswith("\n")
    assert {len(line) for line in left.splitlines()[:-1]} == {len(line) for line in packed.splitlines()[:-1]}


def test_serialized_data_within_base64_within_a_text_goes_as_a_whole() -> None:
    packed = base64.b64encode(b'a:1:{s:4:"mail";s:15:"taro@example.jp";}').decode()
    assert redact(f"data={packed};", MATCHER).text == "data=[erased];"


def test_base64_within_base64_is_opened_three_times() -> None:
    text = "mail: taro@example.jp, thank you"
    packed = text
    for _ in range(3):
        packed = base64.b64encode(packed.encode()).decode()
    left = redact(packed, MATCHER).text
    for _ in range(3):
        left = base64.b64decode(left).decode()
    assert left == "mail: [erased], thank you"


def test_each_of_five_hundred_people_is_found_among_all_of_them() -> None:
    people = [
        Person(str(n), (("", f"Surname{n}x"),), ((S.EMAIL, f"mail{n}@example.jp"), (S.PHONE, f"03{10_000_000 + n}")))
        for n in range(500)
    ]
    matcher = Matcher(one for person in people for one in identifiers_of(person))
    text = "\n".join(f"mail{n}@example.jp" for n in range(500))
    assert [hit.owner for hit in matcher.find(text)] == [str(n) for n in range(500)]
    assert [hit.owner for hit in matcher.find("03-1000-0499")] == ["499"]
    assert redact(text, matcher).text == "\n".join(["[erased]"] * 500)


def test_a_matcher_of_nobody_finds_nothing() -> None:
    assert Matcher(()).find("山田太郎 taro@example.jp 0312345678 192.0.2.7 " * 3) == ()


SPELLINGS = ["taro@example.jp", "03-1234-5678", "山田太郎", "ﾔﾏﾀﾞ ﾀﾛｳ", "Taro Yamada", "192.0.2.7", "2001:db8::7",
"大崎市古川1-2-3",
             "taro%40example.jp", "&#x5c71;&#x7530;&#x592a;&#x90ce;"]  # fmt: skip
AROUND = st.text(st.sampled_from("xyz \n\t,;!?<>\"'«»。、「」→éßŁ𠮷🎉İΣ각")).filter(lambda text: "\0" not in text)


@given(AROUND, st.sampled_from(SPELLINGS), AROUND)
@example("", "taro@example.jp", "")
@example("İßŁ", "ﾔﾏﾀﾞ ﾀﾛｳ", "각𠮷")
def test_every_character_around_a_hit_stays_as_it_was(before: str, spelling: str, after: str) -> None:
    before, after = before + " ", " " + after
    assert redact(before + spelling + after, MATCHER, EVERYBODY).text == before + "[erased]" + after


@given(st.text(), st.lists(st.sampled_from(SPELLINGS), max_size=3), st.text())
def test_a_redacted_text_names_nobody_and_stays_as_it_is(before: str, spellings: list[str], after: str) -> None:
    once = redact(f"{before} {' / '.join(spellings)} {after}", MATCHER, EVERYBODY)
    assert MATCHER.find(once.text) == () == once.left
    assert redact(once.text, MATCHER, EVERYBODY).text == once.text


@given(st.text(max_size=200))
def test_a_text_without_anybody_is_not_touched(text: str) -> None:
    result = redact(text, MATCHER, EVERYBODY)
    assert result.replaced or result.text == text
