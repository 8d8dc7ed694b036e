"""Decides which mutants there are: every change that mutmut's operators make in a file, in its tables too.

mutmut's own runner leaves out all that stands outside a function and every function with a decorator, because it keeps
all mutants in one module. Here the tables are the program and many answers are kept by `once`, so its visitor is let
into both; what it does there, and what it never touches (annotations, docstrings, `len`), is its own.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, OuterFunctionProvider
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines


@dataclass(frozen=True)
class Mutant:
    """One change of one file. `function`: in whose body, as `Class.method`; None: in a table, a class, a signature."""

    path: str
    number: int
    line: int
    function: str | None
    is_mutmuts_own: bool  # whether mutmut's own runner would have made it too
    original: str
    source: str

    @property
    def key(self) -> tuple[str, int]:
        return self.path, self.number

    @property
    def name(self) -> str:
        return f"{Path(self.path).name}:{self.line} #{self.number}"

    @cached_property
    def change(self) -> tuple[str, str]:
        """The lines that are gone and those in their place, without their indentation, for a reader."""
        lines = difflib.ndiff(self.original.splitlines(), self.source.splitlines())
        told = [line for line in lines if line[:2] in ("- ", "+ ")]
        gone, come = ([line[2:].strip() for line in told if line[0] == sign] for sign in "-+")
        return " ".join(gone), " ".join(come)

    def lines(self) -> list[str]:
        """The name and the change, as a person reads them."""
        gone, come = self.change
        return [f"{self.name} in {self.function or 'the module'}", f"  - {gone}", f"  + {come}"]


class Everywhere(MutationVisitor):
    """mutmut's visitor, let into functions that have decorators; the decorators themselves it leaves alone."""

    METADATA_DEPENDENCIES = (PositionProvider, OuterFunctionProvider)

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        return super()._skip_node_and_children(node)


def mutants_of(path: str, root: Path) -> list[Mutant]:
    """Every mutant of one file, in the order of its text."""
    return list(_mutants(path, (root / path).read_text(encoding="utf-8")))


def _mutants(path: str, text: str) -> Iterator[Mutant]:
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = Everywhere(mutation_operators, get_ignored_lines(path, text, wrapper, None))
    module = wrapper.visit(visitor)
    places = wrapper.resolve(PositionProvider)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    functions = dict(_functions(wrapper.module))
    for number, found in enumerate(visitor.mutations):
        place = places[found.original_node]
        begin, end = (starts[at.line - 1] + at.column for at in (place.start, place.end))
        source = text[:begin] + module.code_for_node(found.mutated_node) + text[end:]
        ast.parse(source)
        outer = found.contained_by_top_level_function
        name, is_plain = functions.get(outer, (None, False))
        in_body = name is not None and place.start.line >= places[outer.body].start.line
        own = name is not None and is_plain
        yield Mutant(path, number, place.start.line, name if in_body else None, own, text, source)


def _functions(module: cst.Module) -> Iterator[tuple[cst.CSTNode, tuple[str, bool]]]:
    """Functions and methods by node: the name, and whether it is without decorators."""
    for one in module.body:
        if isinstance(one, cst.FunctionDef):
            yield one, (one.name.value, not one.decorators)
        elif isinstance(one, cst.ClassDef) and isinstance(one.body, cst.IndentedBlock):
            for method in one.body.body:
                if isinstance(method, cst.FunctionDef):
                    yield method, (f"{one.name.value}.{method.name.value}", not method.decorators)
