"""What `doctor` says about the pages: a platform whose clock is apart, visitors who cannot be asked about cookies."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from kigen.commands.dates import written
from kigen.commands.findings import WARNING, Finding, found, words
from kigen.ledger import bridge_secret, settings
from kigen.ledger.key_files import is_open_to_others
from kigen.policy.purposes import PURPOSES
from kigen.web.door import SKEW
from kigen.work import cookies
from kigen.work.site import Site

LATELY = dt.timedelta(days=1)


def look_at_web(site: Site) -> Iterator[Finding]:
    """The clocks, the cookie notice, and who may read the secret."""
    with site.reading() as connection:
        noted = settings.note(connection, SKEW)
    told = json.loads(noted) if noted else None
    if told and abs(site.machine_now - dt.datetime.fromisoformat(told["at"])) <= LATELY:
        at, seconds = written(dt.datetime.fromisoformat(told["at"]), site.zone), int(told["seconds"])
        which = words("clock behind" if seconds > 0 else "clock ahead")
        yield found(WARNING, "bridge-clock", at=at, seconds=abs(seconds), which=which)
    with site.reading() as connection:
        asked = cookies.in_use(site, connection).purposes
        has_notice = cookies.shown(site, connection) is not None
    if asked and not has_notice:
        purposes = tuple(", ".join(PURPOSES[key].name[column] for key in asked) for column in (0, 1))
        yield found(WARNING, "no-cookie-notice", purposes=purposes)
    path = site.state_dir / bridge_secret.BRIDGE
    if is_open_to_others(path):
        yield found(WARNING, "bridge-secret", path=path)
