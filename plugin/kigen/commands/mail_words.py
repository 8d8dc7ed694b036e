"""What the commands of mail say, in English and Japanese; what `doctor` says of it stands in words_doctor_mail.py."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "sent": (
        "Sent: {sent}; put off: {put_off}; given up: {given_up}; not needed: {not_needed}; unsure: {unsure}.",
        "送信: {sent}、延期: {put_off}、断念: {given_up}、不要: {not_needed}、不明: {unsure}",
    ),
    "down": (
        "the mail server does not take mail ({why}); what waits is tried at the next run",
        "メールサーバーが受け付けません（{why}）。待機中の通知は次回の実行で送信します",
    ),
    "again": ("Message {number} is sent again at the next run.", "通知 {number} を次回の実行で再送します。"),
    "arrived": ("Message {number} is noted as sent.", "通知 {number} を送信済みとして記録しました。"),
    "bounced": ("Message {number} came back.", "通知 {number} は届きませんでした。"),
    "unsubscribed": ("A purpose was ended at its owner's wish.", "ご本人の希望により配信を停止しました。"),
    "under-way": ("A report that nothing has failed; nothing follows.", "不達ではない報告です。処理は不要です。"),
    "unknown": (
        "Neither a report on one of kigen's messages nor a wish to unsubscribe; left alone.",
        "kigen の通知に関する不達報告でも配信停止の依頼でもありません。処理しません。",
    ),
    "announced": (
        "{notice} ({about}) concerns {clients} clients: messages written now: {new}; the others have theirs already.",
        "{notice}（{about}）を顧客 {clients} 件に登録しました（新規 {new} 件）。",
    ),
}  # fmt: skip


def say(language: str, what: str, **values: object) -> str:
    """A sentence of WORDS."""
    return WORDS[what][language == "ja"].format(**values)
