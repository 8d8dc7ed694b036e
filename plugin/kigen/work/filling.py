"""What the variables of a notice hold: the operator, the live rules and the data map, and a message's own data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import datamap
from kigen.ledger import settings as ledger_settings
from kigen.policy import settings
from kigen.policy.answers import with_answers
from kigen.policy.elsewhere import Elsewhere, Place
from kigen.policy.notice_catalogue import RIGHTS, Notice, Sort, Variable
from kigen.policy.operators import JAPANESE, NEEDED
from kigen.policy.periods import Term, to_local
from kigen.policy.published import CLOCKS, EFFECTS, RECORDS, STATES, said
from kigen.policy.purposes import CONSENT, PURPOSES
from kigen.policy.reasons import NAMES_JA, Reason
from kigen.policy.vocabulary import BASIS, Category, Purpose, Recipient, Word, recipients_of
from kigen.work.cookies import in_use
from kigen.work.site import Site

Values = dict[str, object]

_NONE = ("none outside the operator", "社外への提供なし")


def speaker(site: Site, connection: Connection, language: str) -> dict[str, str]:
    """Who the operator is, as its settings say it in a language; blank where nobody answered."""
    return _settings(site, connection, language, "operator.")


def operator(site: Site, connection: Connection, language: str) -> Values:
    """What every notice may use. ValueError where a setting is missing without which nobody can tell who speaks."""
    own = speaker(site, connection, language)
    if missing := [name for name in NEEDED if not own[name.removeprefix("operator.")]]:
        raise ValueError(f"{', '.join(missing)} is blank; a notice must say who speaks: kigen settings set NAME VALUE")
    return {
        "operator": own,
        "authorities": _settings(site, connection, language, "authorities."),
        "binding": str(site.setting(connection, "notices.binding")),
    }


def _settings(site: Site, connection: Connection, language: str, begin: str) -> dict[str, str]:
    """The settings that begin so, by the rest of their names: in Japanese the Japanese one, where it is answered."""
    stored, rules = ledger_settings.stored(connection), tuple(site.plugins.rules())
    told = {
        name: str(settings.read(stored, name, rules)) for name in settings.declared(rules) if name.startswith(begin)
    }
    return {
        name.removeprefix(begin): (told.get(name + JAPANESE) if language == "ja" else "") or value
        for name, value in told.items()
        if not name.endswith(JAPANESE)
    }


def page(site: Site, connection: Connection, notice: Notice, language: str, dates: Mapping[str, dt.datetime]) -> Values:
    """What a page may use besides: as the rules, the map and the purposes are at this moment."""
    column, cookies = int(language == "ja"), in_use(site, connection)
    used = _used(site, connection)
    values: Values = {
        "dates": {name: day(at, site.zone, language) for name, at in dates.items()},
        "schedule": _schedule(site, connection, language),
        "categories": _categories(used, language),
        "purposes": [{"name": one.said(language), "basis": BASIS[one].said(language)} for one in Purpose],
        "recipients": _recipients({purpose for several in used.values() for purpose in several}, language),
        "cookies": [
            {
                "name": PURPOSES[key].name[column],
                "uses": PURPOSES[key].uses[column],
                "tools": _joined(cookies.named(key), column),
            }
            for key in cookies.purposes
        ],
        "months": cookies.months,
    }
    if notice.template == "consent":
        purpose = PURPOSES[notice.key.removeprefix(CONSENT)]
        term = Term(cookies.months) if purpose.in_browser else purpose.term
        values["purpose"] = {
            "name": purpose.name[column], "uses": purpose.uses[column], "stops": purpose.stops[column],
            "recipients": _listed(purpose.recipients, language), "term": term.words(language),
        }  # fmt: skip
    return values


def message(notice: Notice, data: Mapping[str, Any], zone: str, language: str) -> Values:
    """What a message's words may use, from its data in the outbox. ValueError names a variable that is missing."""
    values: Values = {}
    for name, variable in notice.variables.items():
        if data.get(name) is None and not variable.is_optional:
            raise ValueError(f"the message {notice.key} has no {name!r}")
        values[name] = _shown(variable, data.get(name), zone, language)
    return values


