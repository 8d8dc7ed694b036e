"""A bridge that was installed for a test: its platform's folder, and its PHP run as the platform runs it."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.commands.installation import Said, run
from tests.support.mariadb import program

HOST = Path(__file__).parent / "host"
FILES = {
    "whmcs": ("init.php", "configuration.php", "modules/addons/", "includes/hooks/"),
    "fossbilling": ("index.php", "load.php", "config.php", "library/FOSSBilling/Version.php", "modules/Hook/"),
}
VERSION = "8.13.1-release.1"
FOLDER = {"whmcs": "modules/addons/kigen", "fossbilling": "modules/Kigen"}


@dataclass(frozen=True)
class Platform:
    """A platform's folder, empty but for what it is known by, its database, and kigen's configuration beside."""

    host: str
    place: Path
    url: str

    @property
    def path(self) -> Path:
        return self.place / "platform"

    @property
    def folder(self) -> Path:
        """Where the bridge lies."""
        return self.path / FOLDER[self.host]

    @property
    def tally(self) -> Path:
        """The folder into which the bridge writes."""
        (found,) = self.folder.glob("tally-*")
        return found

    def kigen(self, *arguments: str) -> Said:
        """`kigen ARGUMENTS` in this process."""
        return run("--config", str(self.place / "kigen.toml"), *arguments)

    def install(self, *arguments: str) -> Said:
        """`kigen install` with whoever runs this as the user of PHP."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        given = ("--database", self.url, "--web-user", me, *arguments)
        return self.kigen("install", self.host, str(self.path), *given)

    def fire(self, lines: Iterable[Mapping[str, Any]], *arguments: str, folder: Path | None = None) -> dict[str, Any]:
        """Let one process of PHP fire events; what it says of itself."""
        url = make_url(self.url)
        command = [program("php"), str(HOST / f"{self.host}.php"), str(folder or self.folder)]
        command += [str(url.query["unix_socket"]), str(url.database), *arguments]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        return dict(json.loads(done.stdout))

    def inbox(self) -> list[dict[str, Any]]:
        """What waits in the inbox, payloads read."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            query = sa.text("SELECT host_event, at, payload, digest, received_at, state FROM kigen_inbox ORDER BY id")
            rows = [dict(row) for row in connection.execute(query).mappings()]
        engine.dispose()
        return [{**row, "payload": json.loads(row["payload"])} for row in rows]

    def heard(self) -> list[tuple[str, int | None]]:
        """The history: names of events, and whose they are."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT name, client FROM kigen_events ORDER BY id")).all()
        engine.dispose()
        return [(str(name), client) for name, client in rows]

    def sql(self, *statements: str) -> None:
        """Run statements on the database."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
        engine.dispose()


def made(host: str, place: Path, url: str, version: str = "0.8.5") -> Platform:
    """The platform's folder with the files by which it is known, none with anything of the platform in it."""
    platform = Platform(host, place, url)
    for name in FILES[host]:
        path = platform.path / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.touch()
    if host == "fossbilling":
        text = f"<?php\nfinal class Version\n{{\n    public const string VERSION = '{version}';\n}}\n"
        (platform.path / "library/FOSSBilling/Version.php").write_text(text)
    return platform


def set_version(platform: Platform, version: str = VERSION) -> None:
    """Let WHMCS's database tell a version."""
    platform.sql(
        "DELETE FROM tblconfiguration WHERE setting = 'Version'",
        f"INSERT INTO tblconfiguration (setting, value) VALUES ('Version', '{version}')",
    )
