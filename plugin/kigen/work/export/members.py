"""The files of a bundle one after the other: each is made while it is written, hashed on the way, never held whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zipstream import ZIP_DEFLATED, ZipStream

LEVEL = 6
"""How hard deflate tries: the usual, as every ZIP program does."""


@dataclass
class File:
    """One file of a bundle as the manifest names it; `rows` None: it has none."""

    name: str
    size: int = 0
    sha256: str = ""
    rows: int | None = None
    encoding: str | None = None

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {"name": self.name, "bytes": self.size, "sha256": self.sha256}
        told |= {"rows": self.rows} if self.rows is not None else {}
        return told | ({"encoding": self.encoding} if self.encoding else {})


@dataclass
class Members:
    """The ZIP that is being written, with ZIP64 for every file, since nobody knows its size beforehand."""

    files: list[File] = field(default_factory=list)
    _zip: ZipStream = field(default_factory=lambda: ZipStream(compress_type=ZIP_DEFLATED, compress_level=LEVEL))

    def write(self, file: File, content: Iterable[bytes], is_listed: bool = True) -> Iterator[bytes]:
        """The bytes of the ZIP that hold this file; its size and hash are known at their end."""
        self._zip.add(_hashed(file, content), file.name)
        yield from self._zip.all_files()
        if is_listed:
            self.files.append(file)

    def end(self) -> Iterator[bytes]:
        """The end of the ZIP."""
        yield from self._zip.finalize()


def _hashed(file: File, content: Iterable[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in content:
        digest.update(piece)
        file.size += len(piece)
        yield piece
    file.sha256 = digest.hexdigest()
