"""Decides which mutants no test can tell from the program, each with the reason; they are left out of the score."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

SAID = "a document belongs to this fiscal year or the next"
LAST_RESORT = f'raise AssertionError("{SAID}")'
YEAR_END = "month, day = self.fiscal_year_end or (12, 31)"
CHOSEN = "return min(acting, key=lambda one: (-STRENGTH[one.rule.effect], one.clock.due is None, one.clock.due))"
FIRST_DAY = "return Date(year, month, 1).replace(day=min(day, Date(year, month, 1).days_in_month())).to_stdlib()"
ISO = r"""_ISO = re.compile(r"^(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$", re.IGNORECASE)"""
LAST_DAY = "if day > (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):"
ADDON = "found.setdefault(service_order[item.parent], {})[item.ref] = item"
NOT_ARCHIVED = "return is_inactive(record, facts, zone) and not is_archived(record, facts, zone)"
STILL_INACTIVE = "return is_archived(record, facts, zone) and is_inactive(record, facts, zone)"
KNOWN_RULES = "possible = self._by_state.get(key)"

EQUIVALENT: dict[str, set[tuple[str, str, str]]] = {
    "This line is never reached: every document lies in one of the two years, and both are tried.": {
        ("floors.py", LAST_RESORT, LAST_RESORT.replace(text, other))
        for text, other in ((f'"{SAID}"', "None"), (SAID, f"XX{SAID}XX"), (SAID, SAID.upper()))
    },
    "It stands for a value that cannot be missing there; the type checker does not know that.": {
        ("floors.py", YEAR_END, YEAR_END.replace("12", "13")),
        ("floors.py", YEAR_END, YEAR_END.replace("31", "32")),
        ("guards.py", "where = ref_text((Kind.SERVICE, addon.parent or 0))",
         "where = ref_text((Kind.SERVICE, addon.parent or 1))"),
        ("guards.py", "ref = found.record or (Kind.CLIENT, found.client or 0)",
         "ref = found.record or (Kind.CLIENT, found.client or 1)"),
        ("floors.py", "return max(days, default=None)", "return max(days, )"),
        ("account.py", ADDON, ADDON.replace("{}", "")),
        ("account.py", ADDON, ADDON.replace("{}", "None")),
    },
    "What acts has a date: a rule without one always has a reason against it.": {
        ("decide.py", CHOSEN, CHOSEN.replace("one.clock.due is None", "one.clock.due  is not  None")),
    },
    "The day is replaced in the same expression, so the one before does not matter.": {
        ("floors.py", FIRST_DAY, FIRST_DAY.replace("Date(year, month, 1).replace", "Date(year, month, 2).replace")),
        ("floors.py", FIRST_DAY, FIRST_DAY.replace("Date(year, month, 1).days", "Date(year, month, 2).days")),
    },
    "Nanoseconds are dropped by the conversion that follows at once.": {
        ("periods.py", "local = local.replace(second=0, nanosecond=0)",
         "local = local.replace(second=0, nanosecond=1)"),
    },
    "All conditions have the same arguments, and this one does not look at this argument.": {
        ("schedule.py", line, line.replace(f"is_inactive({arguments})", f"is_inactive({others})"))
        for line in (NOT_ARCHIVED, STILL_INACTIVE)
        for arguments, others in (
            ("record, facts, zone", "None, facts, zone"), ("record, facts, zone", "record, facts, None"),
        )
    },
    "Both ways give the same; the shorter one only saves time.": {
        ("anchors.py", "settled = None if memory is NOTHING else memory.changed_at(entity.state)",
         "settled = None if (memory is NOTHING) and False else memory.changed_at(entity.state)"),
        ("decide.py", "told = _once(stronger) if stronger else ()",
         "told = _once(stronger) if (stronger) or True else ()"),
        ("schedule.py", KNOWN_RULES, "possible = None"),
        ("schedule.py", KNOWN_RULES, "possible = self._by_state.get(None)"),
    },
    "Only the type checker reads it, and there it is an error.": {
        ("account.py", "Thing = Order | Invoice | Item | Ticket | Quote | Payment", "Thing = None"),
        ("records.py", "Ref = tuple[Kind, int]", "Ref = None"),
        ("schedule.py", "Condition = Callable[[Record, Facts, str], bool]", "Condition = None"),
        ("case.py", "Guard = Callable[[Case], Iterable[Reason]]", "Guard = None"),
        ("periods.py", "When = dt.datetime | dt.date", "When = None"),
        ("decide.py", "Told = tuple[Reason, ...]", "Told = None"),
        *(
            ("once.py", f'{name} = TypeVar("{name}")', f"{name} = {other}")
            for name in ("Owner", "Value")
            for other in ("None", "TypeVar(None)",
                          *(f'TypeVar("{word}")' for word in (f"XX{name}XX", name.lower(), name.upper())))
        ),
    },
    "The expression ignores case.": {
        ("periods.py", ISO, ISO.replace("P(", "p(").replace("Y", "y").replace("M)", "m)").replace("W", "w")
         .replace("D)", "d)")),
    },
    "The present only stands in where there is no date, and such rules come last whatever stands in.": {
        ("decide.py", "first = _first(considered, now)", "first = _first(considered, None)"),
    },
    "A day above 31 was refused before.": {("values.py", LAST_DAY, LAST_DAY.replace("else 31", "else 32"))},
    "Every language but Japanese is told in English.": {
        (file, line, line.replace('"en"', f'"{other}"'))
        for other in ("XXenXX", "EN")
        for file, line in (
            ("reasons.py", 'def text(self, zone: str, language: str = "en") -> str:'),
            ("reasons.py", 'def as_json(self, zone: str, language: str = "en") -> dict[str, object]:'),
            ("decide.py", 'def as_json(self, zone: str, language: str = "en") -> dict[str, object]:'),
            ("periods.py", 'def words(self, language: str = "en") -> str:'),
        )
    },
}  # fmt: skip
"""By reason: the file, the lines that are gone, the lines in their place."""


def reason_of(mutant: Mutant) -> str | None:
    """Why no test can tell this mutant; None: one can."""
    changed = _changed(mutant)
    return next((reason for reason, mutants in EQUIVALENT.items() if changed in mutants), None)


def stale(mutants: list[Mutant]) -> list[str]:
    """Rows that match no mutant any more, of the files that these mutants are of."""
    there = {_changed(one) for one in mutants}
    files = {file for file, _, _ in there}
    rows = {row for found in EQUIVALENT.values() for row in found if row[0] in files}
    return [f"{file}: {gone}  ->  {come}" for file, gone, come in sorted(rows - there)]


def _changed(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.path.rpartition("/")[2], *mutant.change
