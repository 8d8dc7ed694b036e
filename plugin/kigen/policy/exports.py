"""The settings about bundles for clients, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

KEPT, LINKS, MOMENT = "exports.kept", "exports.link", "exports.moment"
PER_DAY, TRIES, RECORDS = "exports.per_day", "exports.tries", "own.bundles"

EXPORTS: tuple[Setting, ...] = (
    Setting(
        KEPT,
        values.term,
        "14 days",
        (
            "How long the file of a bundle is kept after it was made; then it is deleted. Blank: until somebody deletes"
            " it.",
            "データ一式のファイルを作成後に保管する期間。経過後に削除します。空欄の場合は手動で削除するまで残ります。",
        ),
        "Article 11, 14",
    ),
    Setting(
        LINKS,
        values.term,
        "7 days",
        (
            "How long a link to a bundle works. Blank: as long as the file is there.",
            "データ一式へのリンクの有効期間。空欄の場合はファイルがある間有効です。",
        ),
        "Article 14",
    ),
    Setting(
        PER_DAY,
        values.at_least_one,
        "3",
        (
            "Bundles that a client can have made for itself within 24 hours.",
            "お客様ご自身が24時間以内に作成できるデータ一式の数。",
        ),
        "Article 14",
    ),
    Setting(
        TRIES,
        values.at_least_one,
        "10",
        (
            "Links that do not open which an account may try within an hour before it has to wait.",
            "1時間以内に無効なリンクを試せる回数。超えた場合は時間を置く必要があります。",
        ),
        "Article 17",
    ),
    Setting(
        MOMENT,
        values.at_least_one,
        "30",
        (
            "Minutes for which a bundle shows one moment; beyond that it goes on with a later one, and says so.",
            "データ一式が同一時点の内容を示す最長時間（分）。超えると後の時点で続け、その旨を記載します。",
        ),
        "Article 14, 17",
    ),
    Setting(
        RECORDS,
        values.term,
        "36 months",
        (
            "How long it is kept that a bundle was made and who fetched it, once its file is gone. Blank: for ever.",
            "ファイルの削除後に、データ一式の作成と取得の記録を保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
)
