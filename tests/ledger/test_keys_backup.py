"""The keys go into one file under a passphrase and come back whole or not at all; whether they are safe is noted."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection

from kigen.ledger import keys, keys_backup, keys_store
from kigen.ledger.keys_backup import Different
from kigen.ledger.keys_sealed import Unopened, passphrase_of, unseal
from tests.ledger.papers_made import AT

WORDS = "correct horse battery"
FILES = ("evidence.key", "store.key", "digest.key")


def made(folder: Path) -> Path:
    """A state folder with all keys."""
    keys.make(folder)
    keys_store.make(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@cache
def backup() -> tuple[dict[str, bytes], bytes]:
    """The files of a state folder and its backup, made once: every scrypt takes half a second."""
    with TemporaryDirectory() as folder:
        state = made(Path(folder) / "state")
        keys_backup.back_up(state, Path(folder) / "keys", WORDS, AT)
        return contents(state), (Path(folder) / "keys").read_bytes()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """The state folder of that backup."""
    folder = tmp_path / "state"
    folder.mkdir()
    for name, content in backup()[0].items():
        (folder / name).write_bytes(content)
    yield folder


def test_keys_are_made_once_for_their_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert keys_store.make(tmp_path) == ["store.key", "digest.key"]
    before = contents(tmp_path)
    assert keys_store.make(tmp_path) == []
    assert contents(tmp_path) == before
    assert before["store.key"] != before["digest.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert list(keys_store.exposed(tmp_path)) == []
    (tmp_path / "store.key").chmod(0o640)
    assert list(keys_store.exposed(tmp_path)) == [tmp_path / "store.key"]


def test_each_use_has_a_key_of_its_own_and_none_is_shown(state: Path) -> None:
    own = keys_store.read(state)
    derived = {own.documents, own.parties, own.fingerprints, own.masks, own.store, own.digest}
    assert len(derived) == 6 and {len(one) for one in derived} == {32}
    assert repr(own) == "StoreKeys()"
    assert own.store.hex() not in str(own.names)


@pytest.mark.parametrize("content", [b"", b"ab" * 31, b"AB" * 32, b"g" * 64, b"ab" * 32 + b"cd"])
def test_a_file_that_is_no_key_is_told_and_left_alone(state: Path, content: bytes) -> None:
    (state / "digest.key").write_bytes(content)
    with pytest.raises(ValueError, match=r"digest\.key is not 64 hexadecimal digits; restore it with 'kigen keys res"):
        keys_store.read(state)
    assert keys_store.make(state) == []


def test_a_missing_key_is_told_in_a_sentence(state: Path) -> None:
    (state / "store.key").unlink()
    with pytest.raises(ValueError, match=r"store\.key is missing; expected .* 'kigen keys restore' brings it back"):
        keys_store.read(state)


def test_a_backup_brings_back_the_same_keys_and_again_changes_nothing(tmp_path: Path) -> None:
    files, content = backup()
    target = tmp_path / "new"
    assert keys_backup.restore(target, content, WORDS) == list(FILES)
    assert contents(target) == {name: files[name] for name in sorted(files)}
    assert {stat.S_IMODE((target / name).stat().st_mode) for name in FILES} == {0o600}
    assert keys_backup.restore(target, content, WORDS) == []
    (target / "store.key").unlink()
    assert keys_backup.restore(target, content, WORDS) == ["store.key"]


def test_a_backup_is_for_its_owner_alone_and_holds_no_key_in_the_open(state: Path, tmp_path: Path) -> None:
    names = keys_backup.back_up(state, tmp_path / "keys", WORDS, AT)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    told = (tmp_path / "keys").read_text()
    assert json.loads(told)["keys"] == names == keys_store.names(state)
    for name in FILES:
        content = (state / name).read_bytes()
        assert content.decode().strip() not in told
        assert base64.b64encode(content).decode() not in told


def test_a_file_that_is_there_is_never_overwritten_by_a_backup(state: Path, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("precious")
    with pytest.raises(ValueError, match=r"keys is there already and is not overwritten; expected the name of a new"):
        keys_backup.back_up(state, tmp_path / "keys", WORDS, AT)
    assert (tmp_path / "keys").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", FILES)
def test_another_key_is_never_replaced_and_nothing_else_is_written(tmp_path: Path, name: str) -> None:
    other = made(tmp_path / "other")
    target = tmp_path / "target"
    target.mkdir()
    (target / name).write_bytes((other / name).read_bytes())
    with pytest.raises(Different, match=rf"^{name} in .*target is another key than the backup's, and nothing was wri"):
        keys_backup.restore(target, backup()[1], WORDS)
    assert contents(target) == {name: (other / name).read_bytes()}


def test_the_public_half_of_another_key_stops_a_restore_too(tmp_path: Path) -> None:
    other = made(tmp_path / "other")
    for name in FILES:
        (other / name).unlink()
    with pytest.raises(Different, match=r"^evidence\.pub in "):
        keys_backup.restore(other, backup()[1], WORDS)
    assert list(contents(other)) == ["evidence.pub"]


NO_BACKUP = "it is no backup of keys, or it was cut off"
UNOPENED = "it does not open: the passphrase is another one, or the file was changed or cut off"
DAMAGED = "it is damaged: its head is not as a backup of keys has it"


def changed(**changes: object) -> bytes:
    return json.dumps({**json.loads(backup()[1]), **changes}).encode()


BAD = {
    "nothing": (lambda: b"", NO_BACKUP),
    "a key": (lambda: backup()[0]["evidence.key"], NO_BACKUP),
    "a list": (lambda: b"[1, 2]", NO_BACKUP),
    "deep": (lambda: b"[" * 100_000, NO_BACKUP),
    "bytes": (lambda: bytes(range(256)), NO_BACKUP),
    "cut off": (lambda: backup()[1][:-40], NO_BACKUP),
    "half": (lambda: backup()[1][: len(backup()[1]) // 2], NO_BACKUP),
    "of a later version": (lambda: changed(version=2), "it has a version that this program does not know; expected 1"),
    "without a salt": (lambda: changed(salt=None), DAMAGED),
    "a short nonce": (lambda: changed(nonce="00"), DAMAGED),
    "asking for all memory": (lambda: changed(kdf={"name": "scrypt", "n": 2**40, "r": 8, "p": 1}), DAMAGED),
    "another cipher": (lambda: changed(cipher="none"), DAMAGED),
    "a key more": (lambda: changed(more=1), DAMAGED),
    "no base64": (lambda: changed(sealed="???"), DAMAGED),
    "another date": (lambda: changed(made="2020-01-01"), UNOPENED),
    "other names": (lambda: changed(keys={}), UNOPENED),
    "nothing sealed": (lambda: changed(sealed=""), UNOPENED),
    "another salt": (lambda: changed(salt="00" * 16), UNOPENED),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_whole_backup_is_one_sentence_and_nothing_is_written(tmp_path: Path, what: str) -> None:
    make, sentence = BAD[what]
    with pytest.raises(Unopened, match=rf"^{sentence}"):
        keys_backup.restore(tmp_path / "new", make(), WORDS)
    assert not (tmp_path / "new").exists()


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unopened, match=UNOPENED):
        keys_backup.restore(tmp_path / "new", backup()[1], WORDS + "!")
    assert not (tmp_path / "new").exists()


def test_the_same_signs_typed_elsewhere_open_the_backup(state: Path, tmp_path: Path) -> None:
    keys_backup.back_up(state, tmp_path / "keys", "Mu\u0308ller und So\u0308hne", AT)
    assert set(unseal((tmp_path / "keys").read_bytes(), "M\u00fcller und S\u00f6hne")) == set(FILES)


@pytest.mark.parametrize("words", ["", "short", "eleven char", "  eleven char  "])
def test_a_weak_passphrase_is_refused_and_nothing_is_written(state: Path, tmp_path: Path, words: str) -> None:
    with pytest.raises(ValueError, match=rf"the passphrase has {len(words.strip())} characters; expected 12 or more"):
        keys_backup.back_up(state, tmp_path / "keys", words, AT)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"correct horse battery\n", WORDS), (b"\xef\xbb\xbfcorrect horse battery\r\n", WORDS), (b"a b", "a b")],
)
def test_the_passphrase_is_the_one_line_of_its_file(tmp_path: Path, content: bytes, found: str) -> None:
    (tmp_path / "words").write_bytes(content)
    assert passphrase_of(tmp_path / "words") == found


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has 0 lines; expected one"), (b"\n\n", "has 0 lines"), (b"one\ntwo\n", "has 2 lines"),
        (b"   \n", "has 1 lines"), (b"\xff\xfe", "is not UTF-8 text"),
    ],
)  # fmt: skip
def test_a_passphrase_file_of_another_shape_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        passphrase_of(tmp_path / "words")
    with pytest.raises(ValueError, match=r"cannot be read: No such file or directory"):
        passphrase_of(tmp_path / "none")


def test_a_backup_counts_only_while_the_keys_are_those_that_were_backed_up(
    connection: Connection, state: Path, tmp_path: Path
) -> None:
    assert not keys_backup.is_noted(connection, state)
    assert keys_backup.noted_at(connection) is None
    keys_backup.note(connection, keys_store.names(state), AT)
    assert keys_backup.is_noted(connection, state)
    assert keys_backup.noted_at(connection) == AT
    assert not keys_backup.is_noted(connection, made(tmp_path / "other"))
    content = (state / "digest.key").read_bytes()
    (state / "digest.key").unlink()
    assert not keys_backup.is_noted(connection, state)
    keys_store.make(state)
    assert not keys_backup.is_noted(connection, state), "A new key is in no backup."
    (state / "digest.key").unlink()
    (state / "digest.key").write_bytes(content)
    assert keys_backup.is_noted(connection, state)
