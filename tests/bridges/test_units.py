"""How kigen is started: whatever stands in a path, the service and the cron line hold it as one word."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from kigen.commands.bridge_units import units
from kigen.config import Config
from kigen.errors import WrongUse


def texts(folder: Path, name: str, listen: str = "127.0.0.1:8080") -> dict[str, str]:
    return dict(units(Config(folder / name, "whmcs", make_url("sqlite://"), "UTC", "UTC", folder), listen))


def test_a_path_with_blanks_quotes_and_signs_of_systemd_and_cron_is_one_word(tmp_path: Path) -> None:
    made = texts(tmp_path, 'it\'s 100% "$HOME".toml')
    assert f'--config "{tmp_path}/it\'s 100%% \\"$$HOME\\".toml" run --listen 127.0.0.1:8080\n' in made["systemd"]
    assert f"--config '{tmp_path}/it'\"'\"'s 100\\% \"$HOME\".toml' intake\n" in made["cron"]
    assert f"--config {tmp_path}/kigen.toml run" in texts(tmp_path, "kigen.toml")["systemd"]


def test_a_path_that_would_begin_a_line_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="visible characters"):
        texts(tmp_path, "a\nExecStartPre=/bin/false")


def test_the_folder_of_a_socket_below_run_is_made_by_systemd_after_each_start(tmp_path: Path) -> None:
    assert "RuntimeDirectory=kigen\n" in texts(tmp_path, "k.toml", "unix:/run/kigen/kigen.sock")["systemd"]
    assert "RuntimeDirectory" not in texts(tmp_path, "k.toml", "unix:/var/lib/kigen/s")["systemd"]
    assert "RuntimeDirectory" not in texts(tmp_path, "k.toml")["systemd"]
