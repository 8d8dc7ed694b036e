"""How a bundle is made: encrypted, in parts, one at a time, of one moment; and nothing is left of one that failed."""

from __future__ import annotations

import dataclasses
import errno
import io
import random
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kigen.extensions import Exporter
from kigen.ledger import bundles
from kigen.plugins import find_plugins
from kigen.specs import hookimpl
from kigen.work.export import parts, spool
from kigen.work.export.age import CHUNK, to_recipient, under_passphrase
from kigen.work.export.content import Wanted
from kigen.work.export.make import TooMany, export
from kigen.work.export.snapshot import Snapshot, snapshot
from kigen.work.lease import AnotherRunner, lease
from tests.cases.desk import Desk
from tests.export.opened import CLIENT, bundle, fill
from tests.support.mariadb import program

PASSPHRASE = "correct horse battery staple"


def only(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_bundle_under_a_passphrase_opens_with_it_and_shows_nothing_without(desk: Desk, tmp_path: Path) -> None:
    """K10"""
    out = tmp_path / "bundle.age"
    made = export(desk.site, Wanted(CLIENT), out, under_passphrase(PASSPHRASE))
    sealed = out.read_bytes()
    assert len(sealed) == made.size
    assert b"PK\x03\x04" not in sealed
    plain = pyrage.passphrase.decrypt(sealed, PASSPHRASE)
    assert zipfile.ZipFile(io.BytesIO(plain)).testzip() is None
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, "wrong")
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), PASSPHRASE)


def test_a_bundle_to_a_key_opens_with_the_key_alone(desk: Desk, tmp_path: Path) -> None:
    own, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    out = tmp_path / "bundle.age"
    export(desk.site, Wanted(CLIENT), out, to_recipient(str(own.to_public())))
    assert zipfile.ZipFile(io.BytesIO(pyrage.decrypt(out.read_bytes(), [own]))).testzip() is None
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(out.read_bytes(), [other])
    with pytest.raises(ValueError, match="no public key of age"):
        to_recipient("age1nonsense")


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_age_writes_is_what_another_program_reads_at_every_length(length: int) -> None:
    content, out = bytes(n % 251 for n in range(length)), io.BytesIO()
    under_passphrase(PASSPHRASE)(iter([content[:10], content[10:]]), out)
    assert pyrage.passphrase.decrypt(out.getvalue(), PASSPHRASE) == content


def test_debian_s_age_opens_it(desk: Desk, tmp_path: Path) -> None:
    age, keygen = program("age"), program("age-keygen")
    key = tmp_path / "key"
    subprocess.run([keygen, "-o", str(key)], capture_output=True, check=True)
    public = subprocess.run([keygen, "-y", str(key)], capture_output=True, check=True).stdout.decode()
    export(desk.site, Wanted(CLIENT), tmp_path / "out.age", to_recipient(public))
    opened = subprocess.run([age, "-d", "-i", str(key), str(tmp_path / "out.age")], capture_output=True, check=True)
    assert zipfile.ZipFile(io.BytesIO(opened.stdout)).testzip() is None


def test_parts_put_together_are_the_file(desk: Desk, tmp_path: Path) -> None:
    """K1"""
    (tmp_path / "files" / "2_CON.pdf").write_bytes(random.Random(1).randbytes(400_000))
    made = export(desk.site, Wanted(CLIENT), tmp_path / "out.zip", most=65_536)
    assert [one.name for one in made.files] == [f"out.zip.{n:03d}" for n in range(1, len(made.files) + 1)]
    assert len(made.files) > 1
    assert {one.stat().st_size for one in made.files[:-1]} == {65_536}
    whole = b"".join(one.read_bytes() for one in made.files)
    assert (len(whole), zipfile.ZipFile(io.BytesIO(whole)).testzip()) == (made.size, None)
    assert {one.stat().st_mode & 0o777 for one in made.files} == {0o600}


