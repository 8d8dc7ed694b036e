"""The demo shows a plan, does it and explains one decision; it can be repeated, and touches only what is its own."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import create_engine, text

from kigen.config import load
from kigen.demo.show import demo
from kigen.policy.schedule import RULES

NOW = dt.datetime(2026, 11, 20, 1, 0, tzinfo=dt.UTC)
CLIENTS = 60


def shown(folder: Path, encoding: str = "utf-8") -> str:
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    demo(folder, CLIENTS, now=NOW, console=Console(file=output, width=100))
    output.seek(0)
    return output.read()


def clients_of(folder: Path) -> int:
    engine = create_engine(f"sqlite:///{folder / 'billing.sqlite'}")
    with engine.connect() as connection:
        number = connection.execute(text("SELECT COUNT(*) FROM tblclients")).scalar_one()
    engine.dispose()
    return int(number)


def test_the_demo_tells_what_is_due_does_it_and_leaves_nothing_due(tmp_path: Path) -> None:
    told = demo(tmp_path / "demo", CLIENTS, now=NOW, as_json=True)
    json.dumps(told)
    assert (told["dir"], told["clients"]) == (str(tmp_path / "demo"), CLIENTS)
    assert set(told["due"]) <= {rule.id for rule in RULES}
    assert sum(told["due"].values()) == told["forecast"]["due_now"]["total"] > 20
    assert told["events"]["failed"] == told["events"]["pending"] == 0
    swept = told["swept"]
    assert (swept["stopped"], swept["remaining"], swept["failures"], swept["warnings"]) == (None, 0, [], [])
    assert sum(sum(counts.values()) for counts in swept["planned"].values()) == sum(told["due"].values())
    assert clients_of(tmp_path / "demo") == CLIENTS - swept["deleted"]["client"]
    assert told["explained"]["action"] == "keep"
    assert told["explained"]["reasons"]


def test_as_json_the_demo_prints_nothing_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo(tmp_path, CLIENTS, now=NOW, as_json=True)
    assert capsys.readouterr() == ("", "")


def test_the_demo_is_made_anew_in_its_own_folder_and_tells_the_same(tmp_path: Path) -> None:
    first = demo(tmp_path, CLIENTS, now=NOW, as_json=True)
    second = demo(tmp_path, CLIENTS, now=NOW, as_json=True)
    for key in ("due", "kept", "unknown", "forecast", "rows", "explained"):
        assert first[key] == second[key]


def test_the_configuration_that_it_leaves_is_one_that_the_commands_read(tmp_path: Path) -> None:
    told = demo(tmp_path, CLIENTS, now=NOW, as_json=True)
    config = load(told["config"])
    assert (config.host, config.zone, config.state_dir) == ("whmcs", "Asia/Tokyo", tmp_path / "state")
    assert Path(told["config"]).stat().st_mode & 0o077 == 0


def test_people_see_tables_reasons_a_chart_the_result_and_what_to_try(tmp_path: Path) -> None:
    page = shown(tmp_path / "demo")
    for words in (
        "Due now", "order.delete-cancelled", "Due or unclear, and kept", "the next 24 months", "2027-01", "Run 1",
        "as 'kigen explain' tells it", "What to try next", "explain client", "plan.html",
    ):  # fmt: skip
        assert words in page
    assert "█" in page
    assert f"--config {tmp_path / 'demo' / 'kigen.toml'} sweep --confirm\n" in page


def test_a_terminal_without_unicode_is_served_too(tmp_path: Path) -> None:
    assert "###" in shown(tmp_path, encoding="ascii")


def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kigen.toml").write_text("[host]\n")
    with pytest.raises(ValueError, match="holds something else"):
        demo(tmp_path, CLIENTS, now=NOW, as_json=True)
    assert [path.name for path in tmp_path.iterdir()] == ["kigen.toml"]


def test_a_database_with_clients_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    demo(tmp_path / "one", CLIENTS, now=NOW, as_json=True)
    before = clients_of(tmp_path / "one")
    used = f"sqlite:///{tmp_path / 'one' / 'billing.sqlite'}"
    with pytest.raises(ValueError, match="empty host"):
        demo(tmp_path / "two", CLIENTS, database=used, now=NOW, as_json=True)
    assert clients_of(tmp_path / "one") == before


def test_a_given_mariadb_is_filled_instead_of_a_file(tmp_path: Path, mariadb_url: str) -> None:
    told = demo(tmp_path, CLIENTS, database=mariadb_url, now=NOW, as_json=True)
    assert told["swept"]["stopped"] is None
    assert not (tmp_path / "billing.sqlite").exists()


def test_fewer_clients_than_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one client"):
        demo(tmp_path, 0, now=NOW, as_json=True)
