"""How kigen's own pages are made: one environment of templates, every value text, a missing one an error.

The operator's own words go through another door, which lets a template do less (work/wording.py).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from jinja2.environment import TemplateStream

from kigen.policy.vocabulary import LANGUAGES

OPTIONS: dict[str, Any] = {
    "autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True,
    "keep_trailing_newline": True,
}  # fmt: skip
"""Of every environment in which these templates are read, whoever makes it."""

FILTERS = {"zip": zip}


@cache
def loader() -> BaseLoader:
    """Where the templates are, words and macros with them."""
    return PackageLoader("kigen.templates", "")


@cache
def environment() -> Environment:
    """The one environment; nobody adds to it."""
    made = Environment(loader=loader(), **OPTIONS)  # noqa: S701 - OPTIONS escapes everything
    made.filters.update(FILTERS)
    return made


def render(name: str, language: str, **values: object) -> str:
    """A page as one text. KeyError, UndefinedError or the like where a code has no words or a value is missing."""
    return environment().get_template(name).render(**head(name, language), **values)


def stream(name: str, language: str, **values: object) -> TemplateStream:
    """A page piece by piece."""
    return environment().get_template(name).stream(**head(name, language), **values)


def head(name: str, language: str) -> dict[str, object]:
    """What each page is given besides its own: its language, the column of its words, the style of its folder.

    `style_hash` is what a Content-Security-Policy names, so that nothing but this style is applied. ValueError for
    a language in which kigen has no words.
    """
    style, digest = style_of(name.partition("/")[0])
    return {"language": language, "column": LANGUAGES.index(language), "style": style, "style_hash": digest}


@cache
def style_of(folder: str) -> tuple[str, str]:
    """The stylesheet of a folder of templates, and what a Content-Security-Policy names it by."""
    style = environment().get_template(f"{folder}/style.css").render()
    return style, f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode('ascii')}"
