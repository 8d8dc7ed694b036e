"""Whether the keys are safe: all of them in one file under a passphrase, given back without replacing others, noted.

Frozen documents are lost with the keys, for years. So a client with documents to freeze is not anonymised before a
backup of the keys that are there now is noted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import keys, keys_store, settings
from kigen.ledger.canonical import canonical
from kigen.ledger.key_files import write_once
from kigen.ledger.keys_sealed import Unopened, seal, unseal

NOTE, MADE = "keys.backup", "keys.made"
FILES = (keys.PRIVATE, *keys_store.SECRETS)


class Different(ValueError):
    """Another key is where a key was to be restored; nothing was written, and its text is the sentence."""


def back_up(state_dir: Path, out: Path, passphrase: str, at: dt.datetime) -> dict[str, str]:
    """Write the keys into a new file of mode 600, whole or not at all; returns the keys' names by file.

    What was written is read and opened again before this returns. ValueError with a sentence where a key is missing,
    the passphrase is weak, or a file is there already; OSError passes.
    """
    names = keys_store.names(state_dir)
    files = {name: (state_dir / name).read_bytes() for name in FILES}
    if not write_once(out, seal(files, names, passphrase, _iso(at)), 0o600):
        raise ValueError(f"{out} is there already and is not overwritten; expected the name of a new file")
    if unseal(out.read_bytes(), passphrase) != files:
        raise ValueError(f"{out} does not hold what was written into it; look at that disk, and use another")
    return names


def note(connection: Connection, names: dict[str, str], at: dt.datetime) -> None:
    """Note that these keys were backed up, in the caller's transaction."""
    settings.write_note(connection, NOTE, json.dumps({"at": _iso(at), "keys": _digest(names)}))


def is_noted(connection: Connection, state_dir: Path) -> bool:
    """Whether a backup of the keys that are in the folder now is noted; False where one of them is missing."""
    noted = settings.note(connection, NOTE)
    try:
        return noted is not None and json.loads(noted)["keys"] == _digest(keys_store.names(state_dir))
    except ValueError:
        return False


def make_missing(connection: Connection, state_dir: Path) -> None:
    """Make the keys that are missing, and note which they are, so that others in their place are noticed."""
    keys.make(state_dir)
    if keys_store.make(state_dir):
        settings.write_note(connection, MADE, json.dumps(keys_store.names(state_dir)))


def made(connection: Connection) -> dict[str, str]:
    """The names of the keys that were made for this installation, by file; empty where none was noted."""
    noted = settings.note(connection, MADE)
    return dict(json.loads(noted)) if noted else {}


def noted_at(connection: Connection) -> dt.datetime | None:
    """When keys were last backed up, these or others; None: never."""
    noted = settings.note(connection, NOTE)
    return dt.datetime.fromisoformat(json.loads(noted)["at"]) if noted else None


def restore(state_dir: Path, content: bytes, passphrase: str) -> list[str]:
    """Write the keys of a backup that are missing in the folder; returns the names of those files.

    Everything is checked before anything is written, and the same keys again are no error. Raises Unopened where the
    file does not open or holds something else, Different where the folder has another key.
    """
    files = unseal(content, passphrase)
    if set(files) != set(FILES):
        raise Unopened("it does not hold the three keys of an installation")
    _check(files)
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {name: (state_dir / name).read_bytes() for name in FILES if (state_dir / name).exists()}
    others = [name for name in FILES if name in there and there[name] != files[name]]
    if (state_dir / keys.PUBLIC).exists() and not _is_pair(state_dir, files[keys.PRIVATE]):
        others.append(keys.PUBLIC)
    if others:
        raise Different(
            f"{', '.join(others)} in {state_dir} is another key than the backup's, and nothing was written;"
            " if the backup is the right one, move what is there to another folder, then restore again"
        )
    written = [name for name in FILES if write_once(state_dir / name, files[name], 0o600)]
    keys.make(state_dir)  # the public half
    return written


def _is_pair(state_dir: Path, pem: bytes) -> bool:
    try:
        return keys.as_hex(keys.public(state_dir)) == keys.as_hex(keys.of_pem(pem).public_key())
    except ValueError:
        return False


def _check(files: dict[str, bytes]) -> None:
    try:
        keys.of_pem(files[keys.PRIVATE])
        for name in keys_store.SECRETS:
            keys_store.secret_of(files[name], Path(name))
    except ValueError:
        raise Unopened("what it holds are no keys of kigen") from None


def _digest(names: dict[str, str]) -> str:
    return hashlib.sha256(canonical(names)).hexdigest()


def _iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()
