"""The page of a document as issued: one HTML text that loads nothing and runs nothing, in the document's language."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from kigen.policy.papers import LANGUAGES, Paper


def render(paper: Paper) -> str:
    """The page; whatever a name or a line holds is shown as text. KeyError where a code has no words."""
    templates, style = _templates()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return templates.get_template("documents/document.html").render(
        paper=paper, column=LANGUAGES.index(paper.language), style=style, style_hash=f"sha256-{digest}"
    )


@cache
def _templates() -> tuple[Environment, str]:
    made = Environment(
        loader=PackageLoader("kigen.templates", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return made, made.get_template("documents/style.css").render()
