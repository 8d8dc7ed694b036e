"""Where in WHMCS the bridge lies: an addon module, whose version of WHMCS the database tells.

The files of WHMCS are encoded, and nothing of them is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, column, select, table

from kigen.hosts.bridges import Bridge
from kigen.hosts.schema import read_schema

SETTINGS = ("tblconfiguration", "setting", "value")
MODULES = ("tbladdonmodules", "module")


def version(platform: Path, connection: Connection) -> str | None:
    """The row `Version` of the configuration, such as 8.13.1-release.1."""
    if not read_schema(connection).has(*SETTINGS):
        return None
    wanted: Select[Any] = select(column("value")).select_from(table(SETTINGS[0])).where(column("setting") == "Version")
    found = connection.execute(wanted).scalar()
    return str(found).strip() or None if found is not None else None


def is_active(connection: Connection) -> bool:
    """Activating an addon module stores its settings; an inactive one has none."""
    if not read_schema(connection).has(*MODULES):
        return False
    wanted: Select[Any] = select(column("module")).select_from(table(MODULES[0])).where(column("module") == "kigen")
    return connection.execute(wanted.limit(1)).scalar() is not None


BRIDGE = Bridge(
    folder="modules/addons/kigen",
    marks=("init.php", "configuration.php", "modules/addons", "includes/hooks"),
    configuration="configuration.php",
    source=Path(__file__).parent / "bridge",
    supported=("8",),
    version=version,
    is_active=is_active,
    steps={
        "en": (
            "In the admin area of WHMCS open Configuration > System Settings > Addon Modules.",
            "Beside kigen click Activate.",
            "Click Configure, tick the administrator roles that may use it, and click Save Changes.",
            "kigen's pages are under Addons > kigen; clients find Privacy in the menu of their account.",
        ),
        "ja": (
            "WHMCS の管理画面で「設定（Configuration）」→「システム設定（System Settings）」→"
            "「アドオンモジュール（Addon Modules）」を開きます。",
            "kigen の「有効化（Activate）」を押します。",
            "「設定（Configure）」を押し、利用できる管理者の役割を選択して「変更を保存（Save Changes）」を押します。",
            "kigen のページは「アドオン（Addons）」→「kigen」にあります。顧客にはアカウントのメニューに"
            "「プライバシー」が表示されます。",
        ),
    },
)
