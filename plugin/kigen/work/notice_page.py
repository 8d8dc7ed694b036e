"""A published notice as a page by itself: it loads nothing, sends nothing, and says which language counts."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from kigen.ledger.notices import Text
from kigen.policy.notices import LANGUAGES, Version
from kigen.policy.periods import to_local
from kigen.work.typesetting import html


def page(text: Text, version: Version, language: str, zone: str, other: str = "") -> str:
    """The page. `zone` is that of its dates; `other` the address of the same notice in the other language, or blank."""
    made, style = _templates()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return made.get_template("notices/page.html").render(
        language=language, column=LANGUAGES.index(language), style=style, style_hash=f"sha256-{digest}",
        title=text.title, number=version.number, binding=version.binding, body=html(text.body), other=other,
        published=to_local(version.published, zone).date(), effective=to_local(version.effective, zone).date(),
    )  # fmt: skip


@cache
def _templates() -> tuple[Environment, str]:
    made = Environment(
        loader=PackageLoader("kigen.templates", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return made, made.get_template("notices/page.css").render()
