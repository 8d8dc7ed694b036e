"""Which keys `kigen init` makes: those that nothing depends on yet; one that was used and is lost must come back."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from kigen.config import Config
from kigen.errors import WrongUse
from kigen.ledger import evidence, evidence_read, frozen, keys, keys_backup, maskings
from kigen.ledger.keys_store import DIGEST, STORE


def make_keys(engine: Engine, checked: Config) -> None:
    """Make the keys that are missing in the state folder; WrongUse where another would make something unreadable."""
    missing = {name for name in keys_backup.FILES if not (checked.state_dir / name).exists()}
    if missing:
        with engine.execution_options(kigen_read_only=True).connect() as connection:
            _refuse_to_replace(connection, missing, checked)
        with engine.begin() as connection:
            keys_backup.make_missing(connection, checked.state_dir)
    keys.make(checked.state_dir)  # the public half, where only that is lost


def _refuse_to_replace(connection: Connection, missing: set[str], checked: Config) -> None:
    signed = evidence_read.last_head(connection)
    if keys.PRIVATE in missing and signed is not None:
        raise WrongUse(
            f"the key {signed.key} that signed the evidence is not in {checked.state_dir};"
            " restore it with 'kigen keys restore': with another key, nothing signed before could be verified"
        )
    if STORE in missing and frozen.is_any(connection):
        raise WrongUse(
            f"{STORE}, which locked the documents that the law keeps, is not in {checked.state_dir};"
            " restore it with 'kigen keys restore': with another key, none of them opens"
        )
    entries, _ = evidence.end(connection)
    was_used = frozen.is_any(connection) or maskings.is_any(connection) or bool(entries)
    if DIGEST in missing and DIGEST in keys_backup.made(connection) and was_used:
        raise WrongUse(
            f"{DIGEST} is not in {checked.state_dir}; restore it with 'kigen keys restore': with another key,"
            " nobody is found among what is kept, and what a restore brings back is not recognised"
        )
