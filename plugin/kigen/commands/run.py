"""`kigen run`: one process for pages, events, the night's work and all other chores, until it is told to end."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.chores import Rota
from kigen.commands.options import command
from kigen.commands.serve import listening
from kigen.commands.serving import served, sites_of, where
from kigen.errors import Status

PAUSE_SECONDS = 0.5


@command("run")
@listening
def run(call: Call, listen: str, allow_remote: bool) -> Status:
    """Serve the pages and do all chores: events at once, the run at night (setting run.nightly_at)."""
    options = where(listen, allow_remote)
    sites = sites_of(call)
    with served(sites, options) as pages:
        # The chores have the main thread: a signal then ends a run as Ctrl-C does, which is said and written down.
        threading.Thread(target=pages.run, daemon=True, name="kigen-pages").start()
        show.aside(f"pages are served at {listen}; chores are done as they are due")
        rota = Rota()
        with suppress(KeyboardInterrupt):
            while True:
                rota.turn(sites())
                time.sleep(PAUSE_SECONDS)
    show.aside("ended")
    return Status.DONE
