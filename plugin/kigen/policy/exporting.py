"""What a bundle for a client consists of: its sections, what each is called, and which kinds of bundle there are.

Article 14 of the policy names seven sections that every bundle has, be they empty; GDPR Art. 15 and 20 and APPI Art. 33
ask for the others. Which table stands in which section a host's own list says (hosts/*/outgoing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kigen.policy.datamap import Field, Table
from kigen.policy.fates import Plain, Withheld
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import USUAL, Category, LegalBasis, Word, bases_of


class Section(Word):
    """One section of a bundle; its name is that of its files."""

    PROFILE = "profile", "", "Account and profile", "アカウント・プロフィール"
    CONTACTS = "contacts", "", "Contacts and users", "連絡先・ユーザー"
    SERVICES = "services", "", "Accounts and services", "契約中・過去のサービス"
    DOMAINS = "domains", "", "Domains", "ドメイン"
    ORDERS = "orders", "", "Orders and quotes", "注文・見積"
    INVOICES = "invoices", "", "Invoices", "請求書"
    TRANSACTIONS = "transactions", "", "Transactions and means of payment", "取引・支払方法"
    TICKETS = "tickets", "", "Tickets", "チケット"
    MESSAGES = "messages", "", "Messages sent to you", "お送りしたメール"
    CHANGES = "change_logs", "", "Change log", "変更履歴"
    ACTIVITY = "activity", "", "Technical and usage logs", "技術情報・利用ログ"
    CONSENTS = "consents", "", "Consents", "同意の記録"
    REQUESTS = "requests", "", "Requests and what became of them", "ご請求とその対応"
    RETENTION = "retention", "", "How long each record is kept, and why", "各記録の保存期間とその理由"
    RECIPIENTS = "recipients", "", "Who receives data", "提供先"
    AUTOMATED = "automated-decisions", "", "Automated decisions", "自動化された意思決定"
    OTHER = "other", "", "Other data", "その他の情報"


REQUIRED = (
    Section.CONTACTS, Section.SERVICES, Section.DOMAINS, Section.CHANGES, Section.TRANSACTIONS, Section.INVOICES,
    Section.TICKETS,
)  # fmt: skip
"""Article 14(1)."""

BY_CATEGORY: Mapping[Category, Section] = {
    Category.ACCOUNT: Section.PROFILE,
    Category.BILLING: Section.TRANSACTIONS,
    Category.SUPPORT: Section.TICKETS,
    Category.TECHNICAL: Section.ACTIVITY,
    Category.DOMAIN: Section.DOMAINS,
    Category.FRAUD: Section.AUTOMATED,
    Category.MARKETING: Section.CONSENTS,
    Category.OTHER: Section.OTHER,
}
"""Where a table goes that a host's own list does not name, such as one that the operator classified."""


class BundleKind(Word):
    """What is asked for: all that is held (GDPR Art. 15, APPI Art. 33), or what can be taken elsewhere (Art. 20)."""

    ACCESS = "access", "dpv:DataSubjectRight", "Access", "開示"
    PORTABILITY = "portability", "dpv:DataSubjectRight", "Portability", "データポータビリティ"


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that a bundle lacks although it should be there, as a sentence in both languages."""

    english: str
    japanese: str

    def said(self, language: str) -> str:
        """The sentence: Japanese for "ja", else English."""
        return self.japanese if language == "ja" else self.english


PORTABLE = frozenset({LegalBasis.CONTRACT, LegalBasis.CONSENT})
"""GDPR Art. 20(1): processing on consent or a contract."""

NOT_GIVEN = frozenset({
    Section.RECIPIENTS, Section.AUTOMATED, Section.RETENTION, Section.REQUESTS, Section.CHANGES, Section.ACTIVITY,
})  # fmt: skip
"""Sections about the client that it neither gave nor caused by using a service: empty in a bundle for portability."""

_PERSONS = frozenset({Sort.NAME, Sort.EMAIL, Sort.USERNAME, Sort.IP, Sort.USER_AGENT})
"""What says who wrote a row: hidden where that was somebody else."""

_ACTORS = frozenset({Sort.USERNAME, Sort.IP, Sort.USER_AGENT})
"""What says from where a row of the client was written: hidden where staff wrote it."""


class Left(Word):
    """Why something of a client's is not in a bundle, besides what a column's own rule says (Withheld)."""

    STAFF = "staff", "", "It is about the operator's own staff.", "運営者の従業員に関する情報です。"
    SHARED = (
        "shared", "", "Another account has this person as well; ask us, and we look at it together.",
        "他のアカウントにも登録されている方の情報です。個別にお問い合わせください。",
    )  # fmt: skip
    NOT_PORTABLE = (
        "not-portable", "", "You did not give it, or it rests on neither consent nor a contract (GDPR Art. 20).",
        "ご本人が提供した情報ではないか、同意・契約に基づかない情報です（GDPR第20条）。",
    )  # fmt: skip
    UNREADABLE = (
        "unreadable", "", "Stored data that could not be looked through for secrets.",
        "秘密情報の有無を確認できない形式の保存データです。",
    )  # fmt: skip
    SEALED = (
        "sealed", "", "Documents that the law keeps are sealed; ask us for a copy.",
        "法令により封印して保存している書類です。写しはお問い合わせください。",
    )  # fmt: skip
    UNCLASSIFIED = (
        "unclassified", "", "Nobody has said yet what it holds ('kigen datamap set').",
        "内容がまだ分類されていません（'kigen datamap set'）。",
    )  # fmt: skip
    NOBODYS = (
        "nobodys", "", "Its rows name no client; a person has to look for yours.",
        "顧客を特定する項目がないため、担当者が個別に確認します。",
    )  # fmt: skip


Rule = Withheld | Left


def section_of(table: Table, listed: Mapping[str, Section]) -> Section:
    """The section of a table's rows."""
    return listed.get(table.name) or BY_CATEGORY[table.category]


def withheld(field: Field, is_portability: bool = False) -> Rule | None:
    """By which rule a column is never read for a bundle; None where it is handed out."""
    if field.withheld:
        return field.withheld
    if is_portability and field.plain in (Plain.STAFF, Plain.CONFIGURATION):
        return Left.NOT_PORTABLE
    if is_portability and field.is_personal and PORTABLE.isdisjoint(field.bases):
        return Left.NOT_PORTABLE
    return None


def withheld_whole(table: Table, section: Section, is_portability: bool = False) -> Rule | None:
    """By which rule no row of a table is handed out: nothing in it but what is withheld, or not for this kind."""
    rules = {one.withheld for one in table.personal}
    if rules and None not in rules:
        return next(one.withheld for one in table.personal if one.withheld)
    if is_portability and (section in NOT_GIVEN or PORTABLE.isdisjoint(_bases(table))):
        return Left.NOT_PORTABLE
    return None


def hides_others(field: Field) -> bool:
    """Whether a column tells of whoever else wrote the row, in a conversation."""
    return field.sort in _PERSONS


def hides_staff(field: Field) -> bool:
    """Whether a column tells of the staff, where staff wrote the row."""
    return field.sort in _ACTORS


def bases(fields: Iterable[Field], table: Table) -> tuple[LegalBasis, ...]:
    """On what processing these columns rests; for a table without personal columns, the usual of its category."""
    found = dict.fromkeys(basis for one in fields for basis in one.bases)
    return tuple(found) or bases_of(USUAL[table.category])


def _bases(table: Table) -> tuple[LegalBasis, ...]:
    return bases(table.personal, table)
