"""`kigen keys`: the keys of an installation in one file under a passphrase, and back from it."""

from __future__ import annotations

from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import group, with_call
from kigen.errors import WrongUse
from kigen.ledger import keys_backup
from kigen.ledger.key_files import EXPOSED, is_open_to_others
from kigen.ledger.keys_sealed import SHORTEST, Unopened, passphrase_of

FILE = click.Path(dir_okay=False, path_type=Path)


@group("keys")
def keys() -> None:
    """Back up and restore the keys: without them frozen documents are lost, and evidence cannot be signed."""


@keys.command("backup")
@click.option("--out", metavar="FILE", required=True, type=FILE, help="A new file; one that is there is left alone.")
@click.option("--passphrase-file", metavar="P", required=True, type=FILE,
              help=f"A file with the passphrase, {SHORTEST} characters or more.")  # fmt: skip
@with_call
def backup(call: Call, out: Path, passphrase_file: Path) -> None:
    """Write all keys into one file under a passphrase, and note that this was done."""
    site = call.site()
    passphrase = _passphrase(passphrase_file)
    if out.absolute().parent == site.state_dir.absolute():
        raise WrongUse(f"--out is in {site.state_dir}, where the keys are; expected a place that is not lost with them")
    try:
        names = keys_backup.back_up(site.state_dir, out, passphrase, site.now)
    except OSError as error:  # which names the file that is written first
        raise WrongUse(f"{out} cannot be written: {error.strerror}; expected a new file in a folder that is there, and"
                       " which this user may write") from None  # fmt: skip
    with site.transaction() as connection:
        keys_backup.note(connection, names, site.now)
    if call.is_json:
        show.as_json({"file": str(out), "keys": names})
    else:
        show.line(f"{out} holds {len(names)} keys under the passphrase. Keep both, each elsewhere than this machine.")


@keys.command("restore")
@click.argument("file", type=FILE)
@click.option("--passphrase-file", metavar="P", required=True, type=FILE, help="The file with the passphrase.")
@with_call
def restore(call: Call, file: Path, passphrase_file: Path) -> None:
    """Bring back the keys of a backup FILE that are missing here; another key that is here is never replaced."""
    state_dir = call.configuration.state_dir  # the database may be what is lost
    passphrase = _passphrase(passphrase_file)
    try:
        content = file.read_bytes()
    except OSError as error:
        text = f"the backup {file} cannot be read: {error.strerror}; expected a file that 'kigen keys backup' wrote"
        raise WrongUse(text) from None
    try:
        written = keys_backup.restore(state_dir, content, passphrase)
    except Unopened as error:
        raise WrongUse(f"{file} cannot be restored: {error}; nothing was written") from None
    if call.is_json:
        show.as_json({"state_dir": str(state_dir), "written": written})
    elif written:
        show.line(f"Restored into {state_dir}: {', '.join(written)}. Next: 'kigen doctor'.")
    else:
        show.line(f"{state_dir} holds these keys already; nothing was written.")


def _passphrase(path: Path) -> str:
    found = passphrase_of(path)
    if is_open_to_others(path):
        show.aside(EXPOSED.format(path=path))
    return found
