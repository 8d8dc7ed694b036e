"""The settings that say when a run rests for the database's sake, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

THROTTLES: tuple[Setting, ...] = (
    Setting(
        "throttle.threads_running",
        values.count,
        "25",
        (
            "Sessions running on the server at once above which a run waits. 0: do not look.",
            "サーバーで同時に実行中のセッションがこの数を超えると待ちます。0 の場合は確認しません。",
        ),
        "Article 17",
    ),
    Setting(
        "throttle.replica_lag",
        values.count,
        "30",
        (
            "Seconds that this server, or a replica of it, may be behind before a run waits. 0: do not look.",
            "このサーバーまたはそのレプリカの遅延がこの秒数を超えると待ちます。0 の場合は確認しません。",
        ),
        "Article 17",
    ),
    Setting(
        "throttle.replicas",
        values.databases,
        "",
        (
            "Addresses of this server's replicas (mysql+pymysql://user:password@host), by commas or blanks.",
            "このサーバーのレプリカの接続先（mysql+pymysql://user:password@host、カンマまたは空白区切り）。",
        ),
        "Article 17",
        is_secret=True,
    ),
    Setting(
        "throttle.replica_unknown",
        values.name,
        "go",
        ("What a run does where the lag cannot be read: go or wait.", "遅延が分からないときの動作（go または wait）。"),
        "Article 17",
    ),
    Setting(
        "throttle.history_length",
        values.count,
        "1000000",
        (
            "InnoDB history list length above which a run waits. 0: do not look.",
            "InnoDB の履歴の長さがこれを超えると待ちます。0 の場合は確認しません。",
        ),
        "Article 17",
    ),
    Setting(
        "throttle.patience",
        values.count,
        "300",
        (
            "Seconds that a run waits for the database to calm down before it stops.",
            "データベースが落ち着くまで待つ秒数。",
        ),
        "Article 17",
    ),
)
