"""The shape of a file: short, one sentence at its head, and a reason beside every exception to a rule."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support import tree

LINES = 260


def ids(path: Path) -> str:
    return tree.short(path)


@pytest.mark.parametrize("path", tree.modules("plugin", "hooks", "templates", "tests"), ids=ids)
def test_a_module_says_at_its_head_what_is_decided_there(path: Path) -> None:
    text = ast.get_docstring(tree.parse(path)) or ""
    assert text, "It has no docstring."
    assert text.splitlines()[0].rstrip().endswith((".", ":", ";", "?", "!")) or "\n" in text, "It is no sentence."


@pytest.mark.parametrize("path", tree.modules("plugin", "hooks", "templates"), ids=ids)
def test_a_file_has_one_subject_and_so_is_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LINES, f"{lines} lines; what are its two subjects?"


@pytest.mark.parametrize("path", tree.modules(), ids=ids)
def test_an_exception_to_a_rule_names_the_rule_and_gives_its_reason(path: Path) -> None:
    silent, explained = [], {}
    for line, comment in tree.comments(path):
        for one in re.finditer(r"#\s*(noqa|type:\s*ignore)\b[^#]*(#.*)?", comment):
            rule, _, reason = one.group().lstrip("# ").partition("#")
            rest = re.sub(r"^(noqa|type:\s*ignore)\s*", "", rule)
            named = re.match(r":\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*|\[[\w, -]+\]", rest)
            said = (rest[named.end() :] if named else rest) + reason
            # One reason serves the lines that follow at once with the same exception.
            if named and (len(re.findall(r"\w+", said)) >= 2 or explained.get(line - 1) == named.group()):
                explained[line] = named.group()
            else:
                silent.append(f"{line}: {comment}")
    assert silent == []


@pytest.mark.parametrize("path", tree.modules("tests"), ids=ids)
def test_a_test_is_named_as_a_sentence(path: Path) -> None:
    short = []
    for node in ast.walk(tree.parse(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3:
            short.append(node.name)
    assert short == []
