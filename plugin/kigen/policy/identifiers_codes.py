"""How numbers are found whatever people put between their digits, and never as a part of a longer number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kigen.policy.identifiers import Identifier
from kigen.policy.identifiers_heads import BETWEEN_DIGITS, number_beginnings

DIGITS = "[0-9]"
LETTERS = "[0-9a-z]"


class Codes:
    """Numbers that people write with anything between their digits; all of digits, or all of digits and letters."""

    def __init__(self, codes: dict[str, list[Identifier]], letters: str) -> None:
        self._codes = codes
        self._lengths = sorted(set(map(len, codes)))
        self._letter = re.compile(letters)
        longest = max(self._lengths, default=1)
        self._whole = re.compile(f"{letters}(?:{BETWEEN_DIGITS}{letters}){{0,{longest}}}")
        self._begins = number_beginnings(codes, letters)

    def find(self, text: str) -> Iterator[tuple[int, int, Identifier]]:
        """Where one stands, no part of a longer one."""
        for found in self._begins.finditer(text) if self._begins else ():
            start = found.start()
            whole = self._whole.match(text, start)
            written = self._letter.findall(whole.group()) if whole else []
            code = "".join(written)
            for length in self._lengths:
                if code[:length] in self._codes and len(code) >= length:
                    end = self._end(text, start, length)
                    if not self._letter.match(text, end):
                        yield from ((start, end, one) for one in self._codes[code[:length]])

    def _end(self, text: str, start: int, length: int) -> int:
        for _ in range(length):
            found = self._letter.search(text, start)
            start = found.end() if found else start
        return start
