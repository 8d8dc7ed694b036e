"""What `doctor` says about mail, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping

OF_MAIL: Mapping[str, tuple[str, str]] = {
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
