"""Each spelling of a name, a number or an address that people use is found; what is only alike is not."""

from __future__ import annotations

import pytest

from kigen.policy.identifiers import Identifier, Person, Strength, ambiguous
from kigen.policy.identifiers_fold import fold_in_place, folded
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.identifiers_redact import redact
from kigen.policy.identifiers_search import Matcher
from kigen.policy.sorts import Sort
from tests.policy.known_people import ALL, EVERYBODY, LI, MATCHER

S = Sort


def left_of(text: str) -> str:
    """What stays of a text in the person's own row."""
    return redact(text, MATCHER, EVERYBODY, "·").text


def person(*values: tuple[Sort, str], names: tuple[tuple[str, str], ...] = ()) -> Matcher:
    return Matcher(identifiers_of(Person("1", names, values)))


JAPANESE_NAMES = [
    ("山田太郎", "·"), ("太郎山田", "·"), ("山田 太郎", "·"), ("山田　太郎", "·"), ("山田・太郎", "·"),
    ("山田、太郎", "·"),
    ("山田\n太郎", "·"), ("山田太郎様", "·様"), ("山田様", "·様"), ("山田さんへ", "·さんへ"),
    ("太郎くん", "·くん"), ("担当山田です", "担当·です"),
    ("株式会社 山田太郎", "株式会社 ·"), ("ヤマダタロウ", "·"), ("やまだ たろう", "·"), ("ﾔﾏﾀﾞ ﾀﾛｳ", "·"),
    ("ﾔﾏﾀﾞﾀﾛｳ", "·"),
    ("ヤマタ\u3099 タロウ", "·"), ("やまだたろうです", "·です"), ("ヤマダ様", "·様"),
    ("Ｙａｍａｄａ　Ｔａｒｏ", "·"), ("YAMADA Taro", "·"),
    ("Taro Yamada", "·"), ("Taro.Yamada", "·"), ("yamada_taro", "·"), ("taroyamada", "·"), ("Tarō Yamada", "·"),
    ("山\u200b田太\ufeff郎", "·"), ("山田\U000e0100太郎", "·"), ("\u202e山田太郎\u202c", "\u202e·\u202c"),
    ("👨‍👩‍👧山田太郎🎉", "👨‍👩‍👧·🎉"),
    ("森様", "·様"), ("森さん", "·さん"), ("森 愛", "·"), ("森　愛様", "·様"), ("Mr Li", "Mr ·"),
    ("Dear Li,", "Dear ·,"), ("Li-san", "·-san"),
    ("Mr An Li", "Mr ·"), ("Mark O'Brien-Smith", "·"), ("OBrien Smith", "·"), ("O’Brien–Smith", "·"),
    ("Mr Mark", "Mr ·"),
]  # fmt: skip
ONLY_ALIKE = [
    "小山田太郎", "山田町", "太郎丸", "山", "田", "ヤマダデンキ", "コヤマダ", "東森林組合", "森林", "青森県", "森",
    "Li", "An apple", "Lithium", "Anna",
    "bookmark", "An Li", "an Li-ion", "森愛", "Mark the box", "markup", "tyamada2", "xtyamada", "Tarot", "山本太",
    "爱", "愛",
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), JAPANESE_NAMES)
def test_a_name_is_found_in_every_spelling_and_all_else_stays(text: str, left: str) -> None:
    assert left_of(text) == left


@pytest.mark.parametrize("text", ONLY_ALIKE)
def test_a_word_that_only_looks_like_a_name_stays(text: str) -> None:
    assert left_of(text) == text


VARIANTS = [
    ("髙橋", "高橋"), ("高橋", "髙橋"), ("﨑山", "崎山"), ("𠮷田", "吉田"), ("吉田", "𠮷田"), ("渡邊", "渡辺"),
    ("渡邉", "渡辺"), ("齋藤", "斎藤"),
    ("濵田", "浜田"), ("澤田", "沢田"), ("廣田", "広田"), ("黒﨑", "黑崎"), ("神\ufa19", "神神"),
    ("がぎ", "か\u3099き\u3099"), ("ガギグ", "ｶﾞｷﾞｸﾞ"),
    ("キョウコ", "キヨウコ"), ("José", "Jose"), ("José", "Jose\u0301"), ("Łukasz", "lukasz"),
    ("STRASSE", "straße"), ("Çelik", "celik"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "written"), VARIANTS)
