"""Where in FOSSBilling the bridge lies: a module, for 0.7 and 0.8 alike; a constant tells the platform's version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, column, select, table

from kigen.hosts.bridges import Bridge
from kigen.hosts.schema import read_schema

CONSTANT = "library/FOSSBilling/Version.php"
_VERSION = re.compile(r"\bconst\s+(?:string\s+)?VERSION\s*=\s*'([0-9A-Za-z.+-]{1,40})'")
EXTENSIONS = ("extension", "type", "name", "status")


def version(platform: Path, connection: Connection) -> str | None:
    """The constant of the release, such as 0.8.5; 0.0.1 is one that was built from the source."""
    try:
        found = _VERSION.search((platform / CONSTANT).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return found[1] if found else None


def is_active(connection: Connection) -> bool:
    """Whether the module is installed in FOSSBilling's own list of extensions."""
    if not read_schema(connection).has(*EXTENSIONS):
        return False
    wanted: Select[Any] = select(column("status")).select_from(table(EXTENSIONS[0]))
    wanted = wanted.where(column("type") == "mod", column("name") == "kigen", column("status") == "installed")
    return connection.execute(wanted.limit(1)).scalar() is not None


BRIDGE = Bridge(
    folder="modules/Kigen",
    marks=("index.php", "load.php", CONSTANT, "modules/Hook"),
    configuration="config.php",
    source=Path(__file__).parent / "bridge",
    supported=("0.7", "0.8"),
    version=version,
    is_active=is_active,
    steps={
        "en": (
            "In the admin area of FOSSBilling open Extensions.",
            "Beside kigen click Activate.",
            "In the permissions of each staff member who may use its pages, allow kigen.",
            "kigen's pages are under System > kigen; clients find theirs at /kigen, from 0.8 on also on the dashboard."
            " On 0.7 put a link to /kigen into a custom page or the theme.",
        ),
        "ja": (
            "FOSSBilling の管理画面で「拡張機能（Extensions）」を開きます。",
            "kigen の「有効化（Activate）」を押します。",
            "利用する担当者ごとに、スタッフの権限で kigen を許可します。",
            "kigen のページは「システム（System）」→「kigen」にあります。顧客のページは /kigen で、0.8 以降は"
            "ダッシュボードにも表示されます。0.7 ではカスタムページまたはテーマに /kigen へのリンクを追加してくだ"
            "さい。",
        ),
    },
)
