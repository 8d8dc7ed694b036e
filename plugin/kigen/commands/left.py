"""Where erased people were found and nothing was changed, for the person who has to look: rows' keys, never values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kigen.commands import show
from kigen.hosts.anonymised import SENTENCES, Why


def show_left(left: Mapping[str, int], rows: Mapping[str, Sequence[str]], language: str = "en") -> None:
    """A table of `table.column why` with how often, as runs count them, and the first rows; nothing where none is."""
    lines = []
    for told, number in sorted(left.items()):
        place, _, why = told.rpartition(" ")
        keys = rows.get(told, ())
        named = ", ".join((*keys, "…") if number > len(keys) > 0 else keys)
        lines.append((place, f"{number:,}", named, SENTENCES[Why(why)][language == "ja"]))
    if lines:
        show.table(("Left as it is", "Places", "Rows", "Why"), lines, language=language)
