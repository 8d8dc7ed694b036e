"""What `doctor` says about the keys and what is locked with them: all there, backed up, the right ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, Words, as_sentence, found, words
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
        yield found(ERROR, "store-key", error=error)
        return
    if not is_noted:
        since = words("old backup", at=written(noted_at, site.zone)) if noted_at else words("no backup")
        yield found(ERROR, "keys-backup", folder=site.state_dir, since=since)
    if others := {key: number for key, number in locked.items() if key != names[STORE]}:
        yield found(ERROR, "frozen-key", name=names[STORE], told=by_key(others))
    if made is not None and made != names[DIGEST]:
        yield found(ERROR, "digest-key", file=DIGEST, folder=site.state_dir, name=names[DIGEST], made=made)
    for path in keys_store.exposed(site.state_dir):
        text = as_sentence(EXPOSED.format(path=path))
        yield found(WARNING, "store-key-readable", "key-readable", text=text, path=path)
    if endless:
        yield found(WARNING, "frozen-endless", number=endless)
    if kept_back:
        yield found(NOTE, "frozen-kept-back", number=kept_back)


def by_key(numbers: Mapping[str, int]) -> Words:
    """How many are locked with each key, by its name."""
    told = [words("with key", number=number, key=key) for key, number in sorted(numbers.items())]
    return ", ".join(one[0] for one in told), "、".join(one[1] for one in told)
