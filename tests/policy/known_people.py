"""People of tests about masks and searches, with all that a host may know of them."""

from __future__ import annotations

from kigen.policy.identifiers import Person
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.identifiers_search import Matcher
from kigen.policy.sorts import Sort

TARO = Person(
    "7",
    (("太郎", "山田"), ("タロウ", "ヤマダ"), ("Taro", "Yamada")),
    (
        (Sort.EMAIL, "Taro+billing@Example.jp"),
        (Sort.PHONE, "+81.312345678"),
        (Sort.IP, "192.0.2.7"),
        (Sort.IP, "2001:db8::7"),
        (Sort.COMPANY, "株式会社東北物産"),
        (Sort.ADDRESS, "大崎市古川1丁目2番3号"),
        (Sort.POSTCODE, "989-6154"),
        (Sort.CITY, "大崎市"),
        (Sort.HOSTNAME, "yamada-shoten.jp"),
        (Sort.USERNAME, "tyamada"),
        (Sort.BIRTHDAY, "1980-01-31"),
        (Sort.TAX_ID, "T1234567890123"),
    ),
)
LI = Person("8", (("An", "Li"),), ((Sort.EMAIL, "li@example.com"), (Sort.PHONE, "+1 212 555 0147")))
MORI = Person("9", (("愛", "森"),), ((Sort.EMAIL, "mori@example.jp"), (Sort.COMPANY, "森株式会社")))
MARK = Person("10", (("Mark", "O'Brien-Smith"),), ((Sort.ADDRESS, "221B Baker Street"), (Sort.POSTCODE, "NW1 6XE")))

ALL = tuple(one for person in (TARO, LI, MORI, MARK) for one in identifiers_of(person))
MATCHER = Matcher(ALL)
EVERYBODY = frozenset({"7", "8", "9", "10"})
OWN = frozenset({"7"})