def test_variants_of_a_letter_are_one(known: str, written: str) -> None:
    assert folded(known) == folded(written)
    assert person(names=(("", known),)).is_in(f"名義: {written} 様")


@pytest.mark.parametrize("text", ["ｶﾞ㈱…𠮷é", "e\u0301x\u200by", "山\U000e0100", "👨‍👩‍👧", "", "ﬁ", "각", "\u0301"])
def test_each_folded_letter_knows_where_it_came_from(text: str) -> None:
    place = fold_in_place(text)
    assert place.text == folded(text)
    assert [text[place.span(at, at + 1)[0] : place.span(at, at + 1)[1]] for at in range(len(place.text))].count("") == 0


TELEPHONES = [
    "03-1234-5678", "0312345678", "03(1234)5678", "(03)1234-5678", "03 1234 5678", "03.1234.5678",
    "０３－１２３４－５６７８", "03ー1234ー5678",
    "+81-3-1234-5678", "+81312345678", "+81.312345678", "+81 (0)3 1234 5678", "81 3 1234 5678", "0081 3-1234-5678",
    "010-81-3-1234-5678", "011 81 3 1234 5678", "312345678", "tel:0312345678;", "℡０３１２３４５６７８",
]  # fmt: skip


@pytest.mark.parametrize("text", TELEPHONES)
def test_a_telephone_number_is_found_in_every_spelling(text: str) -> None:
    assert MATCHER.is_in(text)
    assert not any(char.isdigit() for char in left_of(text))


@pytest.mark.parametrize(
    "text", ["103-1234-5678", "03-1234-56789", "03-1234-567", "2026-03-12 34:56:78", "03\n1234\n5678"]
)
def test_a_part_of_a_longer_number_is_no_telephone_number(text: str) -> None:
    assert left_of(text) == text


@pytest.mark.parametrize(("known", "written"), [
    ("+1 212 555 0147", "(212) 555-0147"), ("+44 20 7946 0018", "020 7946 0018"), ("+353.15550123", "01 555 0123"),
    ("0312345678", "+81 3 1234 5678"), ("090-1234-5678 内線 12", "+819012345678"),
    ("010-1-212-555-0147", "+1 212-555-0147"),
])  # fmt: skip
def test_a_number_is_found_with_its_country_and_as_dialled_at_home(known: str, written: str) -> None:
    assert person((S.PHONE, known)).is_in(written)


