"""How what is left of a person leaves a text of somebody else: the hits go, every other character stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

from kigen.policy.identifiers import Strength
from kigen.policy.identifiers_encoded import runs
from kigen.policy.identifiers_search import Hit, Matcher
from kigen.policy.php_serialized import looks_serialized

ERASED = "[erased]"
"""What stands where a person stood."""

SHORT = "*"
"""The same where the column has no room: never longer than what it replaces."""

PASSES = 6
"""A replacement can bring two remaining identifiers close together; more passes than this bring nothing new."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text afterwards, how many stretches were replaced, and the hits that a person has to look at.

    `left` are names and shared things of people whose row this is not (cases.md G7): places in the text afterwards.
    """

    text: str
    replaced: int = 0
    left: tuple[Hit, ...] = ()


def redact(text: str, matcher: Matcher, owners: frozenset[str] = frozenset(), marker: str = ERASED) -> Redacted:
    """Replace what surely means a person; what only may mean one is replaced in rows of these owners, else listed."""
    replaced = 0
    for _ in range(PASSES):
        hits = matcher.find(text)
        chosen = [hit for hit in hits if is_sure(hit, owners)]
        if not chosen:
            return Redacted(text, replaced, hits)
        text, count = _replace(text, chosen, matcher, owners, marker)
        replaced += count
    return Redacted(text, replaced, matcher.find(text))


def is_sure(hit: Hit, owners: frozenset[str]) -> bool:
    """Whether a hit means the person: by itself, or because the row is the person's own."""
    return hit.strength is Strength.ALONE or hit.owner in owners


def _replace(text: str, hits: list[Hit], matcher: Matcher, owners: frozenset[str], marker: str) -> tuple[str, int]:
    wrapped = {(run.start, run.end): run for run in runs(text)} if any(hit.wrapped for hit in hits) else {}
    parts: list[str] = []
    at = count = 0
    for start, end, is_wrapped in _merged(hits):
        run = wrapped.get((start, end)) if is_wrapped else None
        if run and looks_serialized(run.text):
            # Its lengths would be wrong: it goes as a whole.
            run = None
        inner = redact(run.text, matcher, owners, marker).text if run else ""
        parts += [text[at:start], run.encoded(inner) if run and inner != run.text else marker]
        at, count = end, count + 1
    return "".join([*parts, text[at:]]), count


def _merged(hits: list[Hit]) -> list[tuple[int, int, bool]]:
    """Stretches without overlap; one is opened as base64 only if nothing else in it was found from outside."""
    merged: list[tuple[int, int, bool]] = []
    for hit in sorted(hits):
        if merged and hit.start < merged[-1][1]:
            start, end, wrapped = merged[-1]
            merged[-1] = (start, max(end, hit.end), wrapped and hit.wrapped and (hit.start, hit.end) == (start, end))
        else:
            merged.append((hit.start, hit.end, hit.wrapped))
    return merged
