"""Files that the client's rows name: each under a safe name of its own, in pieces, and none from outside the store.

What it was called and where stands in an index. A ZIP among them is a file like any other: it is not opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kigen.hosts.files import within
from kigen.policy.exporting import Missing
from kigen.policy.file_names import safe_name
from kigen.work.export.members import File, Members
from kigen.work.export.spool import PIECE, Spool

INDEX = "attachments.ndjson"

NO_FOLDER = (
    "rows name {count} files, and nobody has said where they are: 'kigen settings set host.attachments FOLDER'",
    "添付ファイル {count} 個の保存先が設定されていません（'kigen settings set host.attachments FOLDER'）",
)
NOT_READ = ("{count} files could not be read", "添付ファイル {count} 個を読み取れませんでした")


@dataclass
class Attached:
    """The files that rows named while they were read, noted on the disk, and what became of them."""

    named: Spool
    index: Spool
    count: int = 0
    taken: int = 0
    problems: list[Missing] = field(default_factory=list)
    missing: int = 0

    def as_json(self) -> dict[str, int]:
        """How many files rows name, how many are in the bundle, and how many are not where they should be."""
        return {"named": self.count, "files": self.taken, "missing": self.missing}

    def note(self, table: str, row: str, name: str) -> None:
        """Remember a file that a row names."""
        self.count += 1
        self.named.write(json.dumps([table, row, name]).encode() + b"\n")

    def write(self, members: Members, folder: Path | None) -> Iterator[bytes]:
        """The bytes of the files, and of the index of them."""
        unread = 0
        for line in self.named.lines() if folder else ():
            table, row, name = json.loads(line)
            told: dict[str, object] = {"table": table, "id": row, "name": name}
            found = within([name], folder) if folder else None
            if found is None or not found.paths:
                is_unseen = found is not None and found.unseen > 0
                self.missing += not is_unseen
                unread += is_unseen
                self._tell(told | {"file": None, "problem": " ".join(found.notes) if found else ""})
                continue
            try:
                handle = os.open(found.paths[0], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:
                unread += 1
                self._tell(told | {"file": None, "problem": "It could not be read."})
                continue
            self.taken += 1
            file = File(f"attachments/{safe_name(self.taken, name)}")
            reading = _Pieces(handle)
            yield from members.write(file, reading.pieces(), is_listed=False)
            unread += reading.is_broken
            self._tell(told | file.as_json() | {"name": name, "file": file.name, "is_whole": not reading.is_broken})
        if self.count and not folder:
            self.problems.append(_missing(NO_FOLDER, self.count))
        if unread:
            self.problems.append(_missing(NOT_READ, unread))
        yield from members.write(File(INDEX, rows=self.count if folder else 0), self.index.pieces())

    def _tell(self, told: dict[str, object]) -> None:
        self.index.write(json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n")


def _missing(words: tuple[str, str], count: int) -> Missing:
    return Missing(*(one.format(count=count) for one in words))


class _Pieces:
    """An open file in pieces; a disk that fails midway ends it, and that is told."""

    def __init__(self, handle: int) -> None:
        self.handle, self.is_broken = handle, False

    def pieces(self) -> Iterator[bytes]:
        with os.fdopen(self.handle, "rb", buffering=0) as file:
            while True:
                try:
                    piece = file.read(PIECE)
                except OSError:
                    self.is_broken = True
                    return
                if not piece:
                    return
                yield piece
