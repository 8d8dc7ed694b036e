"""How kigen is started on a server: as a systemd service, or by cron where a server is small."""

from __future__ import annotations

import pwd
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from kigen.config import Config

UNIT = """\
[Unit]
Description=kigen: privacy pages, events, nightly work and deliveries
After=network.target mariadb.service mysql.service

[Service]
User={user}
ExecStart={kigen} --config {config} run --listen {listen}
Restart=on-failure
RestartSec=10
NoNewPrivileges=yes
ProtectSystem=full
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
"""

CRON = """\
# Where 'kigen run' does not run as a service: events, mail, the nightly run, and what needs a person.
*/5 * * * *  {user}  {kigen} --config {config} intake
*/5 * * * *  {user}  {kigen} --config {config} mail send
30 3 * * *   {user}  {kigen} --config {config} sweep --max-seconds 7200
0 5 * * 0    {user}  {kigen} --config {config} reconcile --full
0 6 * * 0    {user}  {kigen} --config {config} evidence verify
0 8 * * *    {user}  {kigen} --config {config} doctor --quick
"""

PLACES = {"systemd": "systemd/system/kigen.service", "cron": "cron.d/kigen"}
"""Where each belongs below /etc."""


def units(config: Config, listen: str) -> Mapping[str, str]:
    """The text of both, for the user to whom kigen's state belongs; `listen` is the address of the pages."""
    try:
        user = pwd.getpwuid(config.state_dir.stat().st_uid).pw_name
    except KeyError:
        user = str(config.state_dir.stat().st_uid)
    values = {"user": user, "kigen": _program(), "config": config.path.absolute(), "listen": listen}
    return {"systemd": UNIT.format(**values), "cron": CRON.format(**values)}


def _program() -> str:
    beside = Path(sys.executable).parent / "kigen"
    return str(beside) if beside.is_file() else shutil.which("kigen") or f"{sys.executable} -m kigen"
