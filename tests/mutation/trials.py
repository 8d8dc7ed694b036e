"""Decides what becomes of each mutant: a process of its own has it, runs the tests, and says which one noticed.

Answers that are kept within a process would hide a mutant from the tests that come later, so none is ever shared: the
process that forks the others has imported and collected everything, and run nothing.
"""

from __future__ import annotations

import gc
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from mutmut.configuration import config

from tests.mutation.children import be_silent, calls, outcome
from tests.mutation.mutants import Mutant
from tests.mutation.swap import Changed, exchange, module_name

PLUGINS = "-p no:cacheprovider -p no:terminal -p no:xdist"
OPTIONS = ["-x", "--assert=plain", "--hypothesis-profile=same", *PLUGINS.split()]
PRELOADED = ("tests.proof.routes",)
STAYS = ("tests.mutation", "tests.oracle")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant, in mutmut's words, and which test or file of tests noticed it."""

    key: tuple[str, int]
    status: str
    by: str = ""


def preload() -> None:
    """Import what the tests need from others, and forget the project's own, which every child imports for itself."""
    for name in PRELOADED:
        importlib.import_module(name)
    for name in list(sys.modules):
        if name.split(".")[0] in ("kigen", "tests") and name != "tests" and not name.startswith(STAYS):
            del sys.modules[name]
    hypothesis.settings.register_profile("same", derandomize=True, database=None, deadline=None)
    gc.freeze()  # no child needs to look through what was there before it


class Swapped:
    """A plugin of pytest: in place of the tests it runs the mutants, each in a fork of this collected session."""

    def __init__(self, mutants: list[Mutant], tell: Callable[[Fate], None], until: float) -> None:
        self.mutants, self.tell, self.until = mutants, tell, until

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected")
        self.items = session.items
        gc.collect()
        gc.freeze()
        calling = self._which_tests_call_what()
        modules = [module for name, module in sys.modules.items() if name.startswith("kigen.policy.")]
        noticed: dict[tuple[str, str | None], list[int]] = defaultdict(list)
        for mutant in self.mutants:
            if time.monotonic() > self.until:
                break
            key = (mutant.path, mutant.function)
            asking = calling.get((module_name(mutant.path), str(mutant.function)), [])
            asked = list(dict.fromkeys([*noticed[key], *asking]))
            if not asked:
                self.tell(Fate(mutant.key, "no tests"))
                continue
            allowed = _allowed(sum(self.seconds[i] for i in asked))
            how, by = outcome(lambda m=mutant, a=asked: self._first_to_fail(m, a, modules), allowed)
            if how == "answered" and by is not None:
                noticed[key].insert(0, by)
            self.tell(_fate(mutant, how, by if by is None else self.items[by].nodeid))
        return True

    def _which_tests_call_what(self) -> dict[tuple[str, str], list[int]]:
        """The tests of each function of the policy, the quickest first; each is asked in a process of its own."""
        self.seconds: list[float] = []
        calling: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, item in enumerate(self.items):
            how, said = outcome(lambda item=item: _calls_of(item))
            if how != "answered" or said is None:
                raise AssertionError(f"{item.nodeid} fails without a mutant")
            seconds, called = said
            self.seconds.append(seconds)
            for key in called:
                calling[key].append(number)
        return {key: sorted(numbers, key=self.seconds.__getitem__) for key, numbers in calling.items()}

    def _first_to_fail(self, mutant: Mutant, asked: list[int], modules: list[Any]) -> int | None:
        exchange(mutant, modules)
        for number in asked:
            if any(report.failed for report in runtestprotocol(self.items[number], log=False, nextitem=None)):
                return number
        return None


def _calls_of(item: pytest.Item) -> tuple[float, set[tuple[str, str]]] | None:
    """CPU seconds of one test and what it calls; None where it fails."""
    began = time.process_time()
    with calls() as called:
        reports = runtestprotocol(item, log=False, nextitem=None)
    return None if any(report.failed for report in reports) else (time.process_time() - began, called)


def _allowed(seconds: float) -> float:
    return config().timeout_multiplier * (config().timeout_constant + seconds)


def _fate(mutant: Mutant, how: str, by: str | None) -> Fate:
    if how != "answered":
        return Fate(mutant.key, how)
    return Fate(mutant.key, "survived" if by is None else "killed", by or "")


def _called_by_importing() -> set[tuple[str, str]]:
    """The functions of the policy that make its tables: exchanging their code later would change nothing."""
    with calls() as called:
        for name in ("decide", "settings", "events"):  # between them they import all
            importlib.import_module(f"kigen.policy.{name}")
    return called


def imported_by(mutants: list[Mutant], files: list[str], tell: Callable[[Fate], None], until: float) -> None:
    """Mutants that take effect when their module is imported: each child imports it and all tests anew."""
    took: dict[str, float] = {}
    for file in files:
        began = time.monotonic()
        how, by = outcome(lambda file=file: _first_file_to_fail(None, [file]))
        assert (how, by) == ("answered", None), f"{file} without a mutant: {how} {by}"
        took[file] = time.monotonic() - began
    order = sorted(files, key=took.__getitem__)
    allowed = _allowed(sum(took.values()))
    lately: dict[str, str] = {}
    for mutant in mutants:
        if time.monotonic() > until:
            break
        asked = sorted(order, key=lambda file: file != lately.get(mutant.path))
        how, by = outcome(lambda m=mutant, a=asked: _first_file_to_fail(m, a), allowed)
        if by:
            lately[mutant.path] = by
        tell(_fate(mutant, how, by))


def _first_file_to_fail(mutant: Mutant | None, files: list[str]) -> str | None:
    if mutant:
        sys.meta_path.insert(0, Changed(mutant))
    for file in files:
        # Not only 1: 2 is a file that cannot even be imported, 3 a failure in pytest itself.
        if pytest.main([*OPTIONS, file]) != 0:
            return file
    return None


def work(mutants: list[Mutant], files: list[str], until: float, to: Connection) -> None:
    """Send the fate of each mutant as it becomes known, at the end None; a sentence where the tests are not fit."""
    with TemporaryDirectory() as folder:
        sys.pycache_prefix, sys.dont_write_bytecode = folder, False  # what one child compiled, the next one finds
        _work(mutants, files, until, to)


def _work(mutants: list[Mutant], files: list[str], until: float, to: Connection) -> None:
    try:
        preload()
        how, found = outcome(_called_by_importing)
        assert how == "answered", f"importing the policy: {how}"
        anew = {one.key for one in mutants if one.function is None or (module_name(one.path), one.function) in found}
        share = (until - time.monotonic()) * len(anew) / max(len(mutants), 1)
        imported_by([one for one in mutants if one.key in anew], files, to.send, time.monotonic() + share)
        swapped = Swapped([one for one in mutants if one.key not in anew], to.send, until)
        be_silent()
        if pytest.main([*OPTIONS, *files], plugins=[swapped]) != 0:
            raise AssertionError("the tests cannot be collected")
        to.send(None)
    except Exception as error:
        to.send(f"{type(error).__name__}: {error}")
