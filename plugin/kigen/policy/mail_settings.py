"""How kigen sends mail, and what is told beforehand, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

WAY, SERVER, PORT, SECURITY = "mail.way", "mail.server", "mail.port", "mail.security"
USER, PASSWORD, CERTIFICATES = "mail.user", "mail.password", "mail.certificates"
FROM, REPLY_TO, RETURN, PACE, OLDEST = "mail.from", "mail.reply_to", "mail.return", "mail.pace", "mail.oldest"
UNSUBSCRIBE, UNSUBSCRIBE_URL = "mail.unsubscribe", "mail.unsubscribe_url"
WARNING, REMINDER = "retention.warning", "requests.reminder"

SMTP, (STARTTLS, TLS, NONE) = "smtp", values.ENCRYPTIONS
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
"""Servers to which mail may go without encryption: it does not leave the machine."""


MAIL: tuple[Setting, ...] = (
    Setting(WAY, values.mail_way, "",
            ("How mail is sent: smtp. Blank: not at all, and nobody is warned before the schedule acts.",
             "メールの送信方法（smtp）。空欄の場合は送信せず、保存期間による処理の前の予告もしません。"),
            "Article 24", True),
    Setting(WARNING, values.term, "30 days",
            ("How long before the schedule archives or deletes a client it is warned by mail. Blank: not at all.",
             "保存期間により顧客を保管または削除する前に、メールで予告する期間。空欄の場合は予告しません。"),
            "Article 11", True),
    Setting(REMINDER, values.term, "7 days",
            ("How long before its date a client is reminded of the deletion it asked for. Blank: not at all.",
             "依頼された削除の期日の前に、顧客に再度知らせる期間。空欄の場合は知らせません。"),
            "Appendix 1, 5"),
    Setting(SERVER, values.line, "", ("Name of the mail server.", "メールサーバーの名前。"), "Article 17"),
    Setting(PORT, values.count, "0",
            ("Port of the mail server. 0: 587, with tls 465, with none 25.",
             "メールサーバーのポート。0 の場合は 587（tls では 465、none では 25）。"), "Article 17"),
    Setting(SECURITY, values.mail_security, STARTTLS,
            ("Encryption to the mail server: starttls, tls, or none for a server on this machine.",
             "メールサーバーとの暗号化（starttls、tls、同じ機械のサーバーに限り none）。"), "Article 17"),
    Setting(CERTIFICATES, values.file, "",
            ("File with the authority's certificates of the mail server. Blank: those of the system.",
             "メールサーバーの認証局の証明書ファイル。空欄の場合はシステムのもの。"), "Article 17"),
    Setting(USER, values.line, "", ("User at the mail server. Blank: none is told.",
                                    "メールサーバーの利用者名。空欄の場合は認証しません。"), "Article 17"),
    Setting(PASSWORD, values.secret, "", ("Password of that user.", "その利用者のパスワード。"), "Article 17",
            is_secret=True),
    Setting(FROM, values.mail_address, "",
            ("Address that mail comes from. Blank: that of operator.contact.",
             "差出人のメールアドレス。空欄の場合は operator.contact のアドレス。"), "Article 21"),
    Setting(REPLY_TO, values.mail_address, "",
            ("Address that answers go to. Blank: that of operator.contact.",
             "返信先のメールアドレス。空欄の場合は operator.contact のアドレス。"), "Article 21"),
    Setting(RETURN, values.mail_address, "",
            ("Address that bounces go to, from where they are piped into 'kigen mail bounce'. Blank: as the sender.",
             "不達通知の宛先。'kigen mail bounce' に渡します。空欄の場合は差出人と同じ。"), "Article 17"),
    Setting(PACE, values.count, "60",
            ("Messages that are sent in a minute at most. 0: without limit.",
             "1分間に送信する通知の上限。0 の場合は制限しません。"), "Article 17"),
    Setting(OLDEST, values.term, "30 days",
            ("How old a message may be when it is sent; an older one is told by doctor. Blank: any age.",
             "送信する通知の古さの上限。超えたものは送らず doctor が知らせます。空欄の場合は制限しません。"),
            "Article 24"),
    Setting(UNSUBSCRIBE, values.mail_address, "",
            ("Address for unsubscribing, piped into 'kigen mail bounce' too. Blank: no address is offered.",
             "配信停止の受付アドレス。届いたものは 'kigen mail bounce' に渡します。空欄の場合は記載しません。"),
            "Article 7"),
    Setting(UNSUBSCRIBE_URL, values.url, "",
            ("Address (https) that unsubscribes by one click, to which the token is added. Blank: none is offered.",
             "一回の操作で配信を停止する https の URL（末尾にトークンを付けます）。空欄の場合は記載しません。"),
            "Article 7"),
)  # fmt: skip
