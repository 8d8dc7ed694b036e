"""`kigen keys`, as an operator uses it: made by init, missed by doctor until backed up, given back unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.installation import Installation, run

CODES = ("keys-backup", "store-key", "store-key-readable", "digest-key", "frozen-key")
SECRETS = ("evidence.key", "store.key", "digest.key")


@pytest.fixture
def words(here: Installation) -> Path:
    """A file with a passphrase."""
    path = here.folder / "words"
    path.touch(mode=0o600)
    path.write_text("correct horse battery\n")
    return path


def state(here: Installation) -> Path:
    return here.folder / "kigen-state"


def codes(here: Installation) -> dict[str, str]:
    found = here.run("doctor", "--quick", "--json").document["findings"]
    return {one["code"]: one["level"] for one in found if one["code"] in CODES}


def back_up(here: Installation, words: Path, name: str = "keys.backup") -> Path:
    said = here.run("keys", "backup", "--out", str(here.folder / name), "--passphrase-file", str(words), "--json")
    assert said.status == 0, said.err
    assert said.document.keys() == {"file", "keys"}
    return here.folder / name


def test_doctor_errs_until_a_backup_of_these_keys_is_noted_and_again_when_they_changed(
    here: Installation, words: Path
) -> None:
    assert codes(here) == {"keys-backup": "error"}
    assert here.run("doctor", "--quick").status == 1
    back_up(here, words)
    assert codes(here) == {}
    (state(here) / "store.key").unlink()
    assert codes(here) == {"store-key": "error"}
    assert run("init", "--config", str(here.config)).status == 0
    assert codes(here) == {"keys-backup": "error"}, "Nothing was locked with the former one, so a new one was made."


def test_what_a_backup_holds_comes_back_into_an_empty_folder_without_a_database(
    here: Installation, words: Path
) -> None:
    file = back_up(here, words)
    before = {name: (state(here) / name).read_bytes() for name in SECRETS}
    for name in SECRETS:
        (state(here) / name).unlink()
    (here.folder / "billing.sqlite").rename(here.folder / "elsewhere.sqlite")
    said = here.run("keys", "restore", str(file), "--passphrase-file", str(words), "--json")
    assert (said.status, said.document["written"]) == (0, list(SECRETS))
    assert {name: (state(here) / name).read_bytes() for name in SECRETS} == before
    again = here.run("keys", "restore", str(file), "--passphrase-file", str(words))
    assert (again.status, again.out) == (0, f"{state(here)} holds these keys already; nothing was written.\n")


def test_a_wrong_passphrase_and_a_cut_off_file_are_one_sentence_and_write_nothing(
    here: Installation, words: Path
) -> None:
    file = back_up(here, words)
    (state(here) / "digest.key").unlink()
    words.write_text("another passphrase\n")
    said = here.run("keys", "restore", str(file), "--passphrase-file", str(words))
    assert said.status == 2
    assert said.sentence.startswith(f"kigen: {file} cannot be restored: it does not open: the passphrase is another")
    file.write_bytes(file.read_bytes()[:200])
    said = here.run("keys", "restore", str(file), "--passphrase-file", str(words))
    assert (said.status, "it was cut off" in said.sentence) == (2, True)
    assert not (state(here) / "digest.key").exists()


def test_other_keys_are_not_replaced_by_a_restore_and_it_says_which_and_what_to_do(
    here: Installation, words: Path
) -> None:
    file = back_up(here, words)
    (state(here) / "store.key").write_text("ab" * 32)
    said = here.run("keys", "restore", str(file), "--passphrase-file", str(words))
    assert said.status == 2
    assert "store.key in" in said.sentence and "move what is there to another folder" in said.sentence
    assert (state(here) / "store.key").read_text() == "ab" * 32


def test_a_backup_beside_the_keys_or_over_a_file_is_refused_and_not_noted(here: Installation, words: Path) -> None:
    there = state(here) / "keys.backup"
    said = here.run("keys", "backup", "--out", str(there), "--passphrase-file", str(words))
    assert said.status == 2 and "not lost with them" in said.sentence
    (here.folder / "precious").write_text("mine")
    said = here.run("keys", "backup", "--out", str(here.folder / "precious"), "--passphrase-file", str(words))
    assert said.status == 2 and "is not overwritten" in said.sentence
    assert (here.folder / "precious").read_text() == "mine"
    words.write_text("too short\n")
    said = here.run("keys", "backup", "--out", str(here.folder / "new"), "--passphrase-file", str(words))
    assert said.status == 2 and "9 characters; expected 12 or more" in said.sentence
    assert codes(here) == {"keys-backup": "error"}


def test_a_passphrase_that_others_may_read_is_told_and_no_output_holds_it(here: Installation, words: Path) -> None:
    words.chmod(0o644)
    said = here.run("keys", "backup", "--out", str(here.folder / "keys"), "--passphrase-file", str(words))
    assert said.status == 0
    assert f"others may read {words}" in said.sentence
    assert "correct horse" not in said.out + said.err


def test_a_secret_that_others_may_read_and_another_digest_key_are_findings(here: Installation, words: Path) -> None:
    back_up(here, words)
    (state(here) / "store.key").chmod(0o644)
    assert codes(here) == {"store-key-readable": "warning"}
    (state(here) / "digest.key").write_text("cd" * 32)
    assert codes(here) == {"store-key-readable": "warning", "keys-backup": "error", "digest-key": "error"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("store.key", "none of them opens"), ("digest.key", "nobody is found among what is kept")],
)
def test_init_does_not_replace_a_key_that_something_was_locked_with(
    here: Installation, name: str, sentence: str
) -> None:
    with here.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO kigen_frozen (host, kind, record, number, currency, frozen_at, store_key, wrapped, content,"
            " page) VALUES ('whmcs', 'invoice', 1, '1', '', '2024-01-01', 'x', '', '', '')"
        ))  # fmt: skip
    (state(here) / name).unlink()
    said = run("init", "--config", str(here.config))
    assert said.status == 2 and sentence in said.sentence
    assert not (state(here) / name).exists()


def test_a_folder_that_is_not_there_is_refused_by_the_path_that_was_given(here: Installation, words: Path) -> None:
    out = here.folder / "nowhere" / "keys.backup"
    said = here.run("keys", "backup", "--out", str(out), "--passphrase-file", str(words))
    assert said.status == 2
    assert said.sentence.startswith(f"kigen: {out} cannot be written: No such file or directory; expected a new file")
    assert codes(here)["keys-backup"] == "error"
