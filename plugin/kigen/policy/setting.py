"""What a setting is: a name, a parser, a default and words in two languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `parse` reads the stored text and raises ValueError with what was expected."""

    name: str
    parse: Callable[[str], object]
    default: str
    words: tuple[str, str]
    article: str
    is_rule: bool = False  # changing it changes what is due: the next sweep previews first
    is_secret: bool = False
