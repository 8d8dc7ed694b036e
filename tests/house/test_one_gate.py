"""Nothing deletes, archives or masks a platform's rows but the gate: whoever acts, passes it."""

from __future__ import annotations

import ast
from pathlib import Path

import kigen

ACTING = {"delete", "archive", "anonymise"}
GATE = "work/chunk.py"


def calls(path: Path) -> set[str]:
    """Which methods of a host that change records a file calls: `….host.delete(…)`."""
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ACTING
        and isinstance(node.func.value, ast.Attribute | ast.Name)
        and (node.func.value.attr if isinstance(node.func.value, ast.Attribute) else node.func.value.id) == "host"
    }


def test_only_the_gate_calls_what_changes_a_platform_s_records() -> None:
    """E9: sweep, worker, replay, commands and plugins have no second way."""
    root = Path(kigen.__file__).parent
    found = {str(path.relative_to(root)): calls(path) for path in root.rglob("*.py")}
    assert {name: called for name, called in found.items() if called and name != GATE} == {}
    assert {"delete", "archive"} <= found[GATE]
