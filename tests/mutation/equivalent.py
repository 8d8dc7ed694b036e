"""Decides which mutants no test can tell from the program, each with the reason; they are left out of the score."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

EQUIVALENT: dict[str, set[tuple[str, str, str]]] = {}
"""By reason: the file, the lines that are gone, the lines in their place."""


def reason_of(mutant: Mutant) -> str | None:
    """Why no test can tell this mutant; None: one can."""
    changed = (mutant.path.rpartition("/")[2], *mutant.change)
    return next((reason for reason, mutants in EQUIVALENT.items() if changed in mutants), None)
