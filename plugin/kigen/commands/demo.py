"""`kigen demo`: an invented billing platform in a folder that can be thrown away, shown from beginning to end."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kigen.commands import show
from kigen.commands.call import Call
from kigen.commands.dates import instant
from kigen.commands.doctor import look_at_site
from kigen.commands.options import command

FOLDER = "kigen-demo"


@command("demo")
@click.option(
    "--dir",
    "folder",
    metavar="D",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where it is made: an empty folder, or that of an earlier demo.",
)
@click.option(
    "--clients", metavar="N", type=click.IntRange(min=1), default=2000, show_default=True, help="How many clients."
)
@click.option(
    "--seed", metavar="S", type=int, default=1, show_default=True, help="The same seed gives the same platform."
)
@click.option("--serve/--no-serve", default=None,
              help="Serve the pages afterwards, until Ctrl-C; without either, where this is a terminal.")  # fmt: skip
@click.option(
    "--port",
    metavar="P",
    type=click.IntRange(1, 65535),
    default=8080,
    show_default=True,
    help="The port for the pages.",
)
@click.option("--database", metavar="URL", help="An empty database to fill instead of an SQLite file.")  # fmt: skip
def demo(
    call: Call, folder: Path, clients: int, seed: int, serve: bool | None, port: int, database: str | None
) -> None:  # fmt: skip
    """Invent a billing platform with years of history, show its plan, carry it out and explain one decision."""
    from kigen.demo import show as demo_show  # the invented world is large, and no other command needs it

    now = instant(call.now, demo_show.ZONE, "--now") if call.now is not None else None
    is_served = serve if serve is not None else sys.stdout.isatty() and not call.is_json
    told = demo_show.demo(folder, clients, seed, database, now, call.who, call.is_json, is_served=is_served)
    if call.is_json:
        show.as_json(told)
    if is_served:
        _serve(call, told["config"], port)


def _serve(call: Call, config: str, port: int) -> None:
    from kigen.commands import serving
    from kigen.demo.portal import make_portal

    here = Call(config=config, now=call.now, actor=call.actor)
    portal = make_portal(here.site(), lambda site: look_at_site(site, is_quick=True))
    pages = serving.Pages(portal, serving.where(f"127.0.0.1:{port}", is_open=False))
    show.aside(f"the sandbox portal is at http://127.0.0.1:{port}/ until Ctrl-C")
    try:
        pages.run()
    except KeyboardInterrupt:
        show.aside("ended")
    finally:
        pages.stop()
