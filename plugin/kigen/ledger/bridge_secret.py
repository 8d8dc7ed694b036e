"""The secrets by which a bridge and other senders sign: 32 random bytes each, in `state_dir`, for their owner alone.

They lock nothing that is kept, so that no backup needs them: with a new one the bridge is installed again.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from kigen.ledger.key_files import read_key, write_once
from kigen.ledger.keys_store import secret_of

BRIDGE = "bridge.key"
SOURCES = "sources"
"""The folder with the secrets of those who send events to the signed endpoint, one file for each."""

NEW_SOURCE = "expected the name of a source; 'kigen source add NAME' makes one"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def bridge_secret(state_dir: Path) -> bytes:
    """The secret of the bridge inside the platform, made when it is first asked for.

    ValueError with a sentence where its file holds something else; OSError passes.
    """
    return _made(state_dir / BRIDGE)


def source_secret(state_dir: Path, name: str) -> bytes:
    """The secret of a sender that `add_source` made; ValueError with a sentence where there is none of this name."""
    path = _path(state_dir, name)
    return secret_of(read_key(path, NEW_SOURCE), path)


def add_source(state_dir: Path, name: str) -> bytes:
    """Make the secret of a new sender; ValueError with a sentence for no such name, or where there is one already."""
    path = _path(state_dir, name)
    if path.exists():
        raise ValueError(f"there is a source {name} already; remove it first to give it a new secret")
    return _made(path)


def remove_source(state_dir: Path, name: str) -> None:
    """Let nothing of this sender in any more; ValueError with a sentence where there is none of this name."""
    source_secret(state_dir, name)
    _path(state_dir, name).unlink()


def sources(state_dir: Path) -> list[str]:
    """The names of all senders."""
    return sorted(path.stem for path in (state_dir / SOURCES).glob("*.key") if _NAME.fullmatch(path.stem))


def _path(state_dir: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a source; expected small letters, digits and dashes, at most 40")
    return state_dir / SOURCES / f"{name}.key"


def _made(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, f"{secrets.token_hex(32)}\n".encode("ascii"), 0o600)
    return secret_of(read_key(path), path)
