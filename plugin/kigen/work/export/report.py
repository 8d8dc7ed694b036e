"""The page of a bundle and its README, from templates: what a name or a ticket holds is text there and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kigen import pages
from kigen.policy.exporting import BundleKind
from kigen.work.export.sections import Sample
from kigen.work.export.tables import Source

AT_ONCE = 500
"""Pieces of the page that are written together."""


def page(
    language: str, kind: BundleKind, about: dict[str, Any], sections: Sequence[tuple[dict[str, Any], list[Sample]]],
    left_out: list[dict[str, Any]], problems: list[str], attached: int,
) -> Iterator[bytes]:  # fmt: skip
    """The page, piece by piece."""

    def heading(source: Source, name: str) -> str:
        known = next((one for one in source.fields if one.name == name), None)
        word = (known.sort or known.plain) if known else None
        return word.said(language) if word else ""

    pieces = pages.stream(
        "export/report.html", language,
        title="title" if kind is BundleKind.ACCESS else "title_portability", about=about, sections=sections,
        left_out=left_out, problems=problems, attached=attached, heading=heading,
    )  # fmt: skip
    pieces.enable_buffering(AT_ONCE)
    for piece in pieces:
        yield piece.encode(errors="replace")


def readme(language: str, kind: BundleKind) -> bytes:
    """What is in the bundle and how it is used."""
    return pages.render("export/readme.txt", language, kind=kind.value).lstrip().encode()
