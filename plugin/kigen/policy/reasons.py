"""Why a record is kept: codes with values, and the one sentence for each, in English and Japanese."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field

from kigen.policy.frozen import frozen
from kigen.policy.periods import to_local
from kigen.policy.records import Kind, State

SENTENCES: dict[str, tuple[str, str]] = {
    "not-due": ("The term of rule {rule} runs until {until}.", "規則 {rule} の期間は {until} まで続きます。"),
    "no-rule": (
        "No rule of the schedule speaks of {what} in state {state}.",
        "状態が「{state}」の{what}に当たる規則はありません。",
    ),
    "unknown-anchor": (
        "The clock '{anchor}' is unknown: the date is {why}.",
        "起算日「{anchor}」が不明です（{why}）。",
    ),
    "unknown-state": (
        "The status {status} of {ref} is not known to kigen.",
        "{ref} の状態 {status} を kigen は知りません。",
    ),
    "active-service": ("{ref} is active.", "{ref} は利用中です。"),
    "active-domain": ("{ref} is active.", "{ref} は有効です。"),
    "paid-invoice": ("{ref} has been paid.", "{ref} は支払済みです。"),
    "approved-commission": (
        "An affiliate commission was approved ({ref}).",
        "承認済みのアフィリエイト報酬があります（{ref}）。",
    ),
    "live-estimate": ("{ref} is an open estimate of the same client.", "同じ顧客の有効な見積書があります（{ref}）。"),
    "open-ticket": ("{ref} is not closed.", "{ref} は未解決です。"),
    "unpaid-invoice": ("{ref} is unpaid.", "{ref} は未払いです。"),
    "pending-order": ("{ref} is still pending.", "{ref} は処理待ちです。"),
    "credit-balance": ("There is a credit balance of {amount}.", "前払残高 {amount} があります。"),
    "foreign-item": ("{ref} in {where} belongs to another client.", "{where} に含まれる {ref} は別の顧客のものです。"),
    "settling": (
        "Its state changed only on {changed}; kept until {until}.",
        "{changed} に状態が変わったばかりです。{until} まで保持します。",
    ),
    "hold": ("A legal hold is in force on {ref}.", "{ref} は法的保全の対象です。"),
    "open-request": ("A request of the client is open ({right}).", "顧客からの請求が処理中です（{right}）。"),
    "restricted": ("Processing is restricted at the client's request.", "顧客の求めにより処理が制限されています。"),
    "contract": (
        "An individual contract keeps {ref} until {until}.",
        "個別契約により {ref} は {until} まで保持されます。",
    ),
    "floor": ("The law keeps {ref} until {until}.", "法令により {ref} は {until} まで保存されます。"),
    "unwarned": (
        "The client is warned by mail first; nothing happens before {until}.",
        "先に顧客へメールで予告します。{until} までは処理しません。",
    ),
    "unconfirmed": ("A person has not confirmed this run.", "この実行はまだ確認されていません。"),
    "already-gone": ("{ref} is no longer there.", "{ref} はすでに存在しません。"),
}
"""Plugins add their own codes with a prefix and a dot; their sentences come with the reason."""

STAYS: dict[str, tuple[str, str]] = {
    "floor": (
        "The law keeps {ref} until {until}; it stays, and what it does not need of the person is masked.",
        "法令により {ref} は {until} まで保存されます。記録は残し、不要な個人情報は匿名化します。",
    ),
    "unpaid-invoice": (
        "{ref} is unpaid; what the claim needs stays until it is settled.",
        "{ref} は未払いです。請求に必要な情報は、精算されるまで残ります。",
    ),
    "credit-balance": (
        "There is a credit balance of {amount}; what it needs stays until it is paid out or used.",
        "前払残高 {amount} があります。必要な情報は、払い戻しまたは充当されるまで残ります。",
    ),
    "open-ticket": ("{ref} is not closed; it stays until then.", "{ref} は未解決です。解決されるまで残ります。"),
    "approved-commission": (
        "An affiliate commission was approved ({ref}); what it needs stays until it is paid out.",
        "承認済みのアフィリエイト報酬があります（{ref}）。必要な情報は、支払われるまで残ります。",
    ),
}
"""What a reason says where all that it does not need of a client is anonymised."""

NEEDS_BACKUP = (
    "The law keeps {ref} until {until}; the rest can be anonymised once the keys have a backup ('kigen keys backup').",
    "法令により {ref} は {until} まで保存されます。"
    "それ以外は、鍵のバックアップ（'kigen keys backup'）の後に匿名化できます。",
)
IS_MASKED = (
    "The law keeps {ref} until {until}; all else was anonymised on {done}.",
    "法令により {ref} は {until} まで保存されます。それ以外は {done} に匿名化しました。",
)
"""What a floor says of a client, while nothing may be frozen and after it was anonymised."""

UNTOLD_HOLD = (
    "A legal hold is in force on {ref}; the client must not be told of it.",
    "{ref} は法的保全の対象です。この保全の存在を顧客に知らせてはいけません。",
)
"""What staff read of a hold that the law forbids to tell of (cases.md E5)."""

HAS_RETURNED = (
    "It was brought back only on {changed}; kept until {until}.",
    "{changed} に復元されたばかりです。{until} まで保持します。",
)
"""What settling says of a record that kigen had deleted."""

WAS_WARNED = (
    "The client was warned on {warned}; kept until {until}.",
    "{warned} に顧客へ予告しました。{until} まで保持します。",
)
"""What `unwarned` says once the warning has left."""

NAMES_JA = {
    "client": "顧客", "order": "注文", "invoice": "請求書", "service": "サービス", "domain": "ドメイン",
    "addon": "アドオン", "ticket": "チケット", "quote": "見積書", "payment": "入金", "affiliate": "アフィリエイト",
}  # fmt: skip

STATES_JA = {
    State.ACTIVE: "有効", State.INACTIVE: "休眠", State.CLOSED: "閉鎖", State.PENDING: "処理待ち",
    State.DRAFT: "下書き", State.CANCELLED: "取消・解約", State.FRAUD: "不正", State.SUSPENDED: "停止中",
    State.FAILED_RENEW: "更新失敗", State.TERMINATED: "終了", State.COMPLETED: "完了", State.GRACE: "更新猶予期間",
    State.REDEMPTION: "復旧猶予期間", State.PENDING_TRANSFER: "移管手続き中",
    State.PENDING_REGISTRATION: "登録手続き中", State.EXPIRED: "期限切れ", State.TRANSFERRED: "移管済み",
    State.UNPAID: "未払い", State.PAID: "支払済み", State.REFUNDED: "返金済み", State.COLLECTIONS: "債権回収中",
    State.PAYMENT_PENDING: "入金確認待ち", State.OPEN: "未解決", State.UNKNOWN: "不明",
}  # fmt: skip

CLOCKS_JA = {
    "registered": "登録", "last payment": "最終入金", "archived": "保管", "final login": "最終ログイン",
    "created": "作成", "due": "支払期日", "last change": "最終変更", "expiration": "有効期限",
    "requested": "削除の依頼",
}  # fmt: skip

_FOR_EVER = ("further notice", "別途定める時")
_WHY = {"missing": ("missing or not a date", "日付がないか読めません"), "future": ("in the future", "未来の日付です")}


@frozen
class Reason:
    """One reason: a code, the values its sentence needs, when it ends by itself (None: it does not), what it is about.

    A Kind or State among the values is said in the sentence's language; `written` is the host's word for `state`.
    `words` are the sentences of a plugin's own code, English and Japanese.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    until: dt.datetime | None = None
    refs: tuple[str, ...] = ()
    words: tuple[str, str] | None = None

    def text(self, zone: str, language: str = "en") -> str:
        """The sentence, with instants as local dates and times."""
        column = 1 if language == "ja" else 0
        template = (self.words or SENTENCES[self.code])[column]
        values: dict[str, object] = {"ref": _name(self.refs[0], column) if self.refs else "", **self.values}
        if "why" in values:
            values["why"] = _WHY[str(values["why"])][column]
        if "anchor" in values:
            values["anchor"] = clock_said(str(values["anchor"]), language)
        values["until"] = _local(self.until, zone) if self.until else _FOR_EVER[column]
        if "where" in values:
            values["where"] = _name(str(values["where"]), column)
        # English takes the host's own word where there is one; Japanese only where nobody knows what it means.
        if values.get("written") and (column == 0 or values.get("state") is State.UNKNOWN):
            values["state"] = values["written"]
        return template.format(**{key: _said(value, zone, column) for key, value in values.items()})

    def as_json(self, zone: str, language: str = "en") -> dict[str, object]:
        """The shape of contract.md, "A decision"."""
        until = to_local(self.until, zone).isoformat() if self.until else None
        return {"code": self.code, "text": self.text(zone, language), "until": until, "refs": list(self.refs)}


def clock_said(anchor: str, language: str) -> str:
    """What a clock is called; a plugin's own by its own word."""
    return CLOCKS_JA.get(anchor, anchor) if language == "ja" else anchor


def _name(ref: str, column: int) -> str:
    kind, _, number = ref.partition(":")
    name = (kind.capitalize(), NAMES_JA.get(kind, kind))[column]
    return f"{name} {number}" if number else name


def _said(value: object, zone: str, column: int) -> object:
    if isinstance(value, Kind | State):
        return (value.value, NAMES_JA[value] if isinstance(value, Kind) else STATES_JA[value])[column]
    return _local(value, zone) if isinstance(value, dt.datetime) else value


def _local(instant: dt.datetime, zone: str) -> str:
    return to_local(instant, zone).strftime("%Y-%m-%d %H:%M")
