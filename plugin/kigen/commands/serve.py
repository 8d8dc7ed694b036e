"""`kigen serve`: the pages inside the platform and the endpoint for events, until it is told to end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.options import command
from kigen.commands.serving import DEFAULT, served, sites_of, where
from kigen.errors import Status


def listening(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of an address."""
    for option in (
        click.option("--allow-remote", is_flag=True, help="Also an address that other machines reach."),
        click.option("--listen", metavar="ADDR", default=DEFAULT, show_default=True,
                     help="host:port, or unix: and the path of a socket."),
    ):  # fmt: skip
        function = option(function)
    return function


@command("serve")
@listening
def serve(call: Call, listen: str, allow_remote: bool) -> Status:
    """Serve the pages to the bridge, and take signed events, until SIGINT or SIGTERM."""
    options = where(listen, allow_remote)
    with served(sites_of(call), options) as pages:
        show.aside(f"pages are served at {listen}")
        with suppress(KeyboardInterrupt):
            pages.run()
    show.aside("ended")
    return Status.DONE
