"""Lets a real spreadsheet open every CSV of two bundles, one of the demo and one of a FOSSBilling, and looks at it.

    python -m tests.proof.spreadsheets

LibreOffice Calc converts each CSV without a screen, told to evaluate what begins as a formula. No cell of a sheet may
hold a formula; a file with a bare one beside them shows that it would be found. It ends with 1 where one is found.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from kigen.demo import world
from kigen.ledger import keys, keys_store, migrate
from kigen.ledger.database import open_database
from kigen.plugins import find_plugins
from kigen.work.export.content import Wanted
from kigen.work.export.make import export
from kigen.work.site import Site
from tests.support.mariadb import MariaDB, install
from tests.support.sql import load_dump
from tests.support.tree import ROOT
from tests.work.billing import NOW

OFFICE = ("soffice", "libreoffice")
SECONDS = 600
READING = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1,true"
"""Comma, quote, UTF-8, from the first line; the last word has formulas evaluated, as a careless reader would."""

CONTROL, FORMULA = "control.csv", "table:formula"
DUMP = "fossbilling-0.8.5.sql.gz"
HOSTILE = ("=1+1", "@SUM(1)", "+1+1", "-2+3", "＝1+1", "\u200b=1+1", '=HYPERLINK("https://evil.example")', "\t=1+1")


@dataclass
class Opened:
    """What came of one bundle: files, cells, and what is wrong, each a sentence."""

    files: int = 0
    cells: int = 0
    problems: list[str] = field(default_factory=list)


def program() -> str | None:
    """Where LibreOffice is; None where it is not installed."""
    return next((found for name in OFFICE if (found := shutil.which(name))), None)


def look(bundle: Path, folder: Path) -> Opened:
    """Convert every CSV of a bundle, and look at every cell."""
    found, sheets = Opened(), folder / "csv"
    with zipfile.ZipFile(bundle) as content:
        for name in content.namelist():
            if name.startswith("csv/"):
                content.extract(name, folder)  # flat names of the program's own: see tests/proof/hostile.py
    names = sorted(sheets.glob("*.csv"))
    control = sheets / CONTROL
    control.write_text('"=1+1"\r\n', encoding="utf-8")
    _convert(folder, [*names, control])
    if FORMULA not in control.with_suffix(".fods").read_text(encoding="utf-8"):
        found.problems.append("a bare formula does not fire here, so that nothing is shown")
    for path in names:
        made = path.with_suffix(".fods")
        if not made.exists():
            found.problems.append(f"{path.name} was not converted")
            continue
        found.files += 1
        found.cells += _cells(path)
        if FORMULA in made.read_text(encoding="utf-8"):
            found.problems.append(f"{path.name} has a formula")
    return found


def _convert(folder: Path, names: list[Path]) -> None:
    command = [
        program() or OFFICE[0], "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
        f"--infilter={READING}", "--convert-to", "fods", "--outdir", str(folder / "csv"), *map(str, names),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS, env={**os.environ, "HOME": str(folder)})


def _cells(path: Path) -> int:
    text_ = path.read_bytes().decode("utf-8-sig")
    return sum(map(len, csv.reader(io.StringIO(text_, newline=""))))


def site_of_demo(folder: Path) -> tuple[Site, int]:
    """Forty invented clients, the first of them with formulas for names."""
    site = _site(f"sqlite:///{folder / 'demo.sqlite'}", "whmcs", folder)
    world.fill(site.engine, 40, 3, now=NOW)
    migrate.upgrade(site.engine)
    with site.transaction() as connection:
        first = site.host.client_ids(connection, None, 1)[0]
        for column, value in zip(("firstname", "lastname", "companyname", "address1", "city"), HOSTILE, strict=False):
            connection.execute(text(f"UPDATE tblclients SET {column} = :v WHERE id = :id"), {"v": value, "id": first})
    return site, first


def site_of_fossbilling(url: str, folder: Path) -> tuple[Site, int]:
    """A real dump, and a client of it with formulas for names."""
    site = _site(url, "fossbilling", folder)
    migrate.upgrade(site.engine)
    with site.transaction() as connection:
        first = site.host.client_ids(connection, None, 1)[0]
        for column, value in zip(("first_name", "last_name", "company", "address_1"), HOSTILE[4:], strict=False):
            connection.execute(text(f"UPDATE client SET {column} = :v WHERE id = :id"), {"v": value, "id": first})
    return site, first


def opened(site: Site, client: int, folder: Path) -> Opened:
    """A client's bundle in the spreadsheet."""
    return look(export(site, Wanted(client), folder / "bundle.zip").files[0], folder)


def _site(url: str, host: str, folder: Path) -> Site:
    keys.make(folder)
    keys_store.make(folder)
    plugins = find_plugins()
    made = plugins.hosts()[host]("Asia/Tokyo" if host == "whmcs" else "UTC")
    return Site(open_database(url), made, plugins, "Asia/Tokyo", NOW, "tests", folder, is_machine_clock=False)


def _both(folder: Path) -> Iterator[tuple[str, Opened]]:
    for name in ("demo", "dump", "state"):
        (folder / name).mkdir()
    yield "the demo", opened(*site_of_demo(folder / "demo"), folder / "demo")
    install(folder / "template")
    server = MariaDB(folder / "template")
    try:
        server.start()
        name = server.create_database()
        dump = Path(os.environ.get("KIGEN_SHARED") or ROOT.parent / "shared") / "data" / DUMP
        load_dump(server.url(name), dump)
        yield "the FOSSBilling dump", opened(*site_of_fossbilling(server.url(name), folder / "dump"), folder / "dump")
    finally:
        server.remove()


def main() -> int:
    if program() is None:
        print("LibreOffice is missing; ./tests/run --deep installs libreoffice-calc.")
        return 1
    status, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kigen-sheets-") as folder:
        for name, one in _both(Path(folder)):
            said = "; ".join(one.problems) or "no formula anywhere"
            print(f"{name}: {one.files} CSV files, {one.cells:,} cells: {said}", flush=True)
            status |= bool(one.problems) or one.files < 15
    print(f"({time.monotonic() - began:.0f} s)")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
