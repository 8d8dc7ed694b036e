"""The words of the policy's articles 3 to 8: categories of data, purposes, legal bases, roles and recipients.

Each word carries its term of the W3C Data Privacy Vocabulary 2.0 and what a page, a notice or the register of
processing (GDPR Art. 30) says for it in English and Japanese. The prefixes are dpv: https://w3id.org/dpv#,
pd: https://w3id.org/dpv/pd# and eu-gdpr: https://w3id.org/dpv/legal/eu/gdpr#.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

LANGUAGES = ("en", "ja")
"""The languages in which kigen has all its words, in the order in which tables of words give them."""


class Word(StrEnum):
    """One word of the policy: its name in data, then its DPV term ("" for none), English and Japanese."""

    dpv: str
    english: str
    japanese: str

    def __new__(cls, name: str, dpv: str = "", english: str = "", japanese: str = "") -> Self:
        made = str.__new__(cls, name)
        made._value_ = name
        made.dpv, made.english, made.japanese = dpv, english, japanese
        return made

    def said(self, language: str = "en") -> str:
        """What a person reads: Japanese for "ja", else English."""
        return self.japanese if language == "ja" else self.english


class Category(Word):
    """The eight categories of personal data (Art. 4)."""

    ACCOUNT = "account", "pd:Contact", "Account and contract", "アカウント・契約情報"
    BILLING = "billing", "pd:Transactional", "Billing and payment", "請求・支払情報"
    SUPPORT = "support", "pd:Communication", "Support", "サポート情報"
    TECHNICAL = "technical", "pd:DeviceBased", "Technical and usage logs", "技術情報・利用ログ"
    DOMAIN = "domain", "pd:Identifying", "Domains and SSL", "ドメイン・SSL情報"
    FRAUD = "fraud", "pd:Reliability", "Fraud prevention", "不正防止情報"
    MARKETING = "marketing", "pd:Preference", "Marketing", "マーケティング情報"
    OTHER = "other", "dpv:PersonalData", "Other", "その他の情報"


class Purpose(Word):
    """The eight purposes of use (Art. 5)."""

    CONTRACT = (
        "contract", "dpv:RequestedServiceProvision", "To provide the service and manage the account",
        "サービスの提供とアカウントの管理",
    )  # fmt: skip
    BILLING = "billing", "dpv:PaymentManagement", "To bill, and to receive and refund payments", "請求、入金および返金"
    SUPPORT = "support", "dpv:CustomerCare", "To answer questions and give support", "問い合わせへの回答とサポート"
    REGISTRATION = (
        "registration", "dpv:TechnicalServiceProvision", "To register domains and issue certificates",
        "ドメインの登録と証明書の発行",
    )  # fmt: skip
    SECURITY = (
        "security", "dpv:EnforceSecurity", "To keep the service secure and running",
        "サービスの安全の確保と安定した運用",
    )  # fmt: skip
    FRAUD = (
        "fraud", "dpv:FraudPreventionAndDetection", "To detect and prevent fraud and misuse", "不正利用の検知と防止",
    )  # fmt: skip
    MARKETING = (
        "marketing", "dpv:DirectMarketing", "To send news and offers to those who agreed", "同意した方への案内の送付",
    )  # fmt: skip
    LAW = (
        "law", "dpv:LegalCompliance", "To meet legal duties such as bookkeeping and tax",
        "帳簿の保存、納税などの法的義務の履行",
    )  # fmt: skip


class LegalBasis(Word):
    """The five legal bases (Art. 6), which are those of GDPR Art. 6(1)(b), (c), (f), (a) and (d)."""

    CONTRACT = "contract", "eu-gdpr:A6-1-b", "Performance of the contract", "契約の履行"
    LEGAL_OBLIGATION = "legal-obligation", "eu-gdpr:A6-1-c", "Legal obligation", "法的義務"
    LEGITIMATE_INTEREST = "legitimate-interest", "eu-gdpr:A6-1-f", "Legitimate interest", "正当な利益"
    CONSENT = "consent", "eu-gdpr:A6-1-a", "Consent", "同意"
    VITAL_INTEREST = "vital-interest", "eu-gdpr:A6-1-d", "Vital interest", "生命に関する利益"


class Role(Word):
    """Who decides about a set of data (Art. 3). What a client stores on its own VPS is none of a host's tables."""

    CONTROLLER = "controller", "dpv:DataController", "Controller", "管理者"
    PROCESSOR = "processor", "dpv:DataProcessor", "Processor", "処理者"


