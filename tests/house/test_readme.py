"""The README cannot lag: its schedule is the program's, its plugin works, and what it tells to type runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from kigen.cli import main
from kigen.errors import Status
from kigen.policy.schedule import RULES
from tests.support import tree

BIN = Path(sys.executable).parent


def readme() -> str:
    return (tree.ROOT / "README.md").read_text(encoding="utf-8")


def between(start: str, end: str) -> str:
    return readme().partition(start)[2].partition(end)[0].strip()


def schedule_table() -> str:
    """The published table, made from the rules."""
    rows = [("Rule", "Record", "State", "Clock starts at", "Term", "Then"), ("---",) * 6]
    rows += [
        (f"`{rule.id}`", rule.kind.value, rule.state, rule.clock, str(rule.term), rule.effect.value) for rule in RULES
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows).replace("| --- ", "|---").replace("--- |", "---|")


def blocks(mark: str) -> list[tuple[str, str]]:
    """Code blocks after `<!-- mark: name -->` or `<!-- mark -->`, as (name, text)."""
    return re.findall(rf"<!-- {mark}(?:: ([\w.]+))? -->\n```\w+\n(.*?)```", readme(), re.DOTALL)


def run(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    names = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment}
    words = shlex.split(line, comments=True)
    return subprocess.run(words, cwd=folder, env=names, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the first line of the README's commands has run."""
    folder = tmp_path_factory.mktemp("readme")
    done = run("kigen demo --clients 150 --now 2026-11-20T10:00:00", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_schedule_of_the_readme_is_the_one_that_runs() -> None:
    assert between("<!-- schedule -->", "<!-- end of schedule -->") == schedule_table()


def test_every_exit_status_is_told() -> None:
    told = re.findall(r"(?m)^\| (\d) \| ", between("| Exit status |", "## "))
    assert [int(number) for number in told] == sorted(map(int, Status))


def test_the_commands_on_the_demo_run_as_written(demo_folder: Path) -> None:
    ((_, text),) = blocks("runs")
    first, *lines = text.splitlines()
    assert shlex.split(first)[:2] == ["kigen", "demo"]
    assert lines
    for line in lines:
        expected = re.search(r"# exits (\d)", line)
        done = run(line, demo_folder)
        assert done.returncode == (int(expected[1]) if expected else 0), f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
    assert "<svg" in (demo_folder / "plan.html").read_text(encoding="utf-8")


def test_every_option_that_is_told_is_there() -> None:
    text = "\n".join(re.findall(r"```(?:sh|cron)\n(.*?)```", readme(), re.DOTALL)).replace("\\\n", " ")
    lines = [shlex.split(line, comments=True) for line in re.findall(r"(?m)(?:^|bin/)(kigen .*)$", text)]
    assert len(lines) > 20
    for words in lines:
        words = words[3:] if words[1] == "--config" else words[1:]
        command: click.Command = main
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert [word for word in words if word.startswith("--") and word not in known] == []


def test_the_plugin_of_the_readme_keeps_a_client_that_asked(demo_folder: Path, tmp_path: Path) -> None:
    for name, text in blocks("plugin"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # What pip would leave beside the module, so that nothing is installed into the environment of the tests.
    installed = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir()
    head = ("Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}", "")
    (installed / "METADATA").write_text("\n".join(head))
    points = [f"{name} = {target}" for name, target in project["entry-points"]["kigen"].items()]
    (installed / "entry_points.txt").write_text("\n".join(["[kigen]", *points, ""]))

    def kigen(words: str) -> subprocess.CompletedProcess[str]:
        line = f"kigen --config kigen-demo/kigen.toml --now 2026-11-20T12:00:00 {words}"
        return run(line, demo_folder, PYTHONPATH=str(tmp_path))

    kept = [json.loads(line) for line in kigen("plan --all --kind client --json").stdout.splitlines()]
    client = next(one["id"] for one in kept if one["considered"])
    event = {"event": "ticket_opened", "at": "2026-11-01T09:00:00+09:00", "client": client, "id": 999_999}
    (demo_folder / "asked.ndjson").write_text(json.dumps(event) + "\n")
    for words in ("events asked.ndjson", "intake"):
        assert kigen(words).returncode == 0
    told = json.loads(kigen(f"explain client {client} --json").stdout)
    (reason,) = [one for one in told["reasons"] if one["code"] == "acme.asked"]
    assert reason["until"] == "2026-12-31T09:00:00+09:00"
    assert reason["text"] == "The client asked for help; kept until 2026-12-31 09:00."
    stays = [json.loads(line) for line in kigen("plan --json").stdout.splitlines()]
    assert [one for one in stays if one["client"] == client] == []
