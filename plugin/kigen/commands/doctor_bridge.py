"""What `doctor` says about the bridge in the platform: there, of this version, in use, without errors, heard from."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kigen import __version__
from kigen.commands import bridge_listed, bridge_place
from kigen.commands.bridge_settings import SETTINGS, Installed, noted
from kigen.commands.dates import written
from kigen.commands.findings import ERROR, NOTE, WARNING, Finding
from kigen.commands.findings import found as finding
from kigen.hosts.bridges import Bridge
from kigen.ledger import inbox
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.site import Site

SILENT = dt.timedelta(days=2)
"""Both platforms tell an event at least once a day, by their cron."""

COUNTS = "tally.json"
UNKNOWN, LOST = "unknown:", "lost"
SHOWN = 10
_WORD = re.compile(r"[A-Za-z0-9:_-]{1,80}")
"""All that the bridge writes there itself: what stands in a finding must not steer a terminal."""


def look_at_bridge(site: Site) -> Iterator[Finding]:
    """Whether what happens in the platform still comes here, and what went wrong on the way."""
    with site.reading() as connection:
        installed, last = noted(connection), inbox.last_arrival(connection)
    bridge = site.host.bridge
    if bridge is None:
        return
    if installed is None:
        yield finding(NOTE, "bridge-none", host=site.host.name)
        return
    told = {"host": installed.host, "path": installed.path, "folder": Path(installed.path) / bridge.folder}
    listed = bridge_listed.read_list(Path(installed.path) / bridge.folder)
    if listed is None:
        yield finding(ERROR, "bridge-missing", **told)
        return
    found = [*_files(site, installed, bridge, listed, told), *_use(site, bridge, told)]
    found += _tally(site, Path(installed.path) / bridge.folder / listed.tally, told)
    found += _age(site, last, told)
    yield from found
    if not found and last is not None:
        yield finding(NOTE, "bridge", version=__version__, last=written(last, site.zone), **told)


def _files(
    site: Site, installed: Installed, bridge: Bridge, listed: bridge_listed.Listed, told: Mapping[str, object]
) -> Iterator[Finding]:
    folder = Path(installed.path) / bridge.folder
    if listed.kigen != __version__:
        yield finding(WARNING, "bridge-version", found=listed.kigen, version=__version__, **told)
    if changed := bridge_listed.changed(folder, listed):
        yield finding(WARNING, "bridge-changed", files=", ".join(changed[:SHOWN]), **told)
    settings = folder / SETTINGS
    if settings.exists() and settings.stat().st_mode & 0o007:
        yield finding(WARNING, "bridge-readable", file=settings, **told)


def _use(site: Site, bridge: Bridge, told: Mapping[str, object]) -> Iterator[Finding]:
    with site.reading() as connection:
        is_active = bridge.is_active(connection)
    if not is_active:
        step = tuple(" ".join(bridge.steps[language][:2]) for language in LANGUAGES)
        yield finding(WARNING, "bridge-inactive", step=step, **told)


def _tally(site: Site, folder: Path, told: Mapping[str, object]) -> Iterator[Finding]:
    """What the bridge counted, which it does in a file since the database may be what fails."""
    counts_file, kept_file = folder / COUNTS, folder / bridge_place.KEPT
    try:
        tally = json.loads(_content(counts_file) or b"{}")
        kept = len(_content(kept_file).splitlines())
        counts = {_word(code): int(number) for code, number in dict(tally.get("counts") or {}).items()}
        tally = {name: _word(tally[name]) for name in ("first", "last") if name in tally}
    except PermissionError:
        yield finding(WARNING, "bridge-unread", **told)
        return
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        tally, counts, kept = {"first": "?", "last": "?"}, {"unreadable": 1}, 0
    unknown = sorted(code.removeprefix(UNKNOWN) for code in counts if code.startswith(UNKNOWN))
    lost = counts.pop(LOST, 0)
    rest = {code: number for code, number in counts.items() if not code.startswith(UNKNOWN)}
    if rest:
        words = ", ".join(f"{code} {number:,}" for code, number in sorted(rest.items())[:SHOWN])
        since = {"first": tally.get("first", "?"), "last": tally.get("last", "?")}
        yield finding(WARNING, "bridge-errors", counts=words, file=counts_file, **since)
    if kept:
        yield finding(WARNING, "bridge-waiting", number=kept, file=kept_file)
    if lost:
        yield finding(ERROR, "bridge-lost", number=lost)
    if unknown:
        yield finding(WARNING, "bridge-unknown", names=", ".join(unknown[:SHOWN]), **told)


def _content(path: Path) -> bytes:
    """What the platform's PHP wrote, which may be anything; ValueError for what it does not write."""
    if not os.path.lexists(path):
        return b""
    found = bridge_listed.content(path)
    if found is None:
        raise ValueError
    return found


def _word(told: object) -> str:
    if not _WORD.fullmatch(str(told)):
        raise ValueError
    return str(told)


def _age(site: Site, last: dt.datetime | None, told: Mapping[str, object]) -> Iterator[Finding]:
    if last is None:
        yield finding(WARNING, "bridge-mute", **told)
    elif site.now - last > SILENT:
        yield finding(WARNING, "bridge-silent", last=written(last, site.zone), **told)
