"""How a notice is published: its words are checked and filled in every language, or nothing is written.

A page that says something else of a retention term than the rule that runs is refused, and so is a policy that leaves
a rule out: what is promised is what happens (Art. 11, 24).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from sqlalchemy import Connection

from kigen.ledger import notices
from kigen.ledger.notices import Text
from kigen.policy.notice_catalogue import NOTICES, Notice, names
from kigen.policy.notices import POLICY, Version, Weight, check_dates, in_force
from kigen.policy.periods import to_local
from kigen.policy.published import contradictions
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import filling
from kigen.work.site import Site
from kigen.work.typesetting import outline, titled
from kigen.work.wording import render


class Refused(ValueError):
    """A notice that is not published, with each language and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice ready to be published, by language, with the sample data of a message filled in for `previews`."""

    notice: Notice
    texts: Mapping[str, Text]
    previews: Mapping[str, Text]

    @property
    def is_alike(self) -> bool:
        """Whether both languages have the same headings; if not, a person should look which one lacks something."""
        return len({tuple(outline(one.body)) for one in self.texts.values()}) == 1


def known(key: str) -> Notice:
    """A notice by its key; ValueError that names those there are."""
    if key not in NOTICES:
        raise ValueError(f"there is no notice {key!r}; expected one of {', '.join(NOTICES)}")
    return NOTICES[key]


def template(notice: Notice, language: str) -> str:
    """kigen's own words of a notice."""
    path = resources.files("kigen.templates") / "notices" / language / f"{notice.template}.md"
    return path.read_text(encoding="utf-8")


def draft(
    site: Site, connection: Connection, key: str, own: Mapping[str, str], published: dt.datetime, effective: dt.datetime
) -> Draft:
    """A notice in every language, from the operator's `own` words where there are some. Raises Refused, ValueError."""
    notice, texts, previews = known(key), {}, {}
    wrong: list[str] = []
    for language in LANGUAGES:
        source = own.get(language) or template(notice, language)
        try:
            preview = _filled(
                site, connection, notice, source, language, {"published": published, "effective": effective}
            )
            previews[language] = Text(*titled(preview))
            texts[language] = previews[language] if notice.is_page else Text(titled(source)[0], source)
        except ValueError as error:
            wrong.append(f"{key} ({language}): {error}")
            continue
        rules = site.schedule(connection).rules
        is_whole = key == POLICY
        wrong += [f"{key} ({language}): {one}" for one in contradictions(preview, rules, is_whole)]
    if wrong:
        raise Refused("; ".join(wrong))
    return Draft(notice, texts, previews)


def publish(
    site: Site, connection: Connection, made: Draft, effective: dt.datetime, weight: Weight, is_posting_date: bool
) -> Version:  # fmt: skip
    """Write a draft as the next version, published now. Raises ValueError for dates that no version may have."""
    check_dates(to_local(site.now, site.zone), to_local(effective, site.zone), is_posting_date)
    binding = str(site.setting(connection, "notices.binding"))
    return notices.publish(
        connection, made.notice.key, made.texts, site.now, effective, weight, binding, site.actor, is_posting_date
    )


def written(site: Site, connection: Connection, key: str, data: Mapping[str, object], language: str) -> tuple[str, str]:
    """A message to be sent now: subject and Markdown, in the words in force, else kigen's own.

    Raises ValueError where a variable is missing: nothing half said goes out.
    """
    notice = known(key)
    version = in_force(notices.versions(connection, key), site.now)
    published = notices.text(connection, key, version.number, language) if version else None
    source = published.body if published else template(notice, language)
    values = filling.operator(site, connection, language) | filling.message(notice, data, site.zone, language)
    return titled(render(source, values))


def _filled(
    site: Site, connection: Connection, notice: Notice, source: str, language: str, dates: Mapping[str, dt.datetime]
) -> str:
    values = filling.operator(site, connection, language)
    if notice.is_page:
        values |= filling.page(site, connection, notice, language, dates)
    else:
        values |= filling.sample(notice, site.zone, language)
    return render(source, {name: values[name] for name in names(notice)})
