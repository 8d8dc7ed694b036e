"""The source tree as data, for the house tests: which files there are, what each imports, which comments it holds."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TOP = ["README.md", "setup.cfg", "pyproject.toml", ".gitignore", ".ci", "plugin", "hooks", "templates", "tests"]
NOT_SOURCE = {"__pycache__", "build", "dist"}


@dataclass(frozen=True)
class Import:
    """One imported name: where, the dotted name as written out in full, and whether only a type checker sees it."""

    file: Path
    line: int
    name: str
    for_types: bool

    def __str__(self) -> str:
        return f"{short(self.file)}:{self.line} imports {self.name}"


def short(path: Path) -> str:
    """The path as one says it in the project."""
    return path.relative_to(ROOT).as_posix()


def files(*tops: str) -> list[Path]:
    """All files below these names that people write, sorted; everything without a name."""
    found: list[Path] = []
    for top in tops or TOP:
        start = ROOT / top
        for path in [start] if start.is_file() else start.rglob("*"):
            parts = path.relative_to(ROOT).parts
            made = any(part in NOT_SOURCE or part.endswith(("_cache", ".egg-info")) for part in parts)
            if path.is_file() and not made and path.suffix not in {".pyc", ".pyo"}:
                found.append(path)
    return sorted(found)


def modules(*tops: str) -> list[Path]:
    """The Python files below these folders."""
    return [path for path in files(*tops) if path.suffix == ".py"]


def text_of(path: Path) -> str | None:
    """The text of a file; None if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def parse(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), short(path))


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Each comment with its line."""
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def module_name(path: Path) -> str:
    """The dotted name under which a file of the product is imported."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    parts = parts[1:] if parts[0] == "plugin" else ["kigen", *parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands, with its full name: `from a import b` is a.b if that is a module."""
    package = module_name(path)
    if path.name != "__init__.py":
        package = package.rpartition(".")[0]
    tree = parse(path)
    for_types = {id(inner) for node in ast.walk(tree) if _is_type_checking(node) for inner in _body(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            steps = package.split(".")
            start = ".".join(steps[: len(steps) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (start, node.module) if part)
            inner = [f"{source}.{alias.name}" for alias in node.names]
            names = [name if _is_module(name) else source for name in inner]
        else:
            continue
        for name in names:
            yield Import(path, node.lineno, name, id(node) in for_types)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _body(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.If)
    for statement in node.body:
        yield from ast.walk(statement)


def _is_module(name: str) -> bool:
    parts = name.split(".")
    if parts[0] != "kigen":
        return False
    top = ROOT if parts[1:2] in (["hooks"], ["templates"]) else ROOT / "plugin" / "kigen"
    path = top.joinpath(*parts[1:])
    return path.is_dir() or path.with_suffix(".py").is_file()
