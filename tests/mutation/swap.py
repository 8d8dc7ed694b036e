"""Decides how a mutant takes effect: a function's code is exchanged where it lives, a module is imported changed."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant


def module_name(path: str) -> str:
    """`plugin/kigen/policy/floors.py` is kigen.policy.floors."""
    return ".".join(Path(path).with_suffix("").parts[1:])


def exchange(mutant: Mutant, modules: Sequence[ModuleType]) -> None:
    """The mutant's function gets the changed code, wherever it was imported to; kept answers are forgotten."""
    assert mutant.function is not None
    found = functions_of(sys.modules[module_name(mutant.path)])[mutant.function]
    found.__code__ = _code(compile(mutant.source, mutant.path, "exec"), mutant.function)
    for module in modules:
        for one in vars(module).values():
            if isinstance(one, functools._lru_cache_wrapper):
                one.cache_clear()


def functions_of(module: ModuleType) -> dict[str, FunctionType]:
    """The functions and methods of a module by qualified name, from below their decorators."""
    found: dict[str, FunctionType] = {}
    for one in list(vars(module).values()):
        for inner in [one, *(vars(one).values() if isinstance(one, type) else ())]:
            plain = _plain(inner)
            if plain and plain.__module__ == module.__name__ and plain.__code__.co_qualname == plain.__qualname__:
                found[plain.__qualname__] = plain
    return found


def _plain(one: Any) -> FunctionType | None:
    while not isinstance(one, FunctionType) or hasattr(one, "__wrapped__"):
        below = [getattr(one, name, None) for name in ("__wrapped__", "__func__", "fget", "ask")]
        one = next((found for found in below if found is not None), None)
        if one is None:
            return None
    return one


def _code(module: CodeType, name: str) -> CodeType:
    def inside(code: CodeType) -> Iterator[CodeType]:
        for const in code.co_consts:
            if isinstance(const, CodeType):
                yield const
                yield from inside(const)

    return [code for code in inside(module) if code.co_qualname == name][-1]  # the last: overloads come before


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, in the mutant's source; everything else is found as always."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.name = mutant, module_name(mutant.path)

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source, self.mutant.path, "exec"), vars(module))  # noqa: S102 - the mutant itself