def test_of_a_disk_that_is_full_midway_nothing_remains(
    either: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is one of the kernel's that is always full."""
    out = tmp_path / "out"
    out.mkdir()
    monkeypatch.setattr(parts.os, "fdopen", lambda handle, mode: open("/dev/full", mode))  # noqa: PTH123, SIM115 - a file that takes nothing
    with pytest.raises(ValueError, match=r"cannot be written to .*: No space left on device; nothing of it remains"):
        export(either.site, Wanted(CLIENT), out / "bundle.zip")
    assert only(out) == set()
    with either.site.reading() as connection:
        assert [row.state for row in bundles.listed(connection)] == [bundles.FAILED]


def test_a_full_disk_beside_the_file_is_one_sentence_too(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spool.tempfile, "TemporaryFile", full)
    with pytest.raises(ValueError, match="No space left on device"):
        export(desk.site, Wanted(CLIENT), tmp_path / "bundle.zip")
    assert not (tmp_path / "bundle.zip").exists()


def test_what_is_written_beside_the_file_is_not_in_the_open(tmp_path: Path) -> None:
    with spool.Spool(tmp_path) as made:
        made.write(b"yamada@example.jp\n" * 10_000)
        made._file.flush()
        stored = Path(f"/proc/self/fd/{made._file.fileno()}").read_bytes()
        assert only(tmp_path) == set()
        assert len(stored) == 180_000
        assert b"yamada" not in stored
        assert b"".join(made.pieces()) == b"yamada@example.jp\n" * 10_000
        assert sum(1 for _ in made.lines()) == 10_000


def test_a_place_that_takes_no_file_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no folder"):
        export(desk.site, Wanted(CLIENT), tmp_path / "nowhere" / "x.zip")
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        export(desk.site, Wanted(CLIENT), Path("/dev/null"))
    with pytest.raises(ValueError, match="expected 65536 or more"):
        export(desk.site, Wanted(CLIENT), tmp_path / "x.zip", most=10)


def test_in_a_folder_it_gets_a_name_without_a_person(desk: Desk, tmp_path: Path) -> None:
    """K10"""
    out = tmp_path / "out"
    out.mkdir()
    export(desk.site, Wanted(CLIENT), out)
    assert only(out) == {"kigen-bundle-1.zip"}


def test_many_clicks_are_one_bundle_and_a_day_has_a_limit(desk: Desk, tmp_path: Path) -> None:
    """K18"""
    with lease(desk.site, f"export-{CLIENT}"):
        for _ in range(100):
            with pytest.raises(AnotherRunner):
                export(desk.site, Wanted(CLIENT), tmp_path / "x.zip", is_own=True)
    for number in range(3):
        export(desk.site, Wanted(CLIENT), tmp_path / f"{number}.zip", is_own=True)
    with pytest.raises(TooMany, match="3 bundles made within 24 hours"):
        export(desk.site, Wanted(CLIENT), tmp_path / "4.zip", is_own=True)
    export(desk.site, Wanted(CLIENT), tmp_path / "by-staff.zip")
    desk.move_to("2026-06-02 12:01")
    export(desk.site, Wanted(CLIENT), tmp_path / "5.zip", is_own=True)


def test_a_bundle_shows_one_moment_whatever_is_changed_meanwhile(either: Desk, tmp_path: Path) -> None:
    """K2"""

    @dataclasses.dataclass
    class Meanwhile:
        """A plugin that is asked while the bundle is made, after the client's rows were read once."""

        @hookimpl
        def kigen_exporters(self) -> list[Exporter]:
            return [Exporter("acme.late", "Late", self._rows)]

        def _rows(self, connection: Any, client: int) -> Iterator[dict[str, object]]:
            either.run("UPDATE tblinvoices SET total = 99 WHERE id = 7")
            yield {"total": str(connection.execute(text("SELECT total FROM tblinvoices WHERE id = 7")).scalar_one())}

    either.site = dataclasses.replace(either.site, plugins=find_plugins([Meanwhile()]))
    made = bundle(either, tmp_path)
    assert made.rows("other", "acme.late")[0]["total"].startswith("-12.5")
    assert made.rows("invoices", "tblinvoices")[0]["total"].startswith("-12.5")
    assert made.manifest["is_consistent"] is True
    assert len(made.manifest["moments"]) == 1


def test_of_a_server_that_is_lost_midway_nothing_remains(mariadb_url: str, tmp_path: Path) -> None:
    class Killing:
        """A plugin during which the server ends the connection."""

        @hookimpl
        def kigen_exporters(self) -> list[Exporter]:
            return [Exporter("acme.killing", "Killing", self._rows)]

        def _rows(self, connection: Any, client: int) -> Iterator[dict[str, object]]:
            connection.execute(text("KILL CONNECTION_ID()"))
            yield {}

    (tmp_path / "state").mkdir()
    desk = Desk(mariadb_url, tmp_path / "state")
    fill(desk, tmp_path / "files")
    desk.site = dataclasses.replace(desk.site, plugins=find_plugins([Killing()]))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(DBAPIError):
        export(desk.site, Wanted(CLIENT), out / "bundle.zip")
    assert only(out) == set()
    with desk.site.reading() as connection:
        assert [row.state for row in bundles.listed(connection)] == [bundles.FAILED]
    desk.close()


def test_a_moment_that_grew_old_is_given_up_and_the_manifest_states_each(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with snapshot(desk.site, 0.0) as moment:
        moment.between()
        moment.between()
        assert len(moment.times) == 3
    with snapshot(desk.site, 60.0) as moment:
        moment.between()
        assert len(moment.times) == 1
    monkeypatch.setattr(Snapshot, "seconds", property(lambda _: 0.0, lambda *_: None), raising=False)
    made = bundle(desk, tmp_path)
    assert made.manifest["is_consistent"] is False
    assert len(made.manifest["moments"]) > 1
    assert "longer than one moment could be held" in made.text("report.html")
