"""Settings of the process that serves pages and works at night, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

NIGHTLY, SECONDS, PER_MINUTE = "run.nightly_at", "run.seconds", "events.per_minute"

SERVING: tuple[Setting, ...] = (
    Setting(
        NIGHTLY,
        values.time_of_day,
        "03:30",
        (
            "Time of the day, in the operator's zone, from which 'kigen run' does the night's work.",
            "'kigen run' が毎晩の処理を始める時刻（運営者のタイムゾーン）。",
        ),
        "Article 11",
    ),
    Setting(
        SECONDS,
        values.at_least_one,
        "7200",
        (
            "Seconds after which the night's work begins nothing new; it goes on the next night.",
            "毎晩の処理で、新しい作業を始めない秒数の上限。残りは翌晩に続けます。",
        ),
        "Article 17",
    ),
    Setting(
        PER_MINUTE,
        values.at_least_one,
        "600",
        (
            "Requests with events that one source may send within a minute to the signed endpoint.",
            "署名付きの受信口に、一つの送信元が1分間に送れるイベントの要求数。",
        ),
        "Article 17",
    ),
)
