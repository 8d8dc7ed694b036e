"""What `doctor` says about the pages: a platform whose clock is apart from this machine's, so that it is refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from kigen.commands.dates import written
from kigen.commands.findings import WARNING, Finding, found, words
from kigen.ledger import bridge_secret, settings
from kigen.ledger.key_files import is_open_to_others
from kigen.web.door import SKEW
from kigen.work.site import Site

LATELY = dt.timedelta(days=1)


def look_at_web(site: Site) -> Iterator[Finding]:
    """The clocks, and who may read the secret."""
    with site.reading() as connection:
        noted = settings.note(connection, SKEW)
    told = json.loads(noted) if noted else None
    if told and abs(site.machine_now - dt.datetime.fromisoformat(told["at"])) <= LATELY:
        at, seconds = written(dt.datetime.fromisoformat(told["at"]), site.zone), int(told["seconds"])
        which = words("clock behind" if seconds > 0 else "clock ahead")
        yield found(WARNING, "bridge-clock", at=at, seconds=abs(seconds), which=which)
    path = site.state_dir / bridge_secret.BRIDGE
    if is_open_to_others(path):
        yield found(WARNING, "bridge-secret", path=path)
