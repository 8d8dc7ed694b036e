"""The file of a bundle, or its parts: written beside the target under a name of its own, and there whole or not at all.

Only the owner may read it. Parts are pieces of one ZIP: put together in their order they are the file.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO


class Parts:
    """A file that is being written, in parts of at most `most` bytes (None: in one). What fails raises OSError."""

    def __init__(self, path: Path, most: int | None = None) -> None:
        self.path, self.most, self.size = path, most, 0
        self.digest = hashlib.sha256()
        self._made: list[Path] = []
        self._file: BinaryIO | None = None
        self._left = 0

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        self.size += len(content)
        rest = memoryview(content)
        while rest:
            if self._file is None or (self.most and not self._left):
                self._next()
            taken = rest[: self._left] if self.most else rest
            if self._file:
                self._file.write(taken)
            self._left -= len(taken)
            rest = rest[len(taken) :]
        return len(content)

    def finish(self) -> list[Path]:
        """Give the parts their names, once all of them are on the disk; those of an earlier file are replaced."""
        self._end()
        names = self.named(len(self._made))
        for made, name in zip(self._made, names, strict=True):
            made.replace(name)
        self._made = []
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return names

    def named(self, count: int) -> list[Path]:
        """What the parts are called: as asked for where there is one, else with a number behind."""
        return names_of(self.path, count)

    def _next(self) -> None:
        self._end()
        made = self.path.with_name(f".{self.path.name}.{os.getpid()}.{len(self._made) + 1}.part")
        # Made new, so that no link is followed.
        made.unlink(missing_ok=True)
        self._file = os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._made.append(made)
        self._left = self.most or 0

    def _end(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._file is not None:
            with suppress(OSError):  # what did not fit the disk is still in the buffer, and goes with the file
                self._file.close()
        for made in self._made:
            with suppress(OSError):
                made.unlink()


def names_of(path: Path, count: int) -> list[Path]:
    """Where a bundle of so many parts is."""
    return [path] if count <= 1 else [path.with_name(f"{path.name}.{number:03d}") for number in range(1, count + 1)]
