"""How `kigen notice diff --languages` shows where two languages of one version state something else."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.commands import show
from kigen.commands.call import Call
from kigen.ledger.notices import Text
from kigen.policy.notices import Version
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.languages import Part, compared


def show_languages(call: Call, version: Version, texts: Mapping[str, Text | None]) -> None:
    """Parts that differ in points, rows or numbers; which text counts stands first."""
    first, second = (texts[one].body if texts[one] else "" for one in LANGUAGES)  # type: ignore[union-attr]  # just asked
    parts = compared(first, second)
    if call.is_json:
        told = [one.as_json() for one in parts]
        show.as_json({"notice": version.notice, "version": version.number, "binding": version.binding,
                      "languages": list(LANGUAGES), "parts": told})  # fmt: skip
        return
    show.line(f"{version.notice}@{version.number}: where the languages differ, the text in {version.binding} counts.")
    differing = [one for one in parts if one.differs]
    if not differing:
        show.line(f"All {len(parts)} parts have the same points, rows and numbers in both languages.")
        return
    show.table(("Part", "In the other language", "What differs"), [
        (one.first or "–", one.second or "–", _said(one)) for one in differing
    ])  # fmt: skip


def _said(one: Part) -> str:
    said = []
    if not (one.first and one.second):
        said.append("stands in one language alone")
    if one.points[0] != one.points[1]:
        said.append(f"points: {one.points[0]} and {one.points[1]}")
    if one.rows[0] != one.rows[1]:
        said.append(f"rows: {one.rows[0]} and {one.rows[1]}")
    for language, numbers in zip(LANGUAGES, (one.only_first, one.only_second), strict=True):
        if numbers:
            said.append(f"only in {language}: {', '.join(numbers)}")
    return "; ".join(said)
