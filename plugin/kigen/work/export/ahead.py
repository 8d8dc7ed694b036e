"""Reads one page ahead: while one is written and compressed, the server makes the next."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Page = TypeVar("Page")


def ahead(pages: Iterator[Page]) -> Generator[Page]:
    """The same pages. Until they end, what they are read from is in use by another thread, one at a time."""
    with ThreadPoolExecutor(1, "kigen-pages") as reader:
        # A thread cannot raise StopIteration to another, so the end is a value.
        coming = reader.submit(next, pages, None)
        while (page := coming.result()) is not None:
            coming = reader.submit(next, pages, None)
            yield page
