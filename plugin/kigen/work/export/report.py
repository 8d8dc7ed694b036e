"""The page of a bundle and its README, from templates: what a name or a ticket holds is text there and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kigen.policy.exporting import BundleKind
from kigen.work.export.sections import Sample
from kigen.work.export.tables import Source

LANGUAGES = ("en", "ja")

AT_ONCE = 500
"""Pieces of the page that are written together."""


def page(
    language: str, kind: BundleKind, about: dict[str, Any], sections: Sequence[tuple[dict[str, Any], list[Sample]]],
    left_out: list[dict[str, Any]], problems: list[str], attached: int,
) -> Iterator[bytes]:  # fmt: skip
    """The page, piece by piece."""
    made, style = _templates()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")

    def heading(source: Source, name: str) -> str:
        known = next((one for one in source.fields if one.name == name), None)
        word = (known.sort or known.plain) if known else None
        return word.said(language) if word else ""

    pieces = made.get_template("export/report.html").stream(
        language=language, column=LANGUAGES.index(language), style=style, style_hash=f"sha256-{digest}",
        title="title" if kind is BundleKind.ACCESS else "title_portability", about=about, sections=sections,
        left_out=left_out, problems=problems, attached=attached, heading=heading,
    )  # fmt: skip
    pieces.enable_buffering(AT_ONCE)
    for piece in pieces:
        yield piece.encode(errors="replace")


def readme(language: str, kind: BundleKind) -> bytes:
    """What is in the bundle and how it is used."""
    made, _ = _templates()
    return made.get_template("export/readme.txt").render(language=language, kind=kind.value).lstrip().encode()


@cache
def _templates() -> tuple[Environment, str]:
    made = Environment(
        loader=PackageLoader("kigen.templates", ""), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["zip"] = zip
    return made, made.get_template("export/style.css").render()
