"""Verifies a bundle by itself: every file of the ZIP is in its manifest or index, with the hash that stands there."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kigen.ledger import keys
from kigen.work.export.attachments import INDEX
from kigen.work.export.manifest import FORMAT, NAME, SIGNATURE, SUMS, statement
from kigen.work.export.spool import PIECE


@dataclass
class Checked:
    """How many files were looked at; what is wrong, each a sentence; the name of the key that signed, or None."""

    files: int = 0
    problems: list[str] = field(default_factory=list)
    signer: str | None = None


def check(path: Path, trusted: Ed25519PublicKey | None = None) -> Checked:
    """Look through a bundle; with a `trusted` key that key must have signed it, else the one that it names.

    Raises ValueError, with a sentence, for what is no bundle, or an encrypted one.
    """
    try:
        with zipfile.ZipFile(path) as content:
            found = _check(content)
            found.problems += _signed(content, trusted, found)
            return found
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise ValueError(f"{path} is no bundle; expected a ZIP of 'kigen export', decrypted and in one piece") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _check(content: zipfile.ZipFile) -> Checked:
    found = Checked()
    whole = json.loads(content.read(NAME))
    if whole.get("format") != FORMAT:
        raise KeyError(FORMAT)
    told = {one["name"]: str(one["sha256"]) for one in whole["files"]}
    named = dict(_sums(content))
    for name in content.namelist():
        if name == SUMS:
            continue
        found.files += 1
        expected = told.pop(name, None) or (
            named.get(name) if name.startswith("attachments/") or name in (NAME, SIGNATURE) else None
        )
        if expected is None:
            found.problems.append(f"{name} is in no list of what was written.")
        elif _digest(content, name) != expected:
            found.problems.append(f"{name} is not as it was written.")
        elif named.get(name) != expected:
            found.problems.append(f"{name} has another hash in {SUMS} than in {NAME}.")
    missing = [name for name in told if name not in content.namelist()]
    missing += [name for name in named if name.startswith("attachments/") and name not in content.namelist()]
    found.problems += [f"{name} is missing." for name in missing]
    if len(content.namelist()) != len(set(content.namelist())):
        found.problems.append("Two files have one name.")
    return found


def _signed(content: zipfile.ZipFile, trusted: Ed25519PublicKey | None, found: Checked) -> Iterator[str]:
    if SIGNATURE not in content.namelist():
        if trusted:
            yield "It is not signed."
        return
    told = json.loads(content.read(SIGNATURE))
    try:
        key = keys.of_hex(told["key"])
    except ValueError:
        yield f"{SIGNATURE} names no public key."
        return
    if not keys.is_signed(key, told["signature"], statement(content.read(NAME))):
        yield f"{NAME} is not what the key {keys.name(key)} signed."
    elif trusted and keys.as_hex(key) != keys.as_hex(trusted):
        yield f"It is signed by the key {keys.name(key)}, not by {keys.name(trusted)}."
    else:
        found.signer = keys.name(key)


def _sums(content: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for line in content.read(SUMS).decode().splitlines():
        digest, _, name = line.partition("  ")
        yield name, digest
    for line in content.read(INDEX).decode().splitlines():
        told = json.loads(line)
        if told["file"]:
            yield told["file"], told["sha256"]


def _digest(content: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with content.open(name) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except zipfile.BadZipFile:
        return ""
    return digest.hexdigest()
