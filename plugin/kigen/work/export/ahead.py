"""Makes ahead of whoever takes: the server reads, Python writes lines, and deflate compresses, each while others work.

Compressing, hashing and waiting for a server leave Python free, so that threads help; of what is made ahead there is
never more than was said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from sqlalchemy import Connection

One = TypeVar("One")


def ahead(made: Generator[One], most: int = 1) -> Generator[One]:
    """The same in the same order, at most so many of them ahead, made by a thread of their own, one at a time.

    Until they end, what they are made from is in use by that thread; with this generator it is closed as well.
    """
    with closing(made):
        maker = ThreadPoolExecutor(1, "kigen-ahead")
        try:
            # A thread cannot raise StopIteration to another, so the end is a value.
            coming = deque(maker.submit(next, made, None) for _ in range(most))
            while (one := coming.popleft().result()) is not None:
                coming.append(maker.submit(next, made, None))
                yield one
        finally:
            maker.shutdown(cancel_futures=True)


def has_server(connection: Connection) -> bool:
    """Whether something else works while one waits: a database that is a file is read by whoever asks."""
    return connection.dialect.name != "sqlite"
