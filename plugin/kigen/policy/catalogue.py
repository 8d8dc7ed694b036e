"""The settings besides the rules' terms, as a table: name, parser, default, words in English and Japanese, article."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.backups import BACKUPS
from kigen.policy.brakes import BRAKES
from kigen.policy.cookies import COOKIES
from kigen.policy.exports import EXPORTS
from kigen.policy.floor_settings import FLOOR_SETTINGS
from kigen.policy.mail_settings import MAIL
from kigen.policy.operators import OPERATORS
from kigen.policy.own_terms import OWN_TERMS
from kigen.policy.serving import SERVING
from kigen.policy.setting import Setting
from kigen.policy.stamps import STAMPS
from kigen.policy.telling import TELLING
from kigen.policy.throttles import THROTTLES

__all__ = ["OTHERS", "RESTORABLE", "Setting"]

RESTORABLE = "quarantine.term"

OTHERS: tuple[Setting, ...] = (
    Setting(
        "schedule.prefer",
        values.name,
        "",
        (
            "Rule that acts when several could at once. Blank: the strongest, then earliest.",
            "複数の規則が同時に当たるとき優先する規則。空欄の場合は最も強い効果、次に最も早い期日の規則。",
        ),
        "Appendix 1",
        True,
    ),
    Setting(
        "schedule.settling",
        values.term,
        "7 days",
        ("How long a record is kept after kigen saw its state change.", "状態の変化を確認してから記録を保持する期間。"),
        "Appendix 1",
        True,
    ),
    Setting(
        "guards.smallest_credit",
        values.money,
        "0.01",
        ("Smallest credit balance that keeps a client.", "顧客を保持する理由となる前払残高の最小額。"),
        "Appendix 1",
        True,
    ),
    Setting(
        "guards.unpaid_limit",
        values.term,
        "",
        (
            "Longest time after the due date that an unpaid invoice keeps a client. Blank: no limit.",
            "未払い請求書が顧客を保持する、期日からの最長期間。空欄の場合は無期限。",
        ),
        "Appendix 1",
        True,
    ),
    Setting(
        "deletion.sign_in_moves_date",
        values.flag,
        "on",
        (
            "Whether an own sign-in after a deletion request moves its date.",
            "削除依頼の後に本人がログインしたとき、期日を延ばすかどうか。",
        ),
        "Appendix 1, 5",
        True,
    ),
    *TELLING,
    Setting(
        "requests.japan_days",
        values.between(1, 60),
        "10",
        (
            "Working days in which a request under Japanese law is to be answered; the law says: without delay.",
            "日本法による請求に回答する営業日数の目標（法令上は「遅滞なく」）。",
        ),
        "Article 12, 21",
    ),
    *FLOOR_SETTINGS,
    *BRAKES,
    Setting(
        "sweep.chunk",
        values.at_least_one,
        "1000",
        ("Records that one transaction handles at most.", "一つのトランザクションで扱う記録の上限。"),
        "Article 17",
    ),
    Setting(
        "sweep.hold_ms",
        values.at_least_one,
        "25",
        (
            "Milliseconds for which a transaction is to hold its rows at most; as many records go into it as fit.",
            "一つのトランザクションが行を保持する時間の目安（ミリ秒）。処理する記録の数をこれに合わせます。",
        ),
        "Article 17",
    ),
    Setting(
        "sweep.client_rows",
        values.at_least_one,
        "5000",
        (
            "Rows above which a client that is to be deleted goes in steps: mails and logs first, its own row last.",
            "この行数を超える顧客は段階的に削除します。メールや記録を先に、顧客自身の行を最後に削除します。",
        ),
        "Article 17",
    ),
    Setting(
        "plugins.seconds",
        values.between(1, 3600),
        "30",
        (
            "Seconds that a plugin may take to erase its part of a transaction; then the records are kept and told.",
            "プラグインが一つのトランザクションで消去にかけてよい秒数。超えた場合は記録を残して知らせます。",
        ),
        "Article 17",
    ),
    Setting(
        "reconcile.full_days",
        values.between(1, 92),
        "7",
        (
            "Days after which the whole platform is compared again, and not only what is known to have changed.",
            "変更が分かっている部分だけでなく、全体をもう一度照合するまでの日数。",
        ),
        "Article 17",
    ),
    Setting(
        "reconcile.quick_seconds",
        values.count,
        "10",
        (
            "A full comparison that takes no longer than these seconds is made at every run. 0: only when it is time.",
            "全体の照合がこの秒数以内で終わるなら実行のたびに行います。0 の場合は期日にだけ行います。",
        ),
        "Article 17",
    ),
    Setting(
        RESTORABLE,
        values.term,
        "0 days",
        (
            "How long what the schedule deleted is kept, sealed, for 'kigen undo'. 0 days: not at all."
            " Never what was asked for.",
            "規則で削除した記録を、復元できるよう封印して保管する期間。0 days の場合は保管しません。"
            "請求による削除は対象外です。",
        ),
        "Article 11",
    ),
    Setting(
        "evidence.tombstone_term",
        values.term,
        "400 days",
        (
            "How long erased records are known again when an old backup brings them back. Blank: for ever.",
            "古いバックアップから戻った記録を、消去済みの記録と見分けられる期間。空欄の場合は無期限。",
        ),
        "Article 17",
    ),
    Setting(
        "host.attachments",
        values.folder,
        "",
        (
            "Folder in which the platform keeps attachments, so that files go with their rows. Blank: they stay.",
            "添付ファイルの保存先フォルダー。行とともにファイルも削除します。空欄の場合はファイルを残します。",
        ),
        "Article 11",
    ),
    Setting(
        "holds.second_person",
        values.flag,
        "off",
        (
            "Whether only another person than the one who placed a legal hold may release it.",
            "法的保全を解除できるのを、設定した人とは別の人に限るかどうか。",
        ),
        "Article 17",
    ),
    Setting(
        "kigen.language",
        values.language,
        "en",
        (
            "Language in which commands give reasons, meanings and proofs: en or ja; --lang is for one call.",
            "コマンドが理由、意味、証明を示す言語（en または ja）。--lang で一回だけ変えられます。",
        ),
        "Article 22",
    ),
    *THROTTLES,
    *OWN_TERMS,
    *EXPORTS,
    *BACKUPS,
    *STAMPS,
    *OPERATORS,
    *COOKIES,
    *SERVING,
    *MAIL,
    Setting(
        "heartbeat.url",
        values.url,
        "",
        (
            "Address that is told of every run; its silence is the alarm.",
            "実行ごとに知らせる先の URL。知らせが途絶えたら警報です。",
        ),
        "Article 17",
    ),
    Setting(
        "heartbeat.secret",
        values.secret,
        "",
        ("Key that signs heartbeats (HMAC-SHA256).", "知らせの署名に使う鍵（HMAC-SHA256）。"),
        "Article 17",
        is_secret=True,
    ),
)
