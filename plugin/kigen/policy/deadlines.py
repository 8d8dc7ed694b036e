"""When a rights request must be answered: the regimes as a table, and every date with its derivation.

Sources: GDPR and UK GDPR Art. 12(3) and (4); Regulation (EEC, Euratom) 1182/71 Art. 3; the ICO's guidance on time
limits; the Act on the Protection of Personal Information (APPI) Art. 33 to 39, which says "without delay".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from whenever import Date

from kigen.policy.periods import Term, end_of_day, local_date

EU, UK, JP = "eu", "uk", "jp"

EEA = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split())
BRITAIN = frozenset({"GB", "UK"})

Calendar = Callable[[dt.date], bool | None]
"""Whether a day is a working day; None: the table of holidays does not reach it."""


@dataclass(frozen=True, slots=True)
class Regime:
    """How one law counts. `months` None: it gives no number, and the operator's own target counts working days.

    `extended` are the months from the receipt, all in all, once an answer was extended; None: nothing to extend.
    """

    name: str
    months: int | None
    extended: int | None
    law: tuple[str, str]


REGIMES: Mapping[str, Regime] = {
    EU: Regime(EU, 1, 3, ("GDPR Art. 12(3)", "GDPR 第12条3項")),
    UK: Regime(UK, 1, 3, ("UK GDPR Art. 12(3)", "英国GDPR 第12条3項")),
    JP: Regime(
        JP, None, None, ("APPI Art. 33-39, the operator's own target", "個人情報保護法第33条～第39条、事業者の目標")
    ),
}

TARGET_DAYS = 10
"""Working days of two weeks: the operator's own target where the law says "without delay"."""

STEPS: Mapping[str, tuple[str, str]] = {
    "received": ("Received on {day}; that day is not counted.", "{day} に受領しました。当日は数えません。"),
    "months": (
        "{law}: {months} from {start} end on {day}.",
        "{law}：{start} から{months}で、{day} に満了します。",
    ),
    "clamped": (
        "The month has no day {wanted}; its last day counts: {day}.",
        "その月に{wanted}日はないため、末日の {day} とします。",
    ),
    "working-days": (
        "{law}: {days} working days from {start} end on {day}.",
        "{law}：{start} から{days}営業日で、{day} に満了します。",
    ),
    "moved": (
        "{start} is no working day; the next one counts: {day}.",
        "{start} は営業日ではないため、翌営業日の {day} とします。",
    ),
    "no-table": (
        "No table of holidays reaches {day}; the date is not moved, to be on the safe side.",
        "{day} の祝日表がないため、安全のため期日を動かしません。",
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: a code, the day that it leads to, and the values of its sentence."""

    code: str
    day: dt.date
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """The sentence; a `law` among the values is a pair, English and Japanese."""
        column = 1 if language == "ja" else 0
        said = {key: one[column] if isinstance(one, tuple) else one for key, one in self.values.items()}
        return STEPS[self.code][column].format(day=self.day, **said)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of an answer, the instant at which it is over, and how that was found."""

    day: dt.date
    due: dt.datetime
    derivation: tuple[Step, ...]

    @property
    def is_sure(self) -> bool:
        """False where a table of holidays was missing."""
        return all(step.code != "no-table" for step in self.derivation)


def regime_of(country: str) -> str | None:
    """The regime by a person's country (two letters); None for a country outside the EEA, the UK and Japan, or none."""
    code = country.strip().upper()
    return UK if code in BRITAIN else EU if code in EEA else JP if code == "JP" else None


def has_last_day(regime: str | None) -> bool:
    """Whether the law of a regime names a last day."""
    return regime is not None and regime in REGIMES and REGIMES[regime].months is not None


def deadline(
    regime: str, received: dt.datetime, zone: str, calendar: Calendar, is_extended: bool = False,
    target_days: int = TARGET_DAYS,
) -> Deadline:  # fmt: skip
    """When an answer to a request received at an instant is due at the latest.

    The receipt has the local date of the operator's zone, whatever the hour: closed windows delay nothing. An extension
    counts from the receipt too, never from the first date. A last day that is no working day moves to the next.
    """
    law = REGIMES[regime]
    start = local_date(received, zone)
    steps = [Step("received", start)]
    months = law.extended if is_extended and law.extended else law.months
    if months is None:
        steps.append(_working_days(start, target_days, calendar, law))
    else:
        end = Date(start).add(months=months).to_stdlib()
        said = (Term(months).words(), Term(months).words("ja"))
        steps.append(Step("months", end, {"law": law.law, "months": said, "start": start}))
        if end.day != start.day:
            steps.append(Step("clamped", end, {"wanted": start.day}))
    steps += _moved(steps[-1].day, calendar)
    day = steps[-1].day
    return Deadline(day, end_of_day(day, zone), tuple(steps))


def _working_days(start: dt.date, number: int, calendar: Calendar, law: Regime) -> Step:
    """Day after day; where the table ends, Monday to Friday count, which is the earlier date."""
    day, left = start, number
    while left:
        day += dt.timedelta(days=1)
        known = calendar(day)
        left -= (day.weekday() < 5) if known is None else known
    return Step("working-days", day, {"law": law.law, "days": number, "start": start})


def _moved(day: dt.date, calendar: Calendar) -> list[Step]:
    end = day
    while not (known := calendar(end)):
        if known is None:
            return [Step("no-table", day)]
        end += dt.timedelta(days=1)
    return [Step("moved", end, {"start": day})] if end != day else []
