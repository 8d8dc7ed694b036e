"""Nothing deletes, archives or masks a platform's rows but the gate: whoever acts, passes it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kigen

ACTING = {"delete", "archive", "anonymise", "empty_consented"}
HANDS = {"work/acts.py", "work/parts.py"}
"""The files with which the gate acts; nobody else may use them."""

GATE = {"work/chunk.py", "work/steps.py"}
"""The gate, and the steps in which it takes a client that is too large for one transaction."""

ROOT = Path(kigen.__file__).parent
TREES = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")}


def named(tree: ast.AST) -> set[str]:
    """Which methods of a host that change records are named, called or only handed on: `….host.delete`, and also
    `getattr(host, "delete")`."""
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ACTING and is_host(node.value)
    }
    asked = (node.args for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 1)
    given = {args[1].value for args in asked if is_host(args[0]) and isinstance(args[1], ast.Constant)}
    return found | (given & ACTING)


def is_host(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "host") or (
        isinstance(node, ast.Name) and node.id == "host"
    )


def imported(tree: ast.AST) -> set[str]:
    """The modules that a file imports as a whole, and those that it imports names from."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def test_only_the_gate_s_own_files_name_what_changes_a_platform_s_records() -> None:
    """E9: sweep, worker, replay, erase, commands and plugins have no second way."""
    found = {name: methods for name, tree in TREES.items() if (methods := named(tree))}
    assert {name for name in found if name not in GATE} == HANDS
    assert set().union(*found.values()) == ACTING


@pytest.mark.parametrize(
    "evasion",
    ["partial(gate.site.host.delete, connection)", "act = site.host.archive", "[host.anonymise][0](connection)",
     "getattr(site.host, 'delete')(connection)"],
)  # fmt: skip
def test_a_method_that_is_only_handed_on_is_seen_too(evasion: str) -> None:
    assert len(named(ast.parse(evasion))) == 1
    assert named(ast.parse("partial(gate.site.host.accounts, connection); rows.delete(1)")) == set()


def test_only_the_gate_uses_the_files_with_which_it_acts() -> None:
    modules = {f"kigen.{name.removesuffix('.py').replace('/', '.')}" for name in HANDS}
    users = {name for name, tree in TREES.items() if imported(tree) & modules}
    assert users <= GATE | HANDS
    assert users >= GATE


def test_only_undo_puts_rows_back_and_only_the_gate_has_them_noted() -> None:
    def users(method: str) -> set[str]:
        return {name for name, tree in TREES.items() if any(
            isinstance(node, ast.Attribute) and node.attr == method and isinstance(node.value, ast.Attribute)
            and node.value.attr == "host" for node in ast.walk(tree)
        )}  # fmt: skip

    assert users("give_back") == {"work/bringing_back.py"}
    assert users("taking") == {"work/quarantine.py"}