class Recipient(Word):
    """Who outside receives data (Art. 8): kinds, not names; the register of recipients has the names."""

    PAYMENT = "payment", "dpv:ThirdParty", "Payment service providers", "決済サービス事業者"
    REGISTRAR = "registrar", "dpv:ThirdParty", "Registrars and registries", "レジストラおよびレジストリ"
    CERTIFICATION = "certification", "dpv:ThirdParty", "Certification authorities", "認証局"
    FRAUD_CHECK = "fraud-check", "dpv:DataProcessor", "Fraud screening services", "不正検知サービス事業者"
    DELIVERY = "delivery", "dpv:DataProcessor", "Mail delivery and support tools", "メール配信・サポートツールの事業者"
    AUTHORITY = "authority", "dpv:Authority", "Tax and other authorities", "税務署その他の公的機関"


BASIS: Mapping[Purpose, LegalBasis] = {
    Purpose.CONTRACT: LegalBasis.CONTRACT,
    Purpose.BILLING: LegalBasis.CONTRACT,
    Purpose.SUPPORT: LegalBasis.CONTRACT,
    Purpose.REGISTRATION: LegalBasis.CONTRACT,
    Purpose.SECURITY: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.FRAUD: LegalBasis.LEGITIMATE_INTEREST,
    Purpose.MARKETING: LegalBasis.CONSENT,
    Purpose.LAW: LegalBasis.LEGAL_OBLIGATION,
}
"""The basis of each purpose. Vital interest is the basis of no regular purpose: it is invoked case by case."""

RECIPIENTS: Mapping[Purpose, tuple[Recipient, ...]] = {
    Purpose.CONTRACT: (),
    Purpose.BILLING: (Recipient.PAYMENT,),
    Purpose.SUPPORT: (Recipient.DELIVERY,),
    Purpose.REGISTRATION: (Recipient.REGISTRAR, Recipient.CERTIFICATION),
    Purpose.SECURITY: (),
    Purpose.FRAUD: (Recipient.FRAUD_CHECK,),
    Purpose.MARKETING: (Recipient.DELIVERY,),
    Purpose.LAW: (Recipient.AUTHORITY,),
}
"""Who receives data that is used for each purpose."""

USUAL: Mapping[Category, tuple[Purpose, ...]] = {
    Category.ACCOUNT: (Purpose.CONTRACT,),
    Category.BILLING: (Purpose.BILLING, Purpose.LAW),
    Category.SUPPORT: (Purpose.SUPPORT,),
    Category.TECHNICAL: (Purpose.SECURITY,),
    Category.DOMAIN: (Purpose.CONTRACT, Purpose.REGISTRATION),
    Category.FRAUD: (Purpose.FRAUD,),
    Category.MARKETING: (Purpose.MARKETING,),
    Category.OTHER: (Purpose.CONTRACT,),
}
"""What data of a category is used for, where the map says nothing else of a column."""


def bases_of(purposes: Iterable[Purpose]) -> tuple[LegalBasis, ...]:
    """The bases of these purposes, each once, in their order."""
    return tuple(dict.fromkeys(BASIS[purpose] for purpose in purposes))


def recipients_of(purposes: Iterable[Purpose]) -> tuple[Recipient, ...]:
    """Who receives data used for these purposes, each once, in their order."""
    return tuple(dict.fromkeys(recipient for purpose in purposes for recipient in RECIPIENTS[purpose]))
