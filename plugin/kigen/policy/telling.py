"""Settings about what tells who somebody is: an address that changed lately, and what is left of the anonymised."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

ADDRESS_TERM = "deletion.address_changed"
LEAST_ALIKE = "anonymised.least_alike"

TELLING: tuple[Setting, ...] = (
    Setting(
        ADDRESS_TERM,
        values.term,
        "14 days",
        (
            "Where the address changed so lately, the grace is longer by this term and the former one hears."
            " Blank: neither.",
            "アドレスの変更からこの期間内の削除依頼は、猶予を同じ期間延長し旧アドレスに知らせます。空欄は無効。",
        ),
        "Appendix 1, 5",
        True,
    ),
    Setting(
        LEAST_ALIKE,
        values.count,
        "5",
        (
            "Documents of the anonymised that fewer clients share (country, date, amount) are told by doctor."
            " 0: never.",
            "匿名化後も残る書類（国・日付・金額）に当てはまる顧客がこの数より少ないとき知らせます。0 は無効。",
        ),
        "Article 11",
    ),
)
