"""What a client may agree to, each purpose a row: its words, what it uses, who receives it, how long a consent holds.

No row has a default, and there is no setting for one: who has not answered has not agreed (GDPR Art. 4(11)).
"""

from __future__ import annotations

from dataclasses import dataclass

from kigen.policy.periods import Term
from kigen.policy.vocabulary import Recipient

Words = tuple[str, str]
"""English and Japanese."""


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """One purpose. `term`: after it a consent has expired and is asked again. `stops` is what ends at a withdrawal.

    `by_mail`: something is sent to an address, which a withdrawal suppresses beyond the client's own erasure.
    `in_browser`: it runs in the portal's pages, where visitors are asked; how long it holds is then a setting.
    """

    key: str
    name: Words
    uses: Words
    stops: Words
    recipients: tuple[Recipient, ...]
    dpv: str
    term: Term
    by_mail: bool = False
    in_browser: bool = False


PURPOSES: dict[str, ConsentPurpose] = {
    one.key: one
    for one in (
        ConsentPurpose(
            "marketing",
            ("Offers by mail", "メールによるご案内"),
            (
                "your mail address, your language and which services you have",
                "メールアドレス、使用言語、ご利用中のサービスの種類",
            ),
            ("no further offer is sent", "以後のご案内の送信を停止します"),
            (Recipient.DELIVERY,), "dpv:DirectMarketing", Term(24), by_mail=True,
        ),
        ConsentPurpose(
            "newsletter",
            ("Newsletter", "ニュースレター"),
            ("your mail address and your language", "メールアドレス、使用言語"),
            ("no further issue is sent", "以後の配信を停止します"),
            (Recipient.DELIVERY,), "dpv:Marketing", Term(24), by_mail=True,
        ),
        ConsentPurpose(
            "analytics",
            ("Statistics of the portal's use", "ポータルの利用状況の分析"),
            (
                "which pages you open, when, and with what kind of device",
                "閲覧したページ、日時、端末の種類",
            ),
            ("nothing further is measured", "以後の計測を停止します"),
            (), "dpv:ServiceUsageAnalytics", Term(6), in_browser=True,
        ),
        ConsentPurpose(
            "advertising",
            ("Advertising on other sites", "他サイトでの広告表示"),
            ("an identifier of your browser and which offers you opened", "ブラウザの識別子、閲覧したご案内"),
            ("the identifier is no longer passed on", "以後、識別子の提供を停止します"),
            (), "dpv:TargetedAdvertising", Term(6), in_browser=True,
        ),
    )
}  # fmt: skip

IN_BROWSER = tuple(key for key, one in PURPOSES.items() if one.in_browser)
"""The purposes about which visitors of the portal are asked; what is strictly necessary is none of them."""

CONSENT = "consent-"
"""What the notice of a purpose is called: this and the purpose."""
