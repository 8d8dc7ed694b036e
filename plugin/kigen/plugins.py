"""Finds, checks and calls plugins: which may take part, in which order, and what happens where one fails.

kigen's own hooks and hosts come through the same entry points as anybody else's and are called first. A plugin that
cannot be used as it is stops kigen with a sentence: with a guard silently missing, a record that must stay would go.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from kigen import specs
from kigen.extensions import Eraser, Exporter, Recipient, checked_guard, checked_rule
from kigen.policy.events import Event
from kigen.policy.guards import GUARDS, Guard
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import RULES, Rule

if TYPE_CHECKING:
    from kigen.hosts.port import Host

GROUP = "kigen"
"""The entry points that are plugins."""

HOST = "kigen.hosts.port.Host"
"""By name: to import it would bring the database, and this file stands above the hosts."""

_Thing = TypeVar("_Thing", Exporter, Eraser, Recipient)


class PluginError(ValueError):
    """A plugin that cannot be used as it is, or that failed; the sentence names it, `__cause__` is what it raised."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin with the name of its entry point."""

    name: str
    plugin: object
    is_built_in: bool = False


def find_plugins(extra: Sequence[object] = ()) -> Plugins:
    """Every installed plugin, and `extra` ones after them, checked. PluginError names one that cannot be used."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (not _is_built_in(point), point.name))
    if not any(map(_is_built_in, points)):
        raise PluginError("kigen's own hooks are not installed: run pip install in the project's folder")
    found = [Found(point.name, _load(point), _is_built_in(point)) for point in points]
    for number, plugin in enumerate(extra, 1):
        name = getattr(plugin, "__name__", None) or type(plugin).__name__
        found.append(Found(f"{name}-{number}" if any(name == one.name for one in found) else name, plugin))
    plugins = Plugins(found)
    plugins.check()
    return plugins


class Plugins:
    """The plugins that take part. Nobody outside this file sees pluggy."""

    def __init__(self, found: Sequence[Found]) -> None:
        """`found` stands in the order of calling."""
        self._built_in = {one.name for one in found if one.is_built_in}
        self._names: list[str] = []
        self._heard_by: dict[str, list[pluggy.HookImpl]] = {}
        self._pluggy = pluggy.PluginManager(specs.PROJECT)
        for family in specs.FAMILIES:
            self._pluggy.add_hookspecs(family)
        for one in found:
            self._register(one)

    def names(self) -> list[str]:
        """The plugins in the order of calling."""
        return list(self._names)

    def check(self) -> None:
        """Ask every plugin once for all that it adds, so that what is wrong is told at start and not at night."""
        self.check_pending()
        self.hosts()
        self.rules()
        self.exporters()
        self.erasers()
        self.recipients()

    def check_pending(self) -> None:
        """PluginError for a hook that kigen does not have, most often a slip of the pen."""
        known = list(specs.SPECIFICATIONS)
        for hook, caller in vars(self._pluggy.hook).items():
            for one in [] if hook.startswith("_") else caller.get_hookimpls():
                if not caller.has_spec() and not one.optionalhook:
                    meant = "".join(f"; did you mean {near}?" for near in difflib.get_close_matches(hook, known, 1))
                    raise PluginError(f"Plugin {one.plugin_name} has the hook {hook}, which kigen does not know{meant}")
                if one.wrapper or one.hookwrapper:
                    raise PluginError(f"Plugin {one.plugin_name} wraps {hook}; expected a plain hook: each runs alone")

    def hosts(self) -> dict[str, type[Host]]:
        """Billing platforms by name."""
        found: dict[str, type[Host]] = {}
        for plugin, classes in self._answers("kigen_hosts", Mapping):
            for name, host in classes.items():
                if name in found:
                    raise PluginError(f"Plugin {plugin} adds the host {name}, which is there already")
                if not isinstance(host, type) or HOST not in {f"{one.__module__}.{one.__name__}" for one in host.mro()}:
                    raise PluginError(f"Plugin {plugin} adds the host {name}, which is {host!r}; expected a {HOST}")
                if inspect.isabstract(host):
                    missing = ", ".join(sorted(getattr(host, "__abstractmethods__", ())))
                    raise PluginError(f"Plugin {plugin} adds the host {name}, which does not answer {missing}")
                found[name] = host
        return found

    def rules(self) -> tuple[Rule, ...]:
        """The rows of the schedule: kigen's own, then the plugins'."""
        found = {rule.id: rule for rule in RULES}
        guards = self.guards()
        for plugin, rules in self._answers("kigen_rules", Sequence):
            for rule in rules:
                with _naming(plugin):
                    added = checked_rule(rule, found, guards)
                found[added.id] = added
        return tuple(found.values())

    def guards(self) -> dict[str, Guard]:
        """The reasons to keep by name: kigen's own, then the plugins'. A plugin's that raises keeps the record."""
        found = dict(GUARDS)
        for plugin, guards in self._answers("kigen_guards", Mapping):
            for name, guard in guards.items():
                with _naming(plugin):
                    found[name] = checked_guard(name, guard, found)
        return found

    def exporters(self) -> tuple[Exporter, ...]:
        """What plugins keep of a client."""
        return self._things("kigen_exporters", Exporter)

    def erasers(self) -> tuple[Eraser, ...]:
        """How plugins' own rows go with a record."""
        return self._things("kigen_erasers", Eraser)

    def recipients(self) -> tuple[Recipient, ...]:
        """Who else gets personal data through plugins."""
        return self._things("kigen_recipients", Recipient)

    def hear(self, event: Event, book: specs.Book, is_preview: bool = False) -> None:
        """Hand an event to everybody who listens; for a preview, only to kigen's own hooks.

        What kigen's own hooks raise is raised as it is: a ValueError with a sentence for an event of the wrong shape,
        or the book's own. A plugin that raises neither silences the others nor undoes what is written: when all have
        heard, PluginError names each that failed.
        """
        hook, told = f"kigen_{event.name}", {"event": event, "book": book}
        failed: list[tuple[str, Exception]] = []
        for one in self._listeners(hook):
            if is_preview and one.plugin_name not in self._built_in:
                continue
            try:
                one.function(**{name: told[name] for name in one.argnames})
            except Exception as error:
                if one.plugin_name in self._built_in:
                    raise
                failed.append((one.plugin_name, error))
        if failed:
            raise PluginError("; ".join(_failed(name, hook, error) for name, error in failed)) from failed[0][1]

    def erased(self, gone: Iterable[Ref], run: int) -> list[str]:
        """Tell what is gone, kind by kind; returns a sentence for each plugin that failed, which changes nothing."""
        by_kind: dict[Kind, list[int]] = {}
        for kind, number in gone:
            by_kind.setdefault(kind, []).append(number)
        failed = []
        for kind, ids in by_kind.items():
            for one in self._listeners("kigen_erased"):
                told = {"kind": kind, "ids": tuple(ids), "run": run}
                try:
                    one.function(**{name: told[name] for name in one.argnames})
                except Exception as error:
                    failed.append(_failed(one.plugin_name, "kigen_erased", error))
        return failed

    def _register(self, one: Found) -> None:
        if one.name in self._names:
            raise PluginError(f"Two plugins are called {one.name}: rename the entry point of one")
        for name, hook in specs.SPECIFICATIONS.items():
            own = getattr(one.plugin, name, hook)
            if own is not hook and not hasattr(own, f"{specs.PROJECT}_impl"):
                raise PluginError(f"Plugin {one.name} has {name} without @hookimpl, so it would never be called")
        try:
            self._pluggy.register(one.plugin, one.name)
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginError(f"Plugin {one.name} cannot be used: {'; '.join(str(error).splitlines())}") from error
        self._names.append(one.name)

    def _listeners(self, hook: str) -> list[pluggy.HookImpl]:
        # They are called one by one and not through pluggy, so that a failure has a name and stays alone. Asked for
        # once: nobody joins or leaves later.
        if hook not in self._heard_by:
            caller: pluggy.HookCaller = getattr(self._pluggy.hook, hook)
            self._heard_by[hook] = sorted(caller.get_hookimpls(), key=lambda one: self._names.index(one.plugin_name))
        return self._heard_by[hook]

    def _answers(self, hook: str, shape: type[Any]) -> Iterator[tuple[str, Any]]:
        for one in self._listeners(hook):
            try:
                answer = one.function()
            except Exception as error:
                raise PluginError(_failed(one.plugin_name, hook, error)) from error
            if not isinstance(answer, shape):
                raise PluginError(f"Plugin {one.plugin_name}: {hook} answers {answer!r}; expected a {shape.__name__}")
            yield one.plugin_name, answer

    def _things(self, hook: str, shape: type[_Thing]) -> tuple[_Thing, ...]:
        found: dict[str, _Thing] = {}
        for plugin, things in self._answers(hook, Sequence):
            for thing in things:
                if not isinstance(thing, shape):
                    raise PluginError(f"Plugin {plugin}: {hook} answers {thing!r}; expected {shape.__name__}s")
                if thing.name in found:
                    raise PluginError(f"Plugin {plugin}: {hook} names {thing.name} a second time")
                found[thing.name] = thing
        return tuple(found.values())


def _is_built_in(point: EntryPoint) -> bool:
    return point.module.startswith("kigen.")


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        of = f", of {point.dist.name}" if point.dist else ""
        told = f"{type(error).__name__}: {error}"
        raise PluginError(f"Plugin {point.name} ({point.value}{of}) cannot be imported: {told}") from error


@contextmanager
def _naming(plugin: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise PluginError(f"Plugin {plugin}: {error}") from error


def _failed(plugin: str, hook: str, error: Exception) -> str:
    # Only the sort of failure: what a plugin says of it may name a person, and this goes into run records and messages.
    return f"Plugin {plugin} failed in {hook}: {type(error).__name__}"
