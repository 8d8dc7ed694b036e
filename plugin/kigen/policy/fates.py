"""What erasure does to a column and to a row, and the words for why it does not, or why an export leaves it out.

The terms are of kigen alone: the W3C vocabulary has none for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from kigen.policy.vocabulary import Word


class Treatment(Word):
    """What erasure does to a column, or to a row."""

    NONE = "none", "", "it identifies nobody", "個人を特定しません"
    KEEP = "keep", "", "it may identify a person and stays, for a reason", "個人を特定し得ますが、理由があって残ります"
    MASK = "mask", "", "it is masked when its client is anonymised", "顧客の匿名化の際に伏せられます"
    DELETE = "delete", "", "its rows go with their client", "顧客とともに行が削除されます"


class Fate(Word):
    """What becomes of a table's rows (retention.md, What goes with what; When a floor keeps documents)."""

    GOES = "goes", "", "deleted with the client, at once", "顧客とともに直ちに削除"
    STAYS_MASKED = (
        "stays-masked", "", "deleted with the client; masked while a floor keeps what they belong to",
        "顧客とともに削除。法定保存の間は伏せて保存",
    )  # fmt: skip
    MASKED = "masked", "", "masked wherever the person is found", "本人の情報が見つかった箇所を伏せる"
    FOUND_GOES = "found-goes", "", "deleted wherever the person is found", "本人の情報が見つかった行を削除"
    STAFF = "staff", "", "about the operator's own staff: never touched", "運営者の従業員に関する情報。変更しない"
    NOBODY = "nobody", "", "about nobody: never touched", "個人に関する情報ではない。変更しない"


FATES: Mapping[Fate, tuple[Treatment, Treatment]] = {
    Fate.GOES: (Treatment.DELETE, Treatment.DELETE),
    Fate.STAYS_MASKED: (Treatment.DELETE, Treatment.MASK),
    Fate.MASKED: (Treatment.MASK, Treatment.MASK),
    Fate.FOUND_GOES: (Treatment.DELETE, Treatment.DELETE),
    Fate.STAFF: (Treatment.KEEP, Treatment.KEEP),
    Fate.NOBODY: (Treatment.NONE, Treatment.NONE),
}
"""What happens to rows when their client is deleted, and when a floor keeps what they belong to."""


class Plain(Word):
    """What a column is that says nothing about who a person is. With its row it is still that client's data."""

    REFERENCE = "reference", "", "Number or link of a record", "記録の番号・参照"
    AMOUNT = "amount", "", "Amount or rate", "金額・率"
    DATE = "date", "", "Date", "日付"
    STATE = "state", "", "State", "状態"
    CHOICE = "choice", "", "Choice or preference", "選択・設定"
    COUNT = "count", "", "Count", "件数"
    GOODS = "goods", "", "What was bought, on which terms", "購入内容・条件"
    STAFF = "by-staff", "", "Who of the staff did it", "担当者"
    CONFIGURATION = "configuration", "", "The platform's own text or setting", "システムの文言・設定"


class Kept(Word):
    """Why a personal column is not masked."""

    TAX = (
        "tax", "", "The country decides the tax, and tax reports must not change.",
        "国は課税の根拠であり、税務の集計を変えないために残します。",
    )  # fmt: skip
    STAFF = (
        "staff", "", "It is about the operator's own staff, not about clients.",
        "顧客ではなく運営者の従業員の情報です。",
    )  # fmt: skip
    OPERATOR = "operator", "", "The operator has a reason of its own.", "運営者が定めた理由により残します。"


class Withheld(Word):
    """Why a column is not handed out as it is (GDPR Art. 15(4); an export names it, so that nothing is hidden)."""

    SECRET = "secret", "", "It protects the account.", "アカウントを守る情報です。"
    OTHERS = "others", "", "It may hold data of other people.", "他の人の情報を含むことがあります。"
    FRAUD = "fraud", "", "It would tell how fraud is found.", "不正検知の方法が知られるおそれがあります。"
    NOTES = (
        "notes", "", "Notes of staff, which a person looks through first.",
        "担当者の記録です。事前に人が内容を確認します。",
    )  # fmt: skip
