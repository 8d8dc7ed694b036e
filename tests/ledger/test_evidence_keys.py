"""The key that signs evidence is made once, is nobody else's to read, and is never replaced in silence."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from kigen.ledger import keys
from kigen.ledger.chain import statement


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    assert keys.make(tmp_path)
    first = (tmp_path / keys.PRIVATE).read_bytes()
    assert not keys.make(tmp_path)
    assert (tmp_path / keys.PRIVATE).read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence.key", "evidence.pub"]


def test_only_the_owner_may_read_the_key_and_everybody_its_public_half(tmp_path: Path) -> None:
    keys.make(tmp_path)
    assert mode(tmp_path / keys.PRIVATE) == 0o600
    assert mode(tmp_path / keys.PUBLIC) & 0o600 == 0o600
    assert not keys.is_exposed(tmp_path)
    (tmp_path / keys.PRIVATE).chmod(0o640)
    assert keys.is_exposed(tmp_path)


def test_a_folder_without_a_key_exposes_none(tmp_path: Path) -> None:
    assert not keys.is_exposed(tmp_path)


def test_a_lost_public_half_is_written_again(tmp_path: Path) -> None:
    keys.make(tmp_path)
    first = (tmp_path / keys.PUBLIC).read_bytes()
    (tmp_path / keys.PUBLIC).unlink()
    assert not keys.make(tmp_path)
    assert (tmp_path / keys.PUBLIC).read_bytes() == first


def test_what_is_signed_holds_for_these_bytes_and_this_key_only(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for folder in (tmp_path, other):
        keys.make(folder)
    said = statement(9, "ab" * 32, "2026-03-01T12:00:00.000000Z")
    signature = keys.private(tmp_path).sign(said).hex()
    assert keys.is_signed(keys.public(tmp_path), signature, said)
    assert not keys.is_signed(keys.public(other), signature, said)
    assert not keys.is_signed(keys.public(tmp_path), signature, said + b" ")
    assert not keys.is_signed(keys.public(tmp_path), signature.upper(), said)
    for wrong in ("", "xyz", signature[:-2], signature + "00"):
        assert not keys.is_signed(keys.public(tmp_path), wrong, said)


def test_a_head_can_be_checked_with_openssl_alone(tmp_path: Path) -> None:
    keys.make(tmp_path)
    said = statement(9, "ab" * 32, "2026-03-01T12:00:00.000000Z")
    (tmp_path / "said").write_bytes(said)
    (tmp_path / "signature").write_bytes(keys.private(tmp_path).sign(said))
    command = "openssl pkeyutl -verify -pubin -inkey evidence.pub -rawin -in said -sigfile signature".split()
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "said").write_bytes(said + b"x")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / keys.PRIVATE).write_bytes(content)
    with pytest.raises(ValueError, match=r"evidence\.key is no Ed25519 key in PEM"):
        keys.make(tmp_path)
    assert (tmp_path / keys.PRIVATE).read_bytes() == content
    (tmp_path / keys.PUBLIC).write_bytes(content)
    with pytest.raises(ValueError, match=r"evidence\.pub is no public Ed25519 key in PEM"):
        keys.public(tmp_path)


def test_a_missing_key_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"evidence\.key is missing; .* 'kigen keys restore' brings it back"):
        keys.private(tmp_path)
    with pytest.raises(ValueError, match=r"evidence\.pub is missing; .* 'kigen init' writes it again"):
        keys.public(tmp_path)
    with pytest.raises(ValueError, match=r"theirs\.pub is missing; expected the operator's evidence\.pub$"):
        keys.read_public(tmp_path / "theirs.pub")


@pytest.mark.parametrize("text", ["", "00", "g" * 64, "AB" * 32, "ab" * 31])
def test_a_public_key_in_a_certificate_has_64_small_digits(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        keys.of_hex(text)