def sample(notice: Notice, zone: str, language: str) -> Values:
    """The same with the values of a preview."""
    return message(notice, {name: one.sample for name, one in notice.variables.items()}, zone, language)


def _shown(variable: Variable, told: Any, zone: str, language: str) -> object:
    column = int(language == "ja")
    if variable.sort is Sort.INSTANT:
        return _moment(dt.datetime.fromisoformat(str(told)), zone) if told else ""
    if variable.sort is Sort.REASONS:
        return [_reason(one).text(zone, language) for one in told or ()]
    if variable.sort is Sort.RECORDS:
        return [_record(str(one), column) for one in told or ()]
    if variable.sort is Sort.RIGHT:
        return RIGHTS[str(told)][column]
    if variable.sort is Sort.COUNT:
        return int(told or 0)
    if variable.sort is Sort.ELSEWHERE:
        return [Elsewhere(Place(one["place"]), one["name"], int(one["records"])).text(language) for one in told or ()]
    if isinstance(told, Mapping):
        return str(told.get(language) or told.get("en") or "")
    return bool(told) if variable.sort is Sort.FLAG else str(told or "")


def _reason(told: Mapping[str, Any]) -> Reason:
    until = dt.datetime.fromisoformat(told["until"]) if told.get("until") else None
    values = {key: value for key, value in told.items() if key not in ("code", "until", "refs")}
    refs: Sequence[str] = told.get("refs") or ()
    return Reason(str(told["code"]), values, until, tuple(refs))


def _record(ref: str, column: int) -> str:
    kind, _, number = ref.partition(":")
    return f"{NAMES_JA.get(kind, kind) if column else kind.capitalize()} {number}"


def _schedule(site: Site, connection: Connection, language: str) -> list[Values]:
    return [
        {
            "record": said(RECORDS, rule.kind.value, language), "state": said(STATES, rule.state or rule.id, language),
            "clock": said(CLOCKS, rule.clock or rule.anchor, language), "term": rule.term.words(language),
            "effect": said(EFFECTS, rule.effect.value, language),
        }
        for rule in site.schedule(connection).rules
        if rule.term is not None
    ]  # fmt: skip


def _used(site: Site, connection: Connection) -> dict[Category, set[Purpose]]:
    """The categories of which the platform holds something personal, with what it is used for, from its map."""
    used: dict[Category, set[Purpose]] = {}
    for table in with_answers(site.host.datamap, datamap.answers(connection)):
        for one in table.personal:
            used.setdefault(one.category, set()).update(one.purposes)
    return used


def _categories(used: Mapping[Category, set[Purpose]], language: str) -> list[Values]:
    return [
        {
            "name": category.said(language),
            "purposes": _listed([one for one in Purpose if one in used[category]], language),
            "recipients": _listed(recipients_of([one for one in Purpose if one in used[category]]), language),
        }
        for category in Category
        if category in used
    ]


def _recipients(used: Collection[Purpose], language: str) -> list[Values]:
    found: list[Values] = []
    for one in Recipient:
        if purposes := [purpose for purpose in Purpose if purpose in used and one in recipients_of([purpose])]:
            found.append({"name": one.said(language), "purposes": _listed(purposes, language)})
    return found


def _listed(words: Sequence[Word], language: str) -> str:
    return _joined([one.said(language) for one in words], int(language == "ja")) or _NONE[language == "ja"]


def _joined(words: Sequence[str], column: int) -> str:
    return ("; ", "、")[column].join(words)


def day(at: dt.datetime, zone: str, language: str) -> str:
    """The local date of an instant, as a page gives it."""
    local = to_local(at, zone)
    return f"{local.year}年{local.month}月{local.day}日" if language == "ja" else f"{local.day} {local:%B %Y}"


def _moment(at: dt.datetime, zone: str) -> str:
    return f"{to_local(at, zone):%Y-%m-%d %H:%M} ({zone})"
