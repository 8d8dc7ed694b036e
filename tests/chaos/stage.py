"""One installation on which trouble is tried again and again: put back, disturbed, judged, finished, compared."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from kigen.ledger import ledger_file
from kigen.ledger.tables import metadata
from kigen.work.site import Site
from tests.chaos.invariants import Moment, violations
from tests.support.mariadb import MariaDB
from tests.work.billing import NOW, Copy, everything
from tests.work.runner import Ended, Runner
from tests.work.worlds import ZONE, site_for

# Of kigen's tables, those whose counted numbers or run differ by nature are compared by what they say. A domain that
# the undisturbed run deleted by its own rule may go along with its order after a kill, because the order was set free
# by what was deleted before the kill: so acts are compared on clients only, and judged one by one everywhere else.
ARCHIVES = "SELECT client, at, former_status, ended_at FROM kigen_archives ORDER BY 1, 2, 3"
COUNTED = r"kigen_(archives|chain|chunks|evidence|heads|leaves|ranges|runs)$"
MEASURED = {"full reconcile took", "reconciled up to", "changed rows looked for at", "highest erased"}
"""Notes that hold a duration, a number that was counted on, the machine's time, or what the first run knew that came to
its end: the highest id is noted then, and again before tombstones die."""


@dataclass
class Figures:
    """What was tried, and what was found wrong."""

    kills: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    failed: int = 0
    checks: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Take another's in."""
        self.kills += other.kills
        self.points += other.points
        self.runs += other.runs
        self.failed += other.failed
        self.checks += other.checks
        self.violations += other.violations


class Stage:
    """An installation as it stands when this is made, and what a run that nobody disturbs makes of it.

    `balloon` is the file that takes all room on a small disk when the trouble is "fill disk".
    """

    def __init__(self, url: str, folder: Path, server: MariaDB | None = None, balloon: Path | None = None) -> None:
        self.url, self.folder, self.server, self.balloon = url, folder, server, balloon
        self.state_dir = folder / "state"
        self.site: Site = site_for(url, NOW, self.state_dir)
        self.config = folder / "kigen.toml"
        self.config.write_text(
            f'[host]\nname = "whmcs"\ndatabase = "{url}"\n[kigen]\nzone = "{ZONE}"\nstate_dir = "{self.state_dir}"\n',
            encoding="utf-8",
        )
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.figures = Figures()
        self.site.engine.dispose()
        self.copy: Copy | FileCopy = FileCopy(url) if self.is_sqlite else Copy(url)
        self.before = self.moment()
        self.runner = Runner(self.config, NOW)
        undisturbed = self.runner.sweep(trouble={"does": None})
        assert undisturbed.status == 0, undisturbed
        self.points: list[str] = undisturbed.points
        self.on_the_way = [self.moment()]
        while self.runner.sweep().acted:
            self.on_the_way.append(self.moment())
        self.ends_as = self.everything()

    @property
    def final(self) -> Moment:
        """Where a run that nobody disturbs ends."""
        return self.on_the_way[-1]

    def put_back(self) -> None:
        """Everything as it was at first, also what kigen remembers outside the database."""
        self.site.engine.dispose()
        self.copy.put_back()
        for name in ("last-run", ledger_file.NAME):
            (self.state_dir / name).unlink(missing_ok=True)

    def disturb(
        self, *arguments: str, kill_after: float | None = None, runner: Runner | None = None, **trouble: Any
    ) -> Ended:
        """One command with trouble; `at` is the point at which it comes. `runner`: in another process than usual."""
        runner, order = runner or self.runner, trouble or None
        if order and self.server:
            process = int((self.server.folder / "pid").read_text(encoding="ascii"))
            order |= {"server": process, "socket": str(self.server.socket), "database": make_url(self.url).database}
        if order and self.balloon:
            order |= {"balloon": str(self.balloon)}
        if arguments:
            ended = runner.kigen(*arguments, kill_after=kill_after, trouble=order)
        else:
            ended = runner.sweep(kill_after=kill_after, trouble=order)
        if ended.hit:
            self.figures.points[ended.hit] += 1
        return ended

    def mend(self) -> None:
        """Start the server where it was killed, and give the room back that somebody took on a small disk."""
        if self.balloon:
            self.balloon.unlink(missing_ok=True)
        if self.server:
            self.server.start()

    def judge(self, label: str) -> None:
        """Hold what is there now against the invariants."""
        self.figures.checks += 1
        found = violations(self.before, self.moment(), self.on_the_way)
        self.figures.violations += [f"{label}: {one}" for one in found]

    def finish(self, label: str) -> None:
        """Run until nothing is due, and compare every column with what the undisturbed run left."""
        self.figures.runs += self.runner.finish()
        self.judge(f"{label}, at the end")
        found = self.everything()
        for name in sorted(self.ends_as.keys() | found.keys()):
            ours, theirs = found.get(name, []), self.ends_as.get(name, [])
            if ours != theirs:
                which = sorted({str(row[0]) for row in [*ours, *theirs] if (row in ours) != (row in theirs)})
                rows = f"{name} ({', '.join(which[:5])})"
                self.figures.violations.append(f"{label}, at the end: {rows} is not as the undisturbed run left it")

    def moment(self) -> Moment:
        """The installation now."""
        with self.site.reading() as connection:
            return Moment.of(connection)

    def everything(self) -> dict[str, list[Any]]:
        """Everything in every column, the platform's tables and kigen's."""
        with self.site.reading() as connection:
            found = everything(connection, but=COUNTED)
            for table in metadata.tables.values():
                if table.name in found and table.c.keys()[0] == "id":  # a counted number goes on after every try
                    found[table.name] = sorted((row[1:] for row in found[table.name]), key=repr)
            found["kigen_notes"] = [row for row in found["kigen_notes"] if row[0] not in MEASURED]
            # A message tells how things stood as it was written: a run that goes on after a death may tell more.
            found.pop("kigen_outbox", None)
            found["archives"] = [tuple(row) for row in connection.execute(text(ARCHIVES))]
        on_clients = Counter(act for act in self.moment().acts if act[0] == "client")
        return found | {"acts on clients": sorted(on_clients.items())}

    def end(self) -> None:
        """Let go of it; the database is the caller's."""
        self.runner.end()
        self.site.engine.dispose()
        self.copy.drop()


class FileCopy:
    """What an SQLite file holds, kept beside it."""

    def __init__(self, url: str) -> None:
        self.path = Path(make_url(url).database or "")
        self.kept = self.path.with_name(f"{self.path.name}.kept")
        shutil.copyfile(self.path, self.kept)

    def put_back(self) -> None:
        """The file as it was; nobody may have it open."""
        for also in ("-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{also}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.path)

    def drop(self) -> None:
        """Remove it."""
        self.kept.unlink()
