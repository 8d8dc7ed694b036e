"""Where erased people were found and nothing was changed, for the person who has to look: columns, never values."""

from __future__ import annotations

from collections.abc import Mapping

from kigen.commands import show
from kigen.hosts.anonymised import SENTENCES, Why


def show_left(left: Mapping[str, int]) -> None:
    """A table of `table.column why` with how often, as runs count them; nothing where there is none."""
    rows = []
    for told, number in sorted(left.items()):
        place, _, why = told.rpartition(" ")
        rows.append((place, f"{number:,}", SENTENCES[Why(why)][0]))
    if rows:
        show.table(("Left as it is", "Places", "Why"), rows)
