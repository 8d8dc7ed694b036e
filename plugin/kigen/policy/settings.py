"""Every setting, declared once; form, parser, documentation and errors come from the declaration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from kigen.policy import values
from kigen.policy.catalogue import OTHERS, RESTORABLE, Setting
from kigen.policy.floors import Floors, every_weekday
from kigen.policy.guards import GUARDS, Guard
from kigen.policy.mail_settings import WARNING, WAY
from kigen.policy.schedule import RULES, Rule, Schedule
from kigen.policy.telling import ADDRESS_TERM

__all__ = ["Setting", "declared", "read", "schedule_from"]


def _rule_setting(rule: Rule) -> Setting:
    verb = {"delete": ("deleted", "削除"), "archive": ("archived", "保管"), "anonymise": ("anonymised", "匿名化")}[
        rule.effect.value
    ]
    article = "an" if rule.kind.value[0] in "aeiou" else "a"
    return Setting(
        f"schedule.{rule.id}", values.term, str(rule.term or ""),
        (f"Term after which {article} {rule.kind.value} ({rule.state}) is {verb[0]}, counted from: {rule.clock}."
         " Blank: never.",
         f"規則 {rule.id} の期間（経過後に{verb[1]}）。空欄の場合は行いません。"),
        "Appendix 1", is_rule=True,
    )  # fmt: skip


def declared(rules: Iterable[Rule] = RULES) -> dict[str, Setting]:
    """All settings by name, those of plugins' rules included."""
    settings = (*(_rule_setting(rule) for rule in rules), *OTHERS)
    return {setting.name: setting for setting in settings}


def read(stored: Mapping[str, str], name: str, rules: Iterable[Rule] = RULES) -> object:
    """The parsed value of a setting: the stored one, else the default.

    Raises ValueError that names the setting, the value and what was expected; KeyError for an unknown name.
    """
    setting = declared(rules)[name]
    try:
        return setting.parse(stored.get(name, setting.default))
    except ValueError as error:
        raise ValueError(f"setting {name}: {error}") from None


def schedule_from(
    stored: Mapping[str, str],
    zone: str,
    rules: tuple[Rule, ...] = RULES,
    guards: Mapping[str, Guard] | None = None,
    is_working_day: Callable[[dt.date], bool] = every_weekday,
) -> Schedule:
    """The schedule with the operator's settings; raises ValueError as `read` does."""

    def value(name: str) -> Any:
        return read(stored, name, rules)

    floors = Floors(
        fiscal_year_end=value("floors.fiscal_year_end"),
        filing_months=value("floors.filing_months"),
        years=value("floors.years"),
        loss_years=value("floors.loss_years"),
        company_books=value("floors.company_books"),
        is_working_day=is_working_day,
    )
    return Schedule(
        zone=zone,
        rules=tuple(replace(rule, term=value(f"schedule.{rule.id}")) for rule in rules),
        settling=value("schedule.settling"),
        smallest_credit=value("guards.smallest_credit"),
        unpaid_limit=value("guards.unpaid_limit"),
        sign_in_moves_date=value("deletion.sign_in_moves_date"),
        address_changed=value(ADDRESS_TERM),
        prefer=value("schedule.prefer"),
        restorable=value(RESTORABLE),
        warning=value(WARNING) if value(WAY) else None,
        floors=floors,
        guards={**GUARDS, **(guards or {})},
    )
