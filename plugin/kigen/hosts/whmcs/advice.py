"""Which settings of WHMCS, and which database servers, fight kigen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, column, select, table, text
from sqlalchemy.sql import ColumnElement

from kigen.hosts.dates import read_when
from kigen.hosts.port import Advice
from kigen.hosts.schema import LiveSchema
from kigen.hosts.whmcs.states import folded

LAST_CRON = "lastdailycroninvocationtime"
CRON_LIMIT = dt.timedelta(days=2)
OFF = frozenset({"", "0", "off", "no", "never", "none", "false", "disabled"})

KEEPS_COUNTERS = {"MariaDB": (10, 2, 4), "MySQL": (8, 0, 0)}
"""From these versions on a restart does not forget AUTO_INCREMENT."""


def advise(connection: Connection, schema: LiveSchema, zone: str, now: dt.datetime) -> list[Advice]:
    """What `doctor` says about this installation at `now`."""
    settings = _settings(connection, schema)
    found = [*_pruning(settings), *_cron(settings, zone, now)]
    if connection.dialect.name != "sqlite":
        found += _counters(connection.execute(text("SELECT VERSION()")).scalar_one())
    return found


def _settings(connection: Connection, schema: LiveSchema) -> Mapping[str, tuple[str, str]]:
    """Each setting by its folded name: its name as written and its value."""
    if not schema.has("tblconfiguration", "setting", "value"):
        return {}
    wanted: list[ColumnElement[Any]] = [column("setting"), column("value")]
    rows = connection.execute(select(*wanted).select_from(table("tblconfiguration")))
    return {folded(name): (str(name), str(value or "")) for name, value in rows}


def _pruning(settings: Mapping[str, tuple[str, str]]) -> Iterator[Advice]:
    for key, (name, value) in sorted(settings.items()):
        if key.startswith("dataretention") and folded(value) not in OFF:
            yield Advice("warning", "host-deletes", (
                f"WHMCS deletes clients by itself ({name} is {value!r}): no hold, floor or evidence of kigen reaches"
                " that. Set the Data Retention Policy in its Automation Settings to Never."
            ), (
                f"WHMCS が顧客を自動で削除する設定です（{name} = {value!r}）。"
                "この削除には kigen の保全・法定保存・証跡が"
                "及びません。自動化設定（Automation Settings）の Data Retention Policy を Never にしてください。"
            ))  # fmt: skip


def _cron(settings: Mapping[str, tuple[str, str]], zone: str, now: dt.datetime) -> Iterator[Advice]:
    value = settings.get(LAST_CRON, ("", ""))[1]
    ran = read_when(value, zone)
    if not isinstance(ran, dt.datetime):
        yield Advice("warning", "host-cron", (
            "WHMCS has not noted that its daily cron job ever ran. Set up its cron to run every five minutes."
        ), (
            "WHMCS の日次 cron が実行された記録がありません。cron を 5 分ごとに実行するよう設定してください。"
        ))  # fmt: skip
    elif now - ran > CRON_LIMIT:
        yield Advice("warning", "host-cron", (
            f"The daily cron job of WHMCS ran last at {value}; statuses, suspensions and due dates may be out of date."
            " Look why its cron does not run."
        ), (
            f"WHMCS の日次 cron は {value} を最後に実行されていません。状態や期日が古い可能性があります。"
            "cron が実行されない"
            "原因を確認してください。"
        ))  # fmt: skip


def _counters(version: str) -> Iterator[Advice]:
    """`version` as the server tells it, such as 5.5.5-10.1.48-MariaDB-0+deb9u2 or 8.0.36."""
    server = "MariaDB" if "mariadb" in version.lower() else "MySQL"
    numbers = [
        tuple(map(int, found)) for found in re.findall(r"(\d+)\.(\d+)\.(\d+)", version.lower().partition("mariadb")[0])
    ]
    # Old clients are told 5.5.5 first, then the real version.
    real = next((n for n in numbers if n != (5, 5, 5)), (0, 0, 0))
    if real < KEEPS_COUNTERS[server]:
        yield Advice("error", "forgets-ids", (
            f"{server} {'.'.join(map(str, real))} forgets AUTO_INCREMENT at a restart, so that the id of an erased"
            f" client can be given to a new one. Upgrade to {'.'.join(map(str, KEEPS_COUNTERS[server]))} or later."
        ), (
            f"{server} {'.'.join(map(str, real))} は再起動で AUTO_INCREMENT を忘れるため、消去した顧客の番号が"
            f"新しい顧客に付く可能性があります。{'.'.join(map(str, KEEPS_COUNTERS[server]))} 以降に更新してください。"
        ))  # fmt: skip
