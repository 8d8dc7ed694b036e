"""The PHP of the bridges: without errors, made from the event maps, and readable by every supported version of PHP."""

from __future__ import annotations

import re
import subprocess

import pytest

from kigen.hosts.let_through import FLAG, ID, NAMES
from kigen.hosts.whmcs import events, let_through
from kigen.hosts.whmcs.hooks import HOOKS
from tests.bridges.generate import HOSTS, generated
from tests.support.mariadb import program

PHP = sorted(HOSTS.rglob("*.php"))

# What PHP 7.4 does not read, and what 8.4 warns of.
TOO_NEW = (
    r"\?->", r"\bmatch\s*\(", r"\breadonly\b", r"(?m)^\s*enum\s", r"#\[", r"\bstr_(contains|starts_with|ends_with)\(",
    r"catch \([A-Za-z\\]+\) \{", r"\w\(\.\.\.\)", r"\): (mixed|static|never)\b", r"[a-z]\|[a-z]+ \$", r"\): \w+\|\w+",
    r"function \w+\([^)]*,\s*\)", r"__construct\([^)]*\b(public|private|protected)\b", r"get_debug_type\(",
)  # fmt: skip
TOO_OLD = (r"[(,] ?[A-Za-z\\]+ \$\w+ = null", r"\$\{\w")


def test_every_file_is_read_by_php_without_an_error() -> None:
    assert len(PHP) > 20
    done = subprocess.run(
        ["xargs", "-0", "-n1", "-P2", program("php"), "-d", "error_reporting=-1", "-d", "display_errors=1", "-l"],
        input="\0".join(map(str, PHP)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    wrong = [line for line in done.stdout.splitlines() if line and not line.startswith("No syntax errors")]
    assert (done.returncode, wrong) == (0, [])


def test_the_files_hold_nothing_that_php_7_4_cannot_read_or_8_4_warns_of() -> None:
    found = []
    for path in PHP:
        code = re.sub(r"(?s)/\*\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"))
        found += [f"{path.name}: {one}" for one in (*TOO_NEW, *TOO_OLD) if re.search(one, code)]
    assert found == []


def test_the_files_are_of_the_shape_that_psr_12_asks_for() -> None:
    wrong = []
    for path in PHP:
        text = path.read_text(encoding="utf-8")
        if not text.startswith("<?php\n") or "?>" in text or not text.endswith("\n") or "\t" in text or "\r" in text:
            wrong.append(path.name)
        lines = enumerate(text.splitlines(), 1)
        wrong += [f"{path.name}:{n}" for n, line in lines if line != line.rstrip() or len(line) > 120]
    assert wrong == []


def test_the_tables_are_those_of_the_event_maps() -> None:
    """Written by `python -m tests.bridges.generate`."""
    assert [path.name for path, text in generated().items() if path.read_text(encoding="utf-8") != text] == []


def test_every_hook_that_means_something_is_listened_to() -> None:
    assert set(let_through.table()) == {*HOOKS, *events.SPECIAL}


@pytest.mark.parametrize("host", ["whmcs", "fossbilling"])
def test_no_key_is_let_through_that_sounds_like_a_secret(host: str) -> None:
    table = (HOSTS / host / "bridge/events.php").read_text(encoding="utf-8").lower()
    keys = re.findall(r"(?m)^ {8}'(\w+)' => \['(\w+)', '\w+'\],$", table)
    assert len(keys) > 40
    sounds = re.compile(r"pass|card|cvv|token|hash|secret|auth|email|name|address|phone|config|note|message")
    assert [one for one in keys if sounds.search(" ".join(one))] == []
    assert {sort for keys in let_through.table().values() for _, sort in keys.values()} <= {ID, FLAG, NAMES, "word"}
