"""Every cell of a database and every file read for people who were erased: grep finds the lines, words decide."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from kigen.policy.records import Kind
from kigen.work.swept import Swept
from tests.hosts.erasing import cells

LAST_MESSAGE = "kigen_outbox.address"
"""Where the address of the last message stands until that is sent."""


@dataclass
class Forgotten:
    """What one run found. `found` are places, `listed` how many of the gate's own list were not counted as such."""

    clients: int = 0
    done: Counter[str] = field(default_factory=Counter)
    identifiers: int = 0
    listed: int = 0
    cells: int = 0
    waiting: int = 0
    found: dict[str, set[str]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def erased(self) -> int:
        return self.done["delete"] + self.done["anonymise"]

    def take(self, swept: Swept) -> None:
        """Count what a run did to clients."""
        for action, kinds in swept.done.items():
            self.done[action] += kinds.get(Kind.CLIENT, 0)
        self.failures += swept.failures

    def is_right(self, wanted: int) -> bool:
        return self.erased >= wanted and not (self.found or self.changed or self.twice or self.failures)

    def lines(self) -> Iterator[str]:
        """The figures, and what went wrong; places and numbers, of people only what is invented."""
        told = [
            (self.erased, f"of {self.clients:,} clients erased in {self.seconds:,.0f} seconds: {dict(self.done)}"),
            (self.identifiers, "identifiers of theirs that nobody else has were looked for"),
            (self.cells, "cells of the platform's and kigen's tables, and files, were read for them"),
            (self.listed, "of the places that the run listed for a person to look at"),
            (self.waiting, "addresses to which the last message waits to be sent"),
            (len(self.found), "places where somebody was found"),
            (len(self.changed), "tables in which rows of others changed"),
            (len(self.twice), "acts that evidence does not tell exactly once"),
        ]
        yield from (f"{number:>9,}  {words}" for number, words in told)
        yield from (f"           {place}: {sorted(hits)[:3]}" for place, hits in sorted(self.found.items())[:20])
        yield from (f"           {name}" for name in (*self.changed, *self.twice, *self.failures)[:20])


def look(
    connection: Connection, folder: Path, needles: set[str], left: Mapping[str, int], forgotten: Forgotten,
    certain: Set[str] = frozenset(),
) -> None:  # fmt: skip
    """Read every cell and every file; grep finds the lines, and only those are looked at more closely.

    Of a column no more places count as listed than the gate listed there, and none that has a `certain` word in it: an
    e-mail address, a telephone number or a tax number means nobody else.
    """
    forgotten.identifiers = len(needles)
    dump, wanted = folder / "cells", folder / "needles"
    with dump.open("w", encoding="utf-8") as file:
        for (table, column, key), value in cells(connection):
            written = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            file.write(f"{table}.{column}\t{key}\t{' '.join(written.casefold().split())}\n")
            forgotten.cells += 1
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in (dump, wanted) and ".sqlite" not in path.name:
                file.write(f"file\t{path.name}\t{' '.join(path.read_text('utf-8', 'replace').casefold().split())}\n")
                forgotten.cells += 1
    wanted.write_text("\n".join(sorted(needles)), encoding="utf-8")
    grep = ["grep", "--fixed-strings", "--text", f"--file={wanted}", str(dump)]
    lines = subprocess.run(grep, capture_output=True, check=False, env={"LC_ALL": "C"}).stdout.decode("utf-8")
    listed: Counter[str] = Counter()
    for told, number in left.items():
        listed[told.split(" ")[0]] += number
    for line in lines.splitlines():
        place, key, written = line.split("\t", 2)
        hits = {one for one in needles if one in written and _stands_alone(one, written)}
        if not hits:
            continue
        if place == LAST_MESSAGE:
            forgotten.waiting += 1
        elif listed[place] > 0 and not hits & certain:
            listed[place] -= 1
            forgotten.listed += 1
        else:
            forgotten.found[f"{place} of {key}"] = hits


def _stands_alone(needle: str, written: str) -> bool:
    """Whether it stands there as words of its own at least once: "Mori" is nobody in "Memorial"."""
    at = written.find(needle)
    while at >= 0:
        around = written[at - 1 : at] + written[at + len(needle) : at + len(needle) + 1]
        if not any(one.isalnum() or one in "._-" for one in around):
            return True
        at = written.find(needle, at + 1)
    return False
