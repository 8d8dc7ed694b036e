"""A folder imports only what stands above it in the sentence of the design; this is where that is held."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.support import tree

EVERYTHING = {"policy", "specs", "plugins", "ledger", "hosts", "work", "web", "demo", "commands", "errors", "config"}

# What a place may import of kigen besides itself and `kigen` (the version). A new place needs a row: decide it here.
MAY_IMPORT: dict[str, set[str]] = {
    "": set(),
    "policy": set(),
    "specs": {"policy"},
    "extensions": {"policy"},
    "plugins": {"policy", "specs", "extensions"},
    "packing": set(),
    "pages": {"policy"},
    "ledger": {"policy", "packing", "pages"},
    "hosts": {"policy", "specs", "packing"},
    "hooks": {"policy", "specs"},
    "templates": set(),
    "work": {"policy", "pages", "specs", "extensions", "plugins", "ledger", "hosts"},
    "web": {"policy", "pages", "specs", "plugins", "ledger", "hosts", "work"},
    "demo": {"policy", "specs", "plugins", "ledger", "hosts", "work"},
    "errors": set(),
    "config": {"errors"},
    "__main__": {"cli"},
    "commands": EVERYTHING,
    "cli": EVERYTHING,
}

# A specification names the types of what it hands over; only a type checker follows these.
MAY_NAME: dict[str, set[str]] = {"specs": {"ledger", "hosts", "extensions"}, "plugins": {"ledger", "hosts"}}

CLOCKS_AND_DOORS = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip

PRODUCT = tree.modules("plugin", "hooks", "templates")


def place(name: str) -> str:
    """`kigen.policy.periods` is in policy; `kigen` itself is the empty place."""
    return [*name.split("."), ""][1]


def ids(path: Path) -> str:
    return tree.short(path)


@pytest.mark.parametrize("path", PRODUCT, ids=ids)
def test_a_file_imports_only_what_stands_above_it(path: Path) -> None:
    here = place(tree.module_name(path))
    assert here in MAY_IMPORT, f"{here} has no row in MAY_IMPORT: say what it may import."
    wrong = []
    for found in tree.imports(path):
        if not found.name.startswith("kigen"):
            continue
        allowed = {"", here} | MAY_IMPORT[here] | (MAY_NAME.get(here, set()) if found.for_types else set())
        if place(found.name) not in allowed:
            wrong.append(str(found))
    assert not wrong


@pytest.mark.parametrize("path", PRODUCT, ids=ids)
def test_the_folders_are_imported_by_the_name_of_the_package(path: Path) -> None:
    top = {"plugin", "hooks", "templates", "tests"}
    assert not [str(found) for found in tree.imports(path) if found.name.split(".")[0] in top]


def test_policy_imports_only_the_standard_library_and_whenever() -> None:
    allowed = (sys.stdlib_module_names - CLOCKS_AND_DOORS) | {"kigen", "whenever"}
    found = [one for path in tree.modules("plugin/kigen/policy") for one in tree.imports(path)]
    assert [str(one) for one in found if one.name.split(".")[0] not in allowed] == []


def test_policy_asks_no_clock_and_opens_nothing() -> None:
    asked = []
    for path in tree.modules("plugin/kigen/policy"):
        for node in ast.walk(tree.parse(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"now", "now_in_system_tz", "today", "today_in_system_tz", "utcnow", "open", "print", "input"}:
                asked.append(f"{tree.short(path)}:{node.lineno} calls {called}()")
    assert asked == []


def test_hooks_import_only_policy_specs_and_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"kigen"}
    found = [one for path in tree.modules("hooks") for one in tree.imports(path)]
    assert [str(one) for one in found if one.name.split(".")[0] not in allowed] == []


def test_only_specs_and_plugins_import_pluggy() -> None:
    users = {tree.short(path) for path in PRODUCT for one in tree.imports(path) if one.name.split(".")[0] == "pluggy"}
    assert users == {"plugin/kigen/specs/book.py", "plugin/kigen/plugins.py"}


def test_the_only_python_among_the_templates_is_their_name() -> None:
    assert [tree.short(path) for path in tree.modules("templates")] == ["templates/__init__.py"]
    (statement,) = tree.parse(tree.ROOT / "templates/__init__.py").body
    assert isinstance(statement, ast.Expr), "templates/__init__.py holds its docstring and nothing else."


def test_templates_ask_no_clock_and_compare_no_instants() -> None:
    markup = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
    instant = r"\w*(due|until|anchored|term|received)\w*"
    decides = re.compile(rf"\b(now|today|utcnow)\s*\(|\b{instant}\s*[<>]|[<>]=?\s*(\w+\.)*{instant}\b")
    wrong = []
    for path in tree.files("templates"):
        for found in markup.finditer(tree.text_of(path) or ""):
            if decides.search(found.group()):
                wrong.append(f"{tree.short(path)}: {found.group()}")
    assert wrong == []
