"""The mutation score is told truly: which mutants there are, how one takes effect, and how they are counted."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from kigen.policy import periods
from tests.mutation.__main__ import ROOT, Table, files_to_mutate, killers, score
from tests.mutation.children import outcome
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.swap import exchange

SAMPLE = '''"""A sample."""
from functools import cache

LIMIT = 3


@cache
def above(number, by="one"):
    """Is it?"""
    return number > LIMIT


class Pair:
    def both(self, first, second):
        return first and second
'''


def test_there_are_mutants_of_tables_signatures_and_bodies_also_under_a_decorator(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE, encoding="utf-8")
    found = mutants_of("sample.py", tmp_path)
    assert [(one.line, one.function, *one.change, one.is_mutmuts_own) for one in found] == [
        (4, None, "LIMIT = 3", "LIMIT = None", False),
        (4, None, "LIMIT = 3", "LIMIT = 4", False),
        (8, None, 'def above(number, by="one"):', 'def above(number, by="XXoneXX"):', False),
        (8, None, 'def above(number, by="one"):', 'def above(number, by="ONE"):', False),
        (10, "above", "return number > LIMIT", "return number >= LIMIT", False),
        (15, "Pair.both", "return first and second", "return first or second", True),
    ]


def _mutant(path: str, function: str, before: str, after: str) -> Mutant:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text.count(before) == 1
    return Mutant(path, 0, 1, function, True, text, text.replace(before, after))


def test_a_mutant_takes_effect_in_its_own_process_through_whatever_keeps_its_answers() -> None:
    zone, day = "UTC", periods.dt.date(2026, 6, 1)
    mutant = _mutant("plugin/kigen/policy/periods.py", "_midnight", "day.year, day.month, day.day", "day.year, 1, 1")
    before = periods.local_midnight(day, zone)

    def changed() -> object:
        exchange(mutant, [periods])
        return periods.local_midnight(day, zone)

    how, said = outcome(changed)
    assert (how, said) == ("answered", before.replace(month=1))
    assert periods.local_midnight(day, zone) == before


def _never() -> None:
    while True:
        pass


def test_a_child_that_never_ends_is_a_timeout_and_one_that_fails_is_not_survival() -> None:
    began = time.monotonic()
    assert outcome(_never, 1) == ("timeout", None)
    assert time.monotonic() - began < 60
    assert outcome(lambda: 1 // 0, 5) == ("suspicious", None)
    assert outcome(lambda: "x" * (3 << 30), 5) == ("suspicious", None)


def test_the_score_is_of_all_that_were_tried_and_make_a_difference() -> None:
    counts = Counter({"killed": 90, "timeout": 5, "survived": 3, "no tests": 1, "suspicious": 1})
    assert score(counts) == 95.0
    assert score(counts + Counter({"equivalent": 7, "not checked": 50})) == 95.0
    assert score(Counter({"equivalent": 7})) == 0.0


def test_the_table_has_a_line_for_each_file_and_the_total() -> None:
    table, one = Table(), Mutant("a/b.py", 1, 1, None, False, "", "")
    for status in ("killed", "survived", "equivalent"):
        table.take(one, status)
    lines = list(table.lines())
    assert lines[-2] == "| b.py | 3 | 1 | 1 | 0 | 0 | 0 | 0 | 1 | 0 | 50.0 % |"
    assert lines[-1].startswith("| total | 3 | 1 | 1 |")


def test_the_whole_policy_is_changed_and_these_tests_are_asked() -> None:
    assert {path.rpartition("/")[0] for path in files_to_mutate()} == {"plugin/kigen/policy"}
    assert "tests/policy/test_guards.py" in killers()
    assert killers()[-1] == "tests/mutation/test_against_the_oracle.py"


def test_what_no_test_can_tell_is_few_and_each_has_its_reason() -> None:
    assert sum(map(len, EQUIVALENT.values())) < 100
    assert all(reason.endswith(".") for reason in EQUIVALENT)
