"""How kigen is started on a server: as a systemd service, or by cron where a server is small."""

from __future__ import annotations

import pwd
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from kigen.config import Config
from kigen.errors import WrongUse

UNIT = """\
[Unit]
Description=kigen: privacy pages, events, nightly work and deliveries
After=network.target mariadb.service mysql.service

[Service]
User={user}
{room}ExecStart={kigen} --config {config} run --listen {listen}
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

RUNTIME = re.compile(r"unix:/run/([A-Za-z0-9_-]+)/[^/]+")
"""A socket in a folder below /run, which is empty after each start of the machine: systemd makes the folder."""

PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=\[\]-]+")
PLACES = {"systemd": "systemd/system/kigen.service", "cron": "cron.d/kigen"}
"""Where each belongs below /etc."""


def units(config: Config, listen: str) -> Mapping[str, str]:
    """The text of both, for the user to whom kigen's state belongs; `listen` is the address of the pages."""
    try:
        user = pwd.getpwuid(config.state_dir.stat().st_uid).pw_name
    except KeyError:
        user = str(config.state_dir.stat().st_uid)
    own = RUNTIME.fullmatch(listen)
    room = f"RuntimeDirectory={own[1]}\n" if own else ""
    values = {"kigen": _program(), "config": str(config.path.absolute()), "listen": listen}
    if wrong := [one for one in values.values() if not one.isprintable()]:
        raise WrongUse(f"{wrong[0]!r} cannot stand in a unit of systemd; expected a path of visible characters")
    for_systemd = {name: _for_systemd(one) for name, one in values.items()}
    # Of a line cron makes several where a percent sign stands, also within quotes.
    for_cron = {name: shlex.quote(one).replace("%", r"\%") for name, one in values.items()}
    return {
        "systemd": UNIT.format(user=user, room=room, **for_systemd), "cron": CRON.format(user=user, **for_cron),
    }  # fmt: skip


def _for_systemd(word: str) -> str:
    """One word of a command as systemd reads it: its signs of its own doubled, in quotes where it needs them."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return word if PLAIN.fullmatch(word) else f'"{word}"'


def _program() -> str:
    beside = Path(sys.executable).parent / "kigen"
    return str(beside) if beside.is_file() else shutil.which("kigen") or f"{sys.executable} -m kigen"
