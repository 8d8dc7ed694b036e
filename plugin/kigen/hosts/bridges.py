"""What is installed inside a billing platform: which files, where, on which versions, and what a person clicks then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

COMMON = Path(__file__).parent / "bridge"
"""The part that every bridge has, which lies in its folder `lib`."""

VERSION = b"@VERSION@"
"""Stands in a file of a bridge for kigen's own version."""


@dataclass(frozen=True)
class Bridge:
    """One platform's bridge.

    `folder` is its place below the platform's own folder, `marks` are files by which the platform is known, and
    `configuration` is the platform's own, which belongs to whoever runs its PHP. `supported` are the first parts of
    versions. `version` reads the platform's from its folder and its database, None where neither tells.
    `is_active` tells whether the platform uses the bridge. `steps` are what a person does next, per language.
    """

    folder: str
    marks: tuple[str, ...]
    configuration: str
    source: Path
    supported: tuple[str, ...]
    version: Callable[[Path, Connection], str | None]
    is_active: Callable[[Connection], bool]
    steps: dict[str, tuple[str, ...]]

    def files(self, version: str) -> dict[str, bytes]:
        """Every file of the bridge by its place in the folder."""
        found = {f"lib/{path.name}": path.read_bytes() for path in sorted(COMMON.glob("*.php"))}
        for path in self._own():
            found[path.relative_to(self.source).as_posix()] = path.read_bytes().replace(VERSION, version.encode())
        return found

    def _own(self) -> Iterator[Path]:
        return (path for path in sorted(self.source.rglob("*")) if path.is_file())

    def understands(self, version: str) -> bool:
        """Whether this bridge was made for a version."""
        return any(version == one or version.startswith(f"{one}.") for one in self.supported)

    def lacks(self, platform: Path) -> list[str]:
        """What must be in the platform's folder and is not."""
        return [mark for mark in self.marks if not (platform / mark).exists()]
