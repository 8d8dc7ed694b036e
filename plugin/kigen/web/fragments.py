"""How a page is made: a fragment for the platform's own layout, from a template, with its title in a header."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Response, g, make_response, redirect
from werkzeug.wrappers import Response as Plain

from kigen.pages import environment, style_of
from kigen.policy.periods import to_local
from kigen.policy.progress import Progress
from kigen.policy.reasons import Reason
from kigen.policy.vocabulary import LANGUAGES
from kigen.web import csrf
from kigen.web.actor import Actor
from kigen.web.links import link, with_query
from kigen.work.brake_words import said_of_brake, said_of_stop
from kigen.work.brakes import Brake
from kigen.work.site import Site
from kigen.work.stops import Stop

TITLE = "Kigen-Title"


def actor() -> Actor:
    """Who is at the page; only behind the door (web/door.py)."""
    found: Actor = g.actor
    return found


def site() -> Site:
    """The installation at this request's instant, acting as whoever is at the page."""
    found: Site = g.site
    return found


def fragment(template: str, title: tuple[str, str], status: int = 200, **values: Any) -> Response:
    """A page of HTML from a template; `title` is English and Japanese."""
    language = g.actor.language if "actor" in g else "en"
    column = LANGUAGES.index(language)
    text = environment().get_template(template).render(
        language=language, column=column, style=style_of(STYLE)[0], form=_form, link=_link, local=_local,
        sentence=_sentence, folded=_folded, brake=_brake, stop=_stop,
        title=title[column], as_staff=g.actor.as_staff if "actor" in g else None, **values,
    )  # fmt: skip
    made = make_response(text, status)
    made.headers["Content-Type"] = "text/html; charset=utf-8"
    # As UTF-8, which a header of HTTP takes only byte by byte.
    made.headers[TITLE] = title[column].encode().decode("latin-1")
    return made


def to_page(page: str, **query: object) -> Plain:
    """Go on to a page, by an address relative to the base that the platform gave."""
    made = redirect(with_query(page, **query), 303)
    made.autocorrect_location_header = False
    return made


STYLE = "portal"
"""The folder of the one stylesheet, of which every selector begins with a class of kigen's own."""


def style_source() -> str:
    """What the policy for content names, so that this stylesheet and no other is taken."""
    return f"'{style_of(STYLE)[1]}'"


def _form(page: str) -> dict[str, str]:
    """Where a form goes, and its token."""
    at = int(site().machine_now.timestamp())
    return {"action": link(actor().base, page), "token": csrf.token(g.secret, actor(), page, at)}


def _link(page: str, **query: object) -> str:
    return link(actor().base, page, **query)


def _local(at: dt.datetime | None, form: str = "%Y-%m-%d") -> str:
    return f"{to_local(at, site().zone):{form}}" if at else ""


def _sentence(one: Reason | Progress) -> str:
    return one.text(site().zone, actor().language)


def _brake(one: Brake) -> str:
    return said_of_brake(one, actor().language)


def _stop(one: Stop) -> str:
    return said_of_stop(one, actor().language)


def _folded(reasons: Iterable[Reason], most: int = 3) -> list[tuple[str, int]]:
    """Sentences, `most` of one code, those that end last first; and after the last of a code how many more there are.

    A client under a floor has a reason for each of its papers.
    """
    by_code: dict[str, list[Reason]] = {}
    for one in reasons:
        by_code.setdefault(one.code, []).append(one)
    found: list[tuple[str, int]] = []
    for several in by_code.values():
        several.sort(key=lambda one: one.until.timestamp() if one.until else 0.0, reverse=True)
        found += [(_sentence(one), 0) for one in several[:most]]
        if len(several) > most:
            found[-1] = (found[-1][0], len(several) - most)
    return found
