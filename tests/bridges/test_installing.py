"""`kigen install`: what it puts where and for whom, what it refuses, and that nothing half-done is ever in use."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

from kigen.commands import bridge_place
from tests.bridges.bridge import VERSION, Platform, set_version


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_the_bridge_is_put_there_for_the_platforms_php_alone_and_again_changes_nothing(here: Platform) -> None:
    said = here.install()
    assert said.status == 0, said.err
    assert f"The bridge 0.1.0 is in {here.folder}, for whmcs {VERSION}." in said.out
    assert "Addon Modules" in said.out
    assert "ExecStart=" in said.out
    assert "*/5 * * * *" in said.out
    settings = here.folder / "config.php"
    assert (mode(settings), mode(here.tally)) == (0o640, 0o2770)
    (secret,) = re.findall(r"'secret' => '([0-9a-f]{64})'", settings.read_text())
    assert (here.place / "kigen-state/bridge.key").read_text().strip() == secret
    assert mode(here.place / "kigen-state/bridge.key") == 0o600
    assert secret not in said.out
    (here.tally / "kept.ndjson").write_text("{}\n")
    before, at = everything(here.folder), here.folder.stat().st_ino
    again = here.install("--lang", "ja")
    assert "最新です" in again.out
    assert "アドオンモジュール" in again.out
    assert (everything(here.folder), here.folder.stat().st_ino) == (before, at)
    assert list(here.path.glob(".kigen-*")) == []
    assert here.install("--check").status == 0


def test_what_somebody_changed_is_kept_out_of_reach_of_the_web_server_and_what_he_added_stays(here: Platform) -> None:
    here.install()
    (here.folder / "hooks.php").write_text("<?php // mine")
    (here.folder / "lang").mkdir()
    (here.folder / "lang/mine.php").write_text("<?php // added")
    (here.tally / "tally.json").write_text('{"counts": {"page-slow": 2}}')
    assert here.install("--check").status == 1
    assert (here.folder / "hooks.php").read_text() == "<?php // mine"
    said = here.install("--listen", "unix:/run/kigen.sock")
    copy = here.place / "kigen-state/bridge/hooks.php.bak"
    assert str(copy) in said.out
    assert (copy.read_text(), mode(copy)) == ("<?php // mine", 0o600)
    assert "add_hook" in (here.folder / "hooks.php").read_text()
    assert (here.folder / "lang/mine.php").read_text() == "<?php // added"
    assert "unix:/run/kigen.sock" in (here.folder / "config.php").read_text()
    assert "page-slow" in (here.tally / "tally.json").read_text()


@pytest.mark.parametrize("point", ["write", "give", "_swap"])
def test_an_installation_that_fails_leaves_the_bridge_that_was_there(
    here: Platform, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    here.install()
    before = everything(here.folder)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bridge_place, point, fails)
        said = here.install("--listen", "127.0.0.1:9999")
    assert (said.status, "No space left on device" in said.sentence) == (2, True)
    assert everything(here.folder) == before
    assert list(here.path.glob(".kigen-*")) == []


def test_a_folder_that_was_on_its_way_out_when_the_machine_went_down_comes_back(here: Platform) -> None:
    here.install()
    (here.tally / "kept.ndjson").write_text("{}\n")
    here.folder.rename(here.path / ".kigen-0badcafe-old")
    (here.path / ".kigen-0badcafe").mkdir()
    assert here.install().status == 0
    assert (here.tally / "kept.ndjson").read_text() == "{}\n"
    assert list(here.path.glob(".kigen-*")) == []


def test_what_it_cannot_be_sure_of_is_refused_with_what_was_found_and_expected(here: Platform) -> None:
    def sentence(*arguments: str) -> str:
        said = here.install(*arguments)
        assert said.status == 2
        assert not here.folder.exists() or not (here.folder / "hooks.php").exists()
        return said.sentence

    set_version(here, "7.10.3")
    assert "whmcs 7.10.3; expected 8.x" in sentence()
    here.sql("DELETE FROM tblconfiguration WHERE setting = 'Version'")
    assert "a version that cannot be read; expected 8.x" in sentence()
    set_version(here, VERSION)
    assert "expected 127.0.0.1:PORT or unix:" in sentence("--listen", "203.0.113.5:80")
    assert "expected a user of this machine" in sentence("--web-user", "nobody-has-this-name")
    assert "is not the database file" in sentence("--database", "sqlite:///another.sqlite")
    here.folder.mkdir()
    (here.folder / "kigen.php").write_text("<?php // somebody else's")
    assert "was not put there by kigen" in sentence()
    assert (here.folder / "kigen.php").read_text() == "<?php // somebody else's"
    (here.path / "init.php").unlink()
    assert "has no init.php; expected the folder of whmcs" in sentence()
    other = here.kigen("install", "fossbilling", str(here.path))
    assert "expected the folder of fossbilling" in other.sentence
    assert "expected one of fossbilling, whmcs" in here.kigen("install", "blesta", str(here.path)).sentence


def test_where_the_platform_belongs_to_root_the_user_of_php_must_be_named(here: Platform) -> None:
    configuration = here.path / "configuration.php"
    words = configuration.read_bytes()
    configuration.unlink()
    configuration.symlink_to("/etc/passwd")  # root's, whoever runs the tests
    said = here.kigen("install", "whmcs", str(here.path))
    assert "belongs to root" in said.sentence
    configuration.unlink()
    configuration.write_bytes(words)
    user, group = (65534, 65534) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(configuration, user, group)
    assert here.kigen("install", "whmcs", str(here.path)).status == 0
    found = (here.folder / "config.php").stat()
    assert (found.st_uid, found.st_gid, here.tally.stat().st_uid) == (user, group, user)


def test_the_service_and_the_cron_line_are_written_where_asked_and_never_over_others(here: Platform) -> None:
    etc = here.place / "etc"
    (etc / "cron.d").mkdir(parents=True)
    (etc / "cron.d/kigen").write_text("# mine\n")
    said = here.install("--write", "--etc", str(etc), "--json")
    assert said.document["next"]
    unit = (etc / "systemd/system/kigen.service").read_text()
    assert f"--config {here.place / 'kigen.toml'} run --listen 127.0.0.1:8080\n" in unit
    assert (etc / "cron.d/kigen").read_text() == "# mine\n"


def test_cron_without_a_service_does_what_the_readme_says_it_does(here: Platform) -> None:
    here.install("--write", "--etc", str(here.place))
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    works = [re.findall(r"(?m)^[*/0-9 ]{9,} +\S+ +\S*kigen (?:--config \S+ )?(.+)$", text)
             for text in (readme, (here.place / "cron.d/kigen").read_text())]  # fmt: skip
    assert works[0] == works[1] and "mail send" in works[0]


def test_uninstalling_takes_the_bridge_and_leaves_the_ledger_and_what_waited(here: Platform) -> None:
    here.install()
    (here.tally / "kept.ndjson").write_text('{"host_event": "DailyCronJob", "at": "2026-01-01T00:00:00Z"}\n')
    said = here.kigen("uninstall")
    assert said.status == 0
    assert not here.folder.exists()
    assert (here.path / "modules/addons").is_dir()
    waiting = here.place / "kigen-state/bridge/kept.ndjson"
    assert f"kigen events {waiting}" in said.out
    assert "its tables (kigen_*)" in said.out
    assert str(here.place / "kigen-state") in said.out
    assert (here.place / "kigen-state/bridge.key").exists()
    assert here.kigen("events", str(waiting), "--json").document["new"] == 1
    assert here.kigen("plan", "--json").status == 0
    assert here.kigen("uninstall").status == 2


def test_doctor_says_what_is_wrong_with_the_bridge_and_what_to_do(here: Platform) -> None:
    def codes() -> dict[str, str]:
        found = here.kigen("doctor", "--quick", "--json").document["findings"]
        return {one["code"]: one["text"] for one in found if one["code"].startswith("bridge")}

    assert "kigen install whmcs PATH" in codes()["bridge-none"]
    here.install()
    assert set(codes()) == {"bridge-inactive", "bridge-mute"}
    here.sql("INSERT INTO tbladdonmodules (module, setting, value) VALUES ('kigen', 'version', '0.1.0')")
    event = {"event": "day_started", "at": "2026-01-01T00:00:00Z"}
    (here.place / "day.ndjson").write_text(json.dumps(event))
    here.kigen("events", str(here.place / "day.ndjson"))
    assert set(codes()) == {"bridge"}
    listed = here.folder / "installed.php"
    listed.write_bytes(listed.read_bytes().replace(b'"kigen": "0.1.0"', b'"kigen": "0.0.9"'))
    (here.folder / "page.tpl").write_text("mine")
    (here.folder / "config.php").chmod(0o644)
    assert set(codes()) == {"bridge-version", "bridge-changed", "bridge-readable"}
    later = here.kigen("--now", "2099-01-01T00:00:00Z", "doctor", "--quick", "--json").document["findings"]
    assert "bridge-silent" in {one["code"] for one in later}
    listed.unlink()
    assert f"kigen install whmcs {here.path}" in codes()["bridge-missing"]
