"""What the bridge is told, a PHP file that only the platform's PHP may read; and what kigen notes about the bridge."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from kigen.errors import WrongUse
from kigen.ledger import settings
from kigen.ledger.bridge_secret import BRIDGE, bridge_secret

SETTINGS = "config.php"
NOTE = "bridge.installed"
LISTEN = "127.0.0.1:8080"
"""Where kigen serves its pages unless it is told otherwise."""

SOCKET = "unix:"
_LISTEN = re.compile(r"(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]):\d{1,5}|unix:/[^\0\s]{1,100}")

HEAD = """<?php

/**
 * What `kigen install` tells the bridge, written anew by each. It holds a secret: only the platform's PHP may read it.
 */

return [
"""


@dataclass(frozen=True)
class Installed:
    """A bridge that was put somewhere: into which platform, in which folder, of which version."""

    host: str
    path: str
    version: str


def write_note(connection: Connection, installed: Installed | None) -> None:
    """Note where the bridge is; None: nowhere any more."""
    settings.write_note(connection, NOTE, json.dumps(asdict(installed) if installed else None))


def noted(connection: Connection) -> Installed | None:
    """Where the bridge was put; None: nowhere."""
    found = json.loads(settings.note(connection, NOTE) or "null")
    return Installed(**found) if found else None


def secret_of(state_dir: Path) -> str:
    """The secret by which the bridge signs who is at a page; the user who owns the folder may read it."""
    try:
        secret = bridge_secret(state_dir).hex()
        state, key = state_dir.stat(), (state_dir / BRIDGE).stat()
        if os.geteuid() == 0 and key.st_uid != state.st_uid:
            os.chown(state_dir / BRIDGE, state.st_uid, state.st_gid)
    except OSError as error:
        raise WrongUse(f"the secret of the bridge cannot be kept in {state_dir}: {error.strerror}") from None
    return secret


def tally_of(secret: str) -> str:
    """The folder into which the bridge writes: a name that nobody guesses, for it lies where a web server may look."""
    return f"tally-{hashlib.sha256(f'{secret} tally'.encode()).hexdigest()[:16]}"


def php(version: str, listen: str, secret: str, language: str) -> bytes:
    """The file; WrongUse for an address that is not on this machine."""
    if not _LISTEN.fullmatch(listen):
        raise WrongUse(f"--listen is {listen!r}; expected 127.0.0.1:PORT or unix:/path/to/socket")
    address = listen if listen.startswith(SOCKET) else f"http://{listen}"
    values = {
        "version": version, "address": address, "secret": secret, "tally": tally_of(secret), "language": language,
    }  # fmt: skip
    return "".join([HEAD, *(f"    '{key}' => {_quoted(value)},\n" for key, value in values.items()), "];\n"]).encode()


def owner(configuration: Path, named: str | None) -> tuple[int, int]:
    """User and group of whoever runs the platform's PHP: the one named, else the owner of its configuration."""
    if named is not None:
        try:
            found = pwd.getpwnam(named)
        except KeyError:
            raise WrongUse(f"--web-user is {named!r}; expected a user of this machine, such as www-data") from None
        return found.pw_uid, found.pw_gid
    stat = configuration.stat() if configuration.is_file() else configuration.parent.stat()
    if stat.st_uid == 0:
        raise WrongUse(
            f"{configuration} belongs to root, so it does not tell who runs PHP; name that user with --web-user"
        )
    return stat.st_uid, stat.st_gid


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
