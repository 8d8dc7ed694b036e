"""Which work runs without Python's search for cycles: pieces that make many objects and let go of all of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for cycles until the end of the block, since each would look through all that the piece still needs.

    Objects without cycles are freed as ever; the others wait for the end, so the piece has to be a bounded one. It is
    of the whole process: of several blocks at once in several threads, the end of the first may end them all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
