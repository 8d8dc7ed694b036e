"""What `doctor` says about the keys and what is locked with them: all there, backed up, the right ones."""

from __future__ import annotations

from collections.abc import Iterator

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, as_sentence
from kigen.ledger import frozen, frozen_ends, keys_backup, keys_store
from kigen.ledger.key_files import EXPOSED
from kigen.ledger.keys_store import DIGEST, STORE
from kigen.work.site import Site


def look_at_keys(site: Site) -> Iterator[Finding]:
    """Whether what the law keeps could still be read if this machine were lost."""
    with site.reading() as connection:
        is_noted = keys_backup.is_noted(connection, site.state_dir)
        noted_at = keys_backup.noted_at(connection)
        locked = frozen.locked_with(connection)
        endless = frozen_ends.endless(connection)
        kept_back = frozen_ends.kept_back(connection, site.now)
        made = keys_backup.made(connection).get(DIGEST)
    try:
        names = keys_store.read(site.state_dir).names
    except ValueError as error:
        yield Finding(ERROR, "store-key", f"{error}.")
        return
    if not is_noted:
        since = f"the last backup, of {written(noted_at, site.zone)}, has others" if noted_at else "there is no backup"
        text = f"The keys in {site.state_dir} are not backed up ({since}): no client with documents that the law keeps"
        yield Finding(ERROR, "keys-backup", f"{text} is anonymised before 'kigen keys backup'.")
    if others := {key: number for key, number in locked.items() if key != names[STORE]}:
        told = ", ".join(f"{number:,} with {key}" for key, number in sorted(others.items()))
        text = f"Frozen documents are locked with another key than {names[STORE]}: {told}."
        yield Finding(ERROR, "frozen-key", f"{text} Restore that one with 'kigen keys restore'.")
    if made is not None and made != names[DIGEST]:
        text = (
            f"{DIGEST} in {site.state_dir} is {names[DIGEST]}, and {made} was made here: nobody would be found by it."
        )
        yield Finding(ERROR, "digest-key", f"{text} Expected the same: restore it with 'kigen keys restore'.")
    for path in keys_store.exposed(site.state_dir):
        yield Finding(WARNING, "store-key-readable", as_sentence(EXPOSED.format(path=path)))
    if endless:
        text = f"Frozen documents without a date that can be read: {endless:,}. They stay, for nobody knows until when."
        yield Finding(WARNING, "frozen-endless", text)
    if kept_back:
        text = f"Frozen documents whose floor is over and that a hold or an open request keeps: {kept_back:,}."
        yield Finding(NOTE, "frozen-kept-back", text)
