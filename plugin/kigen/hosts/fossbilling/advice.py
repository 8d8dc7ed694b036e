"""Which of FOSSBilling's own settings fight kigen, or hide from it what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, func, select, table

from kigen.hosts.dates import read_when
from kigen.hosts.fossbilling.states import folded
from kigen.hosts.port import Advice
from kigen.hosts.schema import LiveSchema

CRON = "last_cron_exec"
CRON_LIMIT = dt.timedelta(hours=6)
"""Its cron is meant to run every few minutes; an hour or two may be a server that was being mended."""

SETTINGS = ("remove_after_days", "invoice_refund_logic", CRON)
OFF = frozenset({"", "0", "off", "no", "none", "false"})


def advise(connection: Connection, schema: LiveSchema, zone: str, now: dt.datetime) -> list[Advice]:
    """What `doctor` says about this installation at `now`; `zone` is that of the host's dates."""
    settings = _settings(connection, schema)
    return [*_pruning(settings), *_cron(settings, zone, now), *_refunds(settings), *_activity(connection, schema)]


def _settings(connection: Connection, schema: LiveSchema) -> Mapping[str, str]:
    if not schema.has("setting", "param", "value"):
        return {}
    wanted: list[ColumnElement[Any]] = [column("param"), column("value")]
    query = select(*wanted).select_from(table("setting")).where(column("param").in_(SETTINGS))
    return {str(name): str(value or "").strip() for name, value in connection.execute(query)}


def _pruning(settings: Mapping[str, str]) -> Iterator[Advice]:
    days = settings.get("remove_after_days", "")
    if folded(days) not in OFF:
        yield Advice("warning", "host-deletes", (
            f"FOSSBilling deletes unpaid invoices after {days} days by itself and leaves their lines behind"
            " (remove_after_days): no hold, floor or evidence of kigen reaches that. Set it to 0."
        ), (
            f"FOSSBilling は未払いの請求書を {days} 日後に自動で削除し、明細は残ります（remove_after_days）。"
            "この削除には"
            " kigen の保全・法定保存・証跡が及びません。値を 0 にしてください。"
        ))  # fmt: skip


def _cron(settings: Mapping[str, str], zone: str, now: dt.datetime) -> Iterator[Advice]:
    ran = read_when(settings.get(CRON, ""), zone)
    if not isinstance(ran, dt.datetime):
        yield Advice("warning", "host-cron", (
            "FOSSBilling has not noted that its cron job ever ran. Set up cron.php to run every five minutes."
        ), (
            "FOSSBilling の cron が実行された記録がありません。cron.php を 5 分ごとに実行するよう設定してください。"
        ))  # fmt: skip
    elif now - ran > CRON_LIMIT:
        yield Advice("warning", "host-cron", (
            f"The cron job of FOSSBilling ran last at {settings[CRON]}; suspensions and due invoices may be out of"
            " date. Look why cron.php does not run."
        ), (
            f"FOSSBilling の cron は {settings[CRON]} を最後に実行されていません。利用停止や請求の状態が古い可能性が"
            "あります。cron.php が実行されない原因を確認してください。"
        ))  # fmt: skip


def _refunds(settings: Mapping[str, str]) -> Iterator[Advice]:
    """Only a credit note or a negative invoice leaves a trace of a refund in the tables; by hand is the default."""
    if settings.get("invoice_refund_logic", "manual") == "manual":
        yield Advice("note", "refunds-unseen", (
            "Refunds are made by hand (invoice_refund_logic): FOSSBilling notes nothing, so a refunded payment still"
            " starts the clock 'last payment'. Choose credit notes there, and kigen sees them."
        ), (
            "返金が手作業です（invoice_refund_logic）。FOSSBilling に記録が残らないため、返金した入金も「最終入金」の"
            "起算に使われます。クレジットノートに変更すると kigen が認識できます。"
        ))  # fmt: skip


def _activity(connection: Connection, schema: LiveSchema) -> Iterator[Advice]:
    """The module's own settings are stored encrypted, so only their being there can be told."""
    if not schema.has("extension_meta", "extension", "meta_key"):
        return
    query = select(func.count()).select_from(table("extension_meta"))
    query = query.where(column("extension") == "mod_activity", column("meta_key") == "config")
    if connection.execute(query).scalar_one():
        yield Advice("note", "host-deletes-logs", (
            "The module Activity has settings of its own (age limits of logs and stored e-mails), which kigen cannot"
            " read. Logs that it deletes first are missing from exports: look at them there."
        ), (
            "Activity モジュールに独自の設定（ログと保存メールの保存期間）があり、kigen からは読めません。"
            "先に削除されたログはデータの書き出しに含まれません。モジュールの設定を確認してください。"
        ))  # fmt: skip
    else:
        yield Advice("note", "host-deletes-logs", (
            "FOSSBilling's module Activity deletes activity logs after 90 days unless it is told otherwise; what it"
            " deletes first is missing from exports. Tell it another age where that is too short."
        ), (
            "FOSSBilling の Activity モジュールは、設定がなければ 90 日後に操作ログを削除します。先に削除されたログは"
            "データの書き出しに含まれません。短すぎる場合は、モジュールで期間を設定してください。"
        ))  # fmt: skip