ON_THE_NET = [
    ("taro@example.jp", "·"), ("TARO@EXAMPLE.JP", "·"), ("<taro+shop@example.jp>", "<·>"),
    ("ｔａｒｏ＠example．jp", "·"), ("taro@example.jp.", "·."),
    ("mailto:taro@example.jp?x", "mailto:·?x"), ("メールはtaro@example.jpまで", "メールは·まで"),
    ("...taro@example.jp", "...·"),
    
    ("192.0.2.7", "·"), ("192.000.002.007", "·"), ("[192.0.2.7]:443", "[·]:443"), ("192.0.2.7/32", "·/32"),
    ("::ffff:192.0.2.7", "·"), ("::ffff:c000:207", "·"), ("192-0-2-7.isp.example", "·.isp.example"),
    ("7.2.0.192.in-addr.arpa", "·"),
    ("１９２．０．２．７", "·"), ("192.0.2.77", None), ("1192.0.2.7", None), ("1.192.0.2.7", None),
    ("192.0.2.7.1", None), ("7.2.0.192", None),
    ("2001:db8::7", "·"), ("2001:0DB8:0:0:0:0:0:0007", "·"), ("[2001:db8::7]:443", "[·]:443"),
    ("2001:db8::70", None), ("2001:db8:0::7", "·"),
    ("7." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa", "·"), ("yamada-shoten.jp", "·"),
    ("www.yamada-shoten.jp/x", "www.·/x"),
    ("info@yamada-shoten.jp", "info@·"), ("YAMADA-SHOTEN.JP.", "·."), ("my-yamada-shoten.jp", "my-·-shoten.jp"),
    ("yamada-shoten.jp.example", "·-shoten.jp.example"),
    ("tyamada", "·"), ("/www/tyamada/x", "/www/·/x"), ("TYamada", "·"),
]  # fmt: skip


@pytest.mark.parametrize("text", [
    "jtaro@example.jp", "x.taro@example.jp", "taro_@example.jp", "x_taro@example.jp", "x-taro@example.jp",
    "x+taro@example.jp",
    "taro@example.jp.evil.example", "taro@example.jpn", "taro@example.jp-x.example", "taro@mail.example.jp",
    "taro@example",
])  # fmt: skip
def test_a_mailbox_that_only_ends_or_begins_alike_is_somebody_elses(text: str) -> None:
    assert not person((S.EMAIL, "taro@example.jp")).is_in(text)


@pytest.mark.parametrize(("text", "left"), ON_THE_NET)
def test_addresses_of_the_net_are_found_in_every_notation(text: str, left: str | None) -> None:
    assert left_of(text) == (text if left is None else left)


@pytest.mark.parametrize(("known", "written"), [
    ("日本語.jp", "xn--wgv71a119e.jp"), ("xn--wgv71a119e.jp", "日本語.jp"),
    ("https://Example.jp/", "mail.example.jp"),
    ("https://www.example.jp/~taro/", "http://example.jp/~taro"), ("taro@日本語.jp", "taro@xn--wgv71a119e.jp"),
])  # fmt: skip
def test_a_domain_is_found_in_letters_and_in_punycode(known: str, written: str) -> None:
    sort = S.EMAIL if "@" in known else S.URL if "/" in known else S.HOSTNAME
    assert person((sort, known)).is_in(written)


PLACES = [
    ("大崎市古川1丁目2番3号", "·号"), ("大崎市古川1-2-3", "·"), ("宮城県大崎市古川一丁目２－３", "宮城県·"),
    ("大崎市 古川 1の2の3", "· ·"), ("古川1-2-3", "·"),
    ("古川一丁目2番3", "·"), ("大崎市古川1-2-34", None), ("東古川1-2-3", None), ("大崎市古川1-2", None),
    ("1-2-3", None),
    ("〒989-6154", "〒·"), ("9896154", None), ("9,896,154", None), ("９８９－６１５４", "·"), ("19896154", None),
    ("221b Baker Street", "·"), ("221B, BAKER STREET", "·"),
    ("1221B Baker Street", None), ("NW1 6XE", "·"), ("nw16xe", "·"), ("nw16xex", None), ("大崎市", None),
    ("1980-01-31", None),
    ("19800131", None), ("T1234567890123", "·"), ("登録番号 1234567890123", "登録番号 ·"), ("東北物産", "·"),
    ("㈱東北物産", "㈱·"), ("東北物産(株)", "·(株)"),
    ("株式会社　東北物産", "株式会社　·"), ("森株式会社", "·株式会社"), ("(株)森", "(株)·"), ("ﾄｳﾎｸ", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), PLACES)
def test_homes_companies_and_numbers_are_found_in_every_spelling(text: str, left: str | None) -> None:
    assert left_of(text) == (text if left is None else left)


@pytest.mark.parametrize(("known", "written"), [
    ("Acme Widgets Co., Ltd.", "acme widgets"), ("Acme Ltd", "ACME Limited"), ("Yamada K.K.", "Yamada KK"),
    ("(有)山", "有限会社山"),
    ("合同会社ホシ", "ホシ合同会社"), ("株式会社アオバ", "カ)アオバ"), ("Smith & Sons GmbH", "Smith & Sons"),
])  # fmt: skip
def test_a_company_is_found_with_another_legal_form_or_none(known: str, written: str) -> None:
    assert person((S.COMPANY, known)).is_in(written)


def strengths(owner: Person) -> dict[str, Strength]:
    return {one.written: one.strength for one in identifiers_of(owner)}


def test_what_is_ambiguous_is_listed_as_such() -> None:
    listed = ambiguous(ALL)
    assert {one.written for one in listed if one.owner == "9"} == {"森", "愛", "愛 森", "森 愛"}
    assert {one.written for one in listed if one.owner == "8"} == {"an", "li", "an li", "li an"}
    assert {one.written for one in listed if one.owner == "7"} == {"大崎市", "1980-01-31", "192.0.2.7", "989-6154"}


def test_an_address_of_a_mailbox_means_its_owner_anywhere_and_a_name_only_in_their_own_rows() -> None:
    known = strengths(LI)
    assert known["li@example.com"] is Strength.ALONE
    assert strengths(Person("1", (("Taro", "Yamada"),)))["taro yamada"] is Strength.OWN


@pytest.mark.parametrize("value", [
    (S.NAME, ""), (S.NAME, "-"), (S.NAME, "X"), (S.EMAIL, "none"), (S.EMAIL, "erased-7@erased.invalid"),
    (S.PHONE, "0"), (S.PHONE, "110"),
    (S.PHONE, "0000000000"[:3]), (S.IP, "0.0.0.0"), (S.IP, "127.0.0.1"),  # noqa: S104 - data, nothing is bound
    (S.IP, "999.1.1.1"),
    (S.HOSTNAME, "localhost"), (S.HOSTNAME, "erased.invalid"),
    (S.ADDRESS, "-"), (S.ADDRESS, "101"), (S.POSTCODE, "000"), (S.BIRTHDAY, "0000-00-00"),
    (S.BIRTHDAY, "1980-02-31"), (S.TAX_ID, "0000000000"),
    (S.SECRET, "********"), (S.TOKEN, "abc"), (S.COUNTRY, "JP"), (S.FREE_TEXT, "山田太郎"), (S.USERNAME, "t"),
    (S.NAME, "erased"),
    (S.COMPANY, "erased"), (S.URL, "https://erased.invalid/"),
])  # fmt: skip
def test_what_names_nobody_gives_no_identifier(value: tuple[Sort, str]) -> None:
    assert identifiers_of(Person("1", (), (value,))) == ()


def test_an_identifier_shows_nothing_of_the_person_when_it_is_printed() -> None:
    printed = repr(ALL) + repr(LI)
    assert not any(word in printed for word in ("example", "山田", "taro", "312345678", "192.0.2.7", "1980"))
    assert isinstance(ALL[0], Identifier)


@pytest.mark.parametrize(
    "known",
    ["株式会社", "有限会社", "（株）", "Ltd", "GmbH", "Co., Ltd.", "L.L.C.", "Company Limited", "株式会社 Ltd", "Inc."],
)
def test_a_legal_form_alone_is_no_company_that_is_looked_for(known: str) -> None:
    """Many leave the form where the name should be; every other company has it too."""
    matcher = person((S.COMPANY, known), (S.EMAIL, "a@b.example"))
    written = (
        "有限会社ひかり (株)みどり 株式会社、 Sky Ltd, Bau GmbH, Sea Co., Ltd., Air L.L.C., Rail Company Limited Inc."
    )
    assert redact(f"{written} a@b.example", matcher, frozenset({"1"}), "·").text == f"{written} ·"


@pytest.mark.parametrize("known", ["Limitless", "Inca", "株式会社会", "GmbHaus", "Corpus Ltd"])
def test_a_name_that_only_begins_like_a_form_is_one(known: str) -> None:
    assert redact(f"{known}, Tokyo", person((S.COMPANY, known)), frozenset({"1"}), "·").text.endswith("Tokyo")
    assert "company" in {one.sort for one in identifiers_of(Person("1", (), ((S.COMPANY, known),)))}
