"""How long kigen keeps what it wrote down itself, as rows of the table of settings: a schedule binds its keeper too."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

EVENTS, SET_ASIDE, REQUESTS, HOLDS = "own.events", "own.set_aside", "own.requests", "own.holds"
ADDRESSES, VIEWS, CONSENTS, CHANGES = "own.addresses", "own.views", "own.consents", "own.changes"
BLOCKED = "fraud.term"
BLOCK_REASONS = ("fraud", "abuse", "chargeback")
"""For what an address is blocked: codes, of which nothing else is kept."""

OWN_TERMS: tuple[Setting, ...] = (
    Setting(
        EVENTS,
        values.term,
        "24 months",
        (
            "How long the history of events is kept after they were heard. What they told stays as clocks."
            " Blank: for ever.",
            "受け取った出来事の履歴を保存する期間。出来事から得た起算日は残ります。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        CHANGES,
        values.term,
        "24 months",
        (
            "How long the log of changed values is kept, sealed; an erasure ends it at once."
            " Blank: while the record is there.",
            "変更前後の値の記録（暗号化）を保存する期間。顧客の消去の際は直ちに削除します。空欄の場合は記録がある限り保存。",
        ),
        "Article 11, 14",
    ),
    Setting(
        SET_ASIDE,
        values.term,
        "90 days",
        (
            "How long an event that nobody could understand waits for a person. Blank: for ever.",
            "処理できなかった出来事を、担当者の確認のために残しておく期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        REQUESTS,
        values.term,
        "36 months",
        (
            "How long a closed request of a client is kept, to show how it was answered. Blank: for ever.",
            "完了した請求を、対応を示すために保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        ADDRESSES,
        values.term,
        "30 days",
        (
            "How long the last message to an erased client waits to be sent, with its address. Blank: for ever.",
            "消去された顧客への最後の通知が送信を待つ期間。宛先も通知とともに削除します。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        HOLDS,
        values.term,
        "36 months",
        (
            "How long a hold is kept after it was released. Blank: for ever.",
            "解除された保全措置の記録を保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        CONSENTS,
        values.term,
        "36 months",
        (
            "How long the proof of consents and of accepted notices is kept after a client is gone. Blank: for ever.",
            "顧客の消去後、同意および承諾した通知の証跡を保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        VIEWS,
        values.term,
        "36 months",
        (
            "How long it is kept who opened a frozen document, and when. Blank: for ever.",
            "凍結文書を誰がいつ閲覧したかの記録を保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
    Setting(
        BLOCKED,
        values.term,
        "730 days",
        (
            "How long the keyed digest of the address of somebody who cheated is kept, also after the erasure."
            " Blank: for ever.",
            "不正利用者のメールアドレスの鍵付きハッシュ値を、消去の後も含めて保存する期間。空欄の場合は無期限。",
        ),
        "Article 4, 11",
    ),
)
