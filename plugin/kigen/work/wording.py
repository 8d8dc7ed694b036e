"""How an operator's own words become a text: Jinja with named variables, conditions and loops over given lists only.

What a template may hold is a list; everything else (a call, arithmetic, an include, a hidden attribute) is refused with
its line before anything is evaluated. It walks through what it was given and nothing else, and what its filters read on
the way is counted, so that no template can run long.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_TEMPLATE, LONGEST_TEXT, DEEPEST_LOOP = 200_000, 1_000_000, 2
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.For, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test,
)  # fmt: skip
FILTERS = frozenset({"first", "join", "last", "length", "lower", "trim", "upper"})
MOST_READ = 20_000_000
"""Characters that the filters of one text read: those of a long policy read some thousands."""
TESTS = frozenset({"none"})

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!|<>~&-])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]+")
_read: ContextVar[int] = ContextVar("read", default=0)


class Markdown(str):
    """A value that is Markdown made by this program; every other one is shown letter by letter."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a template: the line, and what stands there."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


class BadTemplate(ValueError):
    """A template that never goes out, with every fault that was found."""

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class _OnlyData(ImmutableSandboxedEnvironment):
    """A sandbox in which a dot reads a key of given data and nothing else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping) and argument in obj:
            return obj[argument]
        return self.undefined(obj=obj, name=str(argument))


def shown(value: object) -> str:
    """A value in Markdown: a person's words stay words, whatever they hold; nothing that turns the line is left."""
    if isinstance(value, StrictUndefined):
        return str(value)  # which raises, and names it
    if isinstance(value, Markdown):
        return str(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(shown, value))
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise SecurityError(f"a value of the sort {type(value).__name__} cannot be shown")
    return _SPECIAL.sub(r"\\\1", _UNSEEN.sub(" ", str(value)).strip())


def _measured(text: object) -> str:
    """A text that a filter reads, counted."""
    found = str(text)
    _read.set(_read.get() + len(found))
    if _read.get() > MOST_READ:
        raise SecurityError(f"the filters read more than {MOST_READ} characters")
    return found


def _joined(value: object, between: str = "") -> str:
    """The filter `join`: words of a list that was given. Joining letters again and again would fill any memory."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, (str, int)) for one in value):
        raise SecurityError("'join' takes a list of words")
    pieces = [_measured(piece) for one in value for piece in (between, one)]
    return "".join(pieces[1:])


def _plainly(written: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: written(_measured(value))


OWN_FILTERS: Mapping[str, Callable[..., str]] = {
    "join": _joined, "lower": _plainly(str.lower), "trim": _plainly(str.strip), "upper": _plainly(str.upper),
}  # fmt: skip


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    made = _OnlyData(undefined=StrictUndefined, finalize=shown, trim_blocks=True, lstrip_blocks=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS} | dict(OWN_FILTERS)
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def faults(source: str, names: Collection[str]) -> list[Fault]:
    """All that keeps a template from being used, without evaluating it; `names` are the variables it may use."""
    if len(source) > LONGEST_TEMPLATE:
        return [Fault(1, f"the template has {len(source)} characters; expected at most {LONGEST_TEMPLATE}")]
    try:
        tree = _environment().parse(source)
        found = list(_faults(tree, frozenset(names), 0))
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"{error.message}")]
    except RecursionError:
        return [Fault(1, "it is nested too deeply")]
    except ValueError:
        return [Fault(1, "a number is too long")]
    return sorted(set(found), key=lambda one: (one.line, one.what))


def render(source: str, values: Mapping[str, object]) -> str:
    """The text with these values. Raises BadTemplate with the line where it does not work."""
    if wrong := faults(source, values.keys()):
        raise BadTemplate(wrong)
    pieces: list[str] = []
    length = 0
    _read.set(0)
    try:
        for piece in _environment().from_string(source).generate(**values):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_TEXT:
                raise BadTemplate([Fault(1, f"the text is longer than {LONGEST_TEXT} characters")])
    except UndefinedError as error:
        raise BadTemplate([Fault(_line(error), error.message or "a value is not there")]) from None
    except (TemplateError, TypeError, ArithmeticError, RecursionError) as error:
        raise BadTemplate([Fault(_line(error), str(error) or type(error).__name__)]) from None
    return "".join(pieces)


def _faults(node: nodes.Node, names: frozenset[str], loops: int) -> Iterator[Fault]:
    if said := _wrong(node, names, loops):
        yield Fault(node.lineno or 1, said)
        return
    if not isinstance(node, nodes.For):
        for child in node.iter_child_nodes():
            yield from _faults(child, names, loops)
        return
    yield from _faults(node.iter, names, loops)
    own = names | {one.name for one in node.target.find_all(nodes.Name)} | _own_name(node.target)
    for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
        yield from _faults(child, own, loops + 1)


def _own_name(target: nodes.Node) -> set[str]:
    return {target.name} if isinstance(target, nodes.Name) else set()


def _wrong(node: nodes.Node, names: frozenset[str], loops: int) -> str | None:
    """Why a node may not stand in a template, None where it may."""
    if isinstance(node, nodes.Name):
        return None if node.name in names else f"{node.name!r} is no variable of this notice ({_some(names)})"
    if isinstance(node, nodes.Getattr):
        return f"the attribute {node.attr!r} is not allowed" if node.attr.startswith("_") else None
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            return f"the filter {node.name!r} is not allowed ({_some(FILTERS)})"
        is_plain = not (node.args or node.kwargs) or (node.name == "join" and len(node.args) == 1 and not node.kwargs)
        return None if is_plain else f"the filter {node.name!r} does not take that"
    if isinstance(node, nodes.Test):
        return None if node.name in TESTS else f"the test {node.name!r} is not allowed ({_some(TESTS)})"
    if isinstance(node, nodes.For):
        if loops >= DEEPEST_LOOP or node.recursive:
            return f"loops stand in one another more than {DEEPEST_LOOP} deep"
        return None if isinstance(node.target, nodes.Name) else "a loop has one variable"
    if isinstance(node, ALLOWED):
        return None
    return f"{_called(node)} is not allowed"


def _called(node: nodes.Node) -> str:
    if isinstance(node, nodes.Call):
        return f"the call of {node.node.name!r}" if isinstance(node.node, nodes.Name) else "a call"
    return f"{type(node).__name__.lower()!r}"


def _some(names: Collection[str]) -> str:
    return f"expected one of {', '.join(sorted(names))}"


def _line(error: BaseException) -> int:
    """The line of the template in which an error was raised, 1 where nothing tells."""
    places = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == "<template>"]
    return places[-1] or 1 if places else 1
