"""The settings that say which time-stamp authority confirms when a head was there, as rows of the table of settings."""

from __future__ import annotations

from kigen.policy import values
from kigen.policy.setting import Setting

URL, CERTIFICATES = "timestamp.url", "timestamp.certificates"

STAMPS: tuple[Setting, ...] = (
    Setting(
        URL,
        values.url,
        "",
        (
            "Time-stamp authority (RFC 3161) that is sent a digest of each signed head, and nothing else. Blank: none.",
            "時刻認証局（RFC 3161）の URL。署名した証跡の要約値だけを送ります。空欄の場合は利用しません。",
        ),
        "Article 17",
    ),
    Setting(
        CERTIFICATES,
        values.file,
        "",
        (
            "File with the certificates (PEM) by which that authority's answers are checked.",
            "時刻認証局の回答を検証するための証明書（PEM）のファイル。",
        ),
        "Article 17",
    ),
)
