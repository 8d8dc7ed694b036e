"""What the commands of mail and doctor say of it, in English and Japanese."""

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
    "mail-off": (
        "{count} messages wait and mail is not set up; the oldest is of {at}. README, Mail, says how.",
        "メールが設定されていないため、通知 {count} 件が待機しています（最も古いものは {at}）。"
        "設定方法は README の Mail を参照してください。",
    ),
    "mail-down": (
        "No mail has left since {at} ({why}): look at the mail server and the settings mail.*.",
        "{at} からメールを送信できません（{why}）。メールサーバーと mail.* の設定を確認してください。",
    ),
    "mail-late": (
        "{count} messages have waited for more than a day, the oldest since {at}: is 'kigen mail send' run?",
        "通知 {count} 件が1日以上待機しています（最も古いものは {at}）。"
        "'kigen mail send' が実行されているか確認してください。",
    ),
    "mail-unsure": (
        "Of {count} messages ({notice}) nobody knows whether they left; the first is {number}. Look in the server's"
        " log, then 'kigen mail arrived {number}' or 'kigen mail again {number}'.",
        "通知 {count} 件（{notice}）は送信されたか不明です（最初は {number}）。サーバーの記録を確認し、"
        "'kigen mail arrived {number}' または 'kigen mail again {number}' を実行してください。",
    ),
    "mail-given-up": (
        "{count} messages ({notice}) were given up ({why}); the first is {number}. Tell the person in another way, or"
        " mend the address and run 'kigen mail again {number}'.",
        "通知 {count} 件（{notice}）の送信を断念しました（{why}、最初は {number}）。別の方法で連絡するか、"
        "アドレスを直して 'kigen mail again {number}' を実行してください。",
    ),
    "mail-bounced": (
        "{count} messages ({notice}) came back; the first is {number}. That they were sent is proved; whether the"
        " person knows of it is not: tell it in another way.",
        "通知 {count} 件（{notice}）は届きませんでした（最初は {number}）。送信の記録はありますが、"
        "ご本人に伝わっていない可能性があります。別の方法で連絡してください。",
    ),
    "mail-unwritable": (
        "{count} messages ({notice}) cannot be written: 'kigen mail send' says why.",
        "通知 {count} 件（{notice}）を作成できません。'kigen mail send' が理由を示します。",
    ),
    "unwarned-unreached": (
        "{count} warnings reached nobody ({why}); these clients go by the schedule all the same.",
        "予告 {count} 件は相手に届きませんでした（{why}）。対象の顧客は予定どおり処理されます。",
    ),
}  # fmt: skip


def say(language: str, what: str, **values: object) -> str:
    """A sentence of WORDS."""
    return WORDS[what][language == "ja"].format(**values)
