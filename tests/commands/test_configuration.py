"""The configuration: where it is found, what is said of a bad one, and what `init` writes, again and again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from kigen.commands.config_file import merged
from tests.commands.installation import Installation, run

GOOD = '[host]\nname = "whmcs"\ndatabase = "sqlite:///x.sqlite"\n[kigen]\nzone = "Asia/Tokyo"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the setting host is missing; expected a section [host]"),
        ('[host]\nname = "whmcs"\n[kigen]\nzone = "UTC"\n', "the setting host.database is missing"),
        (GOOD.replace('zone = "Asia/Tokyo"', ""), "the setting kigen.zone is missing; expected the operator's zone"),
        (GOOD.replace("Asia/Tokyo", "Asia/Osaki"), "kigen.zone is 'Asia/Osaki', which is no time zone"),
        (GOOD.replace("[kigen]", 'zome = "UTC"\n[kigen]'), "the setting host.zome is not known"),
        (GOOD.replace('"whmcs"', "5"), "the setting host.name is wrong"),
        (GOOD.replace("sqlite:///", "postgresql://"), "host.database is of the kind postgresql"),
        (GOOD.replace("sqlite:///x.sqlite", "no url"), "host.database is not a URL"),
        (GOOD.replace("sqlite:///x.sqlite", "sqlite://"), "host.database names no file"),
        (GOOD.replace("sqlite:///x.sqlite", "mysql://u:p@h"), "host.database names no database"),
        ("[host", "is not TOML"),
        ("\udcff", "is not UTF-8"),
    ],
)
def test_a_bad_configuration_is_wrong_use_and_names_the_setting(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "kigen.toml"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    (tmp_path / "x.sqlite").touch()
    told = run("plan", "--config", str(file))
    assert told.status == 2
    assert said in told.sentence and str(file) in told.sentence


def test_a_host_that_no_plugin_brings_is_wrong_use(here: Installation) -> None:
    here.config.write_text(here.config.read_text(encoding="utf-8").replace('"whmcs"', '"whmcz"'), encoding="utf-8")
    said = here.run("plan")
    assert said.status == 2
    assert "host.name is 'whmcz'; expected one of fossbilling, whmcs" in said.sentence


def test_without_any_configuration_the_sentence_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kigen.config.OF_THE_MACHINE", tmp_path / "none")
    said = run("plan")
    assert said.status == 2
    assert "run 'kigen init'" in said.sentence
    assert "there is no configuration file" in run("plan", "--config", "nowhere.toml").sentence


def test_the_option_comes_before_the_variable_before_this_folder(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("plan").status == 0
    monkeypatch.setenv("KIGEN_CONFIG", "elsewhere.toml")
    assert "elsewhere.toml" in run("plan").sentence
    assert run("plan", "--config", str(here.config)).status == 0


def test_init_again_changes_nothing_and_keeps_what_else_the_file_holds(here: Installation) -> None:
    text = here.config.read_text(encoding="utf-8").replace("[kigen]", "# ours\n\n[kigen]") + '\n[other]\nkey = "kept"\n'
    here.config.write_text(text, encoding="utf-8")
    here.config.chmod(0o644)
    assert run("init", "--config", str(here.config)).status == 0
    assert here.config.read_text(encoding="utf-8") == text
    assert stat.S_IMODE(here.config.stat().st_mode) == 0o600
    changed = run("init", "--config", str(here.config), "--host-zone", "Europe/Berlin")
    assert changed.status == 0
    after = here.config.read_text(encoding="utf-8")
    assert 'zone = "Europe/Berlin"\n' in after and after.endswith('[other]\nkey = "kept"\n') and "# ours" in after


def test_a_setting_goes_into_its_own_section_and_replaces_only_itself() -> None:
    text = 'top = 1\n[a]\nx = "1"\n\n[b]\nx = "2"\n'
    assert merged(text, {("b", "x"): "3", ("a", "y"): 'q"\\', ("c", "z"): "new"}) == (
        'top = 1\n[a]\nx = "1"\ny = "q\\"\\\\"\n\n[b]\nx = "3"\n\n[c]\nz = "new"\n'
    )


def test_init_refuses_a_database_without_the_platforms_tables_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    file, config = tmp_path / "empty.sqlite", tmp_path / "kigen.toml"
    create_engine(f"sqlite:///{file}").connect().close()
    said = run("init", "--config", str(config), "--host", "whmcs", "--database", f"sqlite:///{file}")
    assert said.status == 2
    assert "has no table tblclients" in said.sentence
    assert not config.exists()
    assert inspect(create_engine(f"sqlite:///{file}")).get_table_names() == []


def test_init_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    said = run(
        "init", "--config", str(tmp_path / "k.toml"), "--host", "whmcs", "--database", f"sqlite:///{tmp_path}/no"
    )
    assert said.status == 4
    assert "is not there" in said.sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--host is missing"),
        (["--host", "whmcs"], "--database is missing"),
        (["--host", "hostbill", "--database", "sqlite:///x"], "expected one of fossbilling, whmcs"),
        (["--host", "whmcs", "--database", "sqlite:///x", "--zone", "Tokyo"], "kigen.zone is 'Tokyo'"),
        (["--host", "whmcs", "--database", "sqlite:///x", "--host-zone", "UTC+9"], "host.zone is 'UTC+9'"),
        (["--host", "whmcs", "--database", "oracle://x/y"], "of the kind oracle"),
        (["--host", "whmcs", "--database", "sqlite:///x", "--print-grants"], "an SQLite file has no users"),
    ],
)
def test_what_init_cannot_use_is_told_before_anything_is_made(tmp_path: Path, arguments: list[str], said: str) -> None:
    told = run("init", "--config", str(tmp_path / "kigen.toml"), *arguments)
    assert told.status == 2
    assert said in told.sentence
    assert list(tmp_path.iterdir()) == []


def test_grants_are_printed_without_a_connection(tmp_path: Path) -> None:
    asked = ["--host", "whmcs", "--database", "mysql://kigen:hush@db.invalid/whmcs", "--print-grants"]
    said = run("init", "--config", str(tmp_path / "kigen.toml"), *asked)
    assert said.status == 0 and "hush" not in said.out
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON `whmcs`.`tblclients` TO 'kigen'@'localhost';" in said.out
    assert list(tmp_path.iterdir()) == []
