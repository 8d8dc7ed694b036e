"""The settings that say which volumes and clocks no ordinary night has, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

BRAKES: tuple[Setting, ...] = (
    Setting(
        "brakes.records",
        values.count,
        "10000",
        (
            "Most records that one run may act on without a person's confirmation.",
            "確認なしに一度の実行で処理できる記録の上限。",
        ),
        "Article 17",
    ),
    Setting(
        "brakes.client_share",
        values.share,
        "1",
        (
            "Largest share of the clients, in percent, that one run may act on.",
            "一度の実行で処理できる顧客の割合（％）。",
        ),
        "Article 17",
    ),
    Setting(
        "brakes.share",
        values.share,
        "10",
        (
            "Largest share of any other table, in percent, that one run may delete.",
            "一度の実行で削除できるその他の表の割合（％）。",
        ),
        "Article 17",
    ),
    Setting(
        "brakes.median",
        values.count,
        "10",
        ("How many times the median of the last 30 runs a run may act on.", "過去30回の中央値の何倍まで処理できるか。"),
        "Article 17",
    ),
    Setting(
        "brakes.minimum",
        values.count,
        "20",
        (
            "A run that acts on no more records than this never trips a share or median.",
            "この件数以下の実行では割合と中央値の制限を適用しません。",
        ),
        "Article 17",
    ),
    Setting(
        "brakes.clock_back",
        values.count,
        "600",
        (
            "Seconds that the machine's clock may have gone back since the last run.",
            "前回の実行から時計が戻ってよい秒数。",
        ),
        "Article 17",
    ),
    Setting(
        "brakes.clock_forward",
        values.count,
        "92",
        ("Days that may lie between two runs before the clock is doubted.", "時計を疑うまでの、前回の実行からの日数。"),
        "Article 17",
    ),
)
