"""What is written beside the ZIP while a section is read once: on the disk, nameless, and locked with a key in memory.

Nobody can read it there, also not after a crash: the bundle may be encrypted, and this must not undo it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

PIECE = 65_536


class Spool:
    """Bytes that are written once and then read once, in pieces. A context: it is gone at the end."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the bundle, so that both need room on one disk."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._cipher = Cipher(AES(os.urandom(32)), CTR(os.urandom(16)))
        self._writing = self._cipher.encryptor()
        self.is_empty = True

    def write(self, content: bytes) -> None:
        self.is_empty = self.is_empty and not content
        self._file.write(self._writing.update(content))

    def pieces(self) -> Iterator[bytes]:
        """What was written, from the start."""
        self._file.seek(0)
        reading = self._cipher.decryptor()
        while piece := self._file.read(PIECE):
            yield reading.update(piece)

    def lines(self) -> Iterator[bytes]:
        """The same line by line."""
        rest = b""
        for piece in self.pieces():
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._file.close()
