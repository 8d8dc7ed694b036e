"""The plan for people who would rather look: one HTML file of its own, in English or Japanese, without personal data.

It loads nothing, runs nothing and names records by kind and id. What it says is decided elsewhere; the words and the
markup are templates.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import kigen
from kigen import pages
from kigen.policy.periods import to_local
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.overview import SHOWN, Overview, overview_of
from kigen.work.plan import decisions
from kigen.work.site import Site
from kigen.work.whole_file import write_whole


def write_report(site: Site, path: Path, language: str = "en", overview: Overview | None = None) -> None:
    """Write the report of the plan at the site's instant, whole or not at all; an earlier one is replaced.

    `overview` spares the reading where it is known already.

    Raises ValueError with a sentence for a language that is not there, and for a path that cannot be a file.
    """
    if language not in LANGUAGES:
        raise ValueError(f"the report cannot be written in {language!r}; expected {' or '.join(LANGUAGES)}")
    path = Path(path)
    if not path.parent.is_dir():
        raise ValueError(f"the report cannot be written: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise ValueError(f"the report cannot be written: {path} is a folder; expected the name of a file")
    text = render(site, overview or overview_of(decisions(site), site.now, site.zone), language)
    try:
        write_whole(path, text, 0o666)
    except OSError as error:
        raise ValueError(f"the report cannot be written to {path}: {error.strerror}") from None


def render(site: Site, overview: Overview, language: str = "en") -> str:
    """The report as one text of HTML."""
    with site.reading() as connection:
        schedule = site.schedule(connection)
        drift = site.drift(connection)
    months = overview.forecast.months()

    def local(instant: dt.datetime | None, form: str = "%Y-%m-%d") -> str:
        return f"{to_local(instant, site.zone):{form}}" if instant else ""

    return pages.render(
        "reports/plan.html", language,
        version=kigen.__version__, host=site.host.name, zone=site.zone, at=local(site.now, "%Y-%m-%d %H:%M"),
        overview=overview, rules=schedule.rules, refused=drift.refused, unclassified=drift.unclassified,
        months=months, top=_round_up(max(month.total for month in months)), shown=SHOWN,
        off=[rule for rule in schedule.rules if not rule.term], local=local,
        sentence=lambda reason: reason.text(site.zone, language),
    )  # fmt: skip


def _round_up(number: int) -> int:
    """The next of 4, 8, 12, 20, 40, 80, … that a chart's scale can be cut into four."""
    step = 1
    while True:
        for times in (4, 8, 12, 20):
            if number <= times * step:
                return times * step
        step *= 10
